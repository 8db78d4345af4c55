"""A store with rows in every table and index folders, and what a backup of it holds."""

import gzip
import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, text
from sqlalchemy.orm import Session

from lexicon import migrate, store
from lexicon.backup import dump
from lexicon.backup.archive import MANIFEST
from lexicon.backup.whole import back_up
from lexicon.models import (
    AlignmentRun,
    AlignmentScore,
    ApiKey,
    Base,
    Concept,
    DepartedLexeme,
    Encoder,
    ExternalId,
    Generation,
    Language,
    Lexeme,
    NliPrediction,
    Sense,
    SentencePair,
    Source,
    StoreIdentity,
    WordEdition,
    WordVector,
)
from lexicon.settings import Settings
from tests.postgres import Databases

THEN = datetime(2024, 2, 29, 23, 59, 59, 123456, UTC)
AWKWARD = 'a\tb\n"c" \\ \u2028 नी ನೀರು 🙂 '
GENERATION = "20240229T235959-0a1b2c3d"
IDENTITY = "00000000-0000-4000-8000-00000000002a"


def rows() -> list[Base]:
    """Rows with values that are easily lost; identifiers have gaps."""
    return [
        Language(code="kn", name="Kannada", autonym="ಕನ್ನಡ", script="Knda"),
        Language(code="en", name="English", autonym="English", script="Latn"),
        Source(id=3, name="tiny", licence="", version="1", checksum="-", updated_at=THEN),
        Concept(id=7, key="Zebra", gloss=AWKWARD, pos="noun", field="f", source_id=3),
        Concept(id=40, key="apple", gloss="", pos="noun", field="", source_id=3, unsensed=True),
        ExternalId(scheme="ili", identifier="i1", concept_id=7),
        Lexeme(id=11, language="kn", lemma="ನೀರು", search_key="ನೀರು", script="Knda", pos="noun"),
        Lexeme(
            id=900_000_000_000,
            language="en",
            lemma="water",
            search_key="water",
            folded="water",
            script="Latn",
            pos="noun",
            frequency=0.1 + 0.2,
        ),
        Sense(concept_id=7, lexeme_id=11, rank=0, source_id=3),
        Sense(concept_id=7, lexeme_id=900_000_000_000, rank=1, source_id=3),
        DepartedLexeme(number=4, lexeme_id=900_000_000_007, language="kn"),
        DepartedLexeme(number=9, lexeme_id=3, language="de"),
        StoreIdentity(id=IDENTITY),
        WordEdition(number=12, id="00000000-0000-4000-8000-00000000002b", lemmas=["ನೀರು"]),
        ApiKey(
            id=8,
            name="ಕೀಲಿ",
            prefix="lex_0a1b2c3d",
            digest="0f" * 32,
            scope="write",
            created_at=THEN,
            revoked_at=THEN,
        ),
        SentencePair(
            id=5,
            dataset="d",
            split="test",
            key="1",
            premise="It rains.",
            hypothesis="ಮಳೆ",
            premise_language="en",
            hypothesis_language="kn",
            label="neutral",
        ),
        NliPrediction(
            pair_id=5,
            checkpoint="c",
            entailment=1e-300,
            neutral=1 / 3,
            contradiction=1e17,
            truncated=True,
            predicted_at=THEN,
        ),
        Encoder(
            identity="axis-01",
            name="axis",
            dim=4,
            spec={"z": [1, 2.5, None, True], "a": {"ನೀರು": "🙂"}},
            created_at=THEN,
        ),
        Generation(
            id=GENERATION,
            encoder="axis-01",
            language="en",
            rows=1,
            form_digest="0",
            manifest={},
            live=True,
            created_at=THEN,
        ),
        WordVector(
            encoder="axis-01",
            language="kn",
            digest="0f" * 16,
            covered=True,
            vector=bytes(range(256)),
        ),
        AlignmentRun(
            id=2, encoder="axis-01", evaluation="e", parameters={}, generations={}, created_at=THEN
        ),
        AlignmentScore(
            run_id=2, source="en", target="kn", metric="p@1", value=0.7, low=None, high=1.0, n=3
        ),
    ]


@contextmanager
def connected(settings: Settings) -> Iterator[Engine]:
    """An engine on the store; none of its connections outlasts it."""
    engine = store.connect(settings)
    try:
        yield engine
    finally:
        engine.dispose()


def bare(request: pytest.FixtureRequest, home: Path) -> Iterator[Settings]:
    """A home that is not there, and a database without any table: of the kind ``request.param``."""
    if request.param == "sqlite":
        yield Settings(home=home)
        return
    databases: Databases = request.getfixturevalue("databases")
    name = databases.empty()
    yield Settings(home=home, database_url=databases.url(name))
    databases.drop(name)


def fill(settings: Settings) -> None:
    """Create a store of the rows and an index."""
    create(settings)
    with connected(settings) as engine, Session(engine) as session, session.begin():
        session.execute(delete(StoreIdentity))
        for row in rows():
            session.add(row)
            session.flush()
    index(settings)


def create(settings: Settings) -> None:
    """A store that holds its identity and nothing else."""
    store.make_home(settings)
    with connected(settings) as engine:
        migrate.upgrade(engine)


def index(settings: Settings) -> None:
    """A live generation, and beside it what no backup holds."""
    home = settings.indices / "axis-01" / "en"
    for name in (GENERATION, "20230101T000000-older", ".staging-20240301T000000-new"):
        (home / name / "sub").mkdir(parents=True)
        (home / name / "index.faiss").write_bytes(name.encode() * 9)
        (home / name / "sub" / "empty.npy").touch()
    (home / "live").write_text(f"{GENERATION} 00ff\n", encoding="ascii")
    (home / ".live-01234567").touch()
    (home.parent / ".lock").touch()


def change(settings: Settings, statement: str) -> None:
    with connected(settings) as engine, engine.begin() as connection:
        connection.execute(text(statement))


def revision(settings: Settings) -> str | None:
    with connected(settings) as engine:
        return store.revision(engine)


KILLED = """
import os, sys
from pathlib import Path
from signal import SIGKILL
from lexicon.backup import whole as backup
from lexicon.settings import Settings

verb, at, home, url, file = sys.argv[1:]
settings = Settings(home=Path(home), database_url=url or None)

def kill(what, done, total):
    if what == at and done > total / 2:
        os.kill(os.getpid(), SIGKILL)

if verb == "back_up":
    backup.back_up(settings, Path(file), kill, overwrite=True)
else:
    backup.restore(settings, Path(file), True, kill)
"""


def killed(verb: str, at: str, settings: Settings, file: Path) -> None:
    """Do it in a process that dies in the middle."""
    url = settings.database_url or ""
    arguments = [verb, at, str(settings.home), url, str(file)]
    done = subprocess.run([sys.executable, "-c", KILLED, *arguments], timeout=60, check=False)
    assert done.returncode == -SIGKILL


PACKED = [
    f"indices/axis-01/en/{GENERATION}/index.faiss",
    f"indices/axis-01/en/{GENERATION}/sub/empty.npy",
    "indices/axis-01/en/live",
]


def content(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that is there."""
    with connected(settings) as engine, engine.connect() as connection:
        return {
            item.name: sorted(map(tuple, connection.execute(select(*item.table.c))), key=repr)
            for item in dump.stored(connection)
        }


def members(file: Path) -> dict[str, bytes]:
    """What a backup holds, by name, in order."""
    with tarfile.open(file) as tar:
        found = {}
        for info in tar:
            content = tar.extractfile(info)
            assert content is not None
            found[info.name] = content.read()
    return found


def tables(file: Path) -> dict[str, bytes]:
    """The lines of every table in a backup."""
    return {name: text for name, text in members(file).items() if name.startswith("tables/")}


def again(settings: Settings, file: Path) -> dict[str, bytes]:
    """What :func:`tables` gives of a new backup, which is written beside ``file``."""
    beside = file.with_name("again.tar.gz")
    back_up(settings, beside)
    return tables(beside)


def manifest(file: Path) -> dict[str, Any]:
    found = json.loads(members(file)[MANIFEST])
    assert isinstance(found, dict)
    return found


def pack(file: Path, content: Iterable[tuple[tarfile.TarInfo, bytes]]) -> Path:
    """A tar as somebody else might write it."""
    with gzip.open(file, "wb") as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for info, data in content:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return file


def forge(file: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> None:
    """Change a backup so that every digest is right again: what only its content betrays."""
    content = members(file)
    facts = json.loads(content.pop(MANIFEST))
    change(facts, content)
    facts["members"] = {
        name: {"bytes": len(data), "sha256": sha256(data).hexdigest()}
        for name, data in content.items()
    }
    content[MANIFEST] = json.dumps(facts).encode()
    pack(file, ((tarfile.TarInfo(name), data) for name, data in content.items()))
