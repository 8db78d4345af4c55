"""Shared worlds: a tiny lexicon whose answers can be counted by hand, and the real one."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, create_engine

from indexer.build import build
from indexer.encoders import registry
from indexer.encoders.protocol import Encoded, EncoderSpec
from indexer.service import LexiconService
from indexer.vectors import unit_rows
from lexicon import migrate, store
from lexicon.entries import ConceptEntry, checked
from lexicon.errors import InvalidInput
from lexicon.ingest.report import SourceEntry
from lexicon.ingest.words import replace_source, seed_languages
from lexicon.settings import Settings
from tests.postgres import Databases, server

# What tests run with it by themselves is not its maker's business either.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

# Four axes: water, river bank, money bank, to run.
_AXES = {
    "en": {"water": [1, 0, 0, 0], "bank": [0, 1, 1, 0], "shore": [0, 1, 0, 0], "run": [0, 0, 0, 1]},
    "fr": {
        "eau": [1, 0, 0, 0],
        "rive": [0, 1, 0, 0],
        "banque": [0, 0, 1, 0],
        "courir": [0, 0, 0, 1],
    },
    "kn": {
        "ನೀರು": [1, 0, 0, 0],
        "ಜಲ": [1, 0, 0, 0],
        "ದಡ": [0, 1, 0, 0],
        "ಬ್ಯಾಂಕ್": [0, 0, 1, 0],
        "ಓಡು": [0, 0, 0, 1],
    },
}

TINY: tuple[ConceptEntry, ...] = (
    checked(
        "water.noun.1",
        "noun",
        "water",
        "clear liquid",
        {"en": "water", "fr": "eau", "kn": "ನೀರು|ಜಲ"},
    ),
    checked(
        "bank.noun.1",
        "noun",
        "landscape",
        "land beside a river",
        {"en": "bank|shore", "fr": "rive", "kn": "ದಡ"},
    ),
    checked(
        "bank.noun.2",
        "noun",
        "money",
        "house that keeps money",
        {"en": "bank", "fr": "banque", "kn": "ಬ್ಯಾಂಕ್"},
    ),
    checked(
        "run.verb.1",
        "verb",
        "motion",
        "to move fast on foot",
        {"en": "run", "fr": "courir", "kn": "ಓಡು"},
    ),
)
"""Four concepts in English, French and Kannada; Hindi has no word."""


class AxisEncoder:
    """Every vector can be read off ``_AXES``; a text that is not there lies between all axes.

    Counts the texts that it was asked to encode.
    """

    spec = EncoderSpec(
        name="axis",
        model_id="tests/axis",
        revision="1",
        layer=0,
        pooling="none",
        post_processing="none",
        normaliser_version=1,
        precision="fp32",
        dim=4,
        max_length=1_000,
    )

    def __init__(
        self,
        table: Mapping[str, Mapping[str, Sequence[float]]] | None = None,
        **changes: object,
    ) -> None:
        self.table = table or _AXES
        self.spec = replace(self.spec, **changes)  # type: ignore[arg-type]
        self.encoded = 0

    def encode(self, texts: Sequence[str], language: str | None = None) -> Encoded:
        if "" in texts:
            raise InvalidInput("empty text ''")
        self.encoded += len(texts)
        known = self.table.get(language or "", {})
        rows = np.array([known.get(text, [1] * self.spec.dim) for text in texts], dtype=np.float32)
        return Encoded(
            unit_rows(rows.reshape(len(texts), self.spec.dim), "axis"),
            np.array([text in known for text in texts], dtype=np.bool_),
            np.zeros(len(texts), dtype=np.bool_),
        )


@pytest.fixture(autouse=True)
def no_lexicon_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own LEXICON_* must not reach a test."""
    for name in [name for name in os.environ if name.startswith("LEXICON_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def stores_end_with_tests(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections that a test leaves are closed, rather than found by the collector in another."""
    made: list[Engine] = []

    def remembered(*arguments: Any, **said: Any) -> Engine:
        made.append(create_engine(*arguments, **said))
        return made[-1]

    monkeypatch.setattr(store, "create_engine", remembered)
    yield
    for engine in made:
        engine.dispose()


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Databases of a PostgreSQL server."""
    # Not in pytest's folder: the server runs as a user of its own, which a second run locks out.
    with TemporaryDirectory() as name, server(Path(name, "server")) as url:
        made = Databases(url, Path(name))
        yield made
        made.close()


@pytest.fixture
def postgres_url(databases: Databases) -> Iterator[str]:
    """A PostgreSQL database at the current schema."""
    name = databases.migrated()
    yield databases.url(name)
    databases.drop(name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a home that does not exist yet; its default encoder is ``axis``."""
    return Settings(home=tmp_path / "home", encoder="axis")


@pytest.fixture
def sessions(settings: Settings) -> Iterator[store.Sessions]:
    """An empty store at the current schema."""
    store.make_home(settings)
    engine = store.connect(settings)
    migrate.upgrade(engine)
    opened = store.open_store(settings)
    yield opened
    opened.kw["bind"].dispose()
    engine.dispose()


def fill(sessions: store.Sessions, entries: Sequence[ConceptEntry] = TINY) -> None:
    """Make the store hold ``entries`` under the source ``tiny``."""
    with store.writing(sessions) as session:
        seed_languages(session)
        replace_source(session, SourceEntry("tiny", "CC0-1.0", "1", "-"), entries)


@pytest.fixture
def axis(monkeypatch: pytest.MonkeyPatch) -> AxisEncoder:
    """The encoder that the registry gives for ``axis``."""
    encoder = AxisEncoder()
    monkeypatch.setitem(registry.NAMED, "axis", lambda _settings: encoder)
    return encoder


@pytest.fixture
def service(settings: Settings, sessions: store.Sessions, axis: AxisEncoder) -> LexiconService:
    """The tiny lexicon with an index per language under ``axis``."""
    fill(sessions)
    made = LexiconService(settings, sessions)
    build(sessions, made.generations, axis)
    axis.encoded = 0
    return made


@pytest.fixture(scope="session")
def bundled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home made by ``lexicon init`` with the bundled lexicon. Read it, never write to it."""
    from cli import opened
    from cli.init import init

    home = tmp_path_factory.mktemp("bundled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEXICON_HOME", str(home))
        init()
    opened.close()
    return home


@pytest.fixture
def own_home(bundled_home: Path, tmp_path: Path) -> Path:
    """A copy of the bundled home that a test may damage."""
    home = tmp_path / "own"
    shutil.copytree(bundled_home, home)
    return home
