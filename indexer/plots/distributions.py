"""Cosines of translations against those of random pairs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.alignment.resampling import Bootstrap, Compared, Estimate, Figure, auc
from indexer.alignment.sample import RANDOM_PAIRS, SEED, Sample
from indexer.alignment.views import cosines
from indexer.plots.canvas import INK, SMALL, TEXT, Body, Ruler
from indexer.plots.page import Interactive, Table
from indexer.plots.palette import LOOKS
from indexer.plots.panels import Panels, subplots
from indexer.plots.runs import DISTINCT, memorised_note, part_of
from indexer.reports.report import parse_pairs
from indexer.reports.spaces import Language, languages, sampled
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import InvalidInput, NoWords

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

BINS = 60

_TRANSLATIONS, _RANDOM = "translations", "random pairs"
_COLOURS = {_TRANSLATIONS: LOOKS[0].colour, _RANDOM: LOOKS[3].colour}


_NOTE = (
    "Densities; every concept counts once. Random pairs: same part of speech, no shared concept. "
    "Lines are means, dashed of translations. AUC: chance that a translation is closer than a "
    "random pair, with its 95% interval."
)


@dataclass(frozen=True)
class Distribution:
    """Cosines of one pair of languages: of ``translations``, each with the ``weights`` that make
    every concept count once, and of ``random`` pairs. ``area``: chance that a translation is
    closer than a random pair."""

    source: str
    target: str
    translations: Floats
    weights: Floats
    random: Floats
    area: Figure | None

    @property
    def concepts(self) -> int:
        return round(float(self.weights.sum()))


@dataclass(frozen=True)
class Distributions:
    """``distinct``: without identical spellings and without names."""

    encoder: str
    memorised: bool
    distinct: bool
    pairs: tuple[Distribution, ...]


def distributions(
    service: LexiconService,
    pairs: Sequence[str],
    encoder_name: str | None = None,
    distinct: bool = False,
) -> Distributions:
    """Cosines of the pairs of languages, as an alignment report scores them.

    Raises :class:`InvalidInput` for a pair of languages that share no concept.
    """
    encoder = service.encoder(encoder_name)
    with service.sessions() as session:
        asked = parse_pairs(pairs, queries.languages(session))
        made = languages(service, session, encoder)
    return Distributions(
        encoder.spec.name,
        made.evaluation == "memorised",
        distinct,
        tuple(_distribution(made.by_code, *pair, distinct) for pair in asked),
    )


def _distribution(
    by_code: Mapping[str, Language], source: str, target: str, distinct: bool
) -> Distribution:
    for code in (source, target):
        if code not in by_code:
            raise NoWords(code)
    here, there = by_code[source], by_code[target]
    data = sampled(here, there, RANDOM_PAIRS, SEED)
    part = data.distinct if distinct else data.everything
    places, drawn = np.flatnonzero(part.pairs), np.flatnonzero(part.random)
    if not len(places):
        raise InvalidInput(
            f"no concept has words in both {source!r} and {target!r}"
            f"{part_of(DISTINCT) if distinct else ''}; choose another pair"
        )
    rows = data.pairs.source[places], data.pairs.target[places]
    chance = data.random_rows[0][drawn], data.random_rows[1][drawn]
    translations = cosines(here.space, there.space, *rows, data.fold[places])
    random = cosines(here.space, there.space, *chance, data.random_fold[drawn])
    _, concept = np.unique(data.pairs.concept[places], return_inverse=True)
    weights: Floats = 1.0 / np.bincount(concept)[concept]
    area = _area(data, places, drawn, translations, weights, random)
    return Distribution(source, target, translations, weights, random, area)


def _area(
    data: Sample,
    places: NDArray[np.int64],
    drawn: NDArray[np.int64],
    translations: Floats,
    weights: Floats,
    random: Floats,
) -> Figure | None:
    group = data.group[places]
    one, other = (side[drawn] for side in data.random_groups)
    both = Compared(translations, weights, group, random, one, other)
    value, samples = auc(both, Bootstrap.drawn(data.groups, SEED))
    return Estimate(value, samples, round(float(weights.sum())), len(np.unique(group))).figure


@dataclass(frozen=True)
class DistributionsPicture:
    """A panel for each pair of languages, all on one scale of cosines."""

    found: Distributions

    @property
    def title(self) -> str:
        part = part_of(DISTINCT) if self.found.distinct else ""
        return f"Cosines under {self.found.encoder}{part}"

    @property
    def notes(self) -> list[str]:
        said = [_NOTE]
        said += memorised_note(self.found.encoder, self.found.memorised)
        return said

    @cached_property
    def _edges(self) -> Floats:
        """Of the bins, (BINS + 1,)."""
        every = np.concatenate(
            [part for one in self.found.pairs for part in (one.translations, one.random)]
        )
        low, high = float(every.min()), float(every.max())
        edges: Floats = np.linspace(low, high if high - low > 1e-3 else low + 1e-3, BINS + 1)
        return edges

    def _densities(self, one: Distribution) -> dict[str, tuple[Floats, float]]:
        """Density in each bin, and the mean, of translations and of random pairs."""
        found = {_TRANSLATIONS: (one.translations, one.weights)}
        if len(one.random):
            found[_RANDOM] = (one.random, np.ones(len(one.random)))
        return {
            name: (
                np.histogram(values, self._edges, weights=weights, density=True)[0],
                float(np.average(values, weights=weights)),
            )
            for name, (values, weights) in found.items()
        }

    @cached_property
    def _names(self) -> list[str]:
        some = any(len(one.random) for one in self.found.pairs)
        return [_TRANSLATIONS, _RANDOM] if some else [_TRANSLATIONS]

    def words(self) -> Iterable[str]:
        pairs = self.found.pairs
        return (*map(_heading, pairs), *map(_counted, pairs), *self._names)

    def body(self, ruler: Ruler, width: float) -> Body:
        return Panels(len(self.found.pairs), 2.2, 1.35, self._names, self._draw, left=0.1).body(
            ruler, width
        )

    def _draw(self, on: "Axes", number: int) -> dict[str, "Artist"]:
        one = self.found.pairs[number]
        explained: dict[str, Artist] = {}
        for name, (density, mean) in self._densities(one).items():
            explained[name] = on.stairs(
                density, self._edges, fill=True, color=_COLOURS[name], alpha=0.55, linewidth=0
            )
            on.stairs(density, self._edges, color=_COLOURS[name], linewidth=0.9)
            on.axvline(mean, color=INK, linewidth=0.7, linestyle="-" if name == _RANDOM else "--")
        on.set_title(_heading(one), loc="left", fontsize=TEXT, pad=3)
        on.set_xlabel(_counted(one), fontsize=SMALL, labelpad=1)
        on.set_yticks([])
        on.spines["left"].set_visible(False)
        on.set_xlim(self._edges[0], self._edges[-1])
        return explained

    def interactive(self) -> Interactive:
        places = subplots([_heading(one) for one in self.found.pairs], "cosine")
        middles = (self._edges[:-1] + self._edges[1:]) / 2
        data: list[dict[str, Any]] = []
        shown: set[str] = set()
        for number, one in enumerate(self.found.pairs):
            for name, (density, mean) in self._densities(one).items():
                bars = {
                    "type": "bar",
                    "name": f"{name}",
                    "x": middles.tolist(),
                    "y": density.tolist(),
                    "width": float(self._edges[1] - self._edges[0]),
                    "marker": {"color": _COLOURS[name], "line": {"width": 0}},
                    "opacity": 0.6,
                    "hovertemplate": f"{name}, mean {mean:.3f}<br>cosine %{{x:.3f}}: "
                    "density %{y:.2f}<extra></extra>",
                    "legendgroup": name,
                    "showlegend": name not in shown,
                }
                data.append(bars | places.axes(number))
                shown.add(name)
        return Interactive(
            data, {**places.layout, "barmode": "overlay"}, places.height, self._table()
        )

    def _table(self) -> Table:
        columns = ["pair", "concepts", "mean of translations", "random pairs", "mean", "AUC"]
        rows = []
        for one in self.found.pairs:
            mean = float(np.average(one.translations, weights=one.weights))
            chance = f"{one.random.mean():.3f}" if len(one.random) else "–"
            rows.append(
                [
                    f"{one.source}→{one.target}",
                    f"{one.concepts:,}",
                    f"{mean:.3f}",
                    f"{len(one.random):,}",
                    chance,
                    _said(one.area) or "–",
                ]
            )
        return Table(columns, rows)


def _heading(one: Distribution) -> str:
    said = _said(one.area)
    return f"{one.source}→{one.target}{f': AUC {said}' if said else ''}"


def _said(area: Figure | None) -> str:
    """An area with its interval.

    >>> _said(Figure(0.98, 0.975, 0.984, 100)), _said(None)
    ('0.980 (0.975–0.984)', '')
    """
    if area is None:
        return ""
    if area.low is None or area.high is None:
        return f"{area.value:.3f}"
    return f"{area.value:.3f} ({area.low:.3f}–{area.high:.3f})"


def _counted(one: Distribution) -> str:
    return f"cosine ({one.concepts:,} concepts, {len(one.random):,} random pairs)"
