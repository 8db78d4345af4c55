"""Killing builders and writers at every fsync, rename, removal and commit, and at random moments.

    python -m benchmarks.kills [--times 1000] [--seed N] [--workers 2] [--folder DIR] [--json FILE]

A process writes words, builds, compacts, rolls back and prunes until it is killed with SIGKILL;
then everything is checked: the store opens and is sound, every word whose transaction had ended is
there and every other is as a whole or not at all, every generation is whole, the live ones find
every word by its own vector and none that has left, and a build after that puts everything right.
The same home goes on through many kills. Exits 1 when anything is unreadable, lost or torn.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path

from benchmarks.aftermath import ENCODER, FAULTS, Fault, World, check, of, opened, read, recover
from benchmarks.results import SEED, show
from benchmarks.victim import (
    CONCEPTS,
    KINDS,
    Kind,
    Moment,
    Task,
    concept,
    entry,
)
from indexer.build import build
from lexicon import edits, migrate, store
from lexicon.ingest.words import seed_languages

ROOT = Path(__file__).parent.parent

MOST: dict[Kind, int] = {"fsync": 90, "rename": 16, "removal": 60, "commit": 16, "random": 0}
"""How many of its kind a victim may pass: about as many as three or four builds make."""

LONGEST = 0.5
"""Seconds in which a kill at a random moment comes."""

LASTING = 250
"""Kills after which a home gives way to a fresh one."""


@dataclass
class Tally:
    """Kills by kind and operation, and what was found after them."""

    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.kills += other.kills
        self.faults += other.faults
        self.said += other.said

    def fault(self, kind: str, why: str) -> None:
        self.faults[kind] += 1
        self.said.append(f"{kind}: {why}")


def fresh(folder: Path, draw: random.Random, indexed: bool) -> World:
    """A home with its first words, and their indices if they are to be there already."""
    world = World(folder / "home", folder / "journal", {}, set())
    store.make_home(world.settings)
    engine = store.connect(world.settings)
    migrate.upgrade(engine)
    engine.dispose()
    with opened(world.home) as service:
        with store.writing(service.sessions) as session:
            seed_languages(session)
            for number in range(CONCEPTS):
                key, made = f"k.{number}", concept(draw)
                edits.add(session, entry(key, made), any_script=True)
                world.book[key] = made
        if indexed:
            build(service.sessions, of(service), ENCODER)
    return world


class Executioner:
    """Starts victims and sees them dead."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.victim"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            # A process that has threads had better not be forked.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )

    def run(self, task: Task, after: float) -> bool:
        """Whether the victim was killed, rather than ended; ``after`` seconds at random."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(asdict(task)), file=self._process.stdin, flush=True)
        victim = int(self._process.stdout.readline())
        if task.kind == "random":
            time.sleep(after)
            os.kill(victim, signal.SIGKILL)
        status = int(self._process.stdout.readline())
        if status not in (0, -signal.SIGKILL):
            raise Fault("failed", f"{task} ended with {status}")
        return status != 0

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def drawn(world: World, draw: random.Random, kind: Kind) -> Task:
    moments: tuple[Moment, ...] = ("before", "during", "after")
    return Task(
        home=str(world.home),
        journal=str(world.journal),
        seed=draw.getrandbits(32),
        kind=kind,
        nth=draw.randint(1, max(MOST[kind], 1)),
        moment=draw.choice(moments),
    )


def campaign(times: int, seed: int, folder: Path, lasting: int = LASTING) -> Tally:
    """So many kills, each kind in turn, each with everything checked after it."""
    tally = Tally()
    draw = random.Random(seed)
    killer = Executioner()
    world: World | None = None
    number, age = 0, 0
    try:
        while tally.kills.total() < times and len(tally.said) < 20:
            if world is None or age >= lasting:
                number, age = number + 1, 0
                world = fresh(folder / f"{number}", draw, indexed=number % 2 == 1)
            kind = KINDS[tally.kills.total() % len(KINDS)]
            task = drawn(world, draw, kind)
            world.journal.unlink(missing_ok=True)
            world.journal.touch()
            age += 1
            try:
                killed = killer.run(task, draw.uniform(0.0, LONGEST))
                if killed:
                    tally.kills[kind, read(world.journal)[0]] += 1
                check(world)
                mended = recover(world, folder / f"mended-{number}-{age}")
            except Fault as fault:
                tally.fault(fault.kind, f"{task}: {fault}")
                world = None
                continue
            # What was left behind meets the next victim every other time.
            if draw.random() < 0.5:
                world.home, mended.home = mended.home, world.home
                world.indexed = mended.indexed
            shutil.rmtree(mended.home)
            if tally.kills.total() % 50 == 0:
                print(f"{tally.kills.total()} kills, {len(tally.said)} faults", file=sys.stderr)
    finally:
        killer.close()
    return tally


def campaigns(times: int, seed: int, workers: int, folder: Path) -> Tally:
    """The same in several processes, each with homes of its own."""
    shares = [times // workers + (one < times % workers) for one in range(workers)]
    tally = Tally()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        started = [
            pool.submit(campaign, share, seed + one, folder / f"worker-{one}")
            for one, share in enumerate(shares)
        ]
        for future in started:
            tally.add(future.result())
    return tally


def memory() -> Path | None:
    """A folder in memory where there is one: what a killed process has written stays there too,
    and a disk would make everything wait for each fsync."""
    shared = Path("/dev/shm")
    return shared if os.access(shared, os.W_OK) else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", type=Path, default=memory(), help="where homes are made")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--document", action="store_true", help="also write docs/benchmarks.md")
    arguments = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        tally = campaigns(arguments.times, arguments.seed, arguments.workers, Path(folder))
    operations = sorted({operation for _, operation in tally.kills})
    table = [
        (
            operation,
            *(str(tally.kills[kind, operation]) for kind in KINDS),
            str(sum(tally.kills[kind, operation] for kind in KINDS)),
        )
        for operation in operations
    ]
    sums = [sum(tally.kills[kind, one] for one in operations) for kind in KINDS]
    table.append(("all", *map(str, sums), str(sum(sums))))
    found = ", ".join(f"{tally.faults[kind]} {kind}" for kind in FAULTS)
    show(
        "kills",
        f"{sum(sums):,} kills with SIGKILL, by what they met: {found}",
        ("operation", *KINDS, "all"),
        table,
        {
            "kills": {f"{kind}, {one}": many for (kind, one), many in sorted(tally.kills.items())},
            "faults": {kind: tally.faults[kind] for kind in FAULTS},
            "said": tally.said,
            "seconds": round(time.monotonic() - started, 1),
        },
        ("semantic-lexicon", "sqlalchemy", "faiss-cpu"),
        arguments.json,
        arguments.document,
        seed=arguments.seed,
    )
    for line in tally.said:
        print(line)
    if tally.said:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
