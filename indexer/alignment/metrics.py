"""Scores of alignment over arrays: no store, no disk, no settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from indexer.alignment.bitext import Bitext, Rows
from indexer.alignment.ranking import Queries, chance, ranks
from indexer.vectors import Vectors

_BLOCK = 1_024


def pair_cosines(
    source: Vectors, target: Vectors, source_rows: Rows, target_rows: Rows
) -> NDArray[np.float64]:
    """Cosine of each (source row, target row), in [-1, 1]."""
    found = np.empty(len(source_rows), dtype=np.float64)
    for start in range(0, len(source_rows), 8 * _BLOCK):
        block = slice(start, start + 8 * _BLOCK)
        found[block] = np.einsum(
            "ij,ij->i", source[source_rows[block]], target[target_rows[block]], dtype=np.float32
        )
    return np.clip(found, -1.0, 1.0)


def concept_means(cosines: NDArray[np.float64], pairs: Bitext) -> NDArray[np.float64]:
    """Mean cosine within each concept, (concepts,): many synonyms count no more than one word.

    >>> pairs = Bitext(np.array([1, 1, 2]), np.array([0, 1, 2]), np.array([0, 0, 1]))
    >>> concept_means(np.array([1.0, 0.5, 0.25]), pairs).tolist()
    [0.75, 0.25]
    """
    _, group = np.unique(pairs.concept, return_inverse=True)
    means: NDArray[np.float64] = np.bincount(group, weights=cosines) / np.bincount(group)
    return means


def interval_of_mean(
    values: NDArray[np.float64], seed: int, samples: int = 1_000
) -> tuple[float, float]:
    """95% percentile bootstrap interval of the mean (Efron 1979); NaN for no values."""
    if not len(values):
        return float("nan"), float("nan")
    random = np.random.default_rng(seed)
    means = np.array(
        [values[random.integers(len(values), size=len(values))].mean() for _ in range(samples)]
    )
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def interval_of_rate(rate: float, n: int) -> tuple[float, float]:
    """95% Wilson score interval (Wilson 1927) of a rate over ``n`` trials.

    >>> [round(bound, 3) for bound in interval_of_rate(0.5, 100)]
    [0.404, 0.596]
    """
    if n == 0:
        return float("nan"), float("nan")
    z = 1.959963984540054
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True)
class Retrieval:
    """``precision[k]``: share of source forms with a right target form among the first k."""

    forms: int
    candidates: int
    precision: dict[int, float]
    chance: dict[int, float]


def retrieval(
    source: Vectors, target: Vectors, pairs: Bitext, ks: Sequence[int] = (1, 5, 10)
) -> Retrieval:
    """P@k over unique source forms; candidates are all target forms.

    Any form that shares a concept is right (the rule of MUSE's evaluation, Conneau et al. 2018).
    Cosines within :data:`TIE` are ties and count by their expected value. ``chance`` is P@k of a
    ranking at random.
    """
    translations = np.unique(np.stack([pairs.source, pairs.target], axis=1), axis=0)
    forms, counts = np.unique(translations[:, 0], return_counts=True)
    queries = Queries(translations[:, 1], counts.astype(np.int64))
    hits = dict.fromkeys(ks, 0.0)
    for begin in range(0, len(forms), _BLOCK):
        part = queries.part(begin, begin + _BLOCK)
        found = ranks(source[forms[begin : begin + _BLOCK]] @ target.T, part)
        for k in ks:
            hits[k] += float(found.hits(k).sum())
    total, nan = len(forms), float("nan")
    return Retrieval(
        total,
        len(target),
        {k: hits[k] / total if total else nan for k in ks},
        {k: float(chance(queries.counts, len(target), k).mean()) if total else nan for k in ks},
    )
