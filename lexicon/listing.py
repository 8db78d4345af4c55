"""Pages of concepts by key: each costs a fixed number of statements, however deep it lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from lexicon import browse
from lexicon.entries import ConceptEntry
from lexicon.errors import UnknownConcept
from lexicon.models import Concept, ExternalId, Lexeme, Sense, Source
from lexicon.normalize import search_key
from lexicon.queries import languages, require_language

FEW = 2_000
"""Rows that are gathered and sorted for a page. Where more fit a condition, one that walks along
the order of the page meets them soon enough."""


@dataclass(frozen=True)
class ConceptFilter:
    """Which concepts are listed; ``prefix`` begins a word, of ``language`` if that is named."""

    language: str | None = None
    field: str | None = None
    pos: str | None = None
    prefix: str = ""
    source: str | None = None


@dataclass(frozen=True)
class StoredConcept:
    """A concept with the name of its source; forms by rank, everything else in order."""

    key: str
    pos: str
    field: str
    gloss: str
    unsensed: bool
    source: str
    forms: dict[str, tuple[str, ...]]
    external: dict[str, tuple[str, ...]]

    def entry(self) -> ConceptEntry:
        """What it says, without where it is from."""
        return ConceptEntry(
            self.key, self.pos, self.field, self.gloss, self.forms, self.external, self.unsensed
        )


@dataclass(frozen=True)
class ConceptPage:
    """``next`` is the key behind which the next page begins, None on the last."""

    concepts: list[StoredConcept]
    next: str | None


_COLUMNS = (
    Concept.id,
    Concept.key,
    Concept.pos,
    Concept.field,
    Concept.gloss,
    Concept.unsensed,
    Concept.source_id,
)


def list_concepts(
    session: Session, wanted: ConceptFilter, limit: int = 50, after: str = ""
) -> ConceptPage:
    """At most ``limit`` concepts by key, beginning behind the key ``after``.

    Raises :class:`UnknownLanguage` or :class:`UnknownSource`.
    """
    rows = session.execute(
        select(*_COLUMNS)
        .where(Concept.key > after, *_conditions(session, wanted))
        .order_by(Concept.key)
        .limit(limit + 1)
    ).all()
    shown = rows[:limit]
    return ConceptPage(_with_words(session, shown), shown[-1].key if len(rows) > limit else None)


def stored_concept(session: Session, key: str) -> StoredConcept:
    """The concept with this key, or :class:`UnknownConcept`."""
    rows = session.execute(select(*_COLUMNS).where(Concept.key == key)).all()
    found = _with_words(session, rows)
    if not found:
        raise UnknownConcept(key[:100], "list the keys with: GET /v1/concepts")
    return found[0]


def _conditions(session: Session, wanted: ConceptFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.source is not None:
        source = browse.require_source(session, wanted.source).id
        own = Concept.source_id == source
        few = is_few(session, select(Concept.id).where(own))
        found.append(own if few else Concept.source_id + 0 == source)
    if wanted.field is not None:
        found.append(of_field(wanted.field, has_few_concepts(session, wanted.field)))
    if wanted.pos is not None:
        found.append(Concept.pos == wanted.pos)
    if wanted.language is not None:
        require_language(session, wanted.language)
    if wanted.language is not None or search_key(wanted.prefix):
        codes = [wanted.language] if wanted.language is not None else languages(session)
        said = (Lexeme.language.in_(codes), *begins(wanted.prefix, True))
        if is_few(session, select(Lexeme.id).where(*said)):
            ids = select(Sense.concept_id).join(Lexeme, Lexeme.id == Sense.lexeme_id)
            found.append(Concept.id.in_(ids.where(*said)))
        else:
            found.append(
                select(Sense.concept_id)
                .join(Lexeme, Lexeme.id == Sense.lexeme_id)
                .where(
                    Sense.concept_id == Concept.id,
                    unindexed(Lexeme.language).in_(codes),
                    *begins(wanted.prefix, False),
                )
                .exists()
            )
    return found


def is_few(session: Session, some: Select[Any]) -> bool:
    """Whether a statement has at most :data:`FEW` rows; it is read no further."""
    counted = select(func.count()).select_from(some.limit(FEW + 1).subquery())
    return (session.scalar(counted) or 0) <= FEW


def has_few_concepts(session: Session, field: str) -> bool:
    """Whether a field is so small that its concepts can be gathered."""
    return is_few(session, select(Concept.id).where(Concept.field == field))


def of_field(field: str, indexed: bool) -> ColumnElement[bool]:
    """The condition that a concept is of the field."""
    return (Concept.field if indexed else unindexed(Concept.field)) == field


def begins(prefix: str, indexed: bool) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a word begins with ``prefix``, compared by search key."""
    start = search_key(prefix)
    if not start:
        return ()
    column = Lexeme.search_key if indexed else unindexed(Lexeme.search_key)
    # The last code point: no key that begins with the prefix comes after it.
    return (column >= start, column < start + chr(0x10FFFF))


def unindexed(column: Any) -> ColumnElement[str]:
    """A column of text as no index has it: SQLite, which keeps no statistics, would otherwise
    fetch and sort all the rows of a field that half of the store is in."""
    return func.coalesce(column, "")


def _with_words(session: Session, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[StoredConcept]:
    """The concepts of these rows; those whose words were removed since are left out."""
    ids = [row.id for row in rows]
    names = dict(
        session.execute(
            select(Source.id, Source.name).where(Source.id.in_({row.source_id for row in rows}))
        ).all()
    )
    forms: dict[int, dict[str, list[str]]] = {number: {} for number in ids}
    for sense in session.execute(
        select(Sense.concept_id, Lexeme.language, Lexeme.lemma)
        .join(Lexeme, Lexeme.id == Sense.lexeme_id)
        .where(Sense.concept_id.in_(ids))
        .order_by(Sense.concept_id, Sense.rank, Lexeme.lemma, Lexeme.pos)
    ):
        forms[sense.concept_id].setdefault(sense.language, []).append(sense.lemma)
    external: dict[int, dict[str, list[str]]] = {number: {} for number in ids}
    for one in session.execute(
        select(ExternalId.concept_id, ExternalId.scheme, ExternalId.identifier).where(
            ExternalId.concept_id.in_(ids)
        )
    ):
        external[one.concept_id].setdefault(one.scheme, []).append(one.identifier)
    return [
        StoredConcept(
            row.key,
            row.pos,
            row.field,
            row.gloss,
            row.unsensed,
            names.get(row.source_id, ""),
            # Codes are sorted here, because no two databases need agree on how.
            {code: tuple(dict.fromkeys(lemmas)) for code, lemmas in sorted(forms[row.id].items())},
            {name: tuple(sorted(some)) for name, some in sorted(external[row.id].items())},
        )
        for row in rows
        if forms[row.id]
    ]
