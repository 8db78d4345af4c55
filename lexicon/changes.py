"""What has happened to the words since an index was built, and vectors of words since then."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import Connection, Select, Table, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lexicon.models import (
    DepartedLexeme,
    Lexeme,
    Sense,
    StoreIdentity,
    WordEdition,
    WordVector,
)

_CHUNK = 10_000

EDITIONS = 100
"""Editions that are told apart: whoever looks once a second has missed few."""

LISTED = 1_000
"""Words that are named as changed at most; of more, all may be."""


@dataclass(frozen=True)
class Mark:
    """How far the words of a store have come: the highest lexeme id and number of a departure."""

    store: str
    lexeme: int
    departed: int


def mark(session: Session) -> Mark:
    """Where the store is now. Words are written one writer at a time, so everything up to it is
    there, or has departed."""
    row = session.execute(
        select(
            select(StoreIdentity.id).scalar_subquery(),
            select(func.max(Lexeme.id)).scalar_subquery(),
            select(func.max(DepartedLexeme.number)).scalar_subquery(),
        )
    ).one()
    return Mark(row[0], row[1] or 0, row[2] or 0)


def edition(session: Session) -> str:
    """Which edition of the store's words this is: what was read of concepts, senses and lexemes
    is as it was while this stays, and no two editions are alike."""
    return session.scalar(_NEWEST_EDITION) or ""


def _newest(column: Any) -> Select[Any]:
    return select(column).order_by(WordEdition.number.desc()).limit(1)


_NEWEST_EDITION = _newest(WordEdition.id)


def new_edition(connection: Connection, lemmas: Collection[str] | None = None) -> None:
    """Begin another edition, for whoever holds the lock of those who write words. ``lemmas``: how
    all words are spelt of which anything has changed; None where that is not known."""
    listed = None if lemmas is None or len(lemmas) > LISTED else sorted(lemmas)
    table = cast(Table, WordEdition.__table__)
    made = connection.execute(insert(table).values(id=str(uuid4()), lemmas=listed))
    newest = made.inserted_primary_key
    assert newest is not None
    connection.execute(delete(table).where(table.c.number <= newest[0] - EDITIONS))


def changed_since(session: Session, known: str) -> tuple[str, frozenset[str] | None]:
    """The edition, and how all words are spelt that may have changed since the edition ``known``:
    None where that may be all of them."""
    rows = session.execute(
        select(WordEdition.id, WordEdition.lemmas).order_by(WordEdition.number)
    ).all()
    newest = rows[-1].id if rows else ""
    if newest == known:
        return newest, frozenset()
    places = [place for place, row in enumerate(rows) if row.id == known]
    if not places:
        return newest, None
    lists = [row.lemmas for row in rows[places[0] + 1 :]]
    if None in lists:
        return newest, None
    return newest, frozenset(lemma for some in lists for lemma in some)


def lemmas_of(session: Session, concepts: Collection[int]) -> set[str]:
    """How the words of concepts are spelt, in any language."""
    found: set[str] = set()
    numbers = list(concepts)
    for start in range(0, len(numbers), _CHUNK):
        some = Sense.concept_id.in_(numbers[start : start + _CHUNK])
        found.update(session.scalars(select(Lexeme.lemma).join(Sense).where(some)))
    return found


def was_given(session: Session, lexeme: int) -> bool:
    """Whether a lexeme had this id once: it is there, or it departed."""
    there = select(Lexeme.id).where(Lexeme.id == lexeme).exists()
    gone = select(DepartedLexeme.number).where(DepartedLexeme.lexeme_id == lexeme).exists()
    return bool(session.scalar(select(there | gone)))


def arrivals(session: Session, language: str, after: int, most: int) -> list[tuple[int, str]]:
    """(id, lemma) of the first ``most`` lexemes that came after the id ``after``, by id."""
    rows = session.execute(
        select(Lexeme.id, Lexeme.lemma)
        .where(Lexeme.id > after, Lexeme.language == language)
        .order_by(Lexeme.id)
        .limit(most)
    )
    return [(row.id, row.lemma) for row in rows]


def count_arrivals(session: Session, language: str, after: int) -> int:
    """How many lexemes came after the id ``after``."""
    came = (Lexeme.id > after, Lexeme.language == language)
    return session.scalar(select(func.count()).select_from(Lexeme).where(*came)) or 0


def departures(session: Session, language: str, after: int) -> list[int]:
    """Ids of the lexemes that left after the departure numbered ``after``, ascending."""
    return sorted(
        session.scalars(
            select(DepartedLexeme.lexeme_id).where(
                DepartedLexeme.number > after, DepartedLexeme.language == language
            )
        )
    )


@dataclass(frozen=True)
class StoredVector:
    """A word's vector as it is stored: little-endian float16."""

    digest: str
    covered: bool
    vector: bytes


def word_vectors(
    session: Session, encoder: str, language: str, digests: Sequence[str] | None = None
) -> dict[str, StoredVector]:
    """The stored vectors of an encoder and language by digest: all, or those of ``digests``."""
    columns = (WordVector.digest, WordVector.covered, WordVector.vector)
    mine = (WordVector.encoder == encoder, WordVector.language == language)
    wanted = [None] if digests is None else range(0, len(digests), _CHUNK)
    found = {}
    for start in wanted:
        some = [] if start is None or digests is None else digests[start : start + _CHUNK]
        chosen = mine if start is None else (*mine, WordVector.digest.in_(some))
        for row in session.execute(select(*columns).where(*chosen)):
            found[row.digest] = StoredVector(*row)
    return found


def keep_word_vectors(
    session: Session, encoder: str, language: str, vectors: Iterable[StoredVector]
) -> None:
    """Store vectors that are not stored yet."""
    rows = [{"encoder": encoder, "language": language, **vars(vector)} for vector in vectors]
    if rows:
        build = (
            postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        )
        session.execute(build(WordVector).on_conflict_do_nothing(), rows)


def drop_word_vectors(
    session: Session, encoder: str, language: str, digests: Sequence[str]
) -> None:
    """Forget vectors: a generation has them now."""
    mine = (WordVector.encoder == encoder, WordVector.language == language)
    for start in range(0, len(digests), _CHUNK):
        some = digests[start : start + _CHUNK]
        session.execute(delete(WordVector).where(*mine, WordVector.digest.in_(some)))
