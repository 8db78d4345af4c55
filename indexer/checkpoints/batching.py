"""Batches of texts of one length, where nothing is padded and so nothing can count padding, or of
lengths that are not far apart."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

CPU_TOKENS = 4_096
"""Tokens in a batch on a CPU; ``benchmarks.encode --tokens`` tries others."""

CPU_PADDING = 1 / 16
"""Share of a batch that may be padding, where padding is allowed at all: less than fuller batches
save on a CPU, and on a GPU, which small ones leave idle."""

GPU_PADDING = 1 / 4

CPU_PASS = 32
"""Tokens in the time that one more pass through a model takes on a CPU, however short: of MiniLM
37, of LaBSE's size 23 to 36."""

GPU_TOKENS = 65_536
"""Tokens in a batch on a GPU, where its memory allows."""


def buckets(lengths: Sequence[int], tokens: int) -> Iterator[NDArray[np.int64]]:
    """Indices into ``lengths``, batch by batch, longest first.

    All texts of a batch have the same length, and together at most ``tokens`` tokens (one text
    at least). Longest first, so that what does not fit into memory is found out at once.

    >>> [batch.tolist() for batch in buckets([1, 2, 1, 1], tokens=2)]
    [[1], [0, 2], [3]]
    """
    sizes = np.asarray(lengths, dtype=np.int64)
    for length in np.unique(sizes)[::-1]:
        same = np.flatnonzero(sizes == length)
        step = max(1, tokens // max(int(length), 1))
        for start in range(0, len(same), step):
            yield same[start : start + step]


def joined(lengths: Sequence[int], tokens: int, spared: int) -> Iterator[NDArray[np.int64]]:
    """The same of texts that may be padded to the longest of their batch, with fewer passes.

    Texts of one length join a batch of longer ones where that costs at most ``spared`` tokens of
    padding, which is what the pass that it saves would have cost. Longest first in each batch.

    >>> [batch.tolist() for batch in joined([3, 9, 10, 10], tokens=40, spared=4)]
    [[2, 3, 1], [0]]
    """
    sizes = np.asarray(lengths, dtype=np.int64)
    waiting: list[int] = []
    longest = 0
    for batch in buckets(lengths, tokens):
        size = int(sizes[batch[0]])
        padding = len(batch) * (longest - size)
        if waiting and (padding > spared or (len(waiting) + len(batch)) * longest > tokens):
            yield np.array(waiting)
            waiting = []
        longest = longest if waiting else size
        waiting += batch.tolist()
    if waiting:
        yield np.array(waiting)


def near(lengths: Sequence[int], tokens: int, padding: float) -> Iterator[NDArray[np.int64]]:
    """The same of texts whose lengths may differ: padded to the longest of its batch, at most the
    share ``padding`` of the tokens is padding.

    Fuller batches are faster where lengths are many and texts are few.

    >>> [batch.tolist() for batch in near([1, 9, 10, 1], tokens=20, padding=0.1)]
    [[2, 1], [0, 3]]
    """
    sizes = np.asarray(lengths, dtype=np.int64)
    batch: list[int] = []
    longest = real = 0
    for place in np.argsort(-sizes, kind="stable").tolist():
        size = int(sizes[place])
        whole = longest * (len(batch) + 1)
        if batch and (whole > tokens or whole - real - size > padding * whole):
            yield np.array(batch)
            batch, real = [], 0
        if not batch:
            longest = size
        batch.append(place)
        real += size
    if batch:
        yield np.array(batch)
