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
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import select, text

from benchmarks.results import show
from benchmarks.victim import (
    CONCEPTS,
    KINDS,
    LANGUAGES,
    WORDS,
    Book,
    HashEncoder,
    Kind,
    Moment,
    Task,
    Written,
    apply,
    concept,
    entry,
    stored,
)
from indexer.build import build
from indexer.encoders import registry
from indexer.generations.folder import POINTER, Generations
from indexer.search import SearchRequest, search
from indexer.service import LexiconService
from lexicon import edits, migrate, queries, store
from lexicon.errors import IdentityMismatch, IndexDamaged, IndexMissing
from lexicon.ingest.words import seed_languages
from lexicon.models import Generation, Lexeme
from lexicon.settings import Settings

ROOT = Path(__file__).parent.parent
ENCODER = HashEncoder()
IDENTITY = ENCODER.spec.identity
SEED = 20261121

MOST: dict[Kind, int] = {"fsync": 90, "rename": 16, "removal": 60, "commit": 16, "random": 0}
"""How many of its kind a victim may pass: about as many as three or four builds make."""

LONGEST = 0.5
"""Seconds in which a kill at a random moment comes."""

LASTING = 250
"""Kills after which a home gives way to a fresh one."""

SAME = 0.999
"""Cosine of a word with itself, stored with half of float32's digits."""

FAULTS = ("unreadable", "lost", "torn", "stuck", "failed")
"""Stores that cannot be read; words that are not as they were committed; generations that are not
whole; builds that fail afterwards or leave something behind; victims that ended with an error."""


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


class Fault(Exception):
    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind = kind


def require(sound: bool, kind: str, why: str) -> None:
    if not sound:
        raise Fault(kind, why)


# A home and what it must hold


@dataclass
class World:
    """A home, its concepts as they were committed, and the languages that have had an index."""

    home: Path
    journal: Path
    book: Book
    indexed: set[str]

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home, encoder=ENCODER.spec.name)


@contextmanager
def opened(home: Path) -> Iterator[LexiconService]:
    settings = Settings(home=home, encoder=ENCODER.spec.name)
    try:
        sessions = store.open_store(settings)
    except Exception as error:
        raise Fault("unreadable", str(error)) from error
    with patch.dict(registry.NAMED, {ENCODER.spec.name: lambda _settings: ENCODER}):
        yield LexiconService(settings, sessions)
    sessions.kw["bind"].dispose()


def of(service: LexiconService) -> Generations:
    return Generations(service.settings.indices)


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


def read(journal: Path) -> tuple[str, list[tuple[dict[str, Written | None], bool]]]:
    """What a victim was doing when it died, and its transactions, with whether they ended."""
    doing, wrote = "start", []
    for line in journal.read_bytes().split(b"\n")[:-1]:
        facts = json.loads(line)
        doing = facts.get("doing", doing)
        if "meant" in facts:
            meant = {key: one and Written(**one) for key, one in facts["meant"].items()}
            wrote.append((meant, False))
        if "committed" in facts:
            wrote[-1] = (wrote[-1][0], True)
    return doing, wrote


# What must be so after a kill


def check(world: World) -> None:
    """Everything that a kill must leave as it is; what the journal says becomes the book.

    Raises :class:`Fault`. A build is tried on a copy, so that the next victim meets what this one
    has left.
    """
    _, wrote = read(world.journal)
    with opened(world.home) as service:
        require_sound(service.sessions)
        for meant, ended in wrote:
            if ended:
                apply(world.book, meant)
        found = stored(service.sessions)
        if found != world.book and wrote and not wrote[-1][1]:
            # It was killed between the commit and the word of it.
            apply(world.book, wrote[-1][0])
        require(found == world.book, "lost", _difference(found, world.book))
        require_words(service.sessions, world.book)
        require_generations(of(service), world.indexed)
        require_found(service, world)


def require_sound(sessions: store.Sessions) -> None:
    try:
        with sessions() as session:
            said = session.scalars(text("PRAGMA integrity_check")).all()
            broken = session.execute(text("PRAGMA foreign_key_check")).all()
    except Exception as error:
        raise Fault("unreadable", str(error)) from error
    require(said == ["ok"], "unreadable", f"integrity check: {said}")
    require(not broken, "unreadable", f"foreign keys: {broken}")


def _difference(found: Book, wanted: Book) -> str:
    keys = [key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key)]
    return ", ".join(f"{key} is {found.get(key)}, not {wanted.get(key)}" for key in keys[:3])


def require_words(sessions: store.Sessions, book: Book) -> None:
    """The store has the words of its concepts and no others."""
    wanted = {
        (language, word, written.pos)
        for written in book.values()
        for language, words in written.forms.items()
        for word in words
    }
    with sessions() as session:
        rows = session.execute(select(Lexeme.language, Lexeme.lemma, Lexeme.pos)).all()
    require(len(rows) == len(set(rows)), "lost", "a word is there twice")
    require({tuple(row) for row in rows} == wanted, "lost", "words are not those of the concepts")


def require_generations(generations: Generations, indexed: set[str]) -> None:
    """Every generation is whole, and languages that had a live one have one."""
    try:
        for listed in generations.listed():
            require(listed.problem is None, "torn", f"{listed.generation}: {listed.problem}")
            if listed.manifest is not None:
                generations.verify(listed.manifest)
        live = {code for code in LANGUAGES if generations.live(IDENTITY, code)}
        require(live >= indexed, "torn", f"only {live} have an index, {indexed} had one")
        indexed |= live
        for code in live:
            generations.load(ENCODER.spec, code)
    except (IndexDamaged, IdentityMismatch) as error:
        raise Fault("torn", str(error)) from error


def require_found(service: LexiconService, world: World) -> None:
    """Every word is found by its own vector, and no word that has left is."""
    for code in sorted(world.indexed):
        forms = {word for one in world.book.values() for word in one.forms.get(code, ())}
        words = [f"{code} {number}" for number in range(WORDS)]
        try:
            index = service.index(ENCODER, code)
        except (IndexDamaged, IndexMissing) as error:
            raise Fault("torn", str(error)) from error
        require(index.rows == len(forms), "lost", f"{code}: {index.rows} rows, {len(forms)} words")
        found = index.search(ENCODER.encode(words, code).vectors, 1)
        with service.sessions() as session:
            there = queries.forms_of_lexemes(session, found.ids[:, 0].tolist())
        for word, lexeme, cosine in zip(words, found.ids[:, 0], found.cosine[:, 0], strict=True):
            form = there.get(int(lexeme))
            if word in forms:
                sure = form is not None and form.lemma == word and cosine > SAME
                require(sure, "lost", f"{word!r} is not found, but {form} at {cosine}")
            else:
                require(cosine < SAME, "lost", f"{word!r} is found, though it has left")
        target = next((other for other in sorted(world.indexed) if other != code), None)
        if target is not None:
            asked = search(service, SearchRequest(min(forms), code, target, k=3))
            require(len(asked.results) == 3, "lost", f"{code}–{target} finds too little")


def recover(world: World, home: Path) -> World:
    """Build on a copy of the home; what must be so after that. Raises :class:`Fault`."""
    shutil.copytree(world.home, home)
    copy = World(home, world.journal, dict(world.book), set(world.indexed))
    with opened(home) as service:
        try:
            build(service.sessions, of(service), ENCODER)
        except Exception as error:
            raise Fault("stuck", repr(error)) from error
        copy.indexed |= set(LANGUAGES)
        require_generations(of(service), copy.indexed)
        require_found(service, copy)
        require_tidy(service)
    return copy


def require_tidy(service: LexiconService) -> None:
    """One live generation a language, in SQL too, and nothing that a victim left."""
    generations = of(service)
    live = {item.language: item.generation for item in generations.listed() if item.live}
    pointed = {code: generations.live(IDENTITY, code) for code in LANGUAGES}
    named = {code: found.generation for code, found in pointed.items() if found}
    require(live == named and set(live) == set(LANGUAGES), "stuck", f"{live} are live")
    with service.sessions() as session:
        told = session.execute(
            select(Generation.language, Generation.id).where(Generation.live)
        ).all()
    require(sorted(map(tuple, told)) == sorted(live.items()), "stuck", f"SQL says {told}")
    for code in LANGUAGES:
        home = generations.folder(IDENTITY, code)
        left = [path.name for path in home.iterdir() if path.name.startswith(".")]
        require(not left, "stuck", f"{code}: {left} are left")
        require((home / POINTER).is_file(), "stuck", f"{code}: no pointer")


# Killing


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
    )
    for line in tally.said:
        print(line)
    if tally.said:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
