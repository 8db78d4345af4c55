"""Homes that a command finds through ``LEXICON_HOME``."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.service import LexiconService
from lexicon.settings import Settings
from tests.cli.tiny import copied, make
from tests.conftest import AxisEncoder


@pytest.fixture(scope="session")
def tiny_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read it, never write to it."""
    return make(tmp_path_factory.mktemp("tiny") / "home")


@pytest.fixture
def service(tiny_home: Path, settings: Settings, axis: AxisEncoder) -> Iterator[LexiconService]:
    """The tiny lexicon with an index per language under ``axis``."""
    with copied(tiny_home, settings) as service:
        yield service


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """No table is folded."""
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def tiny(service: LexiconService, monkeypatch: pytest.MonkeyPatch) -> LexiconService:
    """The tiny lexicon is what commands work on; ``axis`` answers by default."""
    monkeypatch.setenv("LEXICON_HOME", str(service.settings.home))
    monkeypatch.setenv("LEXICON_ENCODER", "axis")
    return service


@pytest.fixture
def bundled(bundled_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bundled lexicon is what commands read."""
    monkeypatch.setenv("LEXICON_HOME", str(bundled_home))
    return bundled_home


@pytest.fixture
def owned(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the bundled lexicon is what commands work on."""
    monkeypatch.setenv("LEXICON_HOME", str(own_home))
    return own_home
