"""What somebody who has begun to type a word may be about to write."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import Session

from lexicon.folding import fold, fold_romanised
from lexicon.languages import script_of
from lexicon.listing import unindexed
from lexicon.models import Concept, Language, Lexeme, Sense
from lexicon.normalize import clean, search_key
from lexicon.queries import require_language
from lexicon.suggest import suggestions

Kind = Literal["begins", "romanised", "accents", "spelling"]

LONGEST = 64
"""Characters of a text that can be the beginning of a word."""

MOST = 20

_LEAST_SKELETON = 2
"""Letters of a skeleton that words may begin with: with one of them, a tenth of all words do."""


@dataclass(frozen=True)
class Completion:
    """A word of the lexicon with the gloss of its first sense. ``kind``: it begins as the text
    does, but for case; it does without accents or nukta, or written in Latin letters (*paan* for
    पानी); or it is the text but for a letter."""

    lemma: str
    language: str
    kind: Kind
    gloss: str | None


@dataclass(frozen=True)
class _Begun:
    """A word with what it is ordered by."""

    lemma: str
    language: str
    frequency: float
    exact: bool

    @property
    def order(self) -> tuple[bool, float, int, str, str]:
        # Of words that nobody has counted, the shorter ones are the likelier.
        return not self.exact, -self.frequency, len(self.lemma), self.lemma, self.language


def completions(
    session: Session, text: str, language: str | None = None, most: int = 8
) -> list[Completion]:
    """At most ``most`` words that ``text`` begins, of one language or of all: exact ones first,
    then the commoner ones; those that only begin as it does but for accents or script behind them,
    and words that it may be a misspelling of where there are no others.

    Raises :class:`UnknownLanguage` and :class:`InvalidInput`.
    """
    wanted = clean(text, "text", LONGEST)
    if language is not None:
        require_language(session, language)
    scripts = _scripts(session, language)
    found: dict[tuple[str, str], Kind] = {}
    for keys in (_searched, _folded):
        if len(found) < most:
            begun: list[_Begun] = []
            kinds: dict[str, Kind] = {}
            for code, script in scripts.items():
                if key := keys(wanted, script):
                    column, start, kinds[code] = key
                    begun += _beginning(session, code, column, start, most)
            for one in sorted(begun, key=lambda one: one.order):
                found.setdefault((one.language, one.lemma), kinds[one.language])
    if len(found) < most:
        # A skeleton with another letter is anything at all.
        likely = [code for code in scripts if language or scripts[code] == script_of(wanted)]
        for meant in suggestions(session, likely, wanted, most):
            found.setdefault((meant.language, meant.lemma), meant.kind)
    chosen = list(found.items())[:most]
    glosses = _glosses(session, [word for word, _ in chosen])
    return [
        Completion(lemma, code, kind, glosses.get((code, lemma))) for (code, lemma), kind in chosen
    ]


def _scripts(session: Session, language: str | None) -> dict[str, str]:
    """The script of the language, or of each by code."""
    known = dict(session.execute(select(Language.code, Language.script)).all())
    return {code: known[code] for code in sorted(known) if language in (None, code)}


_Column = Literal["search_key", "folded"]
_Key = tuple[_Column, str, Kind]
_Keys = Callable[[str, str], _Key | None]


def _searched(text: str, _script: str) -> _Key | None:
    return "search_key", search_key(text), "begins"


def _folded(text: str, script: str) -> _Key | None:
    """What words of a script begin with when they are folded; None where that says nothing."""
    own = script_of(text)
    if script == "Latn":
        start = fold(text) if own == "Latn" else ""
        return ("folded", start, "accents") if start else None
    if own not in (script, "Latn"):
        return None
    start = fold(text) if own == script else fold_romanised(text)
    if len(start) < _LEAST_SKELETON:
        return None
    return "folded", start, "accents" if own == script else "romanised"


def _beginning(
    session: Session, language: str, column: _Column, start: str, most: int
) -> list[_Begun]:
    # The last code point: no key that begins with the start comes after it.
    asked = {"language": language, "start": start, "end": start + chr(0x10FFFF), "most": most}
    return [
        _Begun(row.lemma, language, row.frequency, bool(row.exact))
        for row in session.execute(_words(column), asked)
    ]


@cache
def _words(column: _Column) -> Select[str, float, Any]:
    """Forms by their beginning; kept, because making it takes as long as asking."""
    key = Lexeme.search_key if column == "search_key" else Lexeme.folded
    # Grouped by a column, SQLite may read every word of the language in the order of that.
    lemma = unindexed(Lexeme.lemma).label("lemma")
    exact = func.max(case((key == bindparam("start"), 1), else_=0)).label("exact")
    frequency = func.max(func.coalesce(Lexeme.frequency, 0.0)).label("frequency")
    return (
        select(lemma, frequency, exact)
        .where(
            Lexeme.language == bindparam("language"),
            key >= bindparam("start"),
            key < bindparam("end"),
        )
        .group_by(lemma)
        .order_by(exact.desc(), frequency.desc(), func.length(lemma), lemma)
        .limit(bindparam("most"))
    )


def _glosses(session: Session, words: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The gloss of the first sense of each (language, lemma) that has one."""
    found: dict[tuple[str, str], str] = {}
    for code in dict.fromkeys(code for code, _ in words):
        lemmas = [lemma for language, lemma in words if language == code]
        rows = session.execute(
            select(Lexeme.lemma, Concept.gloss)
            .join(Sense, Sense.lexeme_id == Lexeme.id)
            .join(Concept, Concept.id == Sense.concept_id)
            .where(Lexeme.language == code, Lexeme.lemma.in_(lemmas))
            .order_by(Concept.unsensed, Sense.rank, Concept.key)
        )
        for lemma, gloss in rows:
            found.setdefault((code, lemma), gloss)
    return found
