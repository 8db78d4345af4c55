"""Temporary tables that an import is read into before anything of the store is touched.

They are the connection's own: reading a file locks nobody out, and what is compared with the
store is compared by the database, whatever the size of the file.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Double,
    Integer,
    MetaData,
    String,
    Table,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import Select

from lexicon.entries import ConceptEntry, require_scripts
from lexicon.errors import InvalidInput, StoreUnavailable, UnknownLanguage
from lexicon.formats.reading import Rejected, Row, Skipped
from lexicon.ingest.report import IngestReport
from lexicon.lexemes import spellings
from lexicon.models import RowId, Written
from lexicon.normalize import clean

CHUNK = 2_000
"""Entries on their way from the file to the stage."""

# States of a staged concept. One that is pending and has a concept is compared with it.
# A spoilt one is there for its key alone: its line was rejected as it was read.
PENDING, ADDED, UPDATED, ATTACHED = "pending", "added", "updated", "attached"
REJECTED, SPOILT = "rejected", "spoilt"

stage = MetaData()


def _staged(name: str, *columns: Column[Any]) -> Table:
    return Table(name, stage, *columns, prefixes=["TEMPORARY"])


concepts = _staged(
    "stage_concept",
    # Numbers the entries; one line of a file may hold several.
    Column("entry", RowId, primary_key=True, autoincrement=False),
    Column("line", BigInteger, nullable=False),
    Column("key", Written, nullable=False),
    Column("pos", String(16), nullable=False),
    Column("field", Written, nullable=False),
    Column("gloss", Written, nullable=False),
    Column("unsensed", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("concept_id", BigInteger),
)
forms = _staged(
    "stage_form",
    Column("entry", BigInteger, nullable=False),
    Column("language", String(16), nullable=False),
    Column("lemma", Written, nullable=False),
    Column("pos", String(16), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("frequency", Double),
    # What follows from the lemma: not of the file, so :func:`fill` adds it.
    Column("search_key", Written, nullable=False),
    Column("folded", Written, nullable=False),
    Column("script", String(4), nullable=False),
)
_LEMMA = list(forms.c).index(forms.c.lemma)
external = _staged(
    "stage_external",
    Column("entry", BigInteger, nullable=False),
    Column("scheme", String(32), nullable=False),
    Column("identifier", Written, nullable=False),
)
senses = _staged(
    "stage_sense",
    Column("concept_id", BigInteger, primary_key=True, autoincrement=False),
    Column("lexeme_id", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", BigInteger, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("attached", Boolean, nullable=False),
)
loosened = _staged("stage_loosened", Column("lexeme_id", BigInteger, nullable=False))


def create(connection: Connection, *more: Table) -> None:
    """The stage's tables, empty; they last as long as the connection, or until dropped."""
    drop(connection, *more)
    for table in (*stage.sorted_tables, *more):
        table.create(connection)


def drop(connection: Connection, *more: Table) -> None:
    for table in (*stage.sorted_tables, *more):
        connection.execute(text(f"DROP TABLE IF EXISTS {table.name}"))


@contextmanager
def staging(connection: Connection, *more: Table) -> Iterator[None]:
    """The stage within the caller's transaction: a failure rolls it back with everything else."""
    create(connection, *more)
    yield
    drop(connection, *more)


def load(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Append rows (values in the order of the table's columns) by the database's fastest way."""
    if not rows:
        return
    names = ", ".join(column.name for column in table.columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.name} ({names}) FROM STDIN", rows)
        return
    marks = ", ".join("?" * len(table.columns))
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(rows))


def _copy(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    driver = connection.connection.dbapi_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[union-attr]
            for row in rows:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        # Past SQLAlchemy, and so past what makes errors of the store of others.
        raise StoreUnavailable(
            f"the store failed ({str(error).strip().partition(chr(10))[0]}); nothing was changed; "
            "check LEXICON_DATABASE_URL"
        ) from error


def insert_new(connection: Connection, table: Table, rows: "Select[Any]") -> None:
    """Insert the rows that are not there yet; the columns are named as the table's are."""
    build = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    names = [column.name for column in rows.selected_columns]
    connection.execute(build(table).from_select(names, rows).on_conflict_do_nothing())


class Batch(NamedTuple):
    """Some of a file on its way to the stage: rows by table, and what is no row.

    ``done`` is how many bytes of the file have been read.
    """

    rows: dict[str, list[tuple[Any, ...]]]
    rejects: list[Rejected]
    skipped: int
    done: int


def batches(
    records: Iterable[Row[ConceptEntry] | Rejected | Skipped],
    scripts: Mapping[str, str | None],
    done: Callable[[], int] = lambda: 0,
    size: int | None = None,
) -> Generator[Batch]:
    """Records as rows of the stage.

    ``scripts`` maps the store's languages to the script that their words must have, None for any.
    Raises :class:`UnknownLanguage` for a language that is not among them.
    """
    strict = {code: script for code, script in scripts.items() if script is not None}
    rows, rejects, skipped, number, taken = _empty(), list[Rejected](), 0, 0, 0
    for record in records:
        taken += 1
        if isinstance(record, Rejected):
            rejects.append(record)
            number += _keep(rows, number, record)
        elif isinstance(record, Skipped):
            skipped += 1
        else:
            line, entry = record
            for language in entry.forms:
                if language not in scripts:
                    raise UnknownLanguage(language, sorted(scripts))
            try:
                if strict:
                    require_scripts(entry, strict)
            except InvalidInput as error:
                shown = " | ".join(chain([entry.key], *entry.forms.values()))
                rejects.append(Rejected.of(line, error, shown, entry.key))
                number += _keep(rows, number, rejects[-1])
            else:
                _take(rows, number, line, entry)
                number += 1
        if taken >= (size or CHUNK):
            yield Batch(rows, rejects, skipped, done())
            rows, rejects, skipped, taken = _empty(), [], 0, 0
    yield Batch(rows, rejects, skipped, done())


def _empty() -> dict[str, list[tuple[Any, ...]]]:
    return {table.name: [] for table in (concepts, forms, external)}


def _take(
    rows: dict[str, list[tuple[Any, ...]]], number: int, line: int, entry: ConceptEntry
) -> None:
    pos = entry.pos
    rows["stage_concept"].append(
        (number, line, entry.key, pos, entry.field, entry.gloss, entry.unsensed, PENDING, None)
    )
    frequency = entry.frequencies.get
    add = rows["stage_form"].append
    for language, lemmas in entry.forms.items():
        for rank, lemma in enumerate(lemmas):
            zipf = frequency((language, lemma))
            add((number, language, lemma, pos, rank, zipf))
    for scheme, identifiers in entry.external.items():
        rows["stage_external"] += [(number, scheme, identifier) for identifier in identifiers]


def _keep(rows: dict[str, list[tuple[Any, ...]]], number: int, spoilt: Rejected) -> int:
    """Note that the file has the concept, though not how; returns how many notes that took."""
    try:
        key = clean(spoilt.key)
    except InvalidInput:
        return 0
    rows["stage_concept"].append((number, spoilt.line, key, "x", "", "", False, SPOILT, None))
    return 1


def fill(
    connection: Connection,
    found: Iterable[Batch],
    advance: Callable[[int], None] = lambda _bytes: None,
    tables: Mapping[str, Table] = stage.tables,
) -> IngestReport:
    """Load batches; what cannot be an entry is reported."""
    report = IngestReport()
    for batch in found:
        for name, rows in batch.rows.items():
            if name == forms.name:
                # Here, because the process that reads the file has more to do than this one.
                rows = [(*row, *spellings(row[_LEMMA])) for row in rows]
            load(connection, tables[name], rows)
        report.rejects += batch.rejects
        report.skipped += batch.skipped
        advance(batch.done)
    return report


def count(connection: Connection, *tables: Table) -> None:
    """Tell PostgreSQL what its tables hold by now; it plans for tiny ones otherwise."""
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.execute(text(f"ANALYZE {table.name}"))
