"""Every test of the store runs on both databases."""

from pathlib import Path

import pytest

from lexicon import store
from lexicon.ingest import staging
from lexicon.settings import Settings
from tests.conftest import fill
from tests.lexicon.importing import seed


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a home that does not exist yet; PostgreSQL is at the current schema."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    return Settings(home=tmp_path / "home", encoder="axis", database_url=url)


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
