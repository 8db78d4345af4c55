"""A map of words: where a projection puts them, and which of them translate each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.plots.canvas import FAINT, LINE, SMALL, Body, Ruler, inches, short
from indexer.plots.labels import spread
from indexer.plots.page import Interactive, plain
from indexer.plots.palette import Look, looks
from indexer.plots.panels import Panels
from indexer.plots.runs import memorised_note
from indexer.projection import SEED, Projection

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

LABELLED = 1_500
"""Words of a map beyond which a name here and there says nothing."""
MOST_LABELS = 150
LABEL = 6.0

WEB_GL = 2_000
"""Words beyond which a browser draws points on its GPU, and words only on hovering: letters drawn
there are not joined."""

MOST_LINES = 5_000
"""Lines beyond which they are a fog over the words."""

_SIZES = ((150, 16.0), (700, 9.0), (3_000, 5.0), (12_000, 2.5))
_SMALLEST = 1.5
"""Area of a marker, in square points, of maps of up to so many words; and of greater ones."""

_TURNS = 8
"""Parts that the languages take turns in being drawn, so that none hides the others."""

_METHODS = {"tsne": "t-SNE", "pca": "principal components"}


@dataclass(frozen=True)
class MapPicture:
    made: Projection

    @property
    def title(self) -> str:
        made = self.made
        field = made.selection.field
        what = f"Words of the field {field}" if field else "Words"
        return f"{what} under {made.encoder}: {_METHODS[made.method]}"

    @property
    def notes(self) -> list[str]:
        made = self.made
        counted = f"{len(made.words):,} words of {made.concepts:,} concepts"
        if made.selection.concepts is not None and made.selection.concepts <= made.concepts:
            counted += " chosen at random"
        drawn = f"lines join {len(made.lines):,} pairs of translations"
        if len(made.lines) > MOST_LINES:
            drawn = f"lines between {len(made.lines):,} pairs of translations are left out"
        said = [f"{counted}; {drawn}."]
        if made.method == "tsne":
            said.append("t-SNE keeps neighbours together; distances between groups say little.")
        said += memorised_note(made.encoder, made.memorised)
        if made.pending:
            said.append(f"Words without a vector until the next build: {made.pending:,}.")
        return said

    @cached_property
    def _places(self) -> dict[str, NDArray[np.int64]]:
        """Places of the words of each language."""
        languages = np.array([word.language for word in self.made.words])
        return {
            code: np.flatnonzero(languages == code) for code in dict.fromkeys(languages.tolist())
        }

    @cached_property
    def _looks(self) -> dict[str, Look]:
        return looks(self._places)

    @cached_property
    def _extent(self) -> NDArray[np.float64]:
        """(2, 2): the least and the greatest of both coordinates."""
        points = self.made.points.astype(np.float64)
        return np.stack([points.min(axis=0), points.max(axis=0)])

    @cached_property
    def _lines(self) -> NDArray[np.int64]:
        """Those that are drawn."""
        lines = self.made.lines
        return lines[:0] if len(lines) > MOST_LINES else lines

    @cached_property
    def _axes(self) -> tuple[str, str]:
        """What stands along the axes; those of t-SNE mean nothing."""
        if self.made.explained is None:
            return "", ""
        first, second = self.made.explained
        return (
            f"first component ({first:.1%} of the variance)",
            f"second component ({second:.1%})",
        )

    @cached_property
    def _labelled(self) -> list[int]:
        """Words that may be named, in the order in which they ask for room: first choices before
        others, else at random."""
        if len(self.made.words) > LABELLED:
            return []
        first = set(self.made.lines.ravel().tolist())
        order = np.random.default_rng(SEED).permutation(len(self.made.words)).tolist()
        return sorted(order, key=lambda place: place not in first)

    def words(self) -> Iterable[str]:
        return (*self._places, *self._axes, *(self.made.words[n].form for n in self._labelled))

    def body(self, ruler: Ruler, width: float) -> Body:
        def draw(on: "Axes", _number: int) -> dict[str, "Artist"]:
            return self._draw(on, ruler)

        low, high = self._extent
        tall = float(np.clip((high - low)[1] / max((high - low)[0], 1e-6), 0.5, 1.0))
        beside = 0.2 if self.made.explained else 0.02
        return Panels(
            1,
            1.0,
            tall * width,
            list(self._places),
            draw,
            left=beside,
            below=beside + 0.04,
            above=0.04,
            sign=1.0,
        ).body(ruler, width)

    def _draw(self, on: "Axes", ruler: Ruler) -> dict[str, "Artist"]:
        from matplotlib.collections import LineCollection
        from matplotlib.lines import Line2D

        points = self.made.points.astype(np.float64)
        figure = on.get_figure(root=True)
        assert figure is not None
        room = np.array(on.get_position().size) * figure.get_size_inches()
        # The same scale along both axes, and the points in the middle.
        low, high = self._extent
        scale = float(((high - low) / room).max()) * 1.08 or 1.0
        corner = (low + high) / 2 - scale * room / 2
        on.set_xlim(corner[0], corner[0] + scale * room[0])
        on.set_ylim(corner[1], corner[1] + scale * room[1])
        lines = LineCollection(
            list(points[self._lines]),
            colors=FAINT,
            linewidths=0.5,
            alpha=min(1.0, 1_500 / max(1, len(self._lines))),
            zorder=0,
        )
        on.add_collection(lines)
        size = next((area for most, area in _SIZES if len(points) <= most), _SMALLEST)
        edge = 0.2 if len(points) <= LABELLED else 0.0
        explained: dict[str, Artist] = {}
        for turn in range(_TURNS):
            for code, mine in self._places.items():
                look, some = self._looks[code], points[mine[turn::_TURNS]]
                on.scatter(
                    some[:, 0], some[:, 1], s=size, c=look.colour, marker=look.marker,
                    linewidths=edge, edgecolors="white", zorder=1 + turn,
                )  # fmt: skip
                explained[code] = Line2D(
                    [], [], color=look.colour, marker=look.marker, linestyle="", markersize=4
                )
        radius = inches(size**0.5) / 2
        places = (points - corner) / scale
        self._label(on, ruler, places, (float(room[0]), float(room[1])), radius)
        on.set_xticks([])
        on.set_yticks([])
        on.set_xlabel(self._axes[0], fontsize=SMALL, labelpad=3)
        on.set_ylabel(self._axes[1], fontsize=SMALL, labelpad=3)
        for spine in on.spines.values():
            spine.set_visible(True)
            spine.set_color(FAINT)
        return explained

    def _label(
        self,
        on: "Axes",
        ruler: Ruler,
        places: NDArray[np.float64],
        room: tuple[float, float],
        radius: float,
    ) -> None:
        """Name the words that there is room for; ``places`` and ``room`` are in inches."""
        names = [word.form for word in self.made.words]
        height = inches(LABEL) * LINE
        sizes = {number: (ruler.width(names[number], LABEL), height) for number in self._labelled}
        for label in spread(places, sizes, self._labelled, room, MOST_LABELS, radius):
            on.text(
                label.left / room[0],
                label.bottom / room[1] + 0.3 * height / room[1],
                names[label.point],
                fontsize=LABEL,
                transform=on.transAxes,
                zorder=20,
            )

    def interactive(self) -> Interactive:
        made = self.made
        kind = "scattergl" if len(made.words) > WEB_GL else "scatter"
        rounded = np.round(made.points.astype(np.float64), 3)
        ends = rounded[self._lines]
        gap = np.full((len(ends), 1, 2), np.nan)
        path = np.concatenate([ends, gap], axis=1).reshape(-1, 2)
        data: list[dict[str, Any]] = [
            {
                "type": kind,
                "mode": "lines",
                "x": _or_null(path[:, 0]),
                "y": _or_null(path[:, 1]),
                "line": {"color": FAINT, "width": 0.7},
                "hoverinfo": "skip",
                "name": "translations",
            }
        ]
        for code, places in self._places.items():
            words = [made.words[place] for place in places.tolist()]
            data.append(
                {
                    "type": kind,
                    "mode": "markers",
                    "name": plain(code),
                    "x": rounded[places, 0].tolist(),
                    "y": rounded[places, 1].tolist(),
                    "customdata": [
                        [plain(word.form), plain(short("; ".join(word.glosses), 100))]
                        for word in words
                    ],
                    "hovertemplate": f"<b>%{{customdata[0]}}</b> ({plain(code)})<br>"
                    "%{customdata[1]}<extra></extra>",
                    "marker": {
                        "color": self._looks[code].colour,
                        "symbol": self._looks[code].symbol,
                        "size": 7 if len(made.words) <= WEB_GL else 4,
                    },
                }
            )
        axis = {"showticklabels": False, "zeroline": False, "showgrid": False}
        layout = {
            "xaxis": {**axis, "title": {"text": self._axes[0]}},
            "yaxis": {**axis, "title": {"text": self._axes[1]}, "scaleanchor": "x"},
            "legend": {"orientation": "h", "yref": "container", "y": 1, "yanchor": "top"},
            "hovermode": "closest",
            "dragmode": "pan",
            "margin": {"l": 30, "r": 10, "t": 40, "b": 30},
        }
        return Interactive(data, layout, 760)


def _or_null(values: NDArray[np.float64]) -> list[float | None]:
    """Numbers as JSON has them, with a break in the line for NaN."""
    return [None if np.isnan(value) else value for value in values.tolist()]
