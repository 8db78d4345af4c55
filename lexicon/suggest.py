"""Words that somebody may have meant: always offered under a label, never answered silently."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Text, any_, bindparam, func, select
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
    scripts = dict(session.execute(_SCRIPTS, {"codes": codes}).all())
    alike: list[Suggestion] = []
    away: list[Suggestion] = []
    for code in codes:
        # Unknown languages have no words either.
        if script := scripts.get(code):
            same, edited = _near(session, code, script, text)
            alike += same
            away += edited
    return (alike or away)[:most]


def _near(
    session: Session, language: str, script: str, text: str
) -> tuple[list[Suggestion], list[Suggestion]]:
    """Words that fold as ``text`` does, and those whose fold is one edit away from its fold, the
    commonest first; a word that is written as the text is none."""
    romanised = script != "Latn" and script_of(text) == "Latn"
    key = fold_romanised(text) if romanised else fold(text)
    if not key:
        return [], []
    keys = [key]
    if len(key) >= _SHORTEST.get(script, _SHORTEST_SKELETON):
        keys += sorted(set(_edits(key)) - {key})
    postgres = session.get_bind().dialect.name == "postgresql"
    rows = session.execute(
        _FOLDED_IN_ARRAY if postgres else _FOLDED_IN_JSON,
        {
            "code": language,
            "folds": keys if postgres else json.dumps(keys),
            "written": search_key(text),
        },
    )
    often: dict[tuple[bool, str], float] = {}
    # Grouped here: to group by the lemma, SQLite reads every word of the language in that order.
    for lemma, frequency, folded in rows:
        place = (folded == key, lemma)
        often[place] = max(often.get(place, 0.0), frequency or 0.0)
    ordered = sorted(often, key=lambda place: (-often[place], place[1]))
    kinds: tuple[Kind, Kind] = ("romanised", "romanised") if romanised else ("accents", "spelling")
    return (
        [Suggestion(lemma, language, kinds[0]) for same, lemma in ordered if same],
        [Suggestion(lemma, language, kinds[1]) for same, lemma in ordered if not same],
    )


_SCRIPTS = select(Language.code, Language.script).where(
    Language.code.in_(bindparam("codes", expanding=True))
)

_WORDS = select(Lexeme.lemma, Lexeme.frequency, Lexeme.folded).where(
    Lexeme.language == bindparam("code"), Lexeme.search_key != bindparam("written")
)

# The folds are given as one value: to write hundreds of them into a statement takes longer than
# to look them up.
_FOLDED_IN_ARRAY = _WORDS.where(
    Lexeme.folded == any_(bindparam("folds", type_=postgresql.ARRAY(Text)))
)
_FOLDED_IN_JSON = _WORDS.where(
    Lexeme.folded.in_(select(func.json_each(bindparam("folds")).table_valued("value").c.value))
)


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
