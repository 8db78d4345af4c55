"""Hubs: target forms that are among the nearest of far more queries than others, over arrays."""

import numpy as np
from numpy.typing import NDArray

from indexer.alignment.bitext import Rows

OCCURRENCE = 10
"""Nearest candidates of each query that are counted."""


def occurrences(nearest: Rows, candidates: int) -> Rows:
    """N_k: of how many queries each of the candidates is among the nearest, (candidates,), from
    ``nearest`` (queries, k).

    >>> occurrences(np.array([[0, 1], [0, 2]]), 4).tolist()
    [2, 1, 1, 0]
    """
    return np.bincount(nearest.ravel(), minlength=candidates).astype(np.int64)


def skewness(counts: Rows) -> float:
    """Skewness of N_k (Radovanović, Nanopoulos & Ivanović 2010, section 2): the third central
    moment over the third power of the standard deviation. 0 without hubs; NaN when all are equal.

    >>> round(skewness(np.array([0, 0, 0, 4])), 4)
    1.1547
    """
    if not len(counts) or counts.min() == counts.max():
        return float("nan")
    away = counts - counts.mean()
    return float((away**3).mean() / (away**2).mean() ** 1.5)


def without_blocks(
    nearest: Rows, query_block: Rows, candidate_block: Rows, blocks: int
) -> NDArray[np.float64]:
    """Skewness without the queries and candidates of each block, (blocks,).

    ``nearest`` (queries, more than 10), best first: where candidates leave, the next move up. A
    query with fewer than 10 left counts those.
    """
    found = np.empty(blocks)
    k = min(OCCURRENCE, nearest.shape[1])
    for block in range(blocks):
        kept = nearest[query_block != block]
        there = candidate_block[kept] != block
        # The first k that remain of each row.
        there &= np.cumsum(there, axis=1) <= k
        counts = np.bincount(kept[there], minlength=len(candidate_block))
        found[block] = skewness(counts[candidate_block != block])
    return found
