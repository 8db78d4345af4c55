"""Reading the lexicon itself: concepts, words by how they begin, sources."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby

from sqlalchemy import Select, bindparam, func, select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from lexicon.entries import ConceptEntry, require_pos
from lexicon.errors import UnknownConcept, UnknownSource
from lexicon.models import Concept, ExternalId, Lexeme, Sense, Source
from lexicon.normalize import search_key
from lexicon.queries import concept_senses, languages, lexemes_matching, senses_of, source, sources

_CHUNK = 10_000
"""Rows that a stream fetches at a time."""


def concept_entries(
    session: Session,
    source: str | None = None,
    field: str | None = None,
    languages: Sequence[str] | None = None,
) -> Generator[ConceptEntry]:
    """All concepts with their words, by field and key, streamed; or those of a source or field,
    or with the words of some languages only. Who stops early closes it before the session."""
    chosen = []
    if source is not None:
        named = select(Source.id).where(Source.name == source).scalar_subquery()
        chosen.append(Concept.source_id == named)
    if field is not None:
        chosen.append(Concept.field == field)
    rows = session.execute(
        select(
            Concept.id,
            Concept.key,
            Concept.pos,
            Concept.field,
            Concept.gloss,
            Concept.unsensed,
            Lexeme.language,
            Lexeme.lemma,
            Lexeme.frequency,
        )
        .join(Sense, Sense.concept_id == Concept.id)
        .join(Lexeme, Lexeme.id == Sense.lexeme_id)
        .where(*chosen, Lexeme.language.in_(languages) if languages else true())
        .order_by(Concept.field, Concept.key, Lexeme.language, Sense.rank, Lexeme.lemma)
        .execution_options(yield_per=_CHUNK)
    )
    identified = _ExternalIds(session, chosen)
    # A cursor that is open on a server stays so until it is read to its end or closed.
    with rows, identified.rows:
        for _, senses in groupby(rows, key=lambda row: row.id):
            forms: dict[str, list[str]] = {}
            frequencies = {}
            for row in senses:
                forms.setdefault(row.language, []).append(row.lemma)
                if row.frequency is not None:
                    frequencies[row.language, row.lemma] = row.frequency
            yield ConceptEntry(
                row.key,
                row.pos,
                row.field,
                row.gloss,
                {language: tuple(lemmas) for language, lemmas in forms.items()},
                identified.of(row.field, row.key),
                row.unsensed,
                frequencies,
            )


class _ExternalIds:
    """Identifiers of concepts that are asked for in the order of :func:`concept_entries`."""

    def __init__(self, session: Session, chosen: Sequence[ColumnElement[bool]]) -> None:
        self.rows = session.execute(
            select(Concept.field, Concept.key, ExternalId.scheme, ExternalId.identifier)
            .join(Concept, Concept.id == ExternalId.concept_id)
            .where(*chosen)
            .order_by(Concept.field, Concept.key, ExternalId.scheme, ExternalId.identifier)
            .execution_options(yield_per=_CHUNK)
        )
        self._groups = groupby(self.rows, key=lambda row: (row.field, row.key))
        self._next = next(self._groups, None)

    def of(self, field: str, key: str) -> dict[str, tuple[str, ...]]:
        # Those of concepts that have no word in the chosen languages are passed over.
        while self._next is not None and self._next[0] < (field, key):
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != (field, key):
            return {}
        found: dict[str, list[str]] = {}
        for row in self._next[1]:
            found.setdefault(row.scheme, []).append(row.identifier)
        return {scheme: tuple(ids) for scheme, ids in found.items()}


def concept_entry(session: Session, key: str) -> ConceptEntry:
    """One concept with its words, or :class:`UnknownConcept`."""
    senses = concept_senses(session, key)
    concept = session.get(Concept, senses[0].concept_id)
    if concept is None:  # removed since: each statement on a server sees the store of its moment
        raise UnknownConcept(key, "list the keys with: lexicon words export")
    forms: dict[str, list[str]] = {}
    for sense in senses:
        forms.setdefault(sense.language, []).append(sense.lemma)
    external: dict[str, list[str]] = {}
    for row in session.scalars(select(ExternalId).where(ExternalId.concept_id == concept.id)):
        external.setdefault(row.scheme, []).append(row.identifier)
    return ConceptEntry(
        key,
        concept.pos,
        concept.field,
        concept.gloss,
        {language: tuple(lemmas) for language, lemmas in forms.items()},
        {scheme: tuple(sorted(ids)) for scheme, ids in external.items()},
        concept.unsensed,
    )


@dataclass(frozen=True)
class FoundWord:
    """A word that a browser of the lexicon meets, with the concepts that it expresses."""

    lexeme_id: int
    language: str
    lemma: str
    pos: str
    concepts: tuple[tuple[str, str], ...]
    """(key, gloss) by rank."""


def find_words(
    session: Session,
    prefix: str = "",
    language: str | None = None,
    pos: str | None = None,
    field: str | None = None,
    limit: int = 50,
) -> list[FoundWord]:
    """Words whose search key begins with that of ``prefix``, by language and search key."""
    if pos is not None:
        require_pos(pos)
    start = search_key(prefix)
    # The last code point: no key that begins with the prefix comes after it.
    asked = {"start": start, "end": start + chr(0x10FFFF), "pos": pos, "field": field}
    statement = _words_by_prefix(pos is not None, field is not None)
    found: list[FoundWord] = []
    for code in [language] if language else languages(session):
        rows = session.execute(
            statement, {**asked, "language": code, "most": limit - len(found)}
        ).all()
        for (number, lemma, kind), senses in groupby(rows, key=lambda row: row[:3]):
            # A word without a concept (of the field) is a row too.
            concepts = ((row.key, row.gloss) for row in senses if row.key is not None)
            found.append(FoundWord(number, code, lemma, kind, tuple(concepts)))
        if len(found) >= limit:
            break
    return found


@cache
def _words_by_prefix(by_pos: bool, by_field: bool) -> Select[int, str, str, str, str]:
    """Words with their concepts, a row for each; kept, because making it takes as long as asking.

    One statement: a browser asks at each letter that is typed.
    """
    chosen = [
        Lexeme.language == bindparam("language"),
        Lexeme.search_key >= bindparam("start"),
        Lexeme.search_key < bindparam("end"),
    ]
    if by_pos:
        chosen.append(Lexeme.pos == bindparam("pos"))
    wanted = Concept.id == Sense.concept_id
    if by_field:
        wanted &= Concept.field == bindparam("field")
        chosen.append(
            select(Sense.lexeme_id)
            .join(Concept, wanted)
            .where(Sense.lexeme_id == Lexeme.id)
            .exists()
        )
    words = (
        select(Lexeme.id, Lexeme.search_key, Lexeme.lemma, Lexeme.pos)
        .where(*chosen)
        .order_by(Lexeme.search_key, Lexeme.lemma, Lexeme.pos)
        .limit(bindparam("most"))
        .subquery()
    )
    return (
        select(words.c.id, words.c.lemma, words.c.pos, Concept.key, Concept.gloss)
        .outerjoin(Sense, Sense.lexeme_id == words.c.id)
        .outerjoin(Concept, wanted)
        .order_by(
            words.c.search_key, words.c.lemma, words.c.pos,
            Concept.unsensed, Sense.rank, Concept.key,
        )
    )  # fmt: skip


def concepts_of_word(session: Session, text: str, codes: Sequence[str]) -> list[ConceptEntry]:
    """The concepts that a word of one of the languages expresses, or the one whose key it is."""
    ids = [row.id for code in codes for row in lexemes_matching(session, code, text)]
    keys = dict.fromkeys(sense.key for sense in senses_of(session, ids))
    if session.scalar(select(Concept.id).where(Concept.key == text)) is not None:
        keys = dict.fromkeys([text, *keys])
    return [concept_entry(session, key) for key in keys]


@dataclass(frozen=True)
class SourceCounts:
    """A source and how much of the store is from it."""

    name: str
    licence: str
    version: str
    updated_at: datetime
    concepts: int
    senses: int


def source_counts(session: Session) -> list[SourceCounts]:
    """Every source by name."""
    concepts = dict(
        session.execute(select(Concept.source_id, func.count()).group_by(Concept.source_id)).all()
    )
    senses = dict(
        session.execute(select(Sense.source_id, func.count()).group_by(Sense.source_id)).all()
    )
    return [
        SourceCounts(
            one.name,
            one.licence,
            one.version,
            one.updated_at,
            concepts.get(one.id, 0),
            senses.get(one.id, 0),
        )
        for one in sources(session)
    ]


def require_source(session: Session, name: str) -> Source:
    """The source called ``name``, or :class:`UnknownSource` naming the known ones."""
    found = source(session, name)
    if found is None:
        known = ", ".join(one.name for one in sources(session)) or "none"
        raise UnknownSource(name, known)
    return found
