"""Homes that benchmarks may write to."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.build import build
from indexer.encoders.registry import open_encoder
from indexer.generations.folder import Generations
from lexicon import bundled, migrate, store
from lexicon.settings import Settings


@contextmanager
def home(ready: Path | None) -> Iterator[Path]:
    """A copy of a ready home, or a new one with the bundled lexicon, until the block is left."""
    with tempfile.TemporaryDirectory() as name:
        made = Path(name, "home")
        if ready:
            shutil.copytree(ready, made)
        else:
            prepare(made)
        yield made


def prepare(home: Path) -> None:
    """The bundled lexicon and its embedded indices, as ``lexicon init`` makes them."""
    settings = Settings(home=home)
    store.make_home(settings)
    engine = store.connect(settings)
    migrate.upgrade(engine)
    engine.dispose()
    sessions = store.open_store(settings)
    bundled.load(sessions)
    build(sessions, Generations(settings.indices), open_encoder("embedded", settings))
    sessions.kw["bind"].dispose()
