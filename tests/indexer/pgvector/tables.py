"""Small generations in PostgreSQL, and the tables that they lie in."""

import numpy as np
import psycopg
from sqlalchemy import Engine, text

from indexer.generations.manifest import Manifest
from indexer.pgvector.database import SCHEMA
from indexer.pgvector.generations import PgGenerations
from indexer.pgvector.table import name_of
from tests.indexer.indices.generating import half
from tests.indexer.publishing import spec_of

DIM = 4
SPEC = spec_of(DIM)
IDENTITY = SPEC.identity
ROWS = half(np.random.default_rng(3).standard_normal((50, DIM)))


def change(engine: Engine, statement: str, **values: object) -> None:
    with engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount


def run(engine: Engine, statement: str) -> None:
    """A statement as a client sends it, percent signs and all."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        driver.execute(statement.encode())
        driver.commit()


def tables(engine: Engine) -> set[str]:
    """The tables of vectors that are there."""
    with engine.connect() as connection:
        rows = connection.execute(
            text(f"SELECT tablename FROM pg_tables WHERE schemaname = '{SCHEMA}'")
        )
        return {row[0] for row in rows if row[0].startswith("v_")}


def table_of(manifest: Manifest) -> str:
    return name_of(manifest.identity, manifest.language, manifest.generation)


def live_of(generations: PgGenerations, language: str = "en") -> str:
    live = generations.live(IDENTITY, language)
    assert live is not None
    return live.generation
