"""Stores and indices made once: read in place, or copied for the tests that write."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from indexer.build import build
from indexer.service import LexiconService
from lexicon import migrate, store
from lexicon.settings import Settings
from tests.conftest import AxisEncoder, fill
from tests.indexer.worlds import register


@pytest.fixture(scope="session")
def _empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = Settings(home=tmp_path_factory.mktemp("empty") / "home")
    store.make_home(settings)
    engine = store.connect(settings)
    migrate.upgrade(engine)
    engine.dispose()
    return settings.home


@pytest.fixture(scope="session")
def _tiny_home(_empty_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = Settings(home=tmp_path_factory.mktemp("tiny") / "home", encoder="axis")
    shutil.copytree(_empty_home, settings.home)
    sessions = store.open_store(settings)
    fill(sessions)
    build(sessions, LexiconService(settings, sessions).generations, AxisEncoder())
    engine_of(sessions).dispose()
    return settings.home


def engine_of(sessions: store.Sessions) -> Engine:
    engine = sessions.kw["bind"]
    assert isinstance(engine, Engine)
    return engine


@pytest.fixture
def sessions(
    settings: Settings, request: pytest.FixtureRequest, _empty_home: Path, _tiny_home: Path
) -> Iterator[store.Sessions]:
    """As the shared fixture of this name, copied instead of migrated; with the tiny world and its
    indices in it where the test asks for ``service`` as well."""
    made = _tiny_home if "service" in request.fixturenames else _empty_home
    shutil.copytree(made, settings.home, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    sessions = store.open_store(settings)
    yield sessions
    engine_of(sessions).dispose()


@pytest.fixture
def service(settings: Settings, sessions: store.Sessions, axis: AxisEncoder) -> LexiconService:
    """As the shared fixture of this name."""
    return LexiconService(settings, sessions)


@pytest.fixture(scope="session")
def _tiny(_tiny_home: Path) -> Iterator[LexiconService]:
    settings = Settings(home=_tiny_home, encoder="axis")
    service = LexiconService(settings, store.open_store(settings))
    with pytest.MonkeyPatch.context() as patch:
        register(patch, AxisEncoder())
        service.encoder(None)
    yield service
    engine_of(service.sessions).dispose()


@pytest.fixture
def tiny_axis(_tiny: LexiconService) -> AxisEncoder:
    """The encoder of ``tiny``, its count of encoded texts at 0."""
    encoder = _tiny.encoder(None)
    assert isinstance(encoder, AxisEncoder)
    encoder.encoded = 0
    return encoder


@pytest.fixture
def tiny(_tiny: LexiconService, tiny_axis: AxisEncoder) -> LexiconService:
    """The same world as ``service``, shared: read it, never write to it."""
    return _tiny
