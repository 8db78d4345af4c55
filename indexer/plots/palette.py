"""Colours, markers and dashes that stay apart in greyscale and for colour-blind eyes."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import cycle

from lexicon.languages import SEED

STOPS = (
    "#ffffe5",
    "#edf8b1",
    "#c7e9b4",
    "#7fcdbb",
    "#41b6c4",
    "#1d91c0",
    "#225ea8",
    "#253494",
    "#081d58",
)
"""From little to much, ever darker (after YlGnBu of Harrower & Brewer 2003)."""


@dataclass(frozen=True)
class Look:
    """How a language is drawn: ``marker`` and ``dash`` are matplotlib's names, ``symbol`` and
    ``stroke`` Plotly's."""

    colour: str
    marker: str
    dash: str
    symbol: str
    stroke: str


# After the palettes of Tol (2021), the first four ever lighter.
LOOKS = (
    Look("#004488", "o", "-", "circle", "solid"),
    Look("#bb5566", "s", "--", "square", "dash"),
    Look("#44aa99", "D", "-.", "diamond", "dashdot"),
    Look("#ddaa33", "^", ":", "triangle-up", "dot"),
    Look("#882255", "v", "-", "triangle-down", "solid"),
    Look("#117733", "P", "--", "cross", "dash"),
    Look("#999933", "X", "-.", "x", "dashdot"),
    Look("#88ccee", "*", ":", "star", "dot"),
)


def looks(languages: Iterable[str]) -> dict[str, Look]:
    """A look for each language, the same in every picture for those that a new store has.

    >>> looks(["kn", "en"])["kn"].marker
    '^'
    """
    first = [seed.code for seed in SEED]
    others = sorted(set(languages) - set(first))
    every = dict(zip([*first, *others], cycle(LOOKS), strict=False))
    return {language: every[language] for language in languages}


def shade(share: float) -> str:
    """The colour at a share, 0 to 1, of the way along :data:`STOPS`.

    >>> shade(0), shade(1)
    ('#ffffe5', '#081d58')
    """
    place = min(max(share, 0.0), 1.0) * (len(STOPS) - 1)
    low = min(int(place), len(STOPS) - 2)
    mixed = (
        round(a + (b - a) * (place - low))
        for a, b in zip(_rgb(STOPS[low]), _rgb(STOPS[low + 1]), strict=True)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)


def ink_on(colour: str) -> str:
    """Black or white, whichever is read better on a colour (relative luminance, WCAG 2).

    >>> ink_on("#ffffe5"), ink_on("#081d58")
    ('#000000', '#ffffff')
    """
    linear = (
        part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in _rgb(colour)
    )
    luminance = sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#000000" if luminance > 0.179 else "#ffffff"


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
