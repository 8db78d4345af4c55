"""Labels beside points: as many as there is room for, none on top of another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_GAP = 0.02
"""Inches between a point's marker and its label."""


@dataclass(frozen=True)
class Label:
    """Which point it belongs to, and the lower left corner of its text in inches."""

    point: int
    left: float
    bottom: float


def spread(
    points: Floats,
    sizes: Mapping[int, tuple[float, float]],
    order: Sequence[int],
    room: tuple[float, float],
    most: int,
    radius: float = 0.0,
) -> list[Label]:
    """Labels for at most ``most`` of the ``points`` (n, 2), first come first served in ``order``.

    Everything is in inches: ``sizes`` of the texts, and the ``room`` from (0, 0) that they must
    keep to, and the ``radius`` of markers. A label right of its point is tried, then left, above
    and below; it covers no other label and no other point.

    >>> size = (0.5, 0.1)
    >>> spread(np.array([[1.0, 1.0], [1.2, 1.0]]), {0: size, 1: size}, [0, 1], (3, 3), 9)
    [Label(point=0, left=0.48, bottom=0.95), Label(point=1, left=1.22, bottom=0.95)]
    """
    taken = np.zeros((0, 4))
    gap = _GAP + radius
    found: list[Label] = []
    for point in order:
        if len(found) == most:
            break
        x, y = points[point].tolist()
        wide, high = sizes[point]
        others = np.delete(points, point, axis=0)
        for left, bottom in (
            (x + gap, y - high / 2),
            (x - gap - wide, y - high / 2),
            (x - wide / 2, y + gap),
            (x - wide / 2, y - gap - high),
        ):
            right, top = left + wide, bottom + high
            inside = left >= 0 and bottom >= 0 and right <= room[0] and top <= room[1]
            if not inside or _overlap(taken, left, bottom, right, top):
                continue
            covered = (others > (left - radius, bottom - radius)) & (
                others < (right + radius, top + radius)
            )
            if covered.all(axis=1).any():
                continue
            taken = np.vstack([taken, (left, bottom, right, top)])
            found.append(Label(point, round(left, 4), round(bottom, 4)))
            break
    return found


def _overlap(taken: Floats, left: float, bottom: float, right: float, top: float) -> bool:
    """Whether a box covers part of one of the boxes (n, 4)."""
    return bool(
        (
            (taken[:, 0] < right)
            & (taken[:, 2] > left)
            & (taken[:, 1] < top)
            & (taken[:, 3] > bottom)
        ).any()
    )
