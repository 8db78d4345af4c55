"""Every test of the store runs on both databases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

from lexicon import store
from lexicon.ingest import staging
from lexicon.settings import Settings
from tests.conftest import fill
from tests.lexicon.importing import seed
from tests.postgres import Databases


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a home that does not exist yet; PostgreSQL is at the current schema."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    return Settings(home=tmp_path / "home", encoder="axis", database_url=url)


@pytest.fixture(params=["sqlite", "postgresql"])
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an existing home whose database has no table."""
    (tmp_path / "home").mkdir()
    if request.param == "sqlite":
        yield Settings(home=tmp_path / "home", encoder="axis")
        return
    databases: Databases = request.getfixturevalue("databases")
    name = databases.empty()
    url = databases.url(name)
    yield Settings(home=tmp_path / "home", encoder="axis", database_url=url)
    databases.drop(name)


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Engine]]:
    """The engines that the test makes. They are disposed of with it: a server's connection that
    the collector finds open is a warning in some later test."""
    made: list[Engine] = []

    def recorded(*arguments: Any, **options: Any) -> Engine:
        made.append(create_engine(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(store, "create_engine", recorded)
    yield made
    for engine in made:
        engine.dispose()


@pytest.fixture
def seeded(sessions: store.Sessions) -> store.Sessions:
    """A store that knows the first languages and has no word."""
    return seed(sessions)


@pytest.fixture
def filled(sessions: store.Sessions) -> store.Sessions:
    """The tiny lexicon under the source ``tiny``."""
    fill(sessions)
    return sessions


@pytest.fixture(params=[1, 2, 500])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Sizes that cut the four concepts one by one, in two pairs and not at all."""
    size: int = request.param
    monkeypatch.setattr(staging, "CHUNK", size)
    return size
