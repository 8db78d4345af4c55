"""Vectors of texts that the lexicon does not hold, kept for whoever asks for them next."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.vectors import Vectors

Key = tuple[str, str | None, str]
"""Identity of the encoder, language, text."""

OVERHEAD = 600
"""Bytes that an entry takes besides its text and its vector: key, row, array and their places."""


@dataclass(frozen=True)
class EncodedText:
    """A text's vector (dim,), and what else its encoder said of it."""

    vector: Vectors
    covered: bool
    truncated: bool


class VectorCache:
    """The vectors that were used last, in at most ``most`` bytes; for any thread."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.bytes = 0
        self._held: OrderedDict[Key, EncodedText] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, keys: Sequence[Key]) -> list[EncodedText | None]:
        """What is held under each key."""
        with self._lock:
            for key in keys:
                if key in self._held:
                    self._held.move_to_end(key)
            return [self._held.get(key) for key in keys]

    def put(self, key: Key, value: EncodedText) -> None:
        size = _size(key, value)
        if size > self.most:
            return
        with self._lock:
            if (old := self._held.pop(key, None)) is not None:
                self.bytes -= _size(key, old)
            self._held[key] = value
            self.bytes += size
            while self.bytes > self.most:
                self.bytes -= _size(*self._held.popitem(last=False))


def _size(key: Key, value: EncodedText) -> int:
    # A string of Python takes up to four bytes a character.
    return OVERHEAD + 4 * len(key[2]) + value.vector.nbytes
