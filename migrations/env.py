"""Alembic's entry: migrates the engine it was handed, or the one that LEXICON_* names."""

from alembic import context
from sqlalchemy import Engine

from lexicon.models import Base
from lexicon.settings import load_settings
from lexicon.store import connect


def run() -> None:
    engine: Engine = context.config.attributes.get("engine") or connect(load_settings())
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # SQLite alters a table by copying and dropping it, and the drop would take along every
            # row that refers to it. Only outside a transaction can that be switched off.
            connection.connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            # SQLite cannot alter a column in place.
            render_as_batch=True,
            compare_type=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            if sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise RuntimeError(f"the migration left a row that refers to none: {broken}")
        if sqlite:
            connection.connection.execute("PRAGMA foreign_keys=ON")


run()
