"""Pages of words by language, lemma and part of speech, with the concepts they express."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from lexicon.errors import UnknownWord
from lexicon.listing import begins, has_few_concepts, is_few, of_field
from lexicon.models import Concept, Lexeme, Sense
from lexicon.normalize import search_key
from lexicon.queries import languages, require_language


class Place(NamedTuple):
    """Where a word stands in the order of words."""

    language: str
    lemma: str
    pos: str


START = Place("", "", "")


@dataclass(frozen=True)
class WordFilter:
    """Which words are listed; ``prefix`` is compared by search key."""

    language: str | None = None
    field: str | None = None
    pos: str | None = None
    prefix: str = ""


@dataclass(frozen=True)
class WordConcept:
    """A concept that a word expresses; ``rank`` 0 is the concept's first choice."""

    key: str
    gloss: str
    rank: int


@dataclass(frozen=True)
class StoredWord:
    """A word with its concepts by rank, then key; those of unsensed pairs last."""

    id: int
    language: str
    lemma: str
    pos: str
    script: str
    frequency: float | None
    concepts: tuple[WordConcept, ...]


@dataclass(frozen=True)
class WordPage:
    """``next`` is the place behind which the next page begins, None on the last."""

    words: list[StoredWord]
    next: Place | None


_COLUMNS = (
    Lexeme.id,
    Lexeme.language,
    Lexeme.lemma,
    Lexeme.pos,
    Lexeme.script,
    Lexeme.frequency,
)


def list_words(
    session: Session, wanted: WordFilter, limit: int = 50, after: Place = START
) -> WordPage:
    """At most ``limit`` words by language, lemma and part of speech, beginning behind ``after``.

    Raises :class:`UnknownLanguage`.
    """
    if wanted.language is not None:
        codes = [require_language(session, wanted.language)]
    else:
        # One statement a language: databases need not agree on how codes are sorted.
        codes = sorted(languages(session))
    conditions = _conditions(session, wanted, codes)
    rows: list[Row[*tuple[Any, ...]]] = []
    for code in codes:
        if code < after.language or len(rows) > limit:
            continue
        start = after[1:] if code == after.language else START[1:]
        rows += session.execute(
            select(*_COLUMNS)
            .where(Lexeme.language == code, tuple_(Lexeme.lemma, Lexeme.pos) > start, *conditions)
            .order_by(Lexeme.lemma, Lexeme.pos)
            .limit(limit + 1 - len(rows))
        )
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return WordPage(
        _with_concepts(session, shown),
        None if last is None else Place(last.language, last.lemma, last.pos),
    )


def find_word(session: Session, number: int) -> StoredWord:
    """The word with the id ``number``, or :class:`UnknownWord`."""
    rows = session.execute(select(*_COLUMNS).where(Lexeme.id == number)).all()
    if not rows:
        raise UnknownWord(number)
    return _with_concepts(session, rows)[0]


def word_number(session: Session, language: str, lemma: str, pos: str) -> int | None:
    """The id of the word that is written so."""
    same = (Lexeme.language == language, Lexeme.lemma == lemma, Lexeme.pos == pos)
    return session.scalar(select(Lexeme.id).where(*same))


def _conditions(
    session: Session, wanted: WordFilter, codes: Sequence[str]
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.pos is not None:
        found.append(Lexeme.pos == wanted.pos)
    if search_key(wanted.prefix):
        some = select(Lexeme.id).where(Lexeme.language.in_(codes), *begins(wanted.prefix, True))
        if is_few(session, some):
            found.append(Lexeme.id.in_(some))
        else:
            found += begins(wanted.prefix, False)
    if wanted.field is not None:
        few = has_few_concepts(session, wanted.field)
        senses = (
            select(Sense.lexeme_id)
            .join(Concept, Concept.id == Sense.concept_id)
            .where(of_field(wanted.field, few))
        )
        if few:
            found.append(Lexeme.id.in_(senses))
        else:
            found.append(senses.where(Sense.lexeme_id == Lexeme.id).exists())
    return found


def _with_concepts(session: Session, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[StoredWord]:
    concepts: dict[int, list[WordConcept]] = {row.id: [] for row in rows}
    for sense in session.execute(
        select(Sense.lexeme_id, Concept.key, Concept.gloss, Sense.rank)
        .join(Concept, Concept.id == Sense.concept_id)
        .where(Sense.lexeme_id.in_(list(concepts)))
        .order_by(Concept.unsensed, Sense.rank, Concept.key)
    ):
        concepts[sense.lexeme_id].append(WordConcept(*sense[1:]))
    return [
        StoredWord(
            row.id,
            row.language,
            row.lemma,
            row.pos,
            row.script,
            row.frequency,
            tuple(concepts[row.id]),
        )
        for row in rows
    ]
