"""A concept with its words, as every file format reads and writes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from lexicon.errors import InvalidInput
from lexicon.normalize import clean

PARTS_OF_SPEECH = (
    "noun",
    "verb",
    "adj",
    "adv",
    "pron",
    "adp",
    "conj",
    "det",
    "num",
    "intj",
    "part",
    "propn",
)
"""Lower-case Universal Dependencies tags; coordinating and subordinating conjunctions are one."""

ALTERNATIVES = "|"


@dataclass(frozen=True)
class ConceptEntry:
    """One concept: ``forms`` maps a language code to its lemmas, best first."""

    key: str
    pos: str
    field: str
    gloss: str
    forms: Mapping[str, tuple[str, ...]]


def checked(key: str, pos: str, field: str, gloss: str, cells: Mapping[str, str]) -> ConceptEntry:
    """An entry from the text of a file, through the door of ``normalize.clean``.

    Raises :class:`InvalidInput` naming the column. A cell may be empty, but not all of them;
    a form that stands twice in a cell is kept once.

    >>> checked("water.noun.1", "noun", "water", "clear liquid", {"fr": "eau"}).forms
    {'fr': ('eau',)}
    """
    if pos not in PARTS_OF_SPEECH:
        raise InvalidInput(f"unknown part of speech {pos!r}; known: {', '.join(PARTS_OF_SPEECH)}")
    forms = {
        language: tuple(
            dict.fromkeys(clean(form, f"{language} form") for form in cell.split(ALTERNATIVES))
        )
        for language, cell in cells.items()
        if cell.strip()
    }
    if not forms:
        raise InvalidInput(f"concept {key!r} has no word in any language; give at least one")
    return ConceptEntry(
        clean(key, "concept key"), pos, clean(field, "field"), clean(gloss, "gloss"), forms
    )


def digest(entries: Iterable[ConceptEntry]) -> str:
    """sha256 over what entries say, whatever their order or file: 64 hexadecimal digits."""
    lines = []
    for entry in entries:
        cells = (f"{code}={ALTERNATIVES.join(entry.forms[code])}" for code in sorted(entry.forms))
        lines.append("\t".join((entry.key, entry.pos, entry.field, entry.gloss, *cells)))
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()
