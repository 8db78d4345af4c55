"""What takes seconds to work out: one thing at a time in a process, and kept for who asks next."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Annotated, TypeVar, cast

from fastapi import Depends, Request

from api.deps import Threads

MOST = 256
"""Results that are kept; of more, those go that nobody has asked for longest."""

WAITING = 16
"""Requests that wait for the one thread; more are refused."""

T = TypeVar("T")


@dataclass(frozen=True)
class _Kept:
    result: object
    until: float


class Measured:
    """Results by what they rest on, each worked out once however many ask for it at once."""

    def __init__(self, most: int = MOST, waiting: int = WAITING) -> None:
        self.threads = Threads(1, waiting)
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    async def get(self, key: Hashable, work: Callable[[], T], seconds: float = float("inf")) -> T:
        """What ``work`` gives, or gave for an equal ``key`` no more than ``seconds`` ago.

        Raises :class:`Crowded` where too many wait already. What somebody waits for no longer is
        worked out to its end all the same, and kept.
        """
        found = self._look(key)
        if found is None:
            found = await self.threads.run(self._made, key, work, seconds)
        return cast(T, found.result)

    def _made(self, key: Hashable, work: Callable[[], T], seconds: float) -> _Kept:
        # Whoever was in front may have asked for the same.
        found = self._look(key)
        if found is None:
            found = _Kept(work(), time.monotonic() + seconds)
            with self._lock:
                self._kept[key] = found
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return found

    def _look(self, key: Hashable) -> _Kept | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None and found.until < time.monotonic():
                del self._kept[key]
                return None
            if found is not None:
                self._kept.move_to_end(key)
            return found


async def _measured(request: Request) -> Measured:
    held: Measured = request.app.state.measured
    return held


MeasuredDep = Annotated[Measured, Depends(_measured)]
