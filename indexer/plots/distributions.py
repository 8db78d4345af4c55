"""Cosines of translations against those of random pairs."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from indexer.alignment.resampling import Figure
from indexer.plots.canvas import INK, SMALL, TEXT, Body, Ruler
from indexer.plots.page import Interactive, Table
from indexer.plots.palette import LOOKS
from indexer.plots.panels import Panels, subplots
from indexer.plots.runs import DISTINCT, memorised_note, part_of
from indexer.reports.distributions import (
    Density,
    Distribution,
    Distributions,
    Floats,
    densities,
    edges,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_TRANSLATIONS, _RANDOM = "translations", "random pairs"
_COLOURS = {_TRANSLATIONS: LOOKS[0].colour, _RANDOM: LOOKS[3].colour}


_NOTE = (
    "Densities; every concept counts once. Random pairs: same part of speech, no shared concept. "
    "Lines are means, dashed of translations. AUC: chance that a translation is closer than a "
    "random pair, with its 95% interval."
)


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
        return edges(self.found.pairs)

    def _densities(self, one: Distribution) -> dict[str, Density]:
        translations, random = densities(one, self._edges)
        found = {_TRANSLATIONS: translations}
        return found if random is None else found | {_RANDOM: random}

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
        for name, density in self._densities(one).items():
            explained[name] = on.stairs(
                density.shares,
                self._edges,
                fill=True,
                color=_COLOURS[name],
                alpha=0.55,
                linewidth=0,
            )
            on.stairs(density.shares, self._edges, color=_COLOURS[name], linewidth=0.9)
            line = "-" if name == _RANDOM else "--"
            on.axvline(density.mean, color=INK, linewidth=0.7, linestyle=line)
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
            for name, density in self._densities(one).items():
                bars = {
                    "type": "bar",
                    "name": f"{name}",
                    "x": middles.tolist(),
                    "y": density.shares.tolist(),
                    "width": float(self._edges[1] - self._edges[0]),
                    "marker": {"color": _COLOURS[name], "line": {"width": 0}},
                    "opacity": 0.6,
                    "hovertemplate": f"{name}, mean {density.mean:.3f}<br>cosine %{{x:.3f}}: "
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
            translations, random = densities(one, self._edges)
            chance = "–" if random is None else f"{random.mean:.3f}"
            rows.append(
                [
                    f"{one.source}→{one.target}",
                    f"{one.concepts:,}",
                    f"{translations.mean:.3f}",
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
