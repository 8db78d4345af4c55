"""In which order pairs are learnt from: at random, in batches of about one length."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

TOGETHER = 50
"""Batches that are sorted by length together. Sorting all of them would make the first batches of
every epoch the same pairs."""


def epoch(
    lengths: Sequence[int] | NDArray[np.int64], batch: int, seed: int, number: int
) -> list[NDArray[np.int64]]:
    """Places in ``lengths``, batch by batch, each place once; every epoch has an order of its own.

    >>> sorted(np.concatenate(epoch([3, 1, 2, 1, 2], 2, seed=0, number=1)).tolist())
    [0, 1, 2, 3, 4]
    """
    random = np.random.default_rng((seed, number))
    sizes = np.asarray(lengths, dtype=np.int64)
    shuffled = random.permutation(len(sizes))
    batches = []
    for start in range(0, len(sizes), TOGETHER * batch):
        some = shuffled[start : start + TOGETHER * batch]
        some = some[np.argsort(sizes[some], kind="stable")]
        batches += [some[place : place + batch] for place in range(0, len(some), batch)]
    return [batches[place] for place in random.permutation(len(batches))]


def steps(pairs: int, batch: int) -> int:
    """Batches in an epoch.

    >>> steps(5, 2)
    3
    """
    return -(-pairs // batch)
