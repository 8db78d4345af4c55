"""Scores of predicted labels over arrays: no store, no disk, no settings.

Labels are places in ``NLI_LABELS``: 0 entailment, 1 neutral, 2 contradiction. What counts pairs
may have leading axes, such as one per bootstrap sample, and so has what comes of it. A share of
nothing, 0/0, is 0.
"""

from dataclasses import dataclass
from math import comb, erfc, sqrt

import numpy as np
from numpy.typing import NDArray

from lexicon.models import NLI_LABELS

Labels = NDArray[np.int64]
Floats = NDArray[np.float64]

CLASSES = len(NLI_LABELS)
BINS = 15
"""Of the calibration error, as in Guo et al. (2017)."""

EXACT_BELOW = 25
"""Discordant pairs; with fewer, McNemar's test counts instead of approximating."""


def chosen(probabilities: Floats) -> Labels:
    """The likeliest label of each row of ``probabilities`` (n, 3); of equal ones the first.

    >>> chosen(np.array([[0.25, 0.5, 0.25], [0.5, 0.0, 0.5]])).tolist()
    [1, 0]
    """
    found: Labels = probabilities.argmax(axis=1).astype(np.int64)
    return found


def confusion(gold: Labels, predicted: Labels) -> NDArray[np.int64]:
    """(3, 3): how many pairs of each gold label (row) were given each label (column).

    >>> confusion(np.array([0, 0, 1]), np.array([0, 2, 1])).tolist()
    [[1, 0, 1], [0, 1, 0], [0, 0, 0]]
    """
    counts = np.bincount(CLASSES * gold + predicted, minlength=CLASSES * CLASSES)
    return counts.reshape(CLASSES, CLASSES)


def accuracy(counts: NDArray[np.number]) -> Floats:
    """Share of right labels of a confusion matrix (..., 3, 3).

    >>> float(accuracy(np.array([[1, 0, 1], [0, 1, 0], [0, 0, 1]])))
    0.75
    """
    return _share(np.trace(counts, axis1=-2, axis2=-1), counts.sum(axis=(-2, -1)))


def precision(counts: NDArray[np.number]) -> Floats:
    """By label, (..., 3): of the pairs given it, the share that have it.

    >>> precision(np.array([[2, 0, 0], [1, 1, 0], [1, 0, 0]])).tolist()
    [0.5, 1.0, 0.0]
    """
    return _share(_right(counts), counts.sum(axis=-2))


def recall(counts: NDArray[np.number]) -> Floats:
    """By label, (..., 3): of the pairs that have it, the share given it.

    >>> recall(np.array([[2, 0, 0], [1, 1, 0], [1, 0, 0]])).tolist()
    [1.0, 0.5, 0.0]
    """
    return _share(_right(counts), counts.sum(axis=-1))


def f1(counts: NDArray[np.number]) -> Floats:
    """By label, (..., 3): the harmonic mean of precision and recall.

    >>> f1(np.array([[1, 1, 0], [0, 2, 0], [0, 0, 0]])).tolist()
    [0.6666666666666666, 0.8, 0.0]
    """
    return _share(2 * _right(counts), counts.sum(axis=-2) + counts.sum(axis=-1))


def macro_f1(counts: NDArray[np.number]) -> Floats:
    """Mean F1 of the three labels, each counting the same.

    >>> float(macro_f1(np.array([[2, 0, 0], [2, 0, 0], [2, 0, 0]])))  # one answer for all: 1/6
    0.16666666666666666
    """
    mean: Floats = f1(counts).mean(axis=-1)
    return mean


def calibration_bins(probabilities: Floats) -> tuple[Labels, Floats]:
    """The bin of each row of ``probabilities`` (n, 3), from 0, and how sure it is of its label.

    Bins are equally wide and open on the left: of 15, the last holds what is above 14/15.
    """
    sure = probabilities.max(axis=1)
    return np.clip(np.ceil(sure * BINS).astype(np.int64) - 1, 0, BINS - 1), sure


def calibration_error(sums: Floats) -> Floats:
    """Expected calibration error (Guo et al. 2017) of ``sums`` (..., bins, 3): how many pairs each
    bin has, the sum of how sure they are, and how many are right.

    >>> float(calibration_error(np.array([[2.0, 1.5, 1.0], [2.0, 2.0, 2.0]])))  # .75 sure, .5 right
    0.125
    """
    apart = np.abs(sums[..., 1] - sums[..., 2]).sum(axis=-1)
    return _share(apart, sums[..., 0].sum(axis=-1))


@dataclass(frozen=True)
class McNemar:
    """``first_only`` pairs are right by the first model alone, ``second_only`` by the second;
    ``p`` is how likely a difference as large is if neither model is better."""

    first_only: int
    second_only: int
    p: float
    exact: bool


def mcnemar(first_right: NDArray[np.bool_], second_right: NDArray[np.bool_]) -> McNemar:
    """McNemar's test (1947) of two models on the same pairs.

    Below ``EXACT_BELOW`` discordant pairs it is the two-sided binomial test, else chi-square with
    Edwards's correction for continuity (1948).

    >>> mcnemar(np.array([True, True, True]), np.array([False, False, True]))
    McNemar(first_only=2, second_only=0, p=0.5, exact=True)
    """
    one = int((first_right & ~second_right).sum())
    other = int((second_right & ~first_right).sum())
    discordant = one + other
    if discordant < EXACT_BELOW:
        tail = sum(comb(discordant, k) for k in range(min(one, other) + 1))
        return McNemar(one, other, min(1.0, 2 * tail / 2**discordant), exact=True)
    # The tail of chi-square with one degree of freedom is that of a normal variable, squared.
    chi_square = max(abs(one - other) - 1, 0) ** 2 / discordant
    return McNemar(one, other, erfc(sqrt(chi_square / 2)), exact=False)


def _right(counts: NDArray[np.number]) -> NDArray[np.number]:
    diagonal: NDArray[np.number] = np.diagonal(counts, axis1=-2, axis2=-1)
    return diagonal


def _share(part: NDArray[np.number], whole: NDArray[np.number]) -> Floats:
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    found: Floats = np.divide(part, whole, out=np.zeros_like(part), where=whole != 0)
    return found
