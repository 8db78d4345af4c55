"""Merging a stage of concepts into the store, as statements over whole sets.

The same statements run on both databases. What the stage cannot claim (a key that stands twice or
belongs to another source) is marked as rejected first; then concepts, lexemes and senses follow,
each step writing only what differs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from sqlalchemy import (
    Connection,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.sql import ColumnElement

from lexicon.changes import new_edition
from lexicon.formats.reading import Rejected
from lexicon.ingest import staging
from lexicon.ingest.merge_words import WordMerge
from lexicon.ingest.report import Advance, IngestReport
from lexicon.ingest.staging import ADDED, ATTACHED, PENDING, REJECTED, UPDATED
from lexicon.models import Concept, ExternalId, Lexeme, Sense, Source
from lexicon.store import lock

WRITERS = 0x1E71C0
"""PostgreSQL advisory lock of whoever changes words: removing a lexeme that another transaction
is about to use would cascade to its sense. Readers take no lock."""

_concept, _lexeme, _sense, _external = (
    cast(Table, model.__table__) for model in (Concept, Lexeme, Sense, ExternalId)
)
_staged, _forms, _ids = staging.concepts, staging.forms, staging.external
_wanted, _loosened = staging.senses, staging.loosened


def lock_writers(connection: Connection) -> None:
    """Wait until no other transaction changes words (SQLite has one writer anyway). Whoever then
    changes any says which, with :func:`lexicon.changes.new_edition`."""
    lock(connection, WRITERS)


def lock_words(connection: Connection) -> None:
    """:func:`lock_writers` for whoever may change all of them."""
    lock_writers(connection)
    new_edition(connection)


@dataclass
class Merge(WordMerge):
    """One merge of a loaded stage under the source ``source_id``.

    ``replace``: what the source has and the stage has not is retired.
    """

    replace: bool

    def run(self, advance: Advance) -> IngestReport:
        """Merge, and count. Raises what the database raises; the caller's transaction decides."""
        steps = (
            self._reject_repeated,
            self._find_concepts,
            self._write_concepts,
            self._write_external,
            self._write_lexemes,
            self._write_senses,
            self._compare_senses,
            self._retire,
        )
        self.retired = 0
        for number, step in enumerate(steps, start=1):
            step()
            advance("storing", number, len(steps))
        return self._report()

    # Which rows can be taken

    def _reject_repeated(self) -> None:
        given = _staged.c.state.in_((PENDING, ATTACHED))
        repeated = func.count() > 1
        keys = select(_staged.c.key).where(given).group_by(_staged.c.key).having(repeated)
        if self.connection.execute(keys.limit(1)).first() is None:
            return
        first = select(func.min(_staged.c.entry)).where(given).group_by(_staged.c.key)
        self._execute(
            update(_staged)
            .where(given, _staged.c.key.in_(keys), _staged.c.entry.not_in(first))
            .values(state=REJECTED)
        )

    def _find_concepts(self) -> None:
        """By key; else by an external identifier that leads to one concept only."""
        if self.connection.execute(select(_concept.c.id).limit(1)).first() is None:
            return
        unknown = and_(_staged.c.state == PENDING, _staged.c.concept_id.is_(None))
        self._execute(
            update(_staged)
            .where(unknown, _concept.c.key == _staged.c.key)
            .values(concept_id=_concept.c.id)
        )
        self._execute(
            update(_staged)
            .where(
                _staged.c.state == PENDING,
                _concept.c.id == _staged.c.concept_id,
                _concept.c.source_id != self.source_id,
            )
            .values(state=REJECTED)
        )
        if self.connection.execute(select(_ids.c.entry).limit(1)).first() is None:
            return
        led = (
            select(_ids.c.entry, func.min(_external.c.concept_id).label("concept_id"))
            .join(
                _external,
                and_(
                    _external.c.scheme == _ids.c.scheme,
                    _external.c.identifier == _ids.c.identifier,
                ),
            )
            .group_by(_ids.c.entry)
            .having(func.count(func.distinct(_external.c.concept_id)) == 1)
            .subquery()
        )
        self._execute(
            update(_staged)
            .where(unknown, led.c.entry == _staged.c.entry)
            .values(concept_id=led.c.concept_id, state=ATTACHED)
        )

    # Concepts

    def _write_concepts(self) -> None:
        new = and_(_staged.c.state == PENDING, _staged.c.concept_id.is_(None))
        facts = ("key", "gloss", "pos", "field", "unsensed")
        differs = or_(*(_staged.c[name] != _concept.c[name] for name in facts[1:]))
        self._execute(
            update(_staged)
            .where(_staged.c.state == PENDING, _concept.c.id == _staged.c.concept_id, differs)
            .values(state=UPDATED)
        )
        self._execute(
            update(_concept)
            .where(_staged.c.state == UPDATED, _staged.c.concept_id == _concept.c.id)
            .values({name: _staged.c[name] for name in facts[1:]})
        )
        # Numbered here rather than by the table: each need not be looked for by its key then.
        self._execute(
            update(_staged).where(new).values(concept_id=self._next_concept(), state=ADDED)
        )
        added = self._execute(
            insert(_concept).from_select(
                ["id", *facts, "source_id"],
                select(
                    _staged.c.concept_id,
                    *(_staged.c[name] for name in facts),
                    literal(self.source_id),
                )
                .where(_staged.c.state == ADDED)
                .order_by(_staged.c.entry),
            )
        )
        # PostgreSQL knows of no state but the one that all had; it would take it for rare.
        staging.count(self.connection, _staged)
        self._count_anew(_concept, added)

    def _next_concept(self) -> ColumnElement[int]:
        """The id of a staged concept that is new."""
        if self.connection.dialect.name == "postgresql":
            numbers = cast_to(func.pg_get_serial_sequence("concept", "id"), REGCLASS)
            # Within a SELECT, the name is looked up once and not for every row.
            return func.nextval(select(numbers).scalar_subquery())
        last = self.connection.scalar(select(func.max(_concept.c.id))) or 0
        return _staged.c.entry + (last + 1)

    def _write_external(self) -> None:
        owned = _staged.c.state.in_((PENDING, UPDATED))
        kept = exists().where(
            _ids.c.entry == _staged.c.entry,
            _ids.c.scheme == _external.c.scheme,
            _ids.c.identifier == _external.c.identifier,
        )
        gone = (
            select(_staged.c.concept_id, _external.c.scheme, _external.c.identifier)
            .join(_external, _external.c.concept_id == _staged.c.concept_id)
            .where(owned, ~kept)
        )
        named = tuple_(_external.c.concept_id, _external.c.scheme, _external.c.identifier)
        changed = [row.concept_id for row in self.connection.execute(gone.limit(1))]
        if changed:
            self._touch(select(gone.subquery().c.concept_id))
            self._execute(delete(_external).where(named.in_(gone)))
        missing = (
            select(_ids.c.scheme, _ids.c.identifier, _staged.c.concept_id)
            .join(_staged, _staged.c.entry == _ids.c.entry)
            .where(
                _staged.c.state.in_((PENDING, UPDATED, ADDED)),
                ~exists().where(
                    _external.c.scheme == _ids.c.scheme,
                    _external.c.identifier == _ids.c.identifier,
                    _external.c.concept_id == _staged.c.concept_id,
                ),
            )
            .distinct()
        )
        if self.connection.execute(select(_ids.c.entry).limit(1)).first() is not None:
            self._touch(select(missing.subquery().c.concept_id))
            self._execute(
                insert(_external).from_select(["scheme", "identifier", "concept_id"], missing)
            )

    # What is no longer there

    def _retire(self) -> None:
        if self.replace:
            # A rejected row is still a row: a concept is not lost because its line was spoilt.
            # Nor is one that a row has found by an identifier, whatever its key.
            named = _concept.c.key.in_(select(_staged.c.key))
            found = _concept.c.id.in_(select(_wanted.c.concept_id))
            ours = and_(_concept.c.source_id == self.source_id, ~named, ~found)
            gone = select(_concept.c.id).where(ours)
            self.retired = (
                self.connection.scalar(select(func.count()).select_from(gone.subquery())) or 0
            )
            kept = exists().where(
                _wanted.c.concept_id == _sense.c.concept_id,
                _wanted.c.lexeme_id == _sense.c.lexeme_id,
            )
            other = or_(_concept.c.source_id != self.source_id, ~named)
            elsewhere = select(_concept.c.id).where(other)
            mine = _sense.c.source_id == self.source_id
            self._remove_senses(and_(_sense.c.concept_id.in_(gone), mine))
            self.retired += self._remove_senses(
                and_(_sense.c.concept_id.in_(elsewhere), mine, ~kept)
            )
            self._hand_over_or_remove(ours)
        self._remove_orphans()

    def _hand_over_or_remove(self, which: ColumnElement[bool]) -> None:
        """A concept to which another source has added words is that source's from now on."""
        heir = (
            select(func.min(_sense.c.source_id))
            .where(_sense.c.concept_id == _concept.c.id)
            .correlate(_concept)
            .scalar_subquery()
        )
        inherited = exists().where(_sense.c.concept_id == _concept.c.id)
        gone = select(_concept.c.id).where(which, ~inherited)
        self._execute(delete(_external).where(_external.c.concept_id.in_(gone)))
        self._execute(delete(_concept).where(which, ~inherited))
        self._execute(update(_concept).where(which).values(source_id=heir))

    # What happened

    def _report(self) -> IngestReport:
        counted = {
            row.state: row.number
            for row in self.connection.execute(
                select(_staged.c.state, func.count().label("number")).group_by(_staged.c.state)
            )
        }
        return IngestReport(
            added=counted.get(ADDED, 0),
            updated=counted.get(UPDATED, 0),
            unchanged=counted.get(PENDING, 0) + counted.get(ATTACHED, 0),
            retired=self.retired,
            rejects=list(self._rejects()),
        )

    def _rejects(self) -> Iterator[Rejected]:
        for row in self.connection.execute(
            select(_staged.c.line, _staged.c.key, _concept.c.id, Source.name)
            .outerjoin(_concept, _concept.c.id == _staged.c.concept_id)
            .outerjoin(Source, Source.id == _concept.c.source_id)
            .where(_staged.c.state == REJECTED)
            .order_by(_staged.c.entry)
        ):
            reason = f"concept {row.key!r} stands twice; merge the two rows"
            if row.id is not None:
                reason = (
                    f"concept {row.key!r} belongs to the source {row.name!r}; give it another key"
                )
            yield Rejected.of(row.line, reason, row.key)
