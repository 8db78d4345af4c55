"""Questions of many threads, answered a batch at a time by one."""

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from lexicon.errors import (
    ExtraMissing,
    LabelsRefused,
    ModelDamaged,
    ModelMissing,
    Overloaded,
    PackageMissing,
    PrecisionRefused,
)

Group = TypeVar("Group", bound=Hashable)
Item = TypeVar("Item")
Answer = TypeVar("Answer")

MOST = 64
"""Items of a batch."""

OF_THE_MODEL = (
    ExtraMissing,
    LabelsRefused,
    ModelDamaged,
    ModelMissing,
    PackageMissing,
    PrecisionRefused,
)
"""What no item is to blame for, so that none is tried again alone."""


class Observer(Protocol):
    """Who counts what happens; told from any thread."""

    def looked_up(self, hits: int, misses: int) -> None:
        """So many vectors were held, and so many were not."""

    def batched(self, size: int, seconds: float) -> None:
        """A batch was answered."""

    def moved(self, count: int) -> None:
        """So many more wait, or fewer where negative."""

    def refused(self) -> None:
        """Somebody found no room to wait."""


class Unobserved:
    """Counts nothing."""

    def looked_up(self, hits: int, misses: int) -> None: ...

    def batched(self, size: int, seconds: float) -> None: ...

    def moved(self, count: int) -> None: ...

    def refused(self) -> None: ...


class Room:
    """How many items may wait, over all that share it.

    A request that is larger than the room is let in where nobody waits.
    """

    def __init__(self, most: int, observer: Observer | None = None, what: str = "texts") -> None:
        self.most = most
        self.waiting = 0
        self._observer = observer or Unobserved()
        self._what = what
        self._lock = threading.Lock()

    def enter(self, count: int) -> None:
        """Raises :class:`Overloaded` where there is no room for so many."""
        with self._lock:
            waiting = self.waiting
            if not waiting or waiting + count <= self.most:
                self.waiting += count
                self._observer.moved(count)
                return
        self._observer.refused()
        raise Overloaded(
            f"{waiting:,} {self._what} wait already and {self.most:,} may (LEXICON_QUEUE); ask "
            "again in a second"
        )

    def leave(self, count: int) -> None:
        with self._lock:
            self.waiting -= count
            self._observer.moved(-count)


@dataclass(eq=False)
class _Request(Generic[Group, Item, Answer]):
    """``taken`` of the items are in a batch or answered, ``open`` are not answered yet."""

    group: Group
    items: Sequence[Item]
    outcomes: list[Answer | Exception | None] = field(init=False)
    taken: int = 0
    open: int = field(init=False)
    done: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.outcomes = [None] * len(self.items)
        self.open = len(self.items)

    @property
    def rest(self) -> int:
        return len(self.items) - self.taken


class MicroBatcher(Generic[Group, Item, Answer]):
    """Gathers what waits for one worker thread and has it answered together.

    Nothing waits for company: an item that finds the worker idle goes at once, and what comes
    meanwhile is the next batch. A batch is of one group, and every request has a fair share of it.
    Where a batch fails, its items are tried one by one, so that only those that fail alone do.
    """

    def __init__(
        self,
        work: Callable[[Group, Sequence[Item]], Sequence[Answer]],
        room: Room,
        most: int = MOST,
        observer: Observer | None = None,
        name: str = "gathering",
    ) -> None:
        """``work`` answers items of a group in their order."""
        self._work = work
        self._room = room
        self._most = most
        self._observer = observer or Unobserved()
        self._name = name
        self._changed = threading.Condition()
        self._waiting: list[_Request[Group, Item, Answer]] = []
        self._worker: threading.Thread | None = None
        self._closed = False

    def ask(self, group: Group, items: Sequence[Item]) -> list[Answer]:
        """The answers in the order of the items, or the error of the first that has one."""
        found = []
        for outcome in self.outcomes(group, items):
            if isinstance(outcome, Exception):
                raise outcome
            found.append(outcome)
        return found

    def outcomes(self, group: Group, items: Sequence[Item]) -> list[Answer | Exception]:
        """The answer or the error of each item. Raises :class:`Overloaded` at once."""
        if not items:
            return []
        request: _Request[Group, Item, Answer] = _Request(group, items)
        with self._changed:
            if self._closed:
                raise Overloaded("the service is shutting down; ask again in a few seconds")
            self._room.enter(len(items))
            self._waiting.append(request)
            if self._worker is None:
                self._worker = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._worker.start()
            self._changed.notify()
        request.done.wait()
        return [outcome for outcome in request.outcomes if outcome is not None]

    def close(self, timeout: float | None = None) -> None:
        """Answer what waits and take nothing more."""
        with self._changed:
            self._closed = True
            worker = self._worker
            self._changed.notify()
        if worker is not None:
            worker.join(timeout)

    def _run(self) -> None:
        while taken := self._next():
            items = [request.items[place] for request, place in taken]
            began = time.perf_counter()
            answered = self._answered(taken[0][0].group, items)
            self._observer.batched(len(items), time.perf_counter() - began)
            for (request, place), outcome in zip(taken, answered, strict=True):
                request.outcomes[place] = outcome
                request.open -= 1
                if not request.open:
                    request.done.set()

    def _next(self) -> list[tuple[_Request[Group, Item, Answer], int]]:
        """The next batch as requests and places in them; empty when closed and all is done."""
        with self._changed:
            while not self._waiting:
                if self._closed:
                    return []
                self._changed.wait()
            group = self._waiting[0].group
            chosen = [one for one in self._waiting if one.group == group][: self._most]
            taken: list[tuple[_Request[Group, Item, Answer], int]] = []
            # Small ones first, so that what they leave of their shares goes to the large ones.
            for number, request in enumerate(sorted(chosen, key=lambda one: one.rest)):
                share = (self._most - len(taken)) // (len(chosen) - number)
                places = range(request.taken, request.taken + min(share, request.rest))
                taken += [(request, place) for place in places]
                request.taken = places.stop
            others = [one for one in self._waiting if one not in chosen]
            self._waiting = others + [one for one in chosen if one.rest]
        self._room.leave(len(taken))
        return taken

    def _answered(self, group: Group, items: Sequence[Item]) -> list[Answer | Exception]:
        try:
            answers = self._work(group, items)
            if len(answers) != len(items):
                raise RuntimeError(f"{len(answers)} answers to {len(items)} questions")
            return list(answers)
        # Whatever it is, whoever asked hears it, and the worker lives on for the others.
        except Exception as error:
            if len(items) == 1 or isinstance(error, OF_THE_MODEL):
                return [error] * len(items)
        return [self._answered(group, [item])[0] for item in items]
