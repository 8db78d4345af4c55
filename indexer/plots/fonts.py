"""Fonts: which installed ones show every character of a picture, joined as its script demands."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lexicon.errors import ExtraMissing, FontMissing

if TYPE_CHECKING:
    from matplotlib.font_manager import FontManager

FAMILIES = {
    "Latin": ("Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial"),
    "Devanagari": (
        "Noto Sans Devanagari",
        "Lohit Devanagari",
        "Nirmala UI",
        "Kohinoor Devanagari",
        "Devanagari Sangam MN",
        "Mangal",
    ),
    "Kannada": (
        "Noto Sans Kannada",
        "Lohit Kannada",
        "Nirmala UI",
        "Noto Sans Kannada UI",
        "Kannada Sangam MN",
        "Tunga",
    ),
}
"""Families by script, the ones that go best together first; others do where none of these is."""

SHAPED = {
    "Arabic": "arab",
    "Bengali": "beng bng2",
    "Devanagari": "deva dev2 dev3",
    "Gujarati": "gujr gjr2",
    "Gurmukhi": "guru gur2",
    "Kannada": "knda knd2 knd3",
    "Malayalam": "mlym mlm2",
    "Oriya": "orya ory2",
    "Sinhala": "sinh",
    "Tamil": "taml tml2",
    "Telugu": "telu tel2",
}
"""OpenType tags of scripts whose letters change with their neighbours: a font that has the letters
and not the rules shows them side by side."""

APPLE = "morx"
"""A table with the rules of every script that a font has."""

# Letters of these names belong to no script of their own.
_COMMON = ("COMBINING", "MODIFIER", "DIGIT", "FULLWIDTH", "SUPERSCRIPT", "SUBSCRIPT")


@dataclass(frozen=True)
class Face:
    """An installed font: its family, and the file and number in it of its regular face."""

    family: str
    path: str
    number: int = 0


@dataclass(frozen=True)
class Glyphs:
    """What a face can show: code points, and OpenType tags of the scripts whose rules it has."""

    characters: AbstractSet[int]
    shapes: AbstractSet[str] = frozenset()

    def shape(self, script: str) -> bool:
        """Whether it joins the letters of a script, where they are joined."""
        tags = SHAPED.get(script, "").split()
        return not tags or APPLE in self.shapes or any(tag in self.shapes for tag in tags)


Read = Callable[[Face], Glyphs]


def script(character: str) -> str | None:
    """English name of the script of a letter, mark or digit; None for what all scripts share.

    >>> [script(one) for one in "aéकಿ१1→"]
    ['Latin', 'Latin', 'Devanagari', 'Kannada', 'Devanagari', None, None]
    """
    if unicodedata.category(character)[0] not in "LMN":
        return None
    name = unicodedata.name(character, "").split(" ")[0]
    if not name or name in _COMMON:
        return None
    return name if name == "CJK" else name.capitalize()


def choose(texts: Iterable[str], faces: Sequence[Face], read: Read) -> tuple[str, ...]:
    """Families that together show every character of ``texts``, in the order to look in.

    Raises :class:`FontMissing` naming the script, or the character, that none of them shows.
    """
    needed: dict[str, set[int]] = {"Latin": set()}
    shared: set[str] = set()
    for character in sorted(set("".join(texts))):
        name = script(character)
        if name is not None:
            needed.setdefault(name, set()).add(ord(character))
        # Joiners and the like are obeyed, not shown.
        elif unicodedata.category(character) not in ("Cf", "Cc"):
            shared.add(character)
    chosen: list[Face] = []
    for name in needed:
        able = (face for face in _ordered(name, faces) if _shows(read(face), name, needed))
        found = next(able, None)
        if found is None:
            raise _missing(name)
        chosen.append(found)
    for character in sorted(shared):
        if any(ord(character) in read(face).characters for face in chosen):
            continue
        able = (
            face
            for face in _ordered("Latin", faces)
            if ord(character) in read(face).characters and _harmless(read(face), needed)
        )
        found = next(able, None)
        if found is None:
            raise FontMissing(
                f"{character!r} (U+{ord(character):04X})",
                "install one that has it, or leave it out",
            )
        chosen.append(found)
    return tuple(dict.fromkeys(face.family for face in chosen))


def _missing(name: str) -> FontMissing:
    package = "fonts-noto-cjk" if name == "CJK" else "fonts-noto-core"
    family = "Noto Sans CJK" if name == "CJK" else f"Noto Sans {name}"
    return FontMissing(
        f"{name} letters", f"install {family} (on Debian and Ubuntu: apt install {package})"
    )


def _ordered(name: str, faces: Sequence[Face]) -> Iterator[Face]:
    """Faces of the families that are known for a script, then all others by name."""
    liked = FAMILIES.get(name, (f"Noto Sans {name}",))
    by_family = {face.family: face for face in faces}
    yield from (by_family[family] for family in liked if family in by_family)
    yield from (by_family[family] for family in sorted(by_family) if family not in liked)


def _shows(glyphs: Glyphs, name: str, needed: dict[str, set[int]]) -> bool:
    return needed[name] <= glyphs.characters and glyphs.shape(name) and _harmless(glyphs, needed)


def _harmless(glyphs: Glyphs, needed: dict[str, set[int]]) -> bool:
    """Whether the face takes no letters of a script from the one that joins them."""
    return all(
        glyphs.shape(name) or not letters & glyphs.characters for name, letters in needed.items()
    )


# What is installed


def families(texts: Iterable[str]) -> tuple[str, ...]:
    """:func:`choose` among the fonts of this machine."""
    wanted = "".join(texts)
    try:
        return choose([wanted], installed(), glyphs_of)
    except FontMissing:
        # The list is kept between runs, and does not know of fonts that came since.
        if not _look_again():
            raise
        return choose([wanted], installed(), glyphs_of)


def installed() -> list[Face]:
    """The regular face of every family, by name. Boxes that stand for any letter are no font."""
    found: dict[str, tuple[float, Face]] = {}
    for entry in _manager().ttflist:
        if entry.style != "normal" or entry.stretch != "normal" or "Last Resort" in entry.name:
            continue
        off = abs(int(entry.weight) - 400)
        if entry.name not in found or off < found[entry.name][0]:
            found[entry.name] = off, Face(entry.name, entry.fname, entry.index)
    return [found[name][1] for name in sorted(found)]


@cache
def glyphs_of(face: Face) -> Glyphs:
    """What is in a font file; nothing where it is gone or damaged."""
    from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]

    try:
        with Path(face.path).open("rb") as file:
            font = TTFont(file, fontNumber=face.number, lazy=True)
            shapes = {APPLE} if APPLE in font else set()
            if "GSUB" in font and (rules := font["GSUB"].table.ScriptList):
                shapes |= {record.ScriptTag for record in rules.ScriptRecord}
            return Glyphs(frozenset(font.getBestCmap() or ()), frozenset(shapes))
    except (OSError, TTLibError):
        return Glyphs(frozenset())


def _look_again() -> bool:
    """Whether there are fonts that matplotlib's list does not have; now it does."""
    from matplotlib.font_manager import findSystemFonts

    manager = _manager()
    known = {entry.fname for entry in manager.ttflist}
    found = False
    for path in sorted(set(findSystemFonts()) - known):
        try:
            manager.addfont(path)
        except (OSError, RuntimeError):
            # One that cannot be read shows nothing.
            continue
        found = True
    return found


def _manager() -> "FontManager":
    try:
        from matplotlib.font_manager import fontManager
    except ImportError:
        raise ExtraMissing("drawing", "plots") from None
    return fontManager
