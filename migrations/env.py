"""Alembic's entry: migrates the engine it was handed, or the one that LEXICON_* names."""

from alembic import context
from sqlalchemy import Engine

from lexicon.models import Base
from lexicon.settings import load_settings
from lexicon.store import connect


def run() -> None:
    engine: Engine = context.config.attributes.get("engine") or connect(load_settings())
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            # SQLite cannot alter a column in place.
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
