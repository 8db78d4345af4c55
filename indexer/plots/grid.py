"""Heat maps: a grid of numbers, each written in its cell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.plots.canvas import (
    FAINT,
    INK,
    LEAST,
    LINE,
    SMALL,
    TEXT,
    Body,
    Box,
    Ruler,
    axes,
    inches,
)
from indexer.plots.page import Interactive, Table, plain
from indexer.plots.palette import STOPS, ink_on, shade
from lexicon.errors import InvalidInput

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDEST = 0.62
"""Inches of a cell; more would only be paint."""
_ROW = 0.3
_AIR = 0.06
_PALE = 12
"""How many times darker black is than the grey of cells without a colour."""
_SLANT = 0.71
"""What a line of text at 45° takes of its length, across and down."""
_SCALE = 0.5
"""Inches of the colour scale with its numbers."""


@dataclass(frozen=True)
class Grid:
    """``values`` (rows, columns), NaN where there is none; ``cells`` what is written for each, a
    line or two. Colours go from ``floor`` to ``ceiling``; ``marked`` cells have none, because they
    do not compare with the others. ``row_breaks`` and ``column_breaks`` are the places before
    which a gap is left."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: NDArray[np.float64]
    cells: tuple[tuple[tuple[str, ...], ...], ...]
    floor: float
    ceiling: float
    scale: str
    marked: NDArray[np.bool_]
    hover: tuple[tuple[str, ...], ...]
    table: Table
    row_breaks: tuple[int, ...] = ()
    column_breaks: tuple[int, ...] = ()
    square: bool = False

    @property
    def coloured(self) -> NDArray[np.float64]:
        """The values of cells that have a colour, NaN elsewhere."""
        return np.where(self.marked, np.nan, self.values)

    def turned(self) -> "Grid":
        """Rows as columns."""
        return replace(
            self,
            rows=self.columns,
            columns=self.rows,
            values=self.values.T,
            cells=tuple(zip(*self.cells, strict=True)),
            marked=self.marked.T,
            hover=tuple(zip(*self.hover, strict=True)),
            row_breaks=self.column_breaks,
            column_breaks=self.row_breaks,
        )


@dataclass(frozen=True)
class Layout:
    """Inches of the parts of a grid on paper, and the size of its numbers in points."""

    left: float
    below: float
    cell: float
    row: float
    size: float
    slanted: bool


def fitted(grid: Grid, ruler: Ruler, width: float) -> Layout | None:
    """How a grid is laid out on ``width`` inches; None where its numbers would be too small."""
    labels = [ruler.width(column, TEXT) for column in grid.columns]
    left = ruler.widest(grid.rows, TEXT) + 2 * _AIR
    cell = _cell_width(grid, width, left)
    slanted = max(labels) + _AIR > cell
    if slanted:
        # The first labels reach out to the left.
        reach = (wide * _SLANT - (place + 0.5) * cell for place, wide in enumerate(labels))
        left = max(left, *reach)
        cell = _cell_width(grid, width, left)
    sizes = (TEXT, 7.0, SMALL, 6.0, 5.5, LEAST)
    size = next((size for size in sizes if _widest(grid, ruler, size) + _AIR / 2 <= cell), None)
    if size is None:
        return None
    line = inches(TEXT) * LINE
    below = ((max(labels) + line) * _SLANT if slanted else line) + 2 * _AIR
    tall = max(len(cell_lines) for row in grid.cells for cell_lines in row)
    row = max(cell if grid.square else 0.0, _ROW if tall == 1 else 1.2 * _ROW)
    return Layout(left, below, cell, row, size, slanted)


def _cell_width(grid: Grid, width: float, left: float) -> float:
    return min(_WIDEST, (width - left - _SCALE) / len(grid.columns))


def _widest(grid: Grid, ruler: Ruler, size: float) -> float:
    """Inches of the widest cell; second lines are smaller."""
    cells = [cell for row in grid.cells for cell in row]
    return max(
        ruler.widest([cell[0] for cell in cells], size),
        ruler.widest([line for cell in cells for line in cell[1:]], max(size - 1, LEAST)),
    )


def body(grid: Grid, layout: Layout) -> Body:
    """A grid that is laid out, as it goes on paper."""
    return Body(
        layout.left + layout.cell * len(grid.columns) + _SCALE,
        layout.below + layout.row * len(grid.rows) + _AIR,
        lambda figure, box: draw(grid, layout, figure, box),
    )


def too_narrow(width: float, remedy: str) -> InvalidInput:
    """The error of a grid that is not :func:`fitted`."""
    return InvalidInput(
        f"its numbers cannot be read on {width:.1f} inches; {remedy}, or make it wider with --width"
    )


def draw(grid: Grid, layout: Layout, figure: "Figure", box: Box) -> None:
    """Draw a grid in the lower left of a box."""
    wide, tall = layout.cell * len(grid.columns), layout.row * len(grid.rows)
    place = Box(box.left + layout.left, box.bottom + layout.below, wide, tall)
    on = axes(figure, place)
    on.pcolormesh(
        np.ma.masked_invalid(grid.coloured),
        cmap=_colours(),
        vmin=grid.floor,
        vmax=grid.ceiling,
        edgecolors="white",
        linewidth=0.5,
    )
    on.set_xlim(0, len(grid.columns))
    on.set_ylim(len(grid.rows), 0)
    on.pcolormesh(
        np.ma.masked_equal(grid.marked.astype(np.float64), 0.0),
        cmap="Greys",
        vmin=0,
        vmax=_PALE,
        edgecolors="white",
        linewidth=0.5,
    )
    for row, lines in enumerate(grid.cells):
        for column, cell in enumerate(lines):
            _number(on, grid, layout, row, column, cell)
    for place_ in grid.column_breaks:
        on.axvline(place_, color="white", linewidth=2.5)
    for place_ in grid.row_breaks:
        on.axhline(place_, color="white", linewidth=2.5)
    turn: dict[str, Any] = {}
    if layout.slanted:
        turn = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    on.set_xticks(np.arange(len(grid.columns)) + 0.5, grid.columns, fontsize=TEXT, **turn)
    on.set_yticks(np.arange(len(grid.rows)) + 0.5, grid.rows, fontsize=TEXT)
    on.tick_params(length=0, pad=_AIR * 72 / 2)
    for spine in on.spines.values():
        spine.set_visible(False)
    if np.isfinite(grid.coloured).any():
        _draw_scale(grid, figure, Box(place.left + wide + 0.1, place.bottom, 0.09, tall))


def _number(
    on: "Axes", grid: Grid, layout: Layout, row: int, column: int, lines: Sequence[str]
) -> None:
    value = grid.coloured[row, column]
    ink = INK if np.isnan(value) else ink_on(shade(_share(grid, float(value))))
    offsets = (0.0,) if len(lines) == 1 else (-0.17, 0.22)
    for number, (line, offset) in enumerate(zip(lines, offsets, strict=True)):
        size = layout.size if number == 0 else max(layout.size - 1, LEAST)
        on.text(
            column + 0.5, row + 0.5 + offset, line, fontsize=size, color=ink, ha="center",
            va="center_baseline",
        )  # fmt: skip


def _draw_scale(grid: Grid, figure: "Figure", box: Box) -> None:
    on = axes(figure, box)
    steps = np.linspace(grid.floor, grid.ceiling, 65)
    on.pcolormesh(
        [0, 1], steps, (steps[:-1, None] + steps[1:, None]) / 2, cmap=_colours(), rasterized=False
    )
    on.set_xticks([])
    on.set_yticks([grid.floor, grid.ceiling], [f"{grid.floor:.2f}", f"{grid.ceiling:.2f}"])
    on.yaxis.tick_right()
    on.tick_params(length=0, pad=2)
    on.set_ylabel(grid.scale, fontsize=SMALL, labelpad=2)
    on.yaxis.set_label_position("right")
    for spine in on.spines.values():
        spine.set_visible(True)
        spine.set_color(FAINT)


def _colours() -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("little to much", STOPS)


def _share(grid: Grid, value: float) -> float:
    return (value - grid.floor) / (grid.ceiling - grid.floor)


def interactive(grid: Grid) -> Interactive:
    """The same grid for a browser."""
    spread = np.linspace(0, 1, len(STOPS)).tolist()
    heat = {
        "type": "heatmap",
        "z": [[None if np.isnan(one) else one for one in row] for row in grid.coloured.tolist()],
        "zmin": grid.floor,
        "zmax": grid.ceiling,
        "colorscale": [list(pair) for pair in zip(spread, STOPS, strict=True)],
        "colorbar": {"title": {"text": plain(grid.scale)}, "thickness": 12},
        "text": [["<br>".join(map(plain, cell)) for cell in row] for row in grid.cells],
        "texttemplate": "%{text}",
        "customdata": [["<br>".join(map(plain, cell.split("\n"))) for cell in row]
                       for row in grid.hover],
        "hovertemplate": "%{customdata}<extra></extra>",
        "xgap": 1,
        "ygap": 1,
    }  # fmt: skip
    axis = {"showgrid": False, "zeroline": False, "automargin": True}
    layout = {
        "xaxis": {**axis, **_ticks(grid.columns)},
        "yaxis": {**axis, **_ticks(grid.rows), "autorange": "reversed"},
    }
    return Interactive([heat], layout, 160 + 44 * len(grid.rows), grid.table)


def _ticks(labels: Sequence[str]) -> dict[str, Any]:
    # By place, not by name: two labels may be spelt alike.
    return {"tickvals": list(range(len(labels))), "ticktext": [plain(label) for label in labels]}
