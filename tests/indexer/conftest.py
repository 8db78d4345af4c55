"""The tiny world once for all tests that only read it."""

from collections.abc import Iterator

import pytest

from indexer.build import build
from indexer.service import LexiconService
from lexicon import migrate, store
from lexicon.settings import Settings
from tests.conftest import AxisEncoder, fill
from tests.indexer.worlds import register


@pytest.fixture(scope="session")
def _tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LexiconService]:
    settings = Settings(home=tmp_path_factory.mktemp("tiny") / "home", encoder="axis")
    store.make_home(settings)
    engine = store.connect(settings)
    migrate.upgrade(engine)
    sessions = store.open_store(settings)
    fill(sessions)
    service = LexiconService(settings, sessions)
    with pytest.MonkeyPatch.context() as patch:
        build(sessions, service.generations, register(patch, AxisEncoder()))
        service.encoder(None)
    yield service
    engine.dispose()


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
