"""How a pair becomes one row of numbers: [CLS] premise [SEP] hypothesis [SEP]."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SPECIAL = 3
"""[CLS] and two [SEP]."""

Ids = NDArray[np.int64]


def fit(first: int, second: int, room: int) -> tuple[int, int]:
    """How many tokens of two texts are kept: the longer one is cut until both fit.

    >>> fit(90, 10, 60), fit(90, 70, 60), fit(20, 30, 60)
    ((50, 10), (30, 30), (20, 30))
    """
    half = room // 2
    if first + second <= room:
        return first, second
    if first <= half:
        return first, room - first
    if second <= room - half:
        return room - second, second
    return half, room - half


def packed(
    pairs: Sequence[tuple[Sequence[int], Sequence[int]]], start: int, end: int, pad: int, most: int
) -> tuple[Ids, Ids, Ids, list[bool]]:
    """(ids, segments, mask), each (pairs, longest pair), and which pairs were cut to ``most``."""
    kept = [fit(len(first), len(second), most - SPECIAL) for first, second in pairs]
    width = max((sum(lengths) for lengths in kept), default=0) + SPECIAL
    ids = np.full((len(pairs), width), pad, dtype=np.int64)
    segments = np.zeros_like(ids)
    mask = np.zeros_like(ids)
    for row, ((first, second), (one, two)) in enumerate(zip(pairs, kept, strict=True)):
        line = [start, *first[:one], end, *second[:two], end]
        ids[row, : len(line)] = line
        segments[row, one + 2 : len(line)] = 1
        mask[row, : len(line)] = 1
    cut = [
        lengths != (len(first), len(second))
        for lengths, (first, second) in zip(kept, pairs, strict=True)
    ]
    return ids, segments, mask, cut
