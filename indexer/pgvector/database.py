"""The schema of the index generations in PostgreSQL, and connections that know its vectors."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import cast

import psycopg
from pgvector.psycopg import register_vector
from psycopg import Connection
from psycopg.errors import UndefinedTable
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from lexicon.errors import IndexBusy, InvalidSettings, StoreUnavailable
from lexicon.store import BUSY_TIMEOUT_MS

SCHEMA = "lexicon_vectors"
"""Of its own: Alembic describes the store, of which indices are a cache."""

OLDEST = (0, 8)
"""The pgvector that reads on where an index has given too few."""

_KNOWN = "lexicon_vectors"
_TABLES = f"""
CREATE SCHEMA IF NOT EXISTS {SCHEMA};
CREATE TABLE IF NOT EXISTS {SCHEMA}.generation (
    identity text, language text, generation text,
    manifest bytea,
    PRIMARY KEY (identity, language, generation)
);
CREATE TABLE IF NOT EXISTS {SCHEMA}.file (
    identity text, language text, generation text, name text, part int,
    content bytea NOT NULL,
    PRIMARY KEY (identity, language, generation, name, part),
    FOREIGN KEY (identity, language, generation) REFERENCES {SCHEMA}.generation ON DELETE CASCADE
);
ALTER TABLE {SCHEMA}.file ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE TABLE IF NOT EXISTS {SCHEMA}.live (
    identity text, language text, generation text NOT NULL, manifest_sha256 text NOT NULL,
    PRIMARY KEY (identity, language)
);
"""


class Database:
    """Connections of the store's engine, each transaction read or written as a whole."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that changes nothing. A table that is not there is ``UndefinedTable``;
        whatever else the server does is :class:`StoreUnavailable`."""
        pooled = None
        try:
            pooled = self.engine.raw_connection()
            connection = cast("Connection", pooled.driver_connection)
            if not pooled.info.get(_KNOWN):
                _prepare(connection, str(self.engine.url.database))
                pooled.info[_KNOWN] = True
            yield connection
        except UndefinedTable:
            raise
        except (psycopg.Error, DBAPIError, PoolTimeout) as error:
            if pooled is not None and pooled.driver_connection is not None and connection.closed:
                # The others of the pool have lost the same server.
                pooled.invalidate()
                self.engine.dispose()
            why = str(error).strip().partition("\n")[0]
            raise StoreUnavailable(
                f"the indices in PostgreSQL cannot be used ({why}); check LEXICON_DATABASE_URL"
            ) from error
        finally:
            if pooled is not None:
                # Which rolls back what has not been committed.
                pooled.close()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: everything that happens in it is kept, or nothing is."""
        with self.reading() as connection:
            yield connection
            connection.commit()

    def create(self) -> None:
        """Make sure that the schema is there; two that start together must not both make it."""
        with self.writing() as connection:
            found = connection.execute("SELECT to_regclass(%s)", [f"{SCHEMA}.live"]).fetchone()
            if found is not None and found[0] is None:
                connection.execute("SELECT pg_advisory_xact_lock(%s)", [number(SCHEMA)])
                connection.execute(_TABLES)

    @contextmanager
    def builder(self, identity: str, patience: float) -> Iterator[Connection]:
        """A connection that alone may build for an encoder; a second one is :class:`IndexBusy`.

        The lock ends with the connection, so what is published is written on it.
        """
        until = time.monotonic() + patience
        key = number(f"{SCHEMA} {identity}")
        with self.reading() as connection:
            while True:
                row = connection.execute("SELECT pg_try_advisory_lock(%s)", [key]).fetchone()
                # An open transaction would keep the server from clearing up for hours.
                connection.commit()
                if row is not None and row[0]:
                    break
                if time.monotonic() >= until:
                    raise IndexBusy(
                        f"another process is building the indices of {identity}; wait for it to end"
                    )
                time.sleep(0.1)
            try:
                yield connection
            finally:
                with suppress(psycopg.Error):
                    connection.rollback()
                    connection.execute("SELECT pg_advisory_unlock(%s)", [key])
                    connection.commit()


def wait_no_longer(connection: Connection) -> None:
    """Let the transaction wait for other people's locks as long as any writer does."""
    connection.execute(f"SET LOCAL lock_timeout = {BUSY_TIMEOUT_MS}")


def number(name: str) -> int:
    """The number of an advisory lock."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)


def _prepare(connection: Connection, database: str) -> None:
    """Teach a new connection what a vector is."""
    row = connection.execute(
        "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
    ).fetchone()
    if row is None:
        raise InvalidSettings(
            f"LEXICON_VECTOR_BACKEND=pgvector: the database {database!r} has no pgvector; "
            "run in it, as an owner: CREATE EXTENSION vector"
        )
    version = tuple(int(part) for part in str(row[0]).split(".")[:2])
    if version < OLDEST:
        raise InvalidSettings(
            f"LEXICON_VECTOR_BACKEND=pgvector: pgvector {row[0]} is older than 0.8; "
            "install a newer one and run: ALTER EXTENSION vector UPDATE"
        )
    register_vector(connection)
    connection.rollback()
