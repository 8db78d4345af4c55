"""Whether the service can answer, and making it so."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from pydantic import BaseModel

from api.deps import Classifiers, ServiceHolder
from indexer.service import LexiconService
from lexicon.errors import LexiconError, StoreOutdated, StoreTooNew
from lexicon.store import require_current

AGAIN = 1.0
"""Seconds until what could not be opened at the start is tried again."""

LEAVE = 2.0
"""Seconds that an end waits for a look that is on its way."""

log = logging.getLogger("lexicon.api")


class Check(BaseModel):
    """``detail`` says why ``ok`` is false, and what to do."""

    name: str
    ok: bool
    detail: str | None = None


class Found(BaseModel):
    """What the checks found, in the order in which they were made; the first that fails ends
    those that build on it."""

    encoder: str = ""
    generations: dict[str, str] = {}
    checks: list[Check] = []

    @property
    def fault(self) -> str | None:
        """What is wrong, or None where all is well."""
        return next((check.detail for check in self.checks if not check.ok), None)


class Readiness:
    """Looks whether everything is there. Looking opens what is not open yet, so whoever looks
    again and again finds it ready in the end."""

    def __init__(self, services: ServiceHolder, classifiers: Classifiers) -> None:
        self._services = services
        self._classifiers = classifiers
        self._lock = threading.Lock()
        self._look: Future[Found] | None = None
        self._awake: set[str] = set()
        self._known: set[str] = set()
        self._ended = threading.Event()
        self._looking: threading.Thread | None = None

    def look(self) -> Found:
        """Make every check, however long that takes."""
        found = Found(encoder=self._services.settings.encoder)
        check = _Checks(found.checks)
        service: LexiconService | None = None
        try:
            service = self._services.get()
            require_current(service.sessions.kw["bind"])
            check.passed("store", "migrations")
        except (StoreOutdated, StoreTooNew) as error:
            check.passed("store")
            check.failed("migrations", error)
        except LexiconError as error:
            check.failed("store", error)
        if service is not None and not found.fault:
            check.of("encoder", lambda: self._wake(service))
            if not found.fault:
                check.of("generations", lambda: self._open(service, found))
            if not found.fault:
                check.of("digests", lambda: _require_verified(service, found))
        check.of("classifier", self._classifiers.warm)
        return found

    async def ask(self, seconds: float) -> Found:
        """What :meth:`look` finds, or that it is still looking after that many seconds."""
        look = self._running()
        until = time.monotonic() + seconds
        while not look.done():
            if time.monotonic() > until:
                detail = f"still being opened or checked after {seconds:g} s"
                return Found(checks=[Check(name="time", ok=False, detail=detail)])
            await asyncio.sleep(0.002)
        return look.result()

    def _running(self) -> "Future[Found]":
        # One look at a time: probes of a database that hangs must not pile up.
        with self._lock:
            if self._look is None or self._look.done():
                self._look = Future()
                threading.Thread(target=_fulfil, args=(self._look, self.look), daemon=True).start()
            return self._look

    def begin(self) -> None:
        """Look again and again in the background until all is well."""
        self._looking = threading.Thread(target=self._until_ready, daemon=True)
        self._looking.start()

    def end(self) -> None:
        """Look no more. A look that is on its way uses the store, and is waited for; a model that
        it reads may take longer."""
        self._ended.set()
        if self._looking is not None:
            self._looking.join(LEAVE)

    def _until_ready(self) -> None:
        told = None
        while not self._ended.is_set():
            fault = self._running().result().fault
            if fault is None:
                log.info("ready")
                return
            if fault != told:
                log.warning("not ready: %s", fault)
            told = fault
            self._ended.wait(AGAIN)

    def _wake(self, service: LexiconService) -> None:
        encoder = service.encoder(None)
        if encoder.spec.identity not in self._awake:
            # Checkpoints read their weights at their first text.
            encoder.encode(["water"], "en")
            self._awake.add(encoder.spec.identity)

    def _open(self, service: LexiconService, found: Found) -> None:
        encoder = service.encoder(None)
        found.generations = service.live_generations(encoder)
        if not found.generations:
            raise _NotYet("the store holds no words; load the bundled ones with: lexicon init")
        if encoder.spec.identity not in self._known:
            service.read_facts(encoder)
            self._known.add(encoder.spec.identity)


class _Checks:
    def __init__(self, into: list[Check]) -> None:
        self._into = into

    def passed(self, *names: str) -> None:
        self._into += [Check(name=name, ok=True) for name in names]

    def failed(self, name: str, error: Exception) -> None:
        self._into.append(Check(name=name, ok=False, detail=str(error)))

    def of(self, name: str, work: Callable[[], None]) -> None:
        try:
            work()
        except LexiconError as error:
            self.failed(name, error)
        else:
            self.passed(name)


class _NotYet(LexiconError):
    """Something that will be well by itself, or with more words."""


def _require_verified(service: LexiconService, found: Found) -> None:
    if checking := service.unverified & set(found.generations.values()):
        raise _NotYet(f"{', '.join(sorted(checking))}: the digests are being checked")


def _fulfil(look: "Future[Found]", work: Callable[[], Found]) -> None:
    try:
        look.set_result(work())
    except Exception as error:
        look.set_exception(error)
