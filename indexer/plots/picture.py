"""A picture as a file: which kind, whether it can go there, written whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from indexer.plots import canvas, fonts
from indexer.plots.canvas import Body, Ruler
from indexer.plots.page import Interactive, page
from lexicon.disk import whole_file, writing_to
from lexicon.errors import InvalidInput

KINDS = (".png", ".svg", ".html")

WIDTH = 7.0
NARROWEST, WIDEST = 2.5, 40.0
"""Inches."""


class Picture(Protocol):
    """What is drawn, on paper or in a browser."""

    @property
    def title(self) -> str: ...

    @property
    def notes(self) -> Sequence[str]:
        """Sentences that stand below it, without which it would mislead."""
        ...

    def words(self) -> Iterable[str]:
        """All that is written in it but numbers, the title and the notes."""
        ...

    def body(self, ruler: Ruler, width: float) -> Body:
        """It on paper, at most ``width`` inches wide. Raises :class:`InvalidInput` for a picture
        that cannot be read so narrow."""
        ...

    def interactive(self) -> Interactive: ...


@dataclass(frozen=True)
class Wanted:
    """Where a picture goes, how wide it is on paper, and its title if not its own."""

    out: Path
    width: float = WIDTH
    title: str | None = None


def require_writable(wanted: Wanted) -> None:
    """Raise :class:`InvalidInput` for what can be no picture, before any work is done for it."""
    out = wanted.out
    if out.suffix.lower() not in KINDS:
        raise InvalidInput(
            f"{out} is no kind of picture that can be drawn; "
            f"end its name in one of {', '.join(KINDS)}"
        )
    if not NARROWEST <= wanted.width <= WIDEST:
        raise InvalidInput(
            f"a width of {wanted.width:g} inches is not between {NARROWEST:g} and {WIDEST:g}"
        )
    with writing_to(out):
        if out.is_dir():
            raise InvalidInput(f"{out} is a folder; name a file in it")
        if not out.parent.is_dir():
            raise InvalidInput(f"there is no folder {out.parent}; make it, or name another file")


def save(picture: Picture, wanted: Wanted) -> None:
    """Write a picture to its file, which appears when it is whole; one that is there is replaced.

    Raises :class:`InvalidInput`, :class:`FontMissing` or :class:`ExtraMissing`.
    """
    require_writable(wanted)
    title = picture.title if wanted.title is None else wanted.title
    if wanted.out.suffix.lower() == ".html":
        made = page(picture.interactive(), title or picture.title, picture.notes)
    else:
        made = _drawn(picture, wanted, title)
    with writing_to(wanted.out), whole_file(wanted.out) as stream:
        stream.write(made)


def _drawn(picture: Picture, wanted: Wanted, title: str) -> bytes:
    written = [title, *picture.notes, *picture.words()]
    with canvas.style(fonts.families(written)):
        ruler = Ruler()
        body = picture.body(ruler, wanted.width - 2 * canvas.MARGIN)
        figure = canvas.sheet(ruler, body, title, picture.notes)
        # Numbers on axes are made while drawing.
        fonts.families(canvas.texts_of(figure))
        description = " ".join(dict.fromkeys(picture.words()))
        return canvas.saved(figure, wanted.out.suffix.lower()[1:], title, description)
