"""Paper: matplotlib figures measured in inches, and their bytes."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from lexicon.errors import ExtraMissing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 200

TITLE, TEXT, SMALL, LEAST = 9.0, 7.5, 6.5, 5.0
"""Sizes in points."""

INK, GREY, FAINT = "#1a1a1a", "#4d4d4d", "#c8c8c8"

LINE = 1.35
"""Height of a line of text, in sizes: Kannada reaches further below its line than Latin."""

MARGIN = 0.06

_STYLE: dict[str, Any] = {
    "font.size": TEXT,
    "axes.labelsize": TEXT,
    "axes.titlesize": TEXT,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "axes.linewidth": 0.6,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.linewidth": 0.5,
    # Boxes that stand for letters are no letters.
    "font.enable_last_resort": False,
    # A word with dollar signs is no formula.
    "text.parse_math": False,
    # Words as outlines: whoever opens the file needs no fonts.
    "svg.fonttype": "path",
    # Names of parts are drawn at random without it.
    "svg.hashsalt": "semantic-lexicon",
}


@dataclass(frozen=True)
class Box:
    """A part of the paper, in inches from its lower left corner."""

    left: float
    bottom: float
    width: float
    height: float


@dataclass(frozen=True)
class Body:
    """What is drawn on paper, and the inches that it takes."""

    width: float
    height: float
    draw: Callable[["Figure", Box], None]


def inches(points: float) -> float:
    """Points as inches.

    >>> inches(36)
    0.5
    """
    return points / 72


@contextmanager
def style(families: Sequence[str]) -> Iterator[None]:
    """What is drawn inside has these fonts and our sizes, whatever the user's matplotlibrc says."""
    try:
        import matplotlib
        from matplotlib import style as styles
    except ImportError:
        raise ExtraMissing("drawing", "plots") from None
    # Its keys are one long Literal, of which a dictionary of ours knows nothing.
    ours: Any = {**_STYLE, "font.family": [*families]}
    with styles.context("default"), matplotlib.rc_context(ours):
        yield


class Ruler:
    """Measures text under the style that it is made in."""

    def __init__(self) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        canvas: Any = FigureCanvasAgg(Figure(dpi=DPI))
        self._renderer = canvas.get_renderer()
        self._known: dict[tuple[str, float], float] = {}

    def width(self, text: str, size: float) -> float:
        """Inches that a line of text takes."""
        from matplotlib.font_manager import FontProperties

        # The numbers of a grid are often the same.
        if (text, size) not in self._known:
            font = FontProperties(size=size)
            found = self._renderer.get_text_width_height_descent(text, font, False)
            self._known[text, size] = float(found[0]) / DPI
        return self._known[text, size]

    def widest(self, texts: Sequence[str], size: float) -> float:
        return max((self.width(text, size) for text in texts), default=0.0)

    def wrapped(self, text: str, size: float, width: float) -> list[str]:
        """``text`` in lines that fit ``width`` inches; a word that is wider has its own."""
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and self.width(longer, size) > width:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines


def sheet(ruler: Ruler, body: Body, title: str, notes: Sequence[str]) -> "Figure":
    """A figure with its title above, its notes below, and between them its body."""
    from matplotlib.figure import Figure

    heading = ruler.wrapped(title, TITLE, body.width) if title else []
    below = [line for note in notes for line in ruler.wrapped(note, SMALL, body.width)]
    top = len(heading) * inches(TITLE) * LINE + MARGIN * bool(heading)
    bottom = len(below) * inches(SMALL) * LINE + MARGIN * bool(below)
    size = body.width + 2 * MARGIN, body.height + top + bottom + 2 * MARGIN
    figure = Figure(figsize=size, dpi=DPI)
    for number, line in enumerate(heading, start=1):
        place = size[1] - MARGIN - (number - 0.3) * inches(TITLE) * LINE
        write(figure, MARGIN, place, line, TITLE)
    for number, line in enumerate(reversed(below)):
        write(figure, MARGIN, MARGIN + (number + 0.3) * inches(SMALL) * LINE, line, SMALL, GREY)
    body.draw(figure, Box(MARGIN, MARGIN + bottom, body.width, body.height))
    return figure


def write(
    figure: "Figure",
    left: float,
    bottom: float,
    text: str,
    size: float,
    colour: str = INK,
    **more: Any,
) -> None:
    """Text that begins at a place of the paper, in inches."""
    width, height = figure.get_size_inches()
    figure.text(left / width, bottom / height, text, fontsize=size, color=colour, **more)


def axes(figure: "Figure", box: Box, **more: Any) -> "Axes":
    """Axes in a box of the paper."""
    width, height = figure.get_size_inches()
    place = (box.left / width, box.bottom / height, box.width / width, box.height / height)
    return figure.add_axes(place, **more)


def texts_of(figure: "Figure") -> list[str]:
    """Everything that is written on a figure, numbers on axes included."""
    from matplotlib.text import Text

    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text)]


def saved(figure: "Figure", form: str, title: str, description: str) -> bytes:
    """A figure as PNG or SVG, the same bytes for the same figure."""
    metadata: dict[str, str | None] = {"Title": title, "Description": description}
    if form == "svg":
        metadata |= {"Creator": "semantic-lexicon", "Date": None}
    else:
        metadata["Software"] = "semantic-lexicon"
    stream = BytesIO()
    figure.savefig(stream, format=form, dpi=DPI, metadata=metadata)
    return stream.getvalue()


def short(text: str, characters: int) -> str:
    """``text`` cut at a word, with an ellipsis where something is missing.

    >>> short("land beside a river", 12)
    'land beside…'
    """
    return textwrap.shorten(text, characters, placeholder="…")
