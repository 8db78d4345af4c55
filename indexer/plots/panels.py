"""Panels: small axes beside and below each other, under one legend."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.plots.canvas import LINE, SMALL, Body, Box, Ruler, axes, inches
from indexer.plots.page import plain

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_RIGHT = 0.06
_KEY = 0.4
"""Inches of a sign in the legend, and of the room around a name."""


@dataclass(frozen=True)
class Panels:
    """``count`` panels, each at least ``narrowest`` inches wide and ``tall`` high. ``draw`` fills
    one of them and returns what the legend explains, by one of ``names``."""

    count: int
    narrowest: float
    tall: float
    names: Sequence[str]
    draw: Callable[["Axes", int], dict[str, "Artist"]]
    left: float = 0.5
    below: float = 0.4
    above: float = 0.2
    """Inches around each panel, for what is written there."""
    sign: float = 2.4
    """Width of a sign in the legend, in letters."""

    def beside(self, width: float) -> int:
        """How many stand beside each other: as many as there is room for, in rows of one length.

        >>> [Panels(4, 1.5, 1, (), dict).beside(width) for width in (7, 5, 3.3, 2)]
        [4, 2, 2, 1]
        """
        fit = max(1, min(self.count, int(width / self.narrowest)))
        rows = -(-self.count // fit)
        return -(-self.count // rows)

    def body(self, ruler: Ruler, width: float) -> Body:
        beside = self.beside(width)
        rows = -(-self.count // beside)
        row = self.tall + self.above + self.below
        columns = max(1, int(width / (ruler.widest(self.names, SMALL) + _KEY)))
        legend = -(-len(self.names) // columns) * inches(SMALL) * LINE

        def draw(figure: "Figure", box: Box) -> None:
            explained: dict[str, Artist] = {}
            for number in range(self.count):
                down, along = divmod(number, beside)
                place = Box(
                    box.left + along * box.width / beside + self.left,
                    box.bottom + (rows - 1 - down) * row + self.below,
                    box.width / beside - self.left - _RIGHT,
                    self.tall,
                )
                explained |= self.draw(axes(figure, place), number)
            wide, high = figure.get_size_inches()
            figure.legend(
                [explained[name] for name in self.names],
                self.names,
                ncols=columns,
                loc="upper left",
                bbox_to_anchor=(box.left / wide, (box.bottom + box.height) / high),
                frameon=False,
                borderpad=0,
                borderaxespad=0,
                handlelength=self.sign,
                columnspacing=1,
                labelspacing=0.35,
            )

        return Body(width, legend + rows * row, draw)


@dataclass(frozen=True)
class Subplots:
    """The same for a browser: a Plotly layout with numbered axes."""

    layout: dict[str, Any]
    height: int

    def axes(self, number: int) -> dict[str, str]:
        """What puts a trace into a panel."""
        name = _numbered(number)
        return {"xaxis": f"x{name}", "yaxis": f"y{name}"}

    def y(self, number: int) -> str:
        """The key of a panel's vertical axis in the layout."""
        return f"yaxis{_numbered(number)}"


def _numbered(number: int) -> str:
    return "" if number == 0 else str(number + 1)


_ROW = 300
"""Pixels of a row of panels."""


def subplots(headings: Sequence[str], below: str) -> Subplots:
    """Panels with headings, two beside each other, and ``below`` under each."""
    beside = min(2, len(headings))
    rows = -(-len(headings) // beside)
    layout: dict[str, Any] = {
        "annotations": [],
        "legend": {"orientation": "h", "yref": "container", "y": 1, "yanchor": "top"},
        "margin": {"l": 20, "r": 20, "t": 40, "b": 10},
    }
    for number, heading in enumerate(headings):
        down, along = divmod(number, beside)
        across = [(along + 0.07) / beside, (along + 0.98) / beside]
        up = [1 - (down + 0.8) / rows, 1 - (down + 0.1) / rows]
        name = _numbered(number)
        layout[f"xaxis{name}"] = {
            "zeroline": False,
            "gridcolor": "#eeeeee",
            "domain": across,
            "anchor": f"y{name}",
            "title": {"text": plain(below), "standoff": 4, "font": {"size": 13}},
        }
        layout[f"yaxis{name}"] = {
            "zeroline": False,
            "gridcolor": "#eeeeee",
            "domain": up,
            "anchor": f"x{name}",
        }
        layout["annotations"].append(
            {
                "text": plain(heading),
                "showarrow": False,
                "xref": "paper",
                "yref": "paper",
                "x": across[0],
                "y": up[1],
                "xanchor": "left",
                "yanchor": "bottom",
            }
        )
    return Subplots(layout, 50 + _ROW * rows)
