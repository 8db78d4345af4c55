"""An import that is killed or interrupted, whenever that is, was never begun or is complete."""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from lexicon import migrate, queries, store
from lexicon.ingest.files import LARGE
from lexicon.settings import Settings
from tests.cli.terminal import PROGRAM
from tests.conftest import TINY, fill
from tests.lexicon.importing import require_sound
from tests.lexicon.snapshot import everything

ROWS = 30_000
PATIENCE = 60.0


@dataclass
class World:
    """A store with the tiny lexicon, and a large file to import into it."""

    settings: Settings
    file: Path

    def start(self) -> subprocess.Popen[str]:
        environment = {**os.environ, "LEXICON_HOME": str(self.settings.home)}
        environment["LEXICON_ENCODER"] = "embedded"
        if self.settings.database_url:
            environment["LEXICON_DATABASE_URL"] = self.settings.database_url
        return subprocess.Popen(
            [PROGRAM, "words", "import", self.file],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def opened(self) -> store.Sessions:
        return store.open_store(self.settings)

    def check(self, before: object) -> bool:
        """Whether the file has been imported; fails when that is so in part."""
        sessions = self.opened()
        with sessions() as session:
            counts = queries.counts(session)
            if self.settings.database_url is None:
                assert session.scalar(text("PRAGMA integrity_check")) == "ok"
        imported = counts.concepts > len(TINY)
        if imported:
            assert counts.concepts == len(TINY) + ROWS
            assert counts.senses == 14 + 3 * ROWS
        else:
            assert everything(sessions) == before
        require_sound(sessions)
        sessions.kw["bind"].dispose()
        return imported


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Large enough that another process reads it."""
    path = tmp_path_factory.mktemp("large") / "large.tsv"
    gloss = "a meaning that takes many words to say " * 6
    with path.open("w", encoding="utf-8") as stream:
        stream.write("concept\tpos\tfield\tgloss\ten\tfr\n")
        for row in range(ROWS):
            words = f"word {row}|again {row % 700}\tmot {row}"
            stream.write(f"k.{row}\tnoun\tf{row % 50}\t{gloss} {row}\t{words}\n")
    assert path.stat().st_size > LARGE
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path: Path, large_file: Path) -> World:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    settings = Settings(home=tmp_path / "home", encoder="embedded", database_url=url)
    store.make_home(settings)
    engine = store.connect(settings)
    migrate.upgrade(engine)
    engine.dispose()
    made = World(settings, large_file)
    sessions = made.opened()
    fill(sessions)
    sessions.kw["bind"].dispose()
    return made


def snapshot(world: World) -> object:
    sessions = world.opened()
    found = everything(sessions)
    sessions.kw["bind"].dispose()
    return found


def children(process: int) -> list[int]:
    try:
        found = Path(f"/proc/{process}/task/{process}/children").read_text()
    except OSError:
        return []
    return [int(one) for one in found.split()]


def reader(started: subprocess.Popen[str]) -> int:
    """The process that reads the file, once it is there."""
    end = time.monotonic() + PATIENCE
    while not (found := children(started.pid)):
        assert started.poll() is None, ended(started)
        assert time.monotonic() < end
        time.sleep(0.005)
    assert len(found) == 1
    return found[0]


def gone(process: int) -> bool:
    """Whether a process has ended; a zombie has."""
    try:
        return ") Z " in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return True


def require_gone(process: int) -> None:
    end = time.monotonic() + PATIENCE
    while not gone(process):
        assert time.monotonic() < end, "the process that reads outlives its parent"
        time.sleep(0.02)


def ended(started: subprocess.Popen[str]) -> str:
    """What an ended command said on standard error."""
    _, said = started.communicate(timeout=PATIENCE)
    return said


linux = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are in /proc")


@linux
def test_a_killed_import_left_nothing_or_everything(world: World, tmp_path: Path) -> None:
    before = snapshot(world)
    kills = 8 if world.settings.database_url is None else 3
    random = Random(kills)
    pristine = tmp_path / "pristine"
    shutil.copytree(world.settings.home, pristine)
    for number in range(kills):
        started = world.start()
        reading = reader(started)
        # The first second is reading, the next one or two are storing.
        time.sleep(random.uniform(number, number + 1) * 3.2 / kills)
        started.kill()
        ended(started)
        require_gone(reading)
        if world.check(before) and world.settings.database_url is None:
            shutil.rmtree(world.settings.home)
            shutil.copytree(pristine, world.settings.home)
    imported = world.check(before)
    again = world.start()
    said = ended(again)
    assert again.returncode == 0, said
    counts = f"0 added, 0 updated, {ROWS:,} unchanged" if imported else f"{ROWS:,} added, 0 updated"
    assert f"large.tsv: {counts}" in said
    assert world.check(before)


@linux
def test_an_interrupted_import_says_nothing_and_leaves_nobody(world: World) -> None:
    before = snapshot(world)
    moments = [0.0, 0.03, 0.5, 0.9, 1.3, 2.0] if world.settings.database_url is None else [0.4, 1.2]
    for moment in moments:
        started = world.start()
        reading = reader(started)
        time.sleep(moment)
        # As a terminal does: everybody in the foreground is told.
        os.killpg(started.pid, signal.SIGINT)
        said = ended(started)
        if world.check(before):
            break
        assert started.returncode == 130, said
        assert "Traceback" not in said
        assert "Fatal" not in said
        assert len([line for line in said.splitlines() if "━" not in line]) <= 1
        require_gone(reading)


@linux
def test_a_reader_that_is_killed_refuses_the_file(world: World) -> None:
    before = snapshot(world)
    started = world.start()
    reading = reader(started)
    time.sleep(0.3)
    os.kill(reading, signal.SIGKILL)
    said = ended(started).splitlines()
    assert started.returncode == 1
    assert said[-1] == ("lexicon: the process that read the file ended before its end; try again")
    assert not world.check(before)
