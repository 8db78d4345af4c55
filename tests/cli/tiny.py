"""The tiny lexicon, built once a session and copied for each test: most tests need one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.build import build
from indexer.generations.folder import Generations
from indexer.service import LexiconService
from lexicon import migrate, store
from lexicon.settings import Settings
from tests.conftest import AxisEncoder, fill


def make(home: Path) -> Path:
    """A home with the tiny lexicon and its indices under ``axis``."""
    settings = Settings(home=home, encoder="axis")
    store.make_home(settings)
    engine = store.connect(settings)
    migrate.upgrade(engine)
    sessions = store.open_store(settings)
    fill(sessions)
    build(sessions, Generations(settings.indices), AxisEncoder())
    for used in (engine, sessions.kw["bind"]):
        used.dispose()
    return home


@contextmanager
def copied(home: Path, settings: Settings) -> Iterator[LexiconService]:
    """A service on a copy of ``home`` where ``settings`` want it."""
    shutil.copytree(home, settings.home)
    service = LexiconService(settings, store.open_store(settings))
    yield service
    service.sessions.kw["bind"].dispose()
