"""Debiased linear CKA: how alike two languages arrange the same concepts, over arrays.

Kornblith et al. 2019 ("Similarity of neural network representations revisited") with the unbiased
estimator of HSIC (Song et al. 2012), as in Nguyen, Raghu & Kornblith 2021. For Gram matrices K and
L of n concepts whose diagonals are set to zero:

    HSIC(K, L) = [tr(K L) + ΣK ΣL / ((n - 1)(n - 2)) - 2/(n - 2) 1ᵀK L 1] / (n (n - 3))
    CKA = HSIC(K, L) / sqrt(HSIC(K, K) HSIC(L, L))

1 for arrangements equal up to rotation and scale, about 0 for independent ones (it may fall
slightly below). A mean that all vectors share changes nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.alignment.bitext import Rows

Floats = NDArray[np.float64]

MOST = 3_000
"""Concepts whose Gram matrices are taken; of more, as many are drawn."""

LEAST = 4
"""Rows that the estimator of HSIC needs."""


@dataclass(frozen=True)
class _Sums:
    """What HSIC needs of Gram matrices whose rows are in ``blocks`` blocks: sums over products by
    pair of blocks, and each row's sums by block."""

    kl: Floats
    kk: Floats
    ll: Floats
    k: Floats
    l: Floats  # noqa: E741


def debiased_cka(
    source: NDArray[np.float32], target: NDArray[np.float32], block: Rows, blocks: int
) -> tuple[float, Floats]:
    """CKA of rows that belong together (n, dim), and without the rows of each block, (blocks,).

    NaN for fewer than four rows, or where all rows of a side are equal.

    >>> rows = np.random.default_rng(0).standard_normal((20, 4)).astype(np.float32)
    >>> round(debiased_cka(rows, rows[:, ::-1], np.zeros(20, dtype=np.int64), 1)[0], 6)
    1.0
    """
    if len(block) < LEAST:
        return float("nan"), np.full(blocks, np.nan)
    order = np.argsort(block, kind="stable")
    sorted_block = block[order]
    sums = _sums(source[order], target[order], sorted_block, blocks)
    everything = np.ones(blocks, dtype=bool)
    without = np.array(
        [_cka(sums, sorted_block, everything & (np.arange(blocks) != one)) for one in range(blocks)]
    )
    return _cka(sums, sorted_block, everything), without


def _sums(
    source: NDArray[np.float32], target: NDArray[np.float32], block: Rows, blocks: int
) -> _Sums:
    # Centred first: the figure does not change, and float32 has more digits left for it.
    left = source - source.mean(axis=0, dtype=np.float64).astype(np.float32)
    right = target - target.mean(axis=0, dtype=np.float64).astype(np.float32)
    k, l = left @ left.T, right @ right.T  # noqa: E741
    np.fill_diagonal(k, 0.0)
    np.fill_diagonal(l, 0.0)
    member = np.zeros((len(block), blocks), dtype=np.float32)
    member[np.arange(len(block)), block] = 1.0
    by_block = [member.T.astype(np.float64) @ (one @ member) for one in (k * l, k * k, l * l)]
    return _Sums(
        by_block[0],
        by_block[1],
        by_block[2],
        (k @ member).astype(np.float64),
        (l @ member).astype(np.float64),
    )


def _cka(sums: _Sums, block: Rows, kept: NDArray[np.bool_]) -> float:
    rows = kept[block]
    n = int(rows.sum())
    if n < LEAST:
        return float("nan")
    row_k, row_l = sums.k[rows][:, kept].sum(axis=1), sums.l[rows][:, kept].sum(axis=1)
    inside = np.ix_(kept, kept)
    kl = _hsic(sums.kl[inside].sum(), row_k, row_l, n)
    kk = _hsic(sums.kk[inside].sum(), row_k, row_k, n)
    ll = _hsic(sums.ll[inside].sum(), row_l, row_l, n)
    return float(kl / np.sqrt(kk * ll)) if kk > 0 and ll > 0 else float("nan")


def _hsic(trace: float, row_k: Floats, row_l: Floats, n: int) -> float:
    middle = row_k.sum() * row_l.sum() / ((n - 1) * (n - 2))
    return float((trace + middle - 2 / (n - 2) * (row_k @ row_l)) / (n * (n - 3)))
