"""Digests of words: how a vector that exists is found again, whatever its row was."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Digests = NDArray[np.uint64]
"""(n, 2): 128 bits of each text."""


def digests(texts: Sequence[str]) -> Digests:
    """BLAKE2b of each text's UTF-8, 128 bits as two numbers, (n, 2)."""
    packed = b"".join(blake2b(text.encode(), digest_size=16).digest() for text in texts)
    return np.frombuffer(packed, dtype="<u8").reshape(-1, 2)


def written(digest: NDArray[np.uint64]) -> str:
    """One digest as 32 hexadecimal digits."""
    return digest.astype("<u8").tobytes().hex()


def places(known: Digests, wanted: Digests) -> NDArray[np.int64]:
    """Row of ``known`` that holds each of ``wanted``, -1 where none does.

    >>> places(digests(["eau", "feu"]), digests(["feu", "air"])).tolist()
    [1, -1]
    """
    if not len(known):
        return np.full(len(wanted), -1, dtype=np.int64)
    order = np.argsort(known[:, 0], kind="stable")
    first = np.searchsorted(known[order, 0], wanted[:, 0])
    rows = order[np.minimum(first, len(known) - 1)]
    # Half the bits find it, all of them tell that it is the one.
    found: NDArray[np.int64] = np.where((known[rows] == wanted).all(axis=1), rows, -1)
    return found
