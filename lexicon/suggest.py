"""Words that somebody may have meant: always offered under a label, never answered silently."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Text, any_, func, literal, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from lexicon.folding import fold, fold_romanised
from lexicon.languages import script_of
from lexicon.models import Language, Lexeme
from lexicon.normalize import search_key

Kind = Literal["romanised", "accents", "spelling"]

MOST = 5
LONGEST = 40
"""Characters of a text that can be a misspelt word; a longer one is a phrase or a definition."""

# Shorter ones are one letter away from half the dictionary.
_SHORTEST = {"Latn": 4}
_SHORTEST_SKELETON = 3
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Suggestion:
    """A word of the lexicon. ``kind``: typed in Latin letters (*paani*), without its accents or
    nukta, or with a letter wrong, missing, added or swapped."""

    lemma: str
    language: str
    kind: Kind


def suggestions(
    session: Session, languages: str | Sequence[str], text: str, most: int = MOST
) -> list[Suggestion]:
    """Words of a language, or of several, that ``text`` may be a spelling of, the likeliest first.

    Spellings that fold alike; where no language has one, those one letter away (insertion,
    deletion, replacement or transposition: Damerau 1964). Empty for long texts.
    """
    if len(text) > LONGEST:
        return []
    codes = [languages] if isinstance(languages, str) else languages
    known = select(Language.code, Language.script).where(Language.code.in_(codes))
    scripts = dict(session.execute(known).all())
    found: list[Suggestion] = []
    for edited in (False, True):
        for code in codes:
            found += _near(session, code, scripts.get(code), text, edited)
        if found:
            break
    return found[:most]


def _near(
    session: Session, language: str, script: str | None, text: str, edited: bool
) -> list[Suggestion]:
    """Words that fold as ``text`` does, or whose fold is one edit away from its fold."""
    romanised = script != "Latn" and script_of(text) == "Latn"
    key = fold_romanised(text) if romanised else fold(text)
    if not edited:
        return _named(session, language, [key], text, "romanised" if romanised else "accents")
    if len(key) < _SHORTEST.get(script or "", _SHORTEST_SKELETON):
        return []
    keys = sorted(set(_edits(key)) - {key})
    return _named(session, language, keys, text, "romanised" if romanised else "spelling")


def _named(
    session: Session, language: str, keys: list[str], text: str, kind: Kind
) -> list[Suggestion]:
    """The words of these folds, the commonest first; one that is written as the text is none."""
    if keys == [""]:
        return []
    # Grouped here: to group by the lemma, SQLite reads every word of the language in that order.
    rows = session.execute(
        select(Lexeme.lemma, Lexeme.frequency).where(
            Lexeme.language == language,
            _folds_to(session, keys),
            Lexeme.search_key != search_key(text),
        )
    )
    often: dict[str, float] = {}
    for lemma, frequency in rows:
        often[lemma] = max(often.get(lemma, 0.0), frequency or 0.0)
    ordered = sorted(often, key=lambda lemma: (-often[lemma], lemma))
    return [Suggestion(lemma, language, kind) for lemma in ordered]


def _folds_to(session: Session, keys: list[str]) -> ColumnElement[bool]:
    """Of one of the folds. They are given as one value: to write hundreds of them into a statement
    takes longer than to look them up."""
    if session.get_bind().dialect.name == "postgresql":
        return Lexeme.folded == any_(literal(keys, postgresql.ARRAY(Text)))
    given = func.json_each(json.dumps(keys)).table_valued("value")
    return Lexeme.folded.in_(select(given.c.value))


def _edits(key: str) -> Iterator[str]:
    """Every string one edit away."""
    for place in range(len(key) + 1):
        head, tail = key[:place], key[place:]
        for letter in _ALPHABET:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
