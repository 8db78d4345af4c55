"""The stage of sentence pairs, and the statements that merge it into the store."""

from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)

from lexicon.formats.reading import Rejected
from lexicon.ingest.report import IngestReport
from lexicon.models import NliPrediction, RowId, SentencePair, Written
from lexicon.store import lock as advisory_lock

# What a staged pair does to the stored pair of the same identity.
SAME, RELABELLED, REWRITTEN = 0, 1, 2

# Two imports of pairs wait for each other; imports of words do not wait for them.
_LOCK = 7_302_114

stage = Table(
    "stage_pair",
    MetaData(),
    # Numbers the pairs; one line of a file may hold several.
    Column("entry", RowId, primary_key=True, autoincrement=False),
    Column("line", BigInteger, nullable=False),
    Column("key", Written, nullable=False),
    Column("premise_language", String(16), nullable=False),
    Column("hypothesis_language", String(16), nullable=False),
    Column("premise", Written, nullable=False),
    Column("hypothesis", Written, nullable=False),
    Column("label", String(16)),
    Column("pair_id", BigInteger),
    Column("change", Integer),
    prefixes=["TEMPORARY"],
)
_by_identity = ("premise_language", "hypothesis_language", "key")
_texts = ("premise", "hypothesis")
_facts = (*_texts, "label")

pairs = cast(Table, SentencePair.__table__)
predictions = cast(Table, NliPrediction.__table__)


def reject_repeated(connection: Connection) -> list[Rejected]:
    """Take out of the stage every pair whose identity an earlier one has, and say so of each."""
    window: dict[str, Any] = {
        "partition_by": [stage.c[name] for name in _by_identity],
        "order_by": stage.c.entry,
    }
    ranked = select(
        stage.c.entry,
        stage.c.line,
        stage.c.key,
        *(stage.c[name] for name in _texts),
        func.row_number().over(**window).label("place"),
        func.first_value(stage.c.line).over(**window).label("first"),
    ).subquery()
    repeated = connection.execute(
        select(ranked).where(ranked.c.place > 1).order_by(ranked.c.entry)
    ).all()
    if repeated:
        numbers = select(ranked.c.entry).where(ranked.c.place > 1)
        connection.execute(delete(stage).where(stage.c.entry.in_(numbers)))
    return [
        Rejected.of(
            row.line,
            f"the key {row.key!r} stands in line {row.first} already",
            f"{row.premise}\t{row.hypothesis}",
        )
        for row in repeated
    ]


def lock(connection: Connection) -> None:
    """Let no other import of pairs begin to merge before this transaction ends."""
    advisory_lock(connection, _LOCK)


def merge(
    connection: Connection,
    dataset: str,
    split: str,
    source: int,
    retired: Collection[tuple[str, str]],
    report: IngestReport,
) -> None:
    """Make the store hold what is staged, and count it in ``report``.

    Of the languages ``retired``, the data set's pairs that are not staged go.
    """
    staged = connection.scalar(select(func.count()).select_from(stage)) or 0
    _compare(connection, dataset, split)
    if retired:
        report.retired = _retire(connection, dataset, split, retired)
    rewritten = select(stage.c.pair_id).where(stage.c.change == REWRITTEN)
    # A prediction is of a text; under another label it is as true as before.
    connection.execute(delete(predictions).where(predictions.c.pair_id.in_(rewritten)))
    report.updated = connection.execute(
        update(pairs)
        .where(stage.c.pair_id == pairs.c.id, stage.c.change > SAME)
        .values({name: stage.c[name] for name in _facts} | {"source_id": source})
    ).rowcount
    columns = (*_by_identity, *_facts)
    report.added = connection.execute(
        insert(pairs).from_select(
            [*columns, "dataset", "split", "source_id"],
            select(
                *(stage.c[name] for name in columns),
                literal(dataset),
                literal(split),
                literal(source),
            )
            .where(stage.c.pair_id.is_(None))
            .order_by(stage.c.entry),
        ),
        execution_options={"preserve_rowcount": True},
    ).rowcount
    report.unchanged = staged - report.added - report.updated


def _compare(connection: Connection, dataset: str, split: str) -> None:
    """Find the stored pair of each staged one, and what differs."""
    _analyse(connection, stage)
    _analyse(connection, pairs)
    held = select(pairs.c.id).where(
        pairs.c.dataset == dataset,
        pairs.c.split == split,
        *(pairs.c[name] == stage.c[name] for name in _by_identity),
    )
    # Looked up row by row through the index of identities: SQLite knows no sizes, and would
    # rather compare every staged row with every stored one.
    connection.execute(update(stage).values(pair_id=held.scalar_subquery()))
    change = select(
        case(
            (or_(*(pairs.c[name] != stage.c[name] for name in _texts)), REWRITTEN),
            (pairs.c.label.is_distinct_from(stage.c.label), RELABELLED),
            else_=SAME,
        )
    ).where(pairs.c.id == stage.c.pair_id)
    connection.execute(
        update(stage).where(stage.c.pair_id.is_not(None)).values(change=change.scalar_subquery())
    )
    _analyse(connection, stage)


def _analyse(connection: Connection, table: Table) -> None:
    # PostgreSQL goes by what it last counted: a table that was empty then, or a column that held
    # nothing, and it compares every row of one table with every row of the other.
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE {table.name}"))


def languages(connection: Connection) -> set[tuple[str, str]]:
    """(premise language, hypothesis language) of all that is staged."""
    rows = connection.execute(
        select(stage.c.premise_language, stage.c.hypothesis_language).distinct()
    )
    return {(row.premise_language, row.hypothesis_language) for row in rows}


def _retire(
    connection: Connection, dataset: str, split: str, of: Collection[tuple[str, str]]
) -> int:
    # The predictions of what is retired go with it.
    connection.execute(text(f"CREATE INDEX ix_stage_pair ON {stage.name} (pair_id)"))
    return connection.execute(
        delete(pairs).where(
            pairs.c.dataset == dataset,
            pairs.c.split == split,
            or_(
                *(
                    and_(
                        pairs.c.premise_language == premise,
                        pairs.c.hypothesis_language == hypothesis,
                    )
                    for premise, hypothesis in of
                )
            ),
            ~exists().where(stage.c.pair_id == pairs.c.id),
        )
    ).rowcount
