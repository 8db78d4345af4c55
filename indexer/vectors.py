"""Unit float32 rows: the only shape in which vectors cross a seam."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lexicon.errors import EncoderFault

Vectors: TypeAlias = NDArray[np.float32]
"""(n, dim), C-order, every row of length 1."""

LexemeIds: TypeAlias = NDArray[np.int64]

TIE = 1e-4
"""Cosines this close are equal: vectors are stored with half of float32's digits, so that words of
one meaning, whose vectors are equal, may come apart by a tenth of it."""


def unit_rows(rows: NDArray[np.floating], origin: str) -> Vectors:
    """``rows`` scaled to length 1, (n, dim) float32.

    Raises :class:`EncoderFault` naming ``origin`` and the first row that is zero or not finite:
    such a row has no direction, and an index would file it anywhere.

    >>> unit_rows(np.array([[3.0, 4.0]]), "example").tolist()
    [[0.6000000238418579, 0.800000011920929]]
    """
    wide = np.asarray(rows, dtype=np.float32)
    if not np.isfinite(wide).all():
        bad = int(np.flatnonzero(~np.isfinite(wide).all(axis=1))[0])
        raise EncoderFault(f"{origin} gave a vector with NaN or infinity for text {bad}")
    norms = np.linalg.norm(wide, axis=1, keepdims=True)
    if len(wide) and float(norms.min()) < 1e-12:
        bad = int(norms.argmin())
        raise EncoderFault(f"{origin} gave a zero vector for text {bad}; it has no direction")
    return np.ascontiguousarray(wide / norms, dtype=np.float32)
