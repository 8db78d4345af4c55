"""Intervals by drawing premises with replacement.

XNLI has three hypotheses for each premise, so its pairs are not independent: whole premises are
drawn (Efron 1979, on clusters), 1,000 times, and a score of a sample is that of the pairs drawn.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nli.evaluation.metrics import (
    BINS,
    CLASSES,
    Floats,
    Labels,
    calibration_bins,
    chosen,
)

SAMPLES = 1_000
MOST_WITHOUT = 0.05

_CELLS = CLASSES * CLASSES


def groups_of(premises: Sequence[str]) -> Labels:
    """The number of each text's group: texts that are the same are one group.

    >>> groups_of(["b", "a", "b"]).tolist()
    [0, 1, 0]
    """
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(text, len(numbers)) for text in premises], dtype=np.int64)


def sums_by_group(gold: Labels, probabilities: Floats, group: Labels) -> Floats:
    """(groups, 9 + 3 * bins): all that scores are made of, added up within each group. Nine cells
    of the confusion matrix, then of each calibration bin pairs, sureness and right ones."""
    predicted = chosen(probabilities)
    place, sure = calibration_bins(probabilities)
    sums = np.zeros((int(group.max(initial=-1)) + 1, _CELLS + 3 * BINS))
    np.add.at(sums, (group, CLASSES * gold + predicted), 1.0)
    for column, value in enumerate((np.ones(len(gold)), sure, predicted == gold)):
        np.add.at(sums, (group, _CELLS + 3 * place + column), value)
    return sums


def matrices(sums: Floats) -> tuple[Floats, Floats]:
    """Confusion matrices (..., 3, 3) and calibration bins (..., bins, 3) of sums by group, or of
    their totals."""
    lead = sums.shape[:-1]
    return (
        sums[..., :_CELLS].reshape(*lead, CLASSES, CLASSES),
        sums[..., _CELLS:].reshape(*lead, BINS, 3),
    )


def resampled(sums: Floats, seed: int, samples: int = SAMPLES) -> Floats:
    """(samples, columns): totals of ``sums`` (groups, columns) over groups drawn at random, as
    many as there are."""
    random = np.random.default_rng(seed)
    totals = np.empty((samples, sums.shape[1]))
    for sample in range(samples):
        drawn = np.bincount(random.integers(len(sums), size=len(sums)), minlength=len(sums))
        totals[sample] = drawn @ sums
    return totals


def interval(values: Floats) -> tuple[float, float]:
    """95% percentile interval of the scores of samples.

    >>> interval(np.arange(1001.0))
    (25.0, 975.0)
    """
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def ratio_interval(
    target_right: NDArray[np.bool_],
    target_group: Labels,
    source_right: NDArray[np.bool_],
    source_group: Labels,
    seed: int,
) -> tuple[float, float] | None:
    """95% interval of target accuracy / source accuracy.

    Samples without a right pair of the source, or without a pair of either, have none; None where
    more than ``MOST_WITHOUT`` of them are like that.

    Groups with the same number on both sides, such as a premise and its translation, are drawn
    together.
    """
    # Renumbered without gaps: a number that no pair has would be drawn as an empty premise.
    groups, number = np.unique(np.concatenate([target_group, source_group]), return_inverse=True)
    sides = (
        (target_right, number[: len(target_group)]),
        (source_right, number[len(target_group) :]),
    )
    columns = [
        np.bincount(group, weights=weights, minlength=len(groups))
        for right, group in sides
        for weights in (right, None)
    ]
    totals = resampled(np.stack(columns, axis=1).astype(np.float64), seed)
    there = totals[totals[:, 1:].all(axis=1)]
    if len(there) < (1 - MOST_WITHOUT) * len(totals):
        return None
    return interval(there[:, 0] / there[:, 1] * there[:, 3] / there[:, 2])
