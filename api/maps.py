"""Maps of words, worked out one after another beside the answers."""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from api.refusals import Crowded, InternalError, ShuttingDown
from indexer.plane import ROUNDS, require_tsne
from indexer.projection import Chosen, Method, Projection, Selection, choose, version
from indexer.service import LexiconService
from lexicon.disk import writing_to
from lexicon.errors import LexiconError

MOST_WORDS: dict[Method, int] = {"tsne": 20_000, "pca": 50_000}
"""Words of a map that anybody may ask for."""

WAITING = 16
"""Maps that wait to be worked out; others are refused."""

HELD = 30.0
"""Seconds for which a map is given to whoever has waited for it, even if its words have changed:
where somebody writes all the time, the next one would come no sooner."""

LOOKED = 0.5
"""Seconds between two looks at whether to wait for another process any longer."""

REMEMBERED = 4
"""Maps that are kept in memory for as long as their words stay."""

_Wanted = tuple[str, Selection, Method]
"""An encoder's identity, which words, and how they are laid out."""

log = logging.getLogger("lexicon.api")


@dataclass(frozen=True)
class Progress:
    """``done`` of ``total`` rounds."""

    done: int
    total: int


@dataclass(eq=False)
class _Work:
    """A map with its outcome, once it has ended, and when that was."""

    chosen: Chosen
    done: int = 0
    outcome: Projection | LexiconError | None = None
    ended: float = 0.0


class _Closed(Exception):
    """The process is about to end."""


class Maps:
    """The maps of this process, and the thread that works them out: there is one only while there
    is work. Of several processes over one home, one works at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._soon = threading.Lock()
        self._made: dict[_Wanted, tuple[str, Projection]] = {}
        self._works: dict[_Wanted, _Work] = {}
        self._queue: deque[_Work] = deque()
        self._worker: threading.Thread | None = None
        self._closed = threading.Event()

    def ask(
        self,
        service: LexiconService,
        encoder_name: str | None,
        selection: Selection,
        method: Method,
    ) -> Projection | Progress:
        """The map, if it is stored or soon made, or how far it is: whoever asks again gets it.

        Raises what the work has failed of, once, and :class:`Crowded` where too many wait.
        """
        wanted = service.encoder(encoder_name).spec.identity, selection, method
        if (known := self._known(wanted)) is not None:
            return known
        # Before the words are read: what is written in between is looked up again.
        now = version(service, encoder_name, selection)
        with self._lock:
            held = self._made.get(wanted)
        if held is not None and held[0] == now:
            return held[1]
        chosen = choose(service, encoder_name, selection, method, most=MOST_WORDS[method])
        made = chosen.stored()
        if made is None and method == "pca":
            # One at a time: each takes a few hundred megabytes at most.
            with self._soon:
                made = chosen.stored() or chosen.work_out()
        if made is None:
            require_tsne()
            return self._begin(wanted, chosen)
        with self._lock:
            self._made = dict([*self._made.items(), (wanted, (now, made))][-REMEMBERED:])
        return made

    def end(self) -> None:
        """Break off what is being worked out, and begin nothing more."""
        self._closed.set()

    def _known(self, wanted: _Wanted) -> Projection | Progress | None:
        now = time.monotonic()
        with self._lock:
            self._works = {
                key: work
                for key, work in self._works.items()
                if work.outcome is None or now - work.ended < HELD
            }
            work = self._works.get(wanted)
            if work is None:
                return None
            if isinstance(work.outcome, LexiconError):
                del self._works[wanted]
                raise work.outcome
            return work.outcome or Progress(work.done, ROUNDS)

    def _begin(self, wanted: _Wanted, chosen: Chosen) -> Progress:
        with self._lock:
            if self._closed.is_set():
                raise ShuttingDown
            # Two selections may be of the same words.
            same = [
                work
                for work in self._works.values()
                if work.outcome is None and work.chosen.path == chosen.path
            ]
            if same:
                work = same[0]
            elif len(self._queue) < WAITING:
                work = _Work(chosen)
                self._queue.append(work)
            else:
                raise Crowded(f"{WAITING} maps wait to be worked out")
            self._works[wanted] = work
            if self._worker is None:
                self._worker = threading.Thread(target=self._run, name="maps", daemon=True)
                self._worker.start()
            return Progress(work.done, ROUNDS)

    def _run(self) -> None:
        while (work := self._next()) is not None:
            outcome = self._outcome(work)
            with self._lock:
                work.outcome, work.ended = outcome, time.monotonic()

    def _next(self) -> _Work | None:
        with self._lock:
            if self._queue and not self._closed.is_set():
                return self._queue.popleft()
            self._worker = None
            return None

    def _outcome(self, work: _Work) -> Projection | LexiconError:
        def advance(done: int, _total: int) -> None:
            if self._closed.is_set():
                raise _Closed
            work.done = done

        chosen = work.chosen
        try:
            with self._alone(chosen.path.parent.parent):
                # Another process may have worked it out meanwhile.
                return chosen.stored() or chosen.work_out(advance)
        except _Closed:
            return ShuttingDown()
        except LexiconError as error:
            return error
        # Whatever it is, whoever asked hears of it, and the other maps are worked out.
        except Exception:
            log.exception("a map could not be worked out")
            return InternalError()

    @contextmanager
    def _alone(self, folder: Path) -> Iterator[None]:
        """The only process that works out a map of this home."""
        lock = FileLock(folder / ".lock", timeout=LOOKED)
        with writing_to(folder):
            folder.mkdir(parents=True, exist_ok=True)
            while not lock.is_locked:
                try:
                    lock.acquire()
                except Timeout:
                    if self._closed.is_set():
                        raise _Closed from None
        try:
            yield
        finally:
            lock.release()
