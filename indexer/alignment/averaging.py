"""How a sample's scores become the figures of a report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.alignment import hubness
from indexer.alignment.bitext import Rows
from indexer.alignment.cka import MOST, debiased_cka
from indexer.alignment.figures import KS, Figures
from indexer.alignment.groups import BLOCKS, of_rows
from indexer.alignment.isotropy import isotropy
from indexer.alignment.ranking import chance
from indexer.alignment.resampling import Bootstrap, Compared, Estimate, Figure, auc, jackknife
from indexer.alignment.sample import SEED, Sample, Subset
from indexer.alignment.scoring import DELTA, Cosines, Directed, Symmetric
from indexer.alignment.views import Space

Floats = NDArray[np.float64]
Estimates = dict[str, Estimate]


@dataclass(frozen=True)
class Scores:
    """All scores of a sample in one direction."""

    data: Sample
    source: Space
    target: Space
    symmetric: Symmetric
    directed: Directed
    draws: Bootstrap

    def all(self, part: Subset, undirected: Figures | None = None) -> Figures:
        """Every figure of a part of the sample; None where it does not exist. ``undirected`` are
        the figures of :meth:`undirected` of the same part, where they are known."""
        found = undirected or self.undirected(part)
        over_samples = (
            self._rates(part)
            | self._pairs(part)
            | self.over_forms(part, {"xsim_error": self.directed.astray})
        )
        return found | figures(over_samples) | self._forms(part)

    def some(self, part: Subset) -> Estimates:
        """Separation by cosine and retrieval, which hold ``BROKEN_DOWN``."""
        return self.separation(part, {"": self.symmetric.raw}) | self._rates(part)

    def undirected(self, part: Subset) -> Figures:
        """The figures that are the same in both directions."""
        separated = self.separation(part, self.symmetric.versions)
        return figures(separated) | {"cka": self._cka(part)}

    # Over concepts

    def _weight(self, part: Subset) -> tuple[Rows, Floats]:
        """The pairs of a part, and the weight that makes each concept count once."""
        places = np.flatnonzero(part.pairs)
        _, concept = np.unique(self.data.pairs.concept[places], return_inverse=True)
        return places, 1.0 / np.bincount(concept)[concept] if len(places) else np.zeros(0)

    def separation(self, part: Subset, versions: Mapping[str, Cosines]) -> Estimates:
        """Means, gap, AUC and d′ of each version of the cosines, by its prefix."""
        places, weight = self._weight(part)
        group = self.data.group[places]
        one, other = (side[part.random] for side in self.data.random_groups)
        groups, n = len(np.unique(group)), int(part.random.sum())
        # A small part touches few of the groups.
        there, number = np.unique(np.concatenate([group, one, other]), return_inverse=True)
        draws = self.draws.of(there)
        group, one, other = np.split(number, [len(group), len(group) + n])
        pairs = [scores.pairs[places] for scores in versions.values()]
        random = [scores.random[part.random] for scores in versions.values()]
        # Cosines that hardly differ lose no digits when they are counted from where they lie.
        middle = [_middle(np.concatenate(both)) for both in zip(pairs, random, strict=True)]
        mean, means = draws.means(_powers(pairs, middle), weight, group)
        # All versions at once, and a column of ones for the sum of weights.
        powers = np.concatenate([_powers(random, middle), np.ones((n, 1))], axis=1)
        totals = draws.product_totals(powers, one, other)
        with np.errstate(invalid="ignore", divide="ignore"):
            chance = powers[:, :-1].sum(axis=0) / n if n else np.full(powers.shape[1] - 1, np.nan)
            chances = totals[:, :-1] / totals[:, -1:]
        found: Estimates = {}
        for place, prefix in enumerate(versions):
            both = slice(2 * place, 2 * place + 2)
            apart = Compared(pairs[place], weight, group, random[place], one, other)
            values = _of_moments(mean[both], chance[both], middle[place])
            samples = _of_moments(means[:, both], chances[:, both], middle[place])
            area, samples["auc"] = auc(apart, draws)
            values["auc"] = np.array(area)
            for name, value in values.items():
                units = n if name == "random_cosine_mean" else round(weight.sum())
                found[prefix + name] = Estimate(float(value), samples[name], units, groups)
        return found

    def _pairs(self, part: Subset) -> Estimates:
        places, weight = self._weight(part)
        group, made = self.data.group[places], self.directed
        columns = {
            "ratio_margin": made.ratio,
            "distance_margin": made.distance,
            "strong_alignment": (made.lead >= DELTA).astype(np.float64),
        }
        values = np.stack([column[places] for column in columns.values()], axis=1)
        return self._figures(list(columns), values, weight, group, round(weight.sum()))

    # Over forms

    def _rates(self, part: Subset) -> Estimates:
        made = self.directed
        columns: dict[str, Floats] = {}
        for prefix, ranks in (("", made.by_cosine), ("csls_", made.by_csls)):
            columns |= {f"{prefix}p_at_{k}": ranks.hits(k) for k in KS}
            columns[f"{prefix}mrr"] = ranks.reciprocals()
        return self.over_forms(part, columns)

    def _forms(self, part: Subset) -> Figures:
        found: Figures = {}
        counts = self.data.queries.counts[part.forms]
        guessed = chance(counts, self.data.target.rows, 1)
        found["chance_p_at_1"] = (
            Figure(float(guessed.mean()), None, None, len(guessed)) if len(guessed) else None
        )
        found["hubness"] = self._hubness(part)
        found["isotropy_source"] = self._isotropy(part, self.source, self.data.pairs.source)
        found["isotropy_target"] = self._isotropy(part, self.target, self.data.pairs.target)
        return found

    def over_forms(self, part: Subset, columns: dict[str, Floats]) -> Estimates:
        """Means of columns of one number per form, (forms,) each, over the forms of a part."""
        asked = part.forms
        values = np.stack([column[asked] for column in columns.values()], axis=1)
        ones, group = np.ones(len(values)), self.data.form_group[asked]
        return self._figures(list(columns), values, ones, group, len(values))

    def _figures(
        self, names: Sequence[str], values: Floats, weight: Floats, group: Rows, n: int
    ) -> Estimates:
        there, number = np.unique(group, return_inverse=True)
        mean, means = self.draws.of(there).means(values, weight, number)
        return {
            name: Estimate(float(mean[place]), means[:, place], n, len(there))
            for place, name in enumerate(names)
        }

    # Over whole matrices

    def _hubness(self, part: Subset) -> Figure | None:
        data = self.data
        close = self.directed.nearest[part.forms]
        if not len(close):
            return None
        counts = hubness.occurrences(close[:, : hubness.OCCURRENCE], data.target.rows)
        group = of_rows(data.pairs.target, data.group, data.target.rows)
        # Words that the source language has no word for are in no block and always stay.
        block = np.where(group >= 0, data.block[group], -1)
        asked = data.block[data.form_group[part.forms]]
        without = hubness.without_blocks(close, asked, block, BLOCKS)
        return jackknife(hubness.skewness(counts), without, _sizes(asked))

    def _cka(self, part: Subset) -> Figure | None:
        data = self.data
        places, _ = self._weight(part)
        concepts, first, number = np.unique(
            data.pairs.concept[places], return_index=True, return_inverse=True
        )
        fold, block = data.fold[places][first], data.block[data.group[places][first]]
        kept = np.arange(len(concepts))
        if len(kept) > MOST:
            kept = np.sort(np.random.default_rng(SEED).choice(len(kept), MOST, replace=False))
        found = []
        for view, other in zip(self.source.views, self.target.views, strict=True):
            here = kept[np.isin(fold[kept], view.folds)]
            if not len(here):
                continue
            # A concept is the mean of its words.
            source = _means(view.vectors, data.pairs.source[places], number, here)
            target = _means(other.vectors, data.pairs.target[places], number, here)
            made = debiased_cka(source, target, block[here], BLOCKS)
            found.append((*made, _sizes(block[here])))
        return _averaged(found)

    def _isotropy(self, part: Subset, side: Space, rows: Rows) -> Figure | None:
        found = []
        for view in side.views:
            here = part.pairs & np.isin(self.data.fold, view.folds)
            forms, first = np.unique(rows[here], return_index=True)
            if len(forms):
                block = self.data.block[self.data.group[here][first]]
                made = isotropy(view.vectors[forms], view.directions, block, BLOCKS)
                found.append((*made, _sizes(block)))
        return _averaged(found)


def figures(found: Mapping[str, Estimate]) -> Figures:
    """Each with its interval; None where it does not exist."""
    return {name: estimate.figure for name, estimate in found.items()}


def _middle(values: Floats) -> float:
    # Exactly where they lie, if all are equal.
    return float(np.median(values)) if len(values) else 0.0


def _powers(columns: Sequence[Floats], middle: Sequence[float]) -> Floats:
    """How far each column is from its middle, and the square of that, side by side."""
    away = [column - origin for column, origin in zip(columns, middle, strict=True)]
    return np.stack([power for column in away for power in (column, column**2)], axis=1)


def _of_moments(pairs: Floats, random: Floats, middle: float) -> dict[str, Floats]:
    """Separation, from a mean and a mean square in the last axis of both, of what was counted from
    ``middle``."""
    gap = pairs[..., 0] - random[..., 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt((_variance(pairs) + _variance(random)) / 2)
        return {
            "cosine_mean": pairs[..., 0] + middle,
            "random_cosine_mean": random[..., 0] + middle,
            "gap": gap,
            "d_prime": np.where(spread > 0, gap / spread, np.nan),
        }


def _sizes(block: Rows) -> Rows:
    """How many are in each block, (blocks,)."""
    return np.bincount(block, minlength=BLOCKS).astype(np.int64)


def _averaged(found: Sequence[tuple[float, Floats, Rows]]) -> Figure | None:
    """The mean over views of a figure of whole matrices, weighted by their rows."""
    if not found:
        return None
    values, without, sizes = zip(*found, strict=True)
    rows = [int(one.sum()) for one in sizes]
    return jackknife(
        float(np.average(values, weights=rows)),
        np.average(without, axis=0, weights=rows),
        np.sum(sizes, axis=0),
    )


def _variance(moments: Floats) -> Floats:
    """From a mean and a mean square in the last axis."""
    found: Floats = np.maximum(moments[..., 1] - moments[..., 0] ** 2, 0.0)
    return found


def _means(
    vectors: NDArray[np.float32], rows: Rows, number: Rows, kept: Rows
) -> NDArray[np.float32]:
    """The mean of each concept's words, each word once, for the concepts in ``kept``."""
    pairs = np.unique(np.stack([number, rows], axis=1), axis=0)
    pairs = pairs[np.isin(pairs[:, 0], kept)]
    _, starts, counts = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    sums = np.add.reduceat(vectors[pairs[:, 1]], starts, axis=0)
    found: NDArray[np.float32] = (sums / counts[:, None]).astype(np.float32)
    return found
