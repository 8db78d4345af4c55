"""Searching while another process publishes: errors, generations, and what the swap costs.

    python -m benchmarks.swap [--queries 10000] [--publishes 20] [--json FILE] [--document]

Four threads search the bundled lexicon in all twelve directions, known words and unseen text, in
rounds: while another process builds, publishes, adds and removes words; while nobody does; and
beside processes that only burn as much CPU as the builder did, because on a machine whose cores
are all taken that alone makes the slowest answers slower. Of every answer, the generations that it
came from are checked to be of the encoder that was asked. Words that the other process has added
are looked for until they are found.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks import homes
from benchmarks.results import SEED, show
from benchmarks.victim import HashEncoder
from indexer.answers import SCORES, SearchRequest
from indexer.build import build
from indexer.encoders.protocol import Encoder
from indexer.encoders.registry import open_encoder
from indexer.generations.folder import Generations
from indexer.indices.live import LiveIndex
from indexer.search import search
from indexer.service import LexiconService
from lexicon import edits, queries, store
from lexicon.entries import checked
from lexicon.settings import Settings

ROOT = Path(__file__).parent.parent
LANGUAGES = ("en", "fr", "hi", "kn")
THREADS = 4
ROUNDS = 4

UNSEEN = 0.25
"""Share of queries that no word of the lexicon answers."""

AROUND = 0.25
"""Seconds after the first sight of a new generation that count as its swap."""

ALIKE = 50
"""Nearest words among which a new one must be."""

PATIENCE = 10.0
"""Seconds after which a word of the other process is given up."""


# The other process


def publish(home: Path, publishes: int, seed: int) -> None:
    """Publish so many times, one way after another, saying what it does on standard output."""
    settings = Settings(home=home)
    sessions = store.open_store(settings)
    generations = Generations(settings.indices)
    encoder = open_encoder("embedded", settings)
    encoder.encode(["ready"], "en")
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(publishes):
        key, word = f"swap.{seed}.{number}", f"swapped{seed}x{number}"
        language = LANGUAGES[number % len(LANGUAGES)]
        if number % 2 == 0:
            with store.writing(sessions) as session:
                cells = {"en": word, "fr": word}
                edits.add(session, checked(key, "noun", "swap", "a word that comes", cells))
            print(json.dumps({"word": word, "at": time.monotonic()}), flush=True)
            # Found without a build, too.
            time.sleep(0.5)
            build(sessions, generations, encoder, ["en"] if number % 4 else None, number % 4 == 0)
        else:
            with store.writing(sessions) as session:
                edits.remove(session, [f"swap.{seed}.{number - 1}"])
            # Somebody else's generations beside these.
            build(sessions, generations, HashEncoder(), [language], True)
            build(sessions, generations, encoder, [language], True)
    print(json.dumps({"cpu": sum(os.times()[:2])}), flush=True)
    sessions.kw["bind"].dispose()


def burn(share: float) -> None:
    """Take a share of one core until nobody reads what is said."""
    while True:
        end = time.monotonic() + 0.02 * share
        while time.monotonic() < end:
            pass
        time.sleep(0.02 * (1 - share))


@dataclass
class Publisher:
    """The process that publishes, and what it has told."""

    words: list[tuple[str, float]] = field(default_factory=list)
    cpu: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)
    status: int | None = None

    def run(self, home: Path, publishes: int, seed: int, begin: threading.Event) -> None:
        command = [sys.executable, "-m", "benchmarks.swap", "--publisher", str(home)]
        command += ["--publishes", str(publishes), "--seed", str(seed)]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdout.readline()
            begin.set()
            print("begin", file=process.stdin, flush=True)
            for line in process.stdout:
                said = json.loads(line)
                if "word" in said:
                    self.words.append((said["word"], said["at"]))
                self.cpu = said.get("cpu", self.cpu)
        self.status = process.returncode
        self.done.set()


# This process


class Watched(LexiconService):
    """Notes which generations answer."""

    def __init__(self, settings: Settings, sessions: store.Sessions) -> None:
        super().__init__(settings, sessions)
        self.seen: dict[str, float] = {}
        self.foreign = 0

    def index(self, encoder: Encoder, language: str, encode: bool = True) -> LiveIndex:
        found = super().index(encoder, language, encode)
        self.seen.setdefault(found.generation, time.monotonic())
        manifest = found.manifest
        if (manifest.identity, manifest.language) != (encoder.spec.identity, language):
            self.foreign += 1
        return found


@contextmanager
def watched(home: Path) -> Iterator[Watched]:
    settings = Settings(home=home)
    service = Watched(settings, store.open_store(settings))
    yield service
    service.sessions.kw["bind"].dispose()


@dataclass
class Phase:
    """Answers as (begun, seconds), and what went wrong."""

    answers: list[tuple[float, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: "Phase") -> None:
        self.answers += other.answers
        self.errors += other.errors
        self.seconds += other.seconds

    def milliseconds(self, share: float, since: Sequence[float] | None = None) -> float:
        """The time that this share of the answers took at most; of those close after ``since``."""
        taken = [
            spent
            for begun, spent in self.answers
            if since is None or any(begun < at + AROUND and begun + spent > at for at in since)
        ]
        return float(np.quantile(taken, share)) * 1_000 if taken else float("nan")


def requests(service: LexiconService, count: int, seed: int) -> list[SearchRequest]:
    """Known words and unseen text, in all directions, by every score."""
    draw = random.Random(seed)
    with service.sessions() as session:
        words = {code: [form.lemma for form in queries.forms(session, code)] for code in LANGUAGES}
    made = []
    for _ in range(count):
        source, target = draw.sample(LANGUAGES, 2)
        text = draw.choice(words[source])
        if draw.random() < UNSEEN:
            text = f"{text} {draw.choice(words[source])}"
        made.append(SearchRequest(text, source, target, score=draw.choice(SCORES)))
    return made


def load(
    service: LexiconService, asked: Sequence[SearchRequest], least: int, until: threading.Event
) -> Phase:
    """Search in several threads, ``least`` times and until the event."""
    phase = Phase()
    numbers = iter(range(10**9))

    def work() -> None:
        while (number := next(numbers)) < least or not until.is_set():
            begun = time.monotonic()
            try:
                search(service, asked[number % len(asked)])
            except Exception as error:
                phase.errors.append(repr(error))
            phase.answers.append((begun, time.monotonic() - begun))

    started = time.monotonic()
    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    phase.seconds = time.monotonic() - started
    return phase


def noticed(service: LexiconService, publisher: Publisher) -> dict[str, float]:
    """Seconds from each word's commit until it is found by its own vector."""
    encoder = service.encoder("embedded")
    found: dict[str, float] = {}
    while not publisher.done.is_set() or len(found) < len(publisher.words):
        for word, at in publisher.words[len(found) :]:
            vector = encoder.encode([word], "fr").vectors
            while word not in found:
                index = service.index(encoder, "fr")
                with service.sessions() as session:
                    # Guessed from their spelling, made-up words may have equal vectors.
                    ids = index.search(vector, ALIKE).ids[0].tolist()
                    forms = queries.forms_of_lexemes(session, ids)
                now = time.monotonic() - at
                if word in {form.lemma for form in forms.values()} or now > PATIENCE:
                    found[word] = now
                time.sleep(0.01)
        time.sleep(0.01)
    return found


@dataclass
class Swapping:
    """A phase beside a publisher, when new generations were first seen, how long words took to be
    found, and the cores that the publisher had."""

    phase: Phase
    swaps: list[float]
    noticed: dict[str, float]
    cores: float
    status: int | None


def swapping(
    service: Watched, asked: Sequence[SearchRequest], least: int, publishes: int, seed: int
) -> Swapping:
    """Search while another process publishes."""
    publisher, begin = Publisher(), threading.Event()
    arguments = (service.settings.home, publishes, seed, begin)
    running = threading.Thread(target=publisher.run, args=arguments)
    words: dict[str, float] = {}
    watching = threading.Thread(target=lambda: words.update(noticed(service, publisher)))
    running.start()
    begin.wait()
    before = set(service.seen)
    watching.start()
    phase = load(service, asked, least, publisher.done)
    running.join()
    watching.join()
    swaps = [at for generation, at in service.seen.items() if generation not in before]
    return Swapping(phase, swaps, words, publisher.cpu / phase.seconds, publisher.status)


@contextmanager
def burning(cores: float) -> Iterator[None]:
    """Processes that take so many cores and do nothing with them."""
    count = max(1, round(cores + 0.4))
    command = [sys.executable, "-m", "benchmarks.swap", "--burn", str(min(cores / count, 1.0))]
    started = [subprocess.Popen(command, cwd=ROOT) for _ in range(count)]
    time.sleep(1.0)
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def warm(service: LexiconService, asked: Sequence[SearchRequest]) -> None:
    """Open everything before it is timed."""
    for request in asked[:200]:
        search(service, request)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--publishes", type=int, default=20)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--document", action="store_true", help="also write docs/benchmarks.md")
    parser.add_argument("--publisher", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--burn", type=float, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.publisher:
        publish(arguments.publisher, arguments.publishes, arguments.seed)
        return
    if arguments.burn:
        burn(arguments.burn)
    phases = {"publishing": Phase(), "quiet": Phase(), "burning": Phase()}
    swaps: list[float] = []
    words: dict[str, float] = {}
    always = threading.Event()
    always.set()
    with tempfile.TemporaryDirectory() as folder:
        homes.prepare(Path(folder))
        with watched(Path(folder)) as service:
            asked = requests(service, arguments.queries, arguments.seed)
            warm(service, asked)
            for turn in range(ROUNDS):
                least, publishes = arguments.queries // ROUNDS, arguments.publishes // ROUNDS
                run = swapping(service, asked, least, publishes, turn)
                if run.status:
                    raise SystemExit(f"the publisher ended with {run.status}")
                phases["publishing"].add(run.phase)
                swaps += run.swaps
                words |= run.noticed
                warm(service, asked)
                phases["quiet"].add(load(service, asked, least, always))
                with burning(run.cores):
                    phases["burning"].add(load(service, asked, least, always))
    p99 = {name: phase.milliseconds(0.99) for name, phase in phases.items()}
    p99["swap"] = phases["publishing"].milliseconds(0.99, swaps)
    figures = {
        "p99_ms": p99,
        "p50_ms": {name: phase.milliseconds(0.5) for name, phase in phases.items()},
        "queries": {name: len(phase.answers) for name, phase in phases.items()},
        "errors": [error for phase in phases.values() for error in phase.errors],
        "foreign": service.foreign,
        "generations": len(service.seen),
        "ratio_to_quiet": p99["swap"] / p99["quiet"],
        "ratio_to_burning": p99["swap"] / p99["burning"],
        "noticed_s": words,
        "cores": run.cores,
    }
    table = [
        (
            name,
            f"{len(phase.answers):,}",
            str(len(phase.errors)),
            f"{len(phase.answers) / phase.seconds:,.0f}",
            f"{phase.milliseconds(0.5):.1f}",
            f"{p99[name]:.1f}",
            f"{p99[name] / p99['quiet']:.2f}",
            f"{p99[name] / p99['burning']:.2f}",
        )
        for name, phase in phases.items()
    ]
    around = phases["publishing"]
    close = f"{around.milliseconds(0.5, swaps):.1f}", f"{p99['swap']:.1f}"
    ratios = f"{figures['ratio_to_quiet']:.2f}", f"{figures['ratio_to_burning']:.2f}"
    table.append((f"within {AROUND} s of a swap", "", "", "", *close, *ratios))
    show(
        "swap",
        f"{THREADS} threads searching beside {arguments.publishes} publishes: "
        f"{len(service.seen)} generations, {service.foreign} of another identity; "
        f"a new word is found after {max(words.values()):.2f} s at most",
        ("beside", "queries", "errors", "queries/s", "p50 ms", "p99 ms", "× quiet", "× burning"),
        table,
        figures,
        ("semantic-lexicon", "faiss-cpu", "numpy"),
        arguments.json,
        arguments.document,
        seed=arguments.seed,
    )
    if figures["errors"] or service.foreign:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
