"""Dictionaries of word pairs: to which concept does a pair belong?

A pair says that two words translate each other, not in which sense. It joins a concept only where
there is nothing to guess:

1. The two words share a concept already: the pair says nothing new.
2. The English word (or, without English, the first) has exactly one sense in the store: the other
   word joins that concept.
3. Else the other word has exactly one: the English word joins that concept.
4. Else the pair becomes a concept of its own, flagged unsensed.

Senses that this very source brought earlier and unsensed concepts do not count as senses, so the
same file leads to the same concepts again. With a part of speech, only senses of it count.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    and_,
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

from lexicon.entries import ConceptEntry, require_scripts
from lexicon.errors import InvalidInput
from lexicon.formats.muse import WordPair
from lexicon.formats.reading import Rejected, Row
from lexicon.ingest import staging
from lexicon.ingest.staging import ATTACHED, CHUNK, PENDING, Batch
from lexicon.lexemes import spellings
from lexicon.models import Concept, Lexeme, RowId, Sense, Written

_concept, _lexeme, _sense = (cast(Table, model.__table__) for model in (Concept, Lexeme, Sense))

# States of a staged pair.
REPEATED, OWN, KNOWN, JOINS_FIRST, JOINS_SECOND = "repeated", "own", "known", "first", "second"

_meta = MetaData()
_SIDE = ("lemma", "key", "folded", "script")
pairs = Table(
    "stage_pair",
    _meta,
    Column("entry", RowId, primary_key=True, autoincrement=False),
    Column("line", BigInteger, nullable=False),
    *(Column(f"first_{name}", Written, nullable=False) for name in _SIDE),
    *(Column(f"second_{name}", Written, nullable=False) for name in _SIDE),
    Column("concept_key", Written, nullable=False),
    Column("state", String(16), nullable=False),
    Column("concept_id", BigInteger),
    prefixes=["TEMPORARY"],
)
anchors = Table(
    "stage_anchor",
    _meta,
    Column("entry", BigInteger, nullable=False),
    Column("side", Integer, nullable=False),
    Column("concept_id", BigInteger, nullable=False),
    Column("lexeme_id", BigInteger, nullable=False),
    Column("ours", Boolean, nullable=False),
    Column("unsensed", Boolean, nullable=False),
    prefixes=["TEMPORARY"],
)


tables = {table.name: table for table in _meta.sorted_tables}


def batches(
    records: Iterable[Row[WordPair] | Rejected],
    languages: tuple[str, str],
    scripts: Mapping[str, str | None],
    done: Callable[[], int] = lambda: 0,
) -> Generator[Batch]:
    """Pairs as rows of their stage."""
    first, second = languages
    strict = {code: script for code in languages if (script := scripts[code]) is not None}
    rows: list[tuple[Any, ...]] = []
    rejects: list[Rejected] = []
    number = 0
    for record in records:
        if isinstance(record, Rejected):
            rejects.append(record)
        else:
            line, pair = record
            try:
                if strict:
                    require_scripts(_as_entry(pair, languages), strict)
            except InvalidInput as error:
                rejects.append(Rejected.of(line, error, "\t".join(pair)))
            else:
                key = f"pair.{first}.{pair.first}.{second}.{pair.second}"
                rows.append(
                    (
                        number,
                        line,
                        pair.first,
                        *spellings(pair.first),
                        pair.second,
                        *spellings(pair.second),
                        key,
                        PENDING,
                        None,
                    )
                )
                number += 1
        if len(rows) + len(rejects) >= CHUNK:
            yield Batch({pairs.name: rows}, rejects, 0, done())
            rows, rejects = [], []
    yield Batch({pairs.name: rows}, rejects, 0, done())


def _as_entry(pair: WordPair, languages: tuple[str, str]) -> ConceptEntry:
    forms: dict[str, tuple[str, ...]] = {languages[0]: (pair.first,)}
    forms[languages[1]] = (pair.second,)
    return ConceptEntry("pair", "x", "unsensed", "pair", forms)


class Resolution:
    """Turns the stage of pairs into a stage of concepts, by the rules above."""

    def __init__(
        self, connection: Connection, source_id: int, languages: tuple[str, str], pos: str
    ) -> None:
        self.connection = connection
        self.source_id = source_id
        self.languages = languages
        self.pos = pos

    def run(self) -> int:
        """Fill the stage of concepts; returns how many pairs say nothing new."""
        self._mark_repeated()
        self._find_anchors()
        self._mark_known()
        for side in (1, 2) if self.languages[1] != "en" else (2, 1):
            self._join(side)
        self._stage_concepts()
        return (
            self.connection.scalar(select(func.count()).where(pairs.c.state.in_((REPEATED, KNOWN))))
            or 0
        )

    def _mark_repeated(self) -> None:
        first = select(func.min(pairs.c.entry)).group_by(pairs.c.first_lemma, pairs.c.second_lemma)
        self._set(pairs.c.entry.not_in(first), REPEATED)
        # What this source made of the pair before stays its own.
        own = exists().where(
            _concept.c.key == pairs.c.concept_key, _concept.c.source_id == self.source_id
        )
        self._set(and_(pairs.c.state == PENDING, own), OWN)

    def _find_anchors(self) -> None:
        for side, language in enumerate(self.languages, start=1):
            key = pairs.c.first_key if side == 1 else pairs.c.second_key
            found = (
                select(
                    pairs.c.entry,
                    literal(side),
                    _concept.c.id,
                    _lexeme.c.id,
                    _sense.c.source_id == self.source_id,
                    _concept.c.unsensed,
                )
                .join(_lexeme, and_(_lexeme.c.language == language, _lexeme.c.search_key == key))
                .join(_sense, _sense.c.lexeme_id == _lexeme.c.id)
                .join(_concept, _concept.c.id == _sense.c.concept_id)
                .where(pairs.c.state == PENDING)
            )
            if self.pos != "x":
                found = found.where(_concept.c.pos == self.pos)
            names = ["entry", "side", "concept_id", "lexeme_id", "ours", "unsensed"]
            self.connection.execute(insert(anchors).from_select(names, found))

    def _mark_known(self) -> None:
        one, other = anchors.alias(), anchors.alias()
        same = and_(
            one.c.entry == other.c.entry,
            one.c.concept_id == other.c.concept_id,
            one.c.side == 1,
            other.c.side == 2,
            # What other pairs of this source have brought together does not keep itself there.
            or_(one.c.ours == false(), other.c.ours == false()),
        )
        shared = select(one.c.entry).join(other, same)
        self._set(and_(pairs.c.state == PENDING, pairs.c.entry.in_(shared)), KNOWN)
        # What this source had added to a shared concept is still wanted.
        for end in (one, other):
            staging.insert_new(
                self.connection,
                staging.senses,
                select(
                    end.c.concept_id,
                    end.c.lexeme_id,
                    func.min(end.c.entry).label("entry"),
                    literal(0).label("rank"),
                    true().label("attached"),
                )
                .select_from(one)
                .join(other, same)
                .where(end.c.ours)
                .group_by(end.c.concept_id, end.c.lexeme_id),
            )

    def _join(self, side: int) -> None:
        """The pairs whose word on this side has one sense; the word of the other side joins it."""
        only = (
            select(anchors.c.entry, func.min(anchors.c.concept_id).label("concept_id"))
            .where(anchors.c.side == side, anchors.c.ours == false(), anchors.c.unsensed == false())
            .group_by(anchors.c.entry)
            .having(func.count(func.distinct(anchors.c.concept_id)) == 1)
            .subquery()
        )
        joins = JOINS_SECOND if side == 1 else JOINS_FIRST
        self.connection.execute(
            update(pairs)
            .where(pairs.c.state == PENDING, pairs.c.entry == only.c.entry)
            .values(state=joins, concept_id=only.c.concept_id)
        )

    def _stage_concepts(self) -> None:
        joins = pairs.c.state.in_((JOINS_FIRST, JOINS_SECOND))
        alone = pairs.c.state.in_((PENDING, OWN))
        names = ["entry", "line", "key", "pos", "field", "gloss", "unsensed", "state", "concept_id"]
        head = pairs.c.entry, pairs.c.line, pairs.c.concept_key
        gloss = pairs.c.first_lemma + " = " + pairs.c.second_lemma
        made = select(
            *head, literal(self.pos), literal("unsensed"), gloss, true(), literal(PENDING),
            literal(None, BigInteger),
        ).where(alone)  # fmt: skip
        joined = select(
            *head, _concept.c.pos, _concept.c.field, _concept.c.gloss, false(), literal(ATTACHED),
            _concept.c.id,
        ).join(_concept, _concept.c.id == pairs.c.concept_id).where(joins)  # fmt: skip
        for rows in (made, joined):
            self.connection.execute(insert(staging.concepts).from_select(names, rows))
        names = ["entry", "language", "lemma", "search_key", "folded", "script", "pos", "rank"]
        for side, language, state in (
            ("first", self.languages[0], JOINS_FIRST),
            ("second", self.languages[1], JOINS_SECOND),
        ):
            word = [pairs.c[f"{side}_{name}"] for name in _SIDE]
            self.connection.execute(
                insert(staging.forms).from_select(
                    names,
                    select(
                        pairs.c.entry, literal(language), *word, staging.concepts.c.pos, literal(0)
                    )
                    .join(staging.concepts, staging.concepts.c.entry == pairs.c.entry)
                    .where(or_(alone, pairs.c.state == state)),
                )
            )

    def _set(self, which: Any, state: str) -> None:
        self.connection.execute(update(pairs).where(which).values(state=state))
