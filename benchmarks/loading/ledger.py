"""Concepts that are written under load, and what has become of each."""

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.loading.wire import request

Act = Literal["create", "change", "remove"]
STATUS: dict[Act, int] = {"create": 201, "change": 200, "remove": 204}

STAYING = 2
"""Every second concept is not removed."""

Meaning = tuple[str, str]
"""A word of English and its French translation."""


@dataclass
class Written:
    """A concept of ours: a compound of three words that are known, and so one that is found."""

    key: str
    en: str
    fr: str
    later: str
    stays: bool
    done: Act | None = None
    unsure: bool = False

    @property
    def next(self) -> Act | None:
        """What is to be done with it now; nothing more once an answer did not come."""
        if self.unsure:
            return None
        if self.done == "change":
            return None if self.stays else "remove"
        return "change" if self.done == "create" else "create" if self.done is None else None

    @property
    def there(self) -> bool | None:
        """Whether it has to be there afterwards, None where nobody knows."""
        if self.unsure:
            return None
        return self.done in ("create", "change")

    @property
    def translation(self) -> str:
        return self.later if self.done == "change" else self.fr


class Ledger:
    """Makes write requests one after another, and remembers which of them were acknowledged."""

    def __init__(self, meanings: Sequence[Meaning], draw: random.Random, key: str) -> None:
        self.written: list[Written] = []
        self._meanings = meanings
        self._draw = draw
        self._key = key
        self._ready: deque[Written] = deque()

    def draw(self) -> tuple[Written, bytes]:
        """The next request; one for a concept that waits for its next before a new one."""
        if not self._ready:
            self._ready.append(self._made())
        one = self._ready.popleft()
        return one, self._payload(one)

    def told(self, one: Written, status: int | None) -> None:
        """What came of the request that was drawn for it; None for no answer."""
        act = one.next
        assert act is not None
        if status == STATUS[act]:
            one.done = act
            if one.next is not None:
                self._ready.append(one)
        else:
            # Even one that was refused may have been refused only after it was done.
            one.unsure = True

    def _made(self) -> Written:
        number = len(self.written)
        (a, x), (b, y), (c, z), (_, w) = self._draw.sample(self._meanings, 4)
        one = Written(
            f"load.{number}", f"{a} {b} {c}", f"{x} {y} {z}", f"{x} {y} {w}", number % STAYING == 0
        )
        self.written.append(one)
        return one

    def _payload(self, one: Written) -> bytes:
        path = f"/v1/concepts/{one.key}"
        if one.next == "create":
            body = {
                "key": one.key,
                "pos": "noun",
                "field": "load",
                "gloss": f"what is {one.en}",
                "forms": {"en": [one.en], "fr": [one.fr]},
            }
            return request("POST", "/v1/concepts", body, self._key)
        if one.next == "change":
            return request("PATCH", path, {"forms": {"fr": [one.later]}}, self._key)
        return request("DELETE", path, None, self._key)
