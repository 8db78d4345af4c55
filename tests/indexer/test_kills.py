"""Kills at every kind of moment: a short form of benchmarks/kills.py, and that it would notice."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from benchmarks import kills
from benchmarks.aftermath import IDENTITY, Fault, World, check, opened
from benchmarks.victim import KINDS
from indexer.generations.folder import POINTER
from lexicon import edits, store

KILLS = 25
SEED = 7


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not pytest's, which lies on a disk: each of the kills would wait for it a few hundred times.
    with TemporaryDirectory(dir=kills.memory()) as name:
        yield Path(name)


def test_kills_lose_no_word_and_tear_no_generation(folder: Path) -> None:
    tally = kills.campaign(KILLS, SEED, folder)
    assert tally.said == []
    assert tally.kills.total() == KILLS
    assert {kind for kind, _ in tally.kills} == set(KINDS)


class TestNoticing:
    @pytest.fixture
    def world(self, folder: Path) -> World:
        made = kills.fresh(folder, Random(SEED), indexed=True)
        made.journal.touch()
        check(made)
        return made

    def lose(self, world: World) -> None:
        with opened(world.home) as service, store.writing(service.sessions) as session:
            edits.remove(session, ["k.1"])

    def bring_back(self, world: World) -> None:
        del world.book["k.1"]

    def tear(self, world: World) -> None:
        live = next(world.home.glob(f"indices/{IDENTITY}/en/*/vectors.npy"))
        live.write_bytes(live.read_bytes()[:-1] + b"\xff")

    def unpoint(self, world: World) -> None:
        (world.home / "indices" / IDENTITY / "fr" / POINTER).unlink()

    def overwrite(self, world: World) -> None:
        file = world.home / "lexicon.sqlite3"
        file.write_bytes(file.read_bytes()[:5_000] + bytes(20_000))

    @pytest.mark.parametrize(
        ("damage", "kind"),
        [
            (lose, "lost"),
            (bring_back, "lost"),
            (tear, "torn"),
            (unpoint, "torn"),
            (overwrite, "unreadable"),
        ],
    )
    def test_what_is_wrong_is_told(
        self, world: World, damage: Callable[["TestNoticing", World], None], kind: str
    ) -> None:
        world.indexed |= {"en", "fr"}
        damage(self, world)
        with pytest.raises(Fault) as told:
            check(world)
        assert told.value.kind == kind
