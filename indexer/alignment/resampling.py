"""Intervals: a bootstrap over groups of concepts, and a jackknife over blocks of them.

The bootstrap (Efron 1979) draws groups with replacement, 1,000 times; a figure of a sample is the
figure of the data with every group weighted by how often it was drawn. Random pairs join two
groups, so they weigh the product of both (the pigeonhole bootstrap, Owen 2007). Figures of whole
matrices would count a row drawn twice as its own neighbour, so they get a delete-a-group jackknife
instead (Busing, Meijer & van der Leeden 1999).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.alignment.bitext import Rows
from indexer.vectors import TIE

Floats = NDArray[np.float64]

SAMPLES = 1_000
LEAST_GROUPS = 2
"""Fewer groups or blocks than this say nothing about how much a figure varies."""

_BATCH = 50


@dataclass(frozen=True)
class Figure:
    """A figure with its 95% interval, and how many units (concepts, forms, pairs) it rests on."""

    value: float
    low: float | None
    high: float | None
    n: int


def interval(samples: Floats) -> tuple[float, float] | None:
    """95% percentile interval of bootstrap samples; None unless most of them exist.

    >>> interval(np.arange(1001.0))
    (25.0, 975.0)
    """
    there = samples[np.isfinite(samples)]
    if len(there) < max(2, len(samples) // 2):
        return None
    low, high = np.quantile(there, [0.025, 0.975])
    return float(low), float(high)


@dataclass(frozen=True)
class Estimate:
    """A figure of the data and of each bootstrap sample, (samples,); ``groups`` it rests on."""

    value: float
    samples: Floats
    n: int
    groups: int

    @property
    def interval(self) -> tuple[float, float] | None:
        """None where it rests on a single group."""
        return interval(self.samples) if self.groups >= LEAST_GROUPS else None

    @property
    def figure(self) -> Figure | None:
        """None where it does not exist."""
        if not np.isfinite(self.value):
            return None
        low, high = self.interval or (None, None)
        return Figure(self.value, low, high, self.n)


Weights = NDArray[np.float32]


@dataclass(frozen=True)
class Bootstrap:
    """How often each group was drawn, in batches of samples: (batches, groups, samples).

    Samples lie side by side, so that what is looked up by group lies together.
    """

    weights: Weights

    @classmethod
    def drawn(cls, groups: int, seed: int, samples: int = SAMPLES) -> "Bootstrap":
        """Seeded draws of ``groups`` groups; ``samples`` is rounded up to whole batches."""
        random = np.random.default_rng(seed)
        weights = np.zeros((cls.rounded(samples) // _BATCH, groups, _BATCH), dtype=np.float32)
        for batch in weights:
            for sample in range(_BATCH if groups else 0):
                places = random.integers(groups, size=groups)
                batch[:, sample] = np.bincount(places, minlength=groups)
        return cls(weights)

    @staticmethod
    def rounded(samples: int) -> int:
        """How many are drawn when so many are asked for.

        >>> Bootstrap.rounded(120)
        150
        """
        return max(1, -(-samples // _BATCH)) * _BATCH

    @property
    def samples(self) -> int:
        return len(self.weights) * _BATCH

    def of(self, groups: Rows) -> "Bootstrap":
        """The same draws of some groups, renumbered in that order."""
        return Bootstrap(np.ascontiguousarray(self.weights[:, groups]))

    def means(self, values: Floats, weight: Floats, group: Rows) -> tuple[Floats, Floats]:
        """Weighted means of the columns of ``values`` (n, columns): of the data, (columns,), and
        of each sample, (samples, columns). NaN where the weights sum to nothing."""
        stacked = np.concatenate([values * weight[:, None], weight[:, None]], axis=1)
        whole = stacked.sum(axis=0)
        by_group = np.zeros((self.weights.shape[1], stacked.shape[1]))
        np.add.at(by_group, group, stacked)
        # In float64: where all samples are equal, they equal the figure of the data.
        drawn = np.concatenate([batch.T.astype(np.float64) @ by_group for batch in self.weights])
        with np.errstate(invalid="ignore", divide="ignore"):
            return whole[:-1] / whole[-1], drawn[:, :-1] / drawn[:, -1:]

    def product_totals(self, values: Floats, one: Rows, other: Rows) -> Floats:
        """Sums of ``values`` (n, columns), each weighted by both its groups, (samples, columns)."""
        drawn = [
            (batch[one] * batch[other]).T.astype(np.float64) @ values for batch in self.weights
        ]
        return np.concatenate(drawn)


@dataclass(frozen=True)
class Compared:
    """Two samples on the same draws: cosines of pairs that translate, each with its weight and
    group, and of random pairs, each with two groups."""

    pairs: Floats
    pair_weight: Floats
    pair_group: Rows
    random: Floats
    random_source_group: Rows
    random_target_group: Rows


def auc(data: Compared, draws: Bootstrap) -> tuple[float, Floats]:
    """Chance that a translation's cosine is above a random pair's, ties counting half (the area
    under the ROC curve; Mann & Whitney 1947): of the data, and of each sample. Cosines within
    :data:`TIE` are ties."""
    order = np.argsort(data.random, kind="stable")
    sorted_random = data.random[order]
    # A pair's place among the random ones: how many are below it, and how many below or equal.
    below = np.searchsorted(sorted_random, data.pairs - TIE, side="left")
    through = np.searchsorted(sorted_random, data.pairs + TIE, side="right")
    one, other = data.random_source_group[order], data.random_target_group[order]
    tied = np.flatnonzero(below != through)
    weight = data.pair_weight.astype(np.float32)[:, None]
    by_group = np.bincount(data.pair_group, data.pair_weight, draws.weights.shape[1])
    found = []
    sums = np.zeros((len(order) + 1, _BATCH), dtype=np.float32)
    for batch in draws.weights:
        product = batch[one]
        product *= batch[other]
        np.cumsum(product, axis=0, out=sums[1:])
        # Most are not tied with any, and below them is what is below or equal.
        places = sums[below]
        places[tied] += sums[through[tied]]
        places[tied] /= 2
        places *= batch[data.pair_group]
        places *= weight
        scored = places.sum(axis=0, dtype=np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            found.append(scored / ((by_group @ batch) * sums[-1]))
    total = data.pair_weight.sum() * len(order)
    value = float(data.pair_weight @ (below + through)) / (2 * total) if total else float("nan")
    return value, np.concatenate(found)


def jackknife(value: float, without: Floats, sizes: Rows) -> Figure | None:
    """``value`` with the interval that its values ``without`` each block give, normal and
    two-sided; ``sizes`` (blocks,) are the units in each block.

    With N units in g blocks of m_j, h_j = N / m_j, and pseudo-values θ̃_j = h_j θ - (h_j - 1) θ_j,
    the variance is (1/g) Σ (θ̃_j - θ̂)² / (h_j - 1) about θ̂ = g θ - Σ (1 - m_j/N) θ_j: the
    delete-m_j jackknife, for blocks that are not of one size.

    >>> jackknife(2.0, np.array([1.0, 1.0]), np.array([5, 5]))
    Figure(value=2.0, low=2.0, high=2.0, n=10)
    """
    if not np.isfinite(value):
        return None
    n = int(sizes.sum())
    there = np.isfinite(without) & (sizes > 0) & (sizes < n)
    blocks = int(there.sum())
    if blocks < LEAST_GROUPS:
        return Figure(value, None, None, n)
    left, share = without[there], sizes[there] / n
    pseudo = value / share - (1 / share - 1) * left
    middle = blocks * value - float(((1 - share) * left).sum())
    spread = float((((pseudo - middle) ** 2) / (1 / share - 1)).mean() ** 0.5)
    half = 1.959963984540054 * spread
    return Figure(value, value - half, value + half, n)
