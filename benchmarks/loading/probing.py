"""How soon what one process writes or builds is seen by all of them, whichever one is asked."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import quote

from benchmarks.loading.processes import LEXICON
from benchmarks.loading.wire import Address, Broken, Reply, fresh, request

EVERY = 0.04
"""Seconds between two looks."""

WATCHED = 3.0
"""Seconds for which looks go on after a change."""

Seen = Callable[[Reply], bool]


async def _look(address: Address, payload: bytes, seen: Seen) -> bool | None:
    """Whether the change is seen on a connection of its own; None for no answer."""
    try:
        reply = await fresh(address, payload)
    except (Broken, OSError):
        return None
    return seen(reply) if reply.status == 200 else None


async def last_unseen(
    addresses: Sequence[Address], payload: bytes, seen: Seen, since: float
) -> float:
    """Seconds from ``since`` to the last answer that did not show the change, 0.0 where all did.
    Every look goes to another process, as chance has it."""
    latest, turn = 0.0, 0
    while time.monotonic() < since + WATCHED:
        shown = await _look(addresses[turn % len(addresses)], payload, seen)
        if shown is False:
            latest = time.monotonic() - since
        turn += 1
        await asyncio.sleep(EVERY)
    return latest


class Probes:
    """Words added and removed at one address, and looked for at all."""

    def __init__(self, addresses: Sequence[Address], key: str) -> None:
        self.addresses = addresses
        self.delays: list[float] = []
        self.lost = 0
        self._key = key

    async def probe(self, number: int, en: str, fr: str) -> None:
        """One concept comes and goes; both must be seen everywhere."""
        key = f"probe.{number}"
        body = {
            "key": key,
            "field": "probe",
            "gloss": f"what comes and goes as {en}",
            "forms": {"en": [en], "fr": [fr]},
        }
        path = f"/v1/translations?q={quote(en)}&source=en&target=fr&k=50"
        there = request("GET", path)

        def found(reply: Reply) -> bool:
            return any(
                concept["key"] == key
                for result in reply.json()["results"]
                for concept in result["concepts"]
            )

        def gone(reply: Reply) -> bool:
            return not found(reply)

        writer = self.addresses[number % len(self.addresses)]
        create = request("POST", "/v1/concepts", body, self._key)
        remove = request("DELETE", f"/v1/concepts/{key}", None, self._key)
        for payload, status, seen in ((create, 201, found), (remove, 204, gone)):
            try:
                reply = await fresh(writer, payload)
            except (Broken, OSError):
                self.lost += 1
                return
            if reply.status != status:
                self.lost += 1
                return
            since = time.monotonic()
            self.delays.append(await last_unseen(self.addresses, there, seen, since))


class Builds:
    """Generations built by another process while all are asked which one is theirs."""

    def __init__(self, addresses: Sequence[Address], environment: dict[str, str]) -> None:
        self.addresses = addresses
        self.delays: list[float] = []
        self.failed: list[str] = []
        self.seconds: list[float] = []
        self._environment = environment

    async def build(self, language: str) -> None:
        """One build; the process ends with it, or with whoever waits for it."""
        while (before := await self._generation(self.addresses[0], language)) is None:
            await asyncio.sleep(EVERY)
        started = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *("nice", "-n", "10", LEXICON, "index", "build", "--language", language, "--force"),
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            new, latest = await self._watched(process, language, before)
            assert process.stderr is not None
            said = (await process.stderr.read()).decode(errors="replace").strip()
            status = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if status or new is None:
            self.failed.append(f"{language} ended with {status}: {said[-200:]}")
            return
        self.seconds.append(time.monotonic() - started)
        self.delays.append(max(latest - new, 0.0))

    async def _watched(
        self, process: asyncio.subprocess.Process, language: str, before: str
    ) -> tuple[float | None, float]:
        """When another generation was first seen or its builder had ended, and when the one from
        before was last seen."""
        changed: float | None = None
        latest, turn = 0.0, 0
        ended: float | None = None
        while ended is None or time.monotonic() < ended + WATCHED:
            shown = await self._generation(self.addresses[turn % len(self.addresses)], language)
            now = time.monotonic()
            if shown == before:
                latest = now
            elif shown is not None and changed is None:
                changed = now
            if ended is None and process.returncode is not None:
                ended = now
            turn += 1
            await asyncio.sleep(EVERY if ended or changed else 5 * EVERY)
        return (None if changed is None else min(changed, ended)), latest

    async def _generation(self, address: Address, language: str) -> str | None:
        try:
            reply = await fresh(address, request("GET", "/readyz"))
        except (Broken, OSError):
            return None
        if reply.status != 200:
            return None
        found: str | None = reply.json()["generations"].get(language)
        return found


async def ready(address: Address, within: float) -> float:
    """Seconds until the service is ready; TimeoutError if that takes longer than ``within``."""
    started = time.monotonic()
    async with asyncio.timeout(within):
        while True:
            try:
                if (await fresh(address, request("GET", "/readyz"))).status == 200:
                    return time.monotonic() - started
            except (Broken, OSError):
                pass
            await asyncio.sleep(0.1)


async def every(seconds: float, until: float, act: Callable[[int], Awaitable[None]]) -> None:
    """Act each so many seconds, one after another, until the monotonic clock says so."""
    number = 0
    begun = time.monotonic()
    while (at := begun + (number + 1) * seconds) < until:
        await asyncio.sleep(max(at - time.monotonic(), 0.0))
        await act(number)
        number += 1
