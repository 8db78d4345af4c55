"""The words and senses of a merge, as statements over whole sets."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import (
    Connection,
    Select,
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
    true,
    update,
)
from sqlalchemy.sql import ColumnElement

from lexicon.ingest import staging
from lexicon.ingest.staging import ADDED, ATTACHED, PENDING, REJECTED, UPDATED
from lexicon.lexemes import remove_lexemes
from lexicon.models import Lexeme, Sense

_lexeme, _sense = (cast(Table, model.__table__) for model in (Lexeme, Sense))
_staged, _forms = staging.concepts, staging.forms
_wanted, _loosened = staging.senses, staging.loosened

MANY = 10_000
"""Rows after which PostgreSQL must count a table anew: its own count comes a minute late, and until
then it would search a table of a million rows as if it were still empty."""


@dataclass
class WordMerge:
    """The part of a merge that brings in words, once the stage knows its concepts."""

    connection: Connection
    source_id: int

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
        # In the order of the index that they go into, so that it grows at its end.
        added = self._execute(
            insert(_lexeme).from_select(
                ["language", "lemma", "pos", "search_key", "folded", "script", "frequency"],
                select(*identity, *derived)
                .where(*taken, ~known)
                .group_by(*identity)
                .order_by(*identity),
            )
        )
        self._count_anew(_lexeme, added)
        counted = _forms.c.frequency.is_not(None)
        if self.connection.execute(select(_forms.c.entry).where(counted).limit(1)).first():
            # Of several the highest, as above: the same file must say the same each time.
            said = select(*identity, func.max(_forms.c.frequency).label("frequency"))
            said_of = said.where(*taken, counted).group_by(*identity).subquery().c
            self._execute(
                update(_lexeme)
                .where(
                    *(_lexeme.c[column.name] == said_of[column.name] for column in identity),
                    or_(_lexeme.c.frequency.is_(None), _lexeme.c.frequency != said_of.frequency),
                )
                .values(frequency=said_of.frequency)
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
        added = self._execute(
            insert(_sense).from_select(
                ["concept_id", "lexeme_id", "rank", "source_id"],
                select(new.c.concept_id, new.c.id, new.c.rank, literal(self.source_id)),
            )
        )
        self._count_anew(_sense, added)

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
        staging.count(self.connection, _wanted)
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

    def _remove_orphans(self) -> None:
        remove_lexemes(
            self.connection,
            and_(
                _lexeme.c.id.in_(select(_loosened.c.lexeme_id)),
                ~exists().where(_sense.c.lexeme_id == _lexeme.c.id),
            ),
        )

    def _touch(self, concept_ids: "Select[int]") -> None:
        """What differs in more than its facts has been updated too."""
        self._execute(
            update(_staged)
            .where(_staged.c.state == PENDING, _staged.c.concept_id.in_(concept_ids))
            .values(state=UPDATED)
        )

    def _count_anew(self, table: Table, added: int) -> None:
        if added > MANY:
            staging.count(self.connection, table)

    def _execute(self, statement: object) -> int:
        # Without being asked to, SQLAlchemy forgets how many rows an INSERT … SELECT made.
        options = {"preserve_rowcount": True}
        return self.connection.execute(statement, execution_options=options).rowcount  # type: ignore[call-overload, no-any-return]
