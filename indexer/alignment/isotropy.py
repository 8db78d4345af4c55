"""How evenly vectors point in all directions, over arrays."""

import numpy as np
from numpy.typing import NDArray

from indexer.alignment.bitext import Rows

Floats = NDArray[np.float64]


def isotropy(
    vectors: NDArray[np.float32], directions: NDArray[np.float32], block: Rows, blocks: int
) -> tuple[float, Floats]:
    """Isotropy of unit rows (n, dim), and without the rows of each block, (blocks,).

    I = min Z(c) / max Z(c) with Z(c) = Σ exp(c·v) over the rows, c going through ``directions``
    (dim, dim), the eigenvectors of VᵀV of the whole language, both ways (Mu & Viswanath 2018,
    section 2, after Arora et al. 2016). 1: no direction is preferred; e⁻² ≈ 0.135: all rows are
    one. NaN without rows.

    >>> axes = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]], dtype=np.float32)
    >>> isotropy(axes, np.eye(2, dtype=np.float32), np.zeros(4, dtype=np.int64), 1)[0]
    1.0
    """
    if not len(vectors):
        return float("nan"), np.full(blocks, np.nan)
    along = vectors @ directions
    parts = np.zeros((blocks, 2 * vectors.shape[1]))
    for one in range(blocks):
        rows = np.exp(along[block == one])
        both = rows.sum(axis=0, dtype=np.float64), (1 / rows).sum(axis=0, dtype=np.float64)
        parts[one] = np.concatenate(both)
    whole = parts.sum(axis=0)
    rest = whole - parts
    with np.errstate(invalid="ignore", divide="ignore"):
        # What is left without the only block is rounding.
        rest[(np.bincount(block, minlength=blocks) == len(vectors))[:blocks]] = np.nan
        return float(whole.min() / whole.max()), rest.min(axis=1) / rest.max(axis=1)
