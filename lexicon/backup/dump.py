"""Tables as lines and lines as tables, the same whichever database they come from and go to."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.types import TypeEngine

from lexicon.models import Base, DepartedLexeme, Lexeme, StoreIdentity
from lexicon.moments import in_utc
from lexicon.store import IMMEDIATE

CHUNK = 2_000


@dataclass(frozen=True)
class Stored:
    """A table as the database has it, which may be of an earlier version's schema."""

    table: sa.TableClause
    key: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.table.c.keys())


def stored(connection: Connection) -> list[Stored]:
    """The tables of the lexicon that are there; what a row refers to comes before it."""
    inspector = sa.inspect(connection)
    there = set(inspector.get_table_names())
    return [
        Stored(
            sa.table(
                name,
                *(
                    sa.column(column["name"], column["type"])
                    for column in inspector.get_columns(name)
                ),
            ),
            tuple(inspector.get_pk_constraint(name)["constrained_columns"]),
        )
        for name in (table.name for table in Base.metadata.sorted_tables)
        if name in there
    ]


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the store, whatever others write meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        # SQLite's transaction is a snapshot from its first statement on.
        with connection.begin():
            yield connection


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A transaction in which nobody else writes; others may read what was there before."""
    with (
        engine.connect().execution_options(**{IMMEDIATE: True}) as connection,
        connection.begin(),
    ):
        if engine.dialect.name == "postgresql":
            quoted = engine.dialect.identifier_preparer.quote
            names = ", ".join(quoted(item.name) for item in stored(connection))
            connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
        yield connection


def revision(connection: Connection) -> str:
    return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))


def count(connection: Connection, item: Stored) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(item.table)) or 0)


def holds_rows(connection: Connection) -> bool:
    """Whether there is more than a store's own identity."""
    return any(
        connection.execute(sa.select(sa.literal(1)).select_from(item.table).limit(1)).first()
        for item in stored(connection)
        if item.name != StoreIdentity.__tablename__
    )


def written(connection: Connection, item: Stored) -> Iterator[tuple[bytes, int]]:
    """The table's lines in the order of its key, some at a time, and how many they are."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_as_text).encode
    postgresql = connection.dialect.name == "postgresql"
    order = [
        # By code point, as SQLite orders, whatever the locale of the server.
        column.collate("C") if postgresql and isinstance(column.type, sa.String) else column
        for column in (item.table.c[name] for name in item.key)
    ]
    rows = connection.execute(
        sa.select(*item.table.c).order_by(*order), execution_options={"yield_per": CHUNK}
    )
    for some in rows.partitions():
        yield "".join(f"{encode(list(row))}\n" for row in some).encode(), len(some)


def _as_text(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return in_utc(value).isoformat()
    raise TypeError(f"no column holds a {type(value).__name__}")


def clear(connection: Connection) -> None:
    """Delete every row; those that refer to others first."""
    for item in reversed(stored(connection)):
        connection.execute(sa.delete(item.table))


def load(
    connection: Connection, item: Stored, columns: Sequence[str], lines: Iterable[Any]
) -> Iterator[int]:
    """Insert the lines, some at a time, and say how many those were.

    Raises :class:`ValueError` or :class:`TypeError` for a line that is no row of the table.
    """
    moments = _places(item, columns, sa.DateTime)
    binary = _places(item, columns, sa.LargeBinary)
    insert = _copy if connection.dialect.driver == "psycopg" else _insert
    left = iter(lines)
    while some := list(islice(left, CHUNK)):
        for row in some:
            if not isinstance(row, list) or len(row) != len(columns):
                raise ValueError(f"a line of {item.name} is no row of it")
            for place in moments:
                if row[place] is not None:
                    row[place] = in_utc(datetime.fromisoformat(row[place]))
            for place in binary:
                row[place] = bytes.fromhex(row[place])
        insert(connection, item, columns, some)
        yield len(some)


def _places(item: Stored, columns: Sequence[str], kind: type[TypeEngine[Any]]) -> list[int]:
    return [
        place for place, name in enumerate(columns) if isinstance(item.table.c[name].type, kind)
    ]


def _insert(
    connection: Connection, item: Stored, columns: Sequence[str], rows: list[list[Any]]
) -> None:
    connection.execute(
        sa.insert(item.table), [dict(zip(columns, row, strict=True)) for row in rows]
    )


def _copy(
    connection: Connection, item: Stored, columns: Sequence[str], rows: list[list[Any]]
) -> None:
    """Insert as PostgreSQL likes it best."""
    quoted = connection.dialect.identifier_preparer.quote
    statement = f"COPY {quoted(item.name)} ({', '.join(map(quoted, columns))}) FROM STDIN"
    documents = _places(item, columns, sa.JSON)
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                for place in documents:
                    row[place] = json.dumps(row[place])
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        raise sa.exc.DBAPIError(statement, None, error) from error


def number_on(connection: Connection) -> None:
    """Let new rows have numbers after those that were loaded, and words after those that left.

    A sequence is never set back: it would stay back when the transaction is.
    """
    tables = {item.name: item for item in stored(connection)}
    left = _last_departed(connection, tables)
    if connection.dialect.name != "postgresql":
        if left:
            _number_words_on(connection, left)
        return
    for item in tables.values():
        for name in item.key:
            column = item.table.c[name]
            if len(item.key) > 1 or not isinstance(column.type, sa.Integer):
                continue
            quoted = connection.dialect.identifier_preparer.quote
            sequence = connection.scalar(
                sa.select(sa.func.pg_get_serial_sequence(quoted(item.name), name))
            )
            highest = connection.scalar(sa.select(sa.func.max(column))) or 0
            if item.name == Lexeme.__tablename__:
                highest = max(highest, left)
            if sequence is None or highest < 1:
                continue
            # The function gives the sequence's name quoted where it must be.
            last = connection.exec_driver_sql(f"SELECT last_value FROM {sequence}").scalar_one()
            connection.execute(sa.select(sa.func.setval(sequence, max(highest, last))))


def _last_departed(connection: Connection, tables: Mapping[str, Stored]) -> int:
    item = tables.get(DepartedLexeme.__tablename__)
    if item is None:
        return 0
    return int(connection.scalar(sa.select(sa.func.max(item.table.c.lexeme_id))) or 0)


def _number_words_on(connection: Connection, last: int) -> None:
    """SQLite knows the highest number that is there, but not that a higher one has left."""
    table = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
    words = table.c.name == Lexeme.__tablename__
    held = connection.scalar(sa.select(table.c.seq).where(words))
    if held is None:
        connection.execute(sa.insert(table).values(name=Lexeme.__tablename__, seq=last))
    elif held < last:
        connection.execute(sa.update(table).where(words).values(seq=last))
