"""Alembic's entry: migrates the engine it was handed, or the one that LEXICON_* names."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection, Engine

from lexicon.models import Base
from lexicon.settings import load_settings
from lexicon.store import IMMEDIATE, connect, lock

MIGRATORS = 0x1E71C2
"""PostgreSQL advisory lock of whoever migrates: two that start together must not both create the
tables. SQLite's own write lock does the same."""


@contextmanager
def tables_may_be_recreated(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by copying and dropping it, and the drop would take along every row
    that refers to it. Only outside a transaction can that be switched off."""
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.connection.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.connection.execute("PRAGMA foreign_keys=ON")


def check_references(connection: Connection) -> None:
    """What SQLite did not check while it was switched off."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(f"the migration left a row that refers to none: {broken}")


def run() -> None:
    engine: Engine = context.config.attributes.get("engine") or connect(load_settings())
    # Locked before it looks: two that start together must not both decide to create the tables.
    with (
        engine.connect().execution_options(**{IMMEDIATE: True}) as connection,
        tables_may_be_recreated(connection),
    ):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            # SQLite cannot alter a column in place.
            render_as_batch=True,
            compare_type=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            lock(connection, MIGRATORS)
            context.run_migrations()
            check_references(connection)


run()
