"""Layers of one checkpoint: how stored metrics change from the input to the last layer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from indexer.encoders.registry import separate, split
from indexer.plots.canvas import SMALL, TEXT, Body, Ruler
from indexer.plots.page import Interactive, Table, plain
from indexer.plots.palette import Look, looks
from indexer.plots.panels import Panels, subplots
from indexer.plots.runs import (
    ALL,
    Figure,
    Run,
    chosen_pairs,
    memorised_note,
    name_of,
    part_of,
    require_metrics,
    stale_note,
    stored_runs,
)
from indexer.service import LexiconService
from lexicon.errors import InvalidInput, LayersMissing

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

METRICS = ("p_at_1",)


@dataclass(frozen=True)
class Curve:
    """A metric of one directed pair by layer, ascending; of one language where both are it."""

    metric: str
    source: str
    target: str
    points: tuple[tuple[int, Figure], ...]


@dataclass(frozen=True)
class LayerCurves:
    """Curves of the layers of ``encoder``, over a ``stratum`` of the pairs. ``stale`` encoders
    have been built again since their report."""

    encoder: str
    stratum: str
    memorised: bool
    curves: tuple[Curve, ...]
    stale: tuple[str, ...] = ()


def layer_curves(
    service: LexiconService,
    encoder: str,
    metrics: Sequence[str] = METRICS,
    pairs: Sequence[str] = (),
    stratum: str = ALL,
) -> LayerCurves:
    """Metrics from the newest stored report of every layer of a checkpoint. Options that it is
    named with, other than the layer, must be those of the layers.

    Raises :class:`LayersMissing` where fewer than two layers have a report.
    """
    family = _family(encoder)
    runs = [run for run in stored_runs(service, stratum) if _is_layer(run.encoder, family)]
    layers = {run.layer: run for run in runs}
    if len(layers) < 2:
        raise LayersMissing(encoder, len(layers))
    wanted = list(dict.fromkeys(metrics))
    require_metrics(runs, wanted)
    drawn: dict[tuple[str, str, str], Curve] = {}
    for metric in wanted:
        for pair in chosen_pairs(runs, wanted, pairs):
            if points := _points(layers, (*pair, metric)):
                about = _about(metric, *pair)
                drawn.setdefault((metric, *about), Curve(metric, *about, points))
    return LayerCurves(
        encoder,
        stratum,
        any(run.memorised for run in layers.values()),
        tuple(drawn.values()),
        tuple(run.encoder for run in runs if run.stale),
    )


def _about(metric: str, source: str, target: str) -> tuple[str, str]:
    """The languages that a figure is about: some say something of one side only.

    >>> _about("p_at_1", "en", "kn"), _about("norm_target", "en", "kn")
    (('en', 'kn'), ('kn', 'kn'))
    """
    if metric.endswith("_source"):
        return source, source
    if metric.endswith("_target"):
        return target, target
    return source, target


def _points(layers: dict[int, Run], key: tuple[str, str, str]) -> tuple[tuple[int, Figure], ...]:
    found = ((layer, layers[layer].figures.get(key)) for layer in sorted(layers))
    return tuple((layer, figure) for layer, figure in found if figure is not None)


def _family(name: str) -> tuple[str, str | None, str, str | None]:
    """All that a name says but the layer."""
    whole, method = separate(name)
    base, options = split(whole)
    return base, options.pooling, options.precision, method


def _is_layer(name: str, family: tuple[str, str | None, str, str | None]) -> bool:
    try:
        return split(separate(name)[0])[1].layer is not None and _family(name) == family
    except InvalidInput:
        # A folder that is gone, or whose name is none any more.
        return False


@dataclass(frozen=True)
class LayersPicture:
    """A panel for each metric and source language, a line in it for each target language."""

    found: LayerCurves

    @property
    def title(self) -> str:
        metrics = " and ".join(dict.fromkeys(name_of(one.metric) for one in self.found.curves))
        return f"{metrics} by layer of {self.found.encoder}{part_of(self.found.stratum)}"

    @property
    def notes(self) -> list[str]:
        said = ["Layer 0 is the input. Bands are 95% intervals."]
        said += memorised_note(self.found.encoder, self.found.memorised)
        return said + stale_note(self.found.stale)

    @cached_property
    def _panels(self) -> dict[str, list[Curve]]:
        """Curves by the heading of their panel."""
        found: dict[str, list[Curve]] = {}
        for curve in self.found.curves:
            whose = "of …" if curve.source == curve.target else f"from {curve.source} to …"
            heading = f"{name_of(curve.metric)} {whose}"
            found.setdefault(heading, []).append(curve)
        return found

    @cached_property
    def _looks(self) -> dict[str, Look]:
        return looks(sorted({one.target for one in self.found.curves}))

    def _range(self, metric: str) -> tuple[float, float]:
        """What every panel of a metric shows, so that they compare."""
        ends = [
            end
            for curve in self.found.curves
            if curve.metric == metric
            for _, figure in curve.points
            for end in _ends(figure)
        ]
        air = (max(ends) - min(ends)) * 0.05 or 0.05
        return min(ends) - air, max(ends) + air

    def words(self) -> Iterable[str]:
        return (*self._panels, *self._looks, "layer")

    def body(self, ruler: Ruler, width: float) -> Body:
        names = list(self._looks)
        return Panels(len(self._panels), 1.5, 1.3, names, self._draw).body(ruler, width)

    def _draw(self, on: "Axes", number: int) -> dict[str, "Artist"]:
        from matplotlib.ticker import MaxNLocator

        heading, curves = list(self._panels.items())[number]
        explained: dict[str, Artist] = {}
        for curve in curves:
            look = self._looks[curve.target]
            layers = [layer for layer, _ in curve.points]
            (line,) = on.plot(
                layers,
                [figure.value for _, figure in curve.points],
                color=look.colour,
                linestyle=look.dash,
                marker=look.marker,
                markersize=2.2,
                linewidth=1.0,
            )
            low, high = zip(*(_ends(figure) for _, figure in curve.points), strict=True)
            on.fill_between(layers, low, high, color=look.colour, alpha=0.2, linewidth=0)
            explained[curve.target] = line
        on.set_title(heading, loc="left", fontsize=TEXT, pad=3)
        on.set_xlabel("layer", fontsize=SMALL, labelpad=1)
        on.set_ylim(*self._range(curves[0].metric))
        on.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        on.yaxis.set_major_locator(MaxNLocator(nbins=5))
        return explained

    def interactive(self) -> Interactive:
        places = subplots(list(self._panels), "layer")
        data: list[dict[str, Any]] = []
        shown: set[str] = set()
        for number, curves in enumerate(self._panels.values()):
            places.layout[places.y(number)]["range"] = self._range(curves[0].metric)
            for curve in curves:
                look, first = self._looks[curve.target], curve.target not in shown
                rank = list(self._looks).index(curve.target)
                data += [
                    trace | places.axes(number) | {"legendrank": rank}
                    for trace in _traces(curve, look, first)
                ]
                shown.add(curve.target)
        return Interactive(data, places.layout, places.height, self._table())

    def _table(self) -> Table:
        rows = [
            [name_of(curve.metric), f"{curve.source}→{curve.target}", str(layer), _said(figure)]
            for curve in self.found.curves
            for layer, figure in curve.points
        ]
        return Table(["metric", "pair", "layer", "value"], rows)


def _ends(figure: Figure) -> tuple[float, float]:
    """The interval, or the value where there is none.

    >>> _ends(Figure(0.5, None, None, 10))
    (0.5, 0.5)
    """
    if figure.low is None or figure.high is None:
        return figure.value, figure.value
    return figure.low, figure.high


def _said(figure: Figure) -> str:
    low, high = _ends(figure)
    interval = "" if low == high else f" ({low:.3f}–{high:.3f})"
    return f"{figure.value:.3f}{interval}"


def _traces(curve: Curve, look: Look, first: bool) -> list[dict[str, Any]]:
    """The band around a line, and the line."""
    layers = [layer for layer, _ in curve.points]
    low, high = zip(*(_ends(figure) for _, figure in curve.points), strict=True)
    pair = plain(curve.source if curve.source == curve.target else f"{curve.source}→{curve.target}")
    band = {
        "type": "scatter",
        "legendgroup": curve.target,
        "x": [*layers, *reversed(layers)],
        "y": [*high, *reversed(low)],
        "fill": "toself",
        "fillcolor": look.colour,
        "opacity": 0.2,
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    line = {
        "type": "scatter",
        "legendgroup": curve.target,
        "mode": "lines+markers",
        "name": plain(curve.target),
        "x": layers,
        "y": [figure.value for _, figure in curve.points],
        "customdata": [plain(_said(figure)) for _, figure in curve.points],
        "hovertemplate": f"{pair}, layer %{{x}}: %{{customdata}}<extra></extra>",
        "line": {"color": look.colour, "dash": look.stroke},
        "marker": {"symbol": look.symbol, "size": 6},
        "showlegend": first,
    }
    return [band, line]
