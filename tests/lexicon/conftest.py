"""Every test of the store runs on both databases."""

from pathlib import Path

import pytest

from lexicon.settings import Settings


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a home that does not exist yet; PostgreSQL is at the current schema."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    return Settings(home=tmp_path / "home", encoder="axis", database_url=url)
