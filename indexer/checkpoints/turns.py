"""A lock that is given in the order in which it was asked for."""

import threading
from collections import deque


class Turns:
    """``with turns:`` lets one in at a time. Python's own lock may go back to whoever has just
    released it, and one long run would keep all others waiting until its end."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()

    def __enter__(self) -> None:
        mine = object()
        with self._changed:
            self._waiting.append(mine)
            try:
                self._changed.wait_for(lambda: self._waiting[0] is mine)
            except BaseException:
                self._waiting.remove(mine)
                self._changed.notify_all()
                raise

    def __exit__(self, *_error: object) -> None:
        with self._changed:
            self._waiting.popleft()
            self._changed.notify_all()
