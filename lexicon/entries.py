"""A concept with its words, as every file format reads and writes it."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, get_args

from lexicon.errors import InvalidInput
from lexicon.languages import script_of
from lexicon.normalize import clean

PartOfSpeech = Literal[
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
    "x",
]
"""Lower-case Universal Dependencies tags; coordinating and subordinating conjunctions are one, and
``x`` is a word whose part of speech the source does not say."""

PARTS_OF_SPEECH: tuple[PartOfSpeech, ...] = get_args(PartOfSpeech)

ALTERNATIVES = "|"

MAX_SCHEME = 32
"""Characters that the store has for the scheme of an external identifier."""


@dataclass(frozen=True)
class ConceptEntry:
    """One concept: ``forms`` maps a language code to its lemmas, best first.

    ``external`` maps a scheme such as ``ili`` to the concept's identifiers there. ``unsensed``: a
    pair of words from a dictionary that does not say which of their senses it means.
    ``frequencies`` maps (language, lemma) to Zipf values, where the source has them.
    """

    key: str
    pos: str
    field: str
    gloss: str
    forms: Mapping[str, tuple[str, ...]]
    external: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    unsensed: bool = False
    frequencies: Mapping[tuple[str, str], float] = dataclasses.field(default_factory=dict)


def checked(key: str, pos: str, field: str, gloss: str, cells: Mapping[str, str]) -> ConceptEntry:
    """An entry from the text of a file, through the door of ``normalize.clean``.

    Raises :class:`InvalidInput` naming the column. A cell may be empty, but not all of them;
    a form that stands twice in a cell is kept once.

    >>> checked("water.noun.1", "noun", "water", "clear liquid", {"fr": "eau"}).forms
    {'fr': ('eau',)}
    """
    lists = {language: cell.split(ALTERNATIVES) for language, cell in cells.items() if cell.strip()}
    return checked_lists(key, pos, field, gloss, lists)


def checked_lists(
    key: str,
    pos: str,
    field: str,
    gloss: str,
    lists: Mapping[str, Sequence[str]],
    external: Mapping[str, Sequence[str]] | None = None,
    unsensed: bool = False,
) -> ConceptEntry:
    """Like :func:`checked`, from forms that are already apart."""
    require_pos(pos)
    forms = {language: _forms(language, given) for language, given in lists.items() if given}
    if not forms:
        raise InvalidInput(f"concept {key[:80]!r} has no word in any language; give at least one")
    return ConceptEntry(
        _bounded(key, "concept key"),
        pos,
        _bounded(field, "field"),
        clean(gloss, "gloss"),
        forms,
        {
            clean(scheme, "scheme", MAX_SCHEME): tuple(
                _bounded(one, f"{scheme} identifier") for one in ids
            )
            for scheme, ids in (external or {}).items()
            if ids
        },
        unsensed,
    )


MOST_BYTES = 2_000
"""UTF-8 bytes of a word, key or field: PostgreSQL cannot index many more."""


def _bounded(text: str, what: str) -> str:
    tidy = clean(text, what)
    if len(tidy) > MOST_BYTES // 4 and len(tidy.encode()) > MOST_BYTES:
        raise InvalidInput(
            f"{what} {tidy[:20]!r}… of {len(tidy.encode()):,} bytes is longer than {MOST_BYTES:,}; "
            "shorten it"
        )
    return tidy


_KNOWN = frozenset(PARTS_OF_SPEECH)


def require_pos(pos: str) -> str:
    if pos not in _KNOWN:
        known = ", ".join(PARTS_OF_SPEECH)
        raise InvalidInput(f"unknown part of speech {pos[:40]!r}; known: {known}")
    return pos


def _forms(language: str, given: Sequence[str]) -> tuple[str, ...]:
    if len(given) == 1 and ALTERNATIVES not in given[0]:
        return (_bounded(given[0], f"{language} form"),)
    forms = tuple(dict.fromkeys(_bounded(form, f"{language} form") for form in given))
    for form in forms:
        if ALTERNATIVES in form:
            raise InvalidInput(
                f"{language} form {form[:80]!r} holds {ALTERNATIVES!r}, which separates "
                "alternatives; give them one by one"
            )
    return forms


def require_scripts(
    entry: ConceptEntry, scripts: Mapping[str, str], otherwise: str = "import with --any-script"
) -> None:
    """Raise :class:`InvalidInput` unless every form is written in its language's script.

    ``scripts`` maps each language to its ISO 15924 code. Numbers and signs pass; so does a word of
    two scripts joined by a space or hyphen (*X-किरण*), but not two scripts within one word: those
    are letters that only look alike. ``otherwise`` is how one may have them all the same.
    """
    for language, lemmas in entry.forms.items():
        wanted = scripts[language]
        for lemma in lemmas:
            found = script_of(lemma)
            if found not in (wanted, "Zyyy"):
                _require_script(language, lemma, wanted, found, otherwise)


def _require_script(language: str, lemma: str, wanted: str, found: str, otherwise: str) -> None:
    remedy = f"write it in {wanted}, or {otherwise}"
    if found != "Zxxx":
        raise InvalidInput(
            f"{language} form {lemma!r} is written in {found}, not {wanted}; {remedy}"
        )
    parts = [script_of(part) for part in lemma.replace("-", " ").split()]
    if "Zxxx" in parts or wanted not in parts:
        raise InvalidInput(f"{language} form {lemma!r} mixes scripts within a word; {remedy}")


def digest(entries: Iterable[ConceptEntry]) -> str:
    """sha256 over what entries say, whatever their order or file: 64 hexadecimal digits."""
    lines = []
    for entry in entries:
        cells = (f"{code}={ALTERNATIVES.join(entry.forms[code])}" for code in sorted(entry.forms))
        extra = [f"{scheme}:{'|'.join(ids)}" for scheme, ids in sorted(entry.external.items())]
        lines.append("\t".join((entry.key, entry.pos, entry.field, entry.gloss, *cells, *extra)))
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()
