"""Encoders and language pairs: one stored metric of all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.plots import grid
from indexer.plots.canvas import Body, Ruler
from indexer.plots.grid import Grid
from indexer.plots.page import Interactive, Table
from indexer.plots.runs import (
    ALL,
    Figure,
    chosen_pairs,
    name_of,
    part_of,
    require_metrics,
    stale_note,
    stored_runs,
    unit_of,
)
from indexer.service import LexiconService
from lexicon.errors import ReportMissing

METRIC = "p_at_1"

MARK = "†"


@dataclass(frozen=True)
class Scored:
    """One encoder's figures, one for each pair; None where its report does not have it."""

    encoder: str
    memorised: bool
    stale: bool
    figures: tuple[Figure | None, ...]


@dataclass(frozen=True)
class PairScores:
    """``metric`` of directed ``pairs``, or of the ``stratum`` of each, under each encoder."""

    metric: str
    stratum: str
    pairs: tuple[tuple[str, str], ...]
    encoders: tuple[Scored, ...]


def pair_scores(
    service: LexiconService,
    encoders: Sequence[str] = (),
    metric: str = METRIC,
    pairs: Sequence[str] = (),
    stratum: str = ALL,
) -> PairScores:
    """A metric from the newest stored report of each encoder, or of those that are named.

    Raises :class:`ReportMissing` for an encoder without one, :class:`InvalidInput` for a metric,
    pair or stratum that no report has.
    """
    stored = {run.encoder: run for run in stored_runs(service, stratum)}
    wanted = dict.fromkeys(encoders or stored or [service.settings.encoder])
    for name in wanted:
        if name not in stored:
            raise ReportMissing(name)
    runs = [stored[name] for name in wanted]
    require_metrics(runs, [metric])
    directed = chosen_pairs(runs, [metric], pairs)
    return PairScores(
        metric,
        stratum,
        tuple(directed),
        tuple(
            Scored(
                run.encoder,
                run.memorised,
                run.stale,
                tuple(run.figures.get((*pair, metric)) for pair in directed),
            )
            for run in runs
        ),
    )


@dataclass(frozen=True)
class PairsPicture:
    """Encoders below each other and pairs beside each other, or the other way round where that
    is what fits."""

    scores: PairScores

    @property
    def title(self) -> str:
        scores = self.scores
        return f"{name_of(scores.metric)} by encoder and language pair{part_of(scores.stratum)}"

    @property
    def notes(self) -> list[str]:
        scores = self.scores
        counts = [one.n for encoder in scores.encoders for one in encoder.figures if one]
        many = f"{min(counts):,}"
        if min(counts) != max(counts):
            many += f" to {max(counts):,}"
        unit = unit_of(scores.metric)
        said = [f"Over {many} {unit}, with 95% intervals."]
        if any(encoder.memorised for encoder in scores.encoders):
            said.append(
                f"{MARK} Trained on this lexicon: what it remembers, not how languages align."
            )
        return said + stale_note([one.encoder for one in scores.encoders if one.stale])

    @cached_property
    def _grid(self) -> Grid:
        scores = self.scores
        rows = tuple(f"{one.encoder}{MARK if one.memorised else ''}" for one in scores.encoders)
        columns = tuple(f"{source}→{target}" for source, target in scores.pairs)
        figures = [encoder.figures for encoder in scores.encoders]
        values = np.array([[one.value if one else np.nan for one in row] for row in figures])
        floor, ceiling = _scale(scores.metric, values)
        name = name_of(scores.metric)
        cells = tuple(tuple(_cell(one) for one in row) for row in figures)
        return Grid(
            rows=rows,
            columns=columns,
            values=values,
            cells=cells,
            floor=floor,
            ceiling=ceiling,
            scale=name,
            marked=np.array(
                [[one.memorised] * len(columns) for one in scores.encoders], dtype=np.bool_
            ),
            hover=tuple(
                tuple(
                    f"{row}, {column}\n{name} {' '.join(cell)}"
                    + (f"\nn = {one.n:,}" if one else "")
                    for column, cell, one in zip(columns, line, of, strict=True)
                )
                for row, line, of in zip(rows, cells, figures, strict=True)
            ),
            table=Table(
                [name, *columns],
                [
                    [row, *(" ".join(cell) for cell in line)]
                    for row, line in zip(rows, cells, strict=True)
                ],
            ),
            column_breaks=tuple(
                place
                for place in range(1, len(columns))
                if scores.pairs[place][0] != scores.pairs[place - 1][0]
            ),
        )

    def words(self) -> Iterable[str]:
        shown = self._grid
        return (*shown.rows, *shown.columns, shown.scale, "–")

    def body(self, ruler: Ruler, width: float) -> Body:
        for shown in (self._grid, self._grid.turned()):
            if layout := grid.fitted(shown, ruler, width):
                return grid.body(shown, layout)
        raise grid.too_narrow(width, "choose fewer encoders with --encoder or pairs with --pair")

    def interactive(self) -> Interactive:
        return grid.interactive(self._grid)


def _cell(figure: Figure | None) -> tuple[str, ...]:
    """A figure above its interval.

    >>> _cell(Figure(0.5, 0.404, 0.596, 100))
    ('0.50', '0.40–0.60')
    """
    if figure is None:
        return ("–",)
    value = f"{figure.value:.2f}"
    if figure.low is None or figure.high is None:
        return (value,)
    return value, f"{figure.low:.2f}–{figure.high:.2f}"


def _scale(metric: str, values: NDArray[np.float64]) -> tuple[float, float]:
    """Where colours begin and end: at chance and at the best for shares, else at what there is."""
    least, most = float(np.nanmin(values)), float(np.nanmax(values))
    if least >= 0 and most <= 1:
        chance = 0.5 if metric.endswith("auc") and least >= 0.5 else 0.0
        return chance, 1.0
    return least, most if most > least else least + 1.0
