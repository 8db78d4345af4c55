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
    false,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.sql import ColumnElement, Select

from lexicon.formats.reading import Rejected
from lexicon.ingest import staging
from lexicon.ingest.report import Advance, IngestReport
from lexicon.ingest.staging import ADDED, ATTACHED, PENDING, REJECTED, UPDATED
from lexicon.models import Concept, ExternalId, Lexeme, Sense, Source

WRITERS = 0x1E71C0
"""PostgreSQL advisory lock of whoever changes words: removing a lexeme that another transaction
is about to use would cascade to its sense. Readers take no lock."""

_concept, _lexeme, _sense, _external = (
    cast(Table, model.__table__) for model in (Concept, Lexeme, Sense, ExternalId)
)
_staged, _forms, _ids = staging.concepts, staging.forms, staging.external
_wanted, _loosened = staging.senses, staging.loosened


def lock_words(connection: Connection) -> None:
    """Wait until no other transaction changes words (SQLite has one writer anyway)."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(WRITERS)))


@dataclass
class Merge:
    """One merge of a loaded stage under the source ``source_id``.

    ``replace``: what the source has and the stage has not is retired.
    """

    connection: Connection
    source_id: int
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
        first = select(func.min(_staged.c.entry)).group_by(_staged.c.key)
        twice = first.having(func.count() > 1)
        if self.connection.execute(twice.limit(1)).first() is None:
            return
        keys = select(_staged.c.key).group_by(_staged.c.key).having(func.count() > 1)
        self._execute(
            update(_staged)
            .where(_staged.c.key.in_(keys), _staged.c.entry.not_in(first))
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
        added = self._execute(
            insert(_concept).from_select(
                [*facts, "source_id"],
                select(*(_staged.c[name] for name in facts), literal(self.source_id))
                .where(new)
                .order_by(_staged.c.entry),
            )
        )
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
        if added:
            self._execute(
                update(_staged)
                .where(new, _concept.c.key == _staged.c.key)
                .values(concept_id=_concept.c.id, state=ADDED)
            )

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

    def _touch(self, concept_ids: "Select[int]") -> None:
        """What differs in more than its facts has been updated too."""
        self._execute(
            update(_staged)
            .where(_staged.c.state == PENDING, _staged.c.concept_id.in_(concept_ids))
            .values(state=UPDATED)
        )

    # Words

    def _write_lexemes(self) -> None:
        taken = _forms.c.entry == _staged.c.entry, _staged.c.state != REJECTED
        identity = _forms.c.language, _forms.c.lemma, _forms.c.pos
        derived = (
            func.min(_forms.c.search_key),
            func.min(_forms.c.folded),
            func.min(_forms.c.script),
            func.max(_forms.c.frequency),
        )
        known = exists().where(*(_lexeme.c[column.name] == column for column in identity))
        # In the order of the index that they go into: a third of the time of any other.
        self._execute(
            insert(_lexeme).from_select(
                ["language", "lemma", "pos", "search_key", "folded", "script", "frequency"],
                select(*identity, *derived)
                .where(*taken, ~known)
                .group_by(*identity)
                .order_by(*identity),
            )
        )
        counted = _forms.c.frequency.is_not(None)
        if self.connection.execute(select(_forms.c.entry).where(counted).limit(1)).first():
            self._execute(
                update(_lexeme)
                .where(
                    *(_lexeme.c[column.name] == column for column in identity),
                    counted,
                    or_(_lexeme.c.frequency.is_(None), _lexeme.c.frequency != _forms.c.frequency),
                )
                .values(frequency=_forms.c.frequency)
            )

    def _senses_of(self, *states: str) -> "Select[int, int, int, int]":
        """(concept, lexeme, entry, rank) of the staged concepts in one of ``states``."""
        return (
            select(_staged.c.concept_id, _lexeme.c.id, _staged.c.entry, _forms.c.rank)
            .select_from(_forms)
            .join(_staged, _staged.c.entry == _forms.c.entry)
            .join(
                _lexeme,
                and_(
                    _lexeme.c.language == _forms.c.language,
                    _lexeme.c.lemma == _forms.c.lemma,
                    _lexeme.c.pos == _forms.c.pos,
                ),
            )
            .where(_staged.c.state.in_(states))
        )

    def _write_senses(self) -> None:
        """Those of new concepts: there is nothing to compare them with."""
        new = self._senses_of(ADDED).subquery()
        self._execute(
            insert(_sense).from_select(
                ["concept_id", "lexeme_id", "rank", "source_id"],
                select(new.c.concept_id, new.c.id, new.c.rank, literal(self.source_id)),
            )
        )

    def _compare_senses(self) -> None:
        """Those of concepts that were there, ours or another source's."""
        there = select(_staged.c.entry).where(_staged.c.state.in_((PENDING, UPDATED, ATTACHED)))
        if self.connection.execute(there.limit(1)).first() is None:
            return
        for states, attached in (((PENDING, UPDATED), False), ((ATTACHED,), True)):
            found = self._senses_of(*states).subquery()
            staging.insert_new(
                self.connection,
                _wanted,
                select(
                    found.c.concept_id,
                    found.c.id.label("lexeme_id"),
                    found.c.entry,
                    found.c.rank,
                    literal(attached).label("attached"),
                ).where(true()),
            )
        if self.connection.execute(select(_wanted.c.entry).limit(1)).first() is None:
            return
        if self.connection.dialect.name == "postgresql":
            self._execute(text("ANALYZE stage_sense"))
        same = and_(
            _wanted.c.concept_id == _sense.c.concept_id, _wanted.c.lexeme_id == _sense.c.lexeme_id
        )
        ours = _sense.c.source_id == self.source_id
        described = select(_staged.c.concept_id).where(_staged.c.state.in_((PENDING, UPDATED)))
        self._remove_senses(
            and_(_sense.c.concept_id.in_(described), ours, ~exists().where(same)), touch=True
        )
        moved = and_(
            same, _wanted.c.attached == false(), or_(_sense.c.rank != _wanted.c.rank, ~ours)
        )
        self._touch(select(_wanted.c.concept_id).join(_sense, same).where(moved))
        self._execute(
            update(_sense).where(moved).values(rank=_wanted.c.rank, source_id=self.source_id)
        )
        missing = ~exists().where(same)
        self._touch(select(_wanted.c.concept_id).where(missing, _wanted.c.attached == false()))
        self._execute(
            update(_staged)
            .where(
                _staged.c.state == ATTACHED,
                _staged.c.entry.in_(
                    select(_wanted.c.entry).where(missing, _wanted.c.attached == true())
                ),
            )
            .values(state=ADDED)
        )
        self._execute(
            insert(_sense).from_select(
                ["concept_id", "lexeme_id", "rank", "source_id"],
                select(
                    _wanted.c.concept_id, _wanted.c.lexeme_id, self._rank(),
                    literal(self.source_id),
                ).where(missing),
            )
        )  # fmt: skip

    @staticmethod
    def _rank() -> ColumnElement[int]:
        """Attached words come after those that the concept has in their language."""
        own, other = _lexeme.alias(), _lexeme.alias()
        last = (
            select(func.coalesce(func.max(_sense.c.rank), -1) + 1)
            .join(other, other.c.id == _sense.c.lexeme_id)
            .where(
                _sense.c.concept_id == _wanted.c.concept_id,
                other.c.language
                == select(own.c.language)
                .where(own.c.id == _wanted.c.lexeme_id)
                .correlate(_wanted)
                .scalar_subquery(),
            )
            .correlate(_wanted)
            .scalar_subquery()
        )
        return _wanted.c.rank + func.coalesce(
            select(last).where(_wanted.c.attached == true()).correlate(_wanted).scalar_subquery(),
            0,
        )

    def _remove_senses(self, which: ColumnElement[bool], touch: bool = False) -> int:
        """Remove senses, noting the words that may have lost their last one."""
        if (
            self.connection.execute(select(_sense.c.lexeme_id).where(which).limit(1)).first()
            is None
        ):
            return 0
        if touch:
            self._touch(select(_sense.c.concept_id).where(which))
        self._execute(
            insert(_loosened).from_select(
                ["lexeme_id"], select(_sense.c.lexeme_id).where(which).distinct()
            )
        )
        return self._execute(delete(_sense).where(which))

    # What is no longer there

    def _retire(self) -> None:
        if self.replace:
            # A rejected row is still a row: a concept is not lost because its line was spoilt.
            named = select(_staged.c.key)
            ours = and_(_concept.c.source_id == self.source_id, _concept.c.key.not_in(named))
            gone = select(_concept.c.id).where(ours)
            self.retired = (
                self.connection.scalar(select(func.count()).select_from(gone.subquery())) or 0
            )
            kept = exists().where(
                _wanted.c.concept_id == _sense.c.concept_id,
                _wanted.c.lexeme_id == _sense.c.lexeme_id,
            )
            elsewhere = select(_concept.c.id).where(_concept.c.source_id != self.source_id)
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

    def _remove_orphans(self) -> None:
        self._execute(
            delete(_lexeme).where(
                _lexeme.c.id.in_(select(_loosened.c.lexeme_id)),
                ~exists().where(_sense.c.lexeme_id == _lexeme.c.id),
            )
        )

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

    def _execute(self, statement: object) -> int:
        return self.connection.execute(statement).rowcount  # type: ignore[call-overload, no-any-return]
