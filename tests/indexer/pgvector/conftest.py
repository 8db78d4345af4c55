"""Databases in which generations are kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from indexer.pgvector.database import SCHEMA
from indexer.pgvector.generations import PgGenerations
from tests.postgres import Databases, add_vectors


@pytest.fixture(scope="module")
def url(databases: Databases) -> Iterator[str]:
    """A database for all tests of a module, which leave no schema of vectors behind."""
    name = databases.migrated()
    yield add_vectors(databases.url(name))
    databases.drop(name)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = create_engine(url)
    yield made
    with made.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
    made.dispose()


@pytest.fixture
def generations(engine: Engine, tmp_path: Path) -> PgGenerations:
    return PgGenerations(engine, tmp_path / "staging")
