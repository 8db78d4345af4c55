"""Batches of texts of one length: nothing is padded, so nothing can count padding."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

CPU_TOKENS = 4_096
"""Tokens in a batch on a CPU; ``benchmarks.encode --tokens`` tries others."""

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
