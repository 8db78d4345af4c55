"""The process that benchmarks/kills.py kills: it writes words, builds and clears up until then.

    python -m benchmarks.victim

Reads one task a line, as JSON, and forks a victim for each, before anything has been searched:
what takes longest is to import. It prints the victim's process id, and its status when it is gone.
"""

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import shake_128
from pathlib import Path
from typing import Any, Literal

# Found by the import now rather than by every victim.
import faiss  # noqa: F401
import numpy as np
from sqlalchemy import select

from indexer import upkeep
from indexer.build import build
from indexer.encoders.protocol import Encoded, EncoderSpec
from indexer.generations.folder import Generations
from indexer.service import LexiconService
from indexer.vectors import unit_rows
from lexicon import edits, store
from lexicon.entries import ConceptEntry
from lexicon.errors import IndexMissing
from lexicon.models import Concept, Lexeme, Sense
from lexicon.settings import Settings

LANGUAGES = ("en", "fr", "hi", "kn")
CONCEPTS = 110
"""About as many as there are at any time."""

WORDS = 200
"""Words of each language that concepts are made of: some share one, and some come back."""

MOST = 8
"""Concepts that one transaction writes."""

LIFETIME = 20.0
"""Seconds after which a victim that nobody has killed ends by itself."""

Kind = Literal["fsync", "rename", "removal", "commit", "random"]
Moment = Literal["before", "during", "after"]

KINDS: tuple[Kind, ...] = ("fsync", "rename", "removal", "commit", "random")
"""What a kill meets: a call of ``os.fsync``; of ``os.rename`` or ``os.replace``; of ``os.unlink``
or ``os.rmdir``; the commit of a transaction; whatever goes on at a random time."""

Book = dict[str, "Written"]
"""The concepts that the store must hold, by key."""


@dataclass(frozen=True)
class Written:
    """What a concept says: a part of speech and its words by language."""

    pos: str
    forms: dict[str, list[str]]


@dataclass(frozen=True)
class Task:
    """Whom to kill where: at the ``nth`` call of this kind, counted from the start."""

    home: str
    journal: str
    seed: int
    kind: Kind
    nth: int
    moment: Moment


class HashEncoder:
    """A vector that is drawn by the text: the same for ever, and no two are alike."""

    spec = EncoderSpec(
        name="hashed",
        model_id="benchmarks/hashed",
        revision="1",
        layer=0,
        pooling="none",
        post_processing="none",
        normaliser_version=1,
        precision="fp32",
        dim=32,
        max_length=1_000,
    )

    def encode(self, texts: Sequence[str], language: str | None = None) -> Encoded:
        drawn = b"".join(shake_128(text.encode()).digest(self.spec.dim) for text in texts)
        rows = np.frombuffer(drawn, dtype=np.uint8).reshape(len(texts), self.spec.dim)
        return Encoded(
            unit_rows(rows - np.float32(127.5), "hashed"),
            np.ones(len(texts), dtype=np.bool_),
            np.zeros(len(texts), dtype=np.bool_),
        )


def concept(draw: random.Random) -> Written:
    """A concept of one or two words in some of the languages."""
    chosen = draw.sample(LANGUAGES, draw.choice([1, 2, 4, 4]))
    return Written(
        draw.choice(["noun", "verb"]),
        {
            language: [
                f"{language} {number}" for number in draw.sample(range(WORDS), draw.choice([1, 2]))
            ]
            for language in sorted(chosen)
        },
    )


def entry(key: str, written: Written) -> ConceptEntry:
    forms = {language: tuple(words) for language, words in written.forms.items()}
    return ConceptEntry(key, written.pos, "made", f"meaning of {key}", forms)


def stored(sessions: store.Sessions) -> Book:
    """What the store says of its concepts."""
    book: Book = {}
    with sessions() as session:
        rows = session.execute(
            select(Concept.key, Concept.pos, Lexeme.language, Lexeme.lemma)
            .outerjoin(Sense, Sense.concept_id == Concept.id)
            .outerjoin(Lexeme, Lexeme.id == Sense.lexeme_id)
            .order_by(Concept.key, Lexeme.language, Sense.rank)
        )
        for key, pos, language, lemma in rows:
            forms = book.setdefault(key, Written(pos, {})).forms
            if language is not None:
                forms.setdefault(language, []).append(lemma)
    return book


class Journal:
    """What a victim meant to write and what it has written, beyond the store's reach."""

    def __init__(self, file: Path) -> None:
        self._descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        # Its own must not be counted.
        self._fsync = os.fsync

    def __call__(self, **facts: object) -> None:
        os.write(self._descriptor, json.dumps(facts).encode() + b"\n")
        self._fsync(self._descriptor)


def watch(task: Task, engine: Any) -> None:
    """Die where the task says."""
    count = 0

    def guarded(kind: Kind, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **named: Any) -> Any:
            nonlocal count
            count += kind == task.kind
            if kind != task.kind or count != task.nth:
                return call(*args, **named)
            if task.moment == "before":
                die()
            if task.moment == "during":
                threading.Timer(random.Random(task.seed).uniform(0, 0.002), die).start()
            call(*args, **named)
            die()
            return None

        return run

    for kind, names in (
        ("fsync", ("fsync",)),
        ("rename", ("rename", "replace")),
        ("removal", ("unlink", "rmdir")),
    ):
        for name in names:
            setattr(os, name, guarded(kind, getattr(os, name)))  # type: ignore[arg-type]
    engine.dialect.do_commit = guarded("commit", engine.dialect.do_commit)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Victim:
    """One process's work on a home, until it is killed."""

    def __init__(self, task: Task) -> None:
        self.draw = random.Random(task.seed)
        self.note = Journal(Path(task.journal))
        settings = Settings(home=Path(task.home), encoder="hashed")
        self.service = LexiconService(settings, store.open_store(settings))
        self.sessions = self.service.sessions
        self.generations = Generations(settings.indices)
        self.encoder = HashEncoder()
        self.book = stored(self.sessions)
        self.made = 0
        self.seed = task.seed

    def live(self) -> None:
        actions: list[tuple[int, str, Callable[[], object]]] = [
            (4, "add", self.add),
            (2, "edit", self.edit),
            (3, "remove", self.remove),
            (4, "keep up", self.keep_up),
            (2, "build", partial(self.build, None)),
            (2, "build one", lambda: self.build([self.draw.choice(LANGUAGES)])),
            (1, "rollback", self.rollback),
            (1, "prune", self.prune),
        ]
        weights = [weight for weight, *_ in actions]
        end = time.monotonic() + LIFETIME
        while time.monotonic() < end:
            _, name, action = self.draw.choices(actions, weights)[0]
            self.note(doing=name)
            action()

    def write(self, wanted: "dict[str, Written | None]") -> None:
        """One transaction; None removes."""
        self.note(meant={key: one and vars(one) for key, one in wanted.items()})
        with store.writing(self.sessions) as session:
            gone = [key for key, one in wanted.items() if one is None]
            if gone:
                edits.remove(session, gone)
            for key, one in wanted.items():
                if one is not None:
                    write = edits.edit if key in self.book else edits.add
                    write(session, entry(key, one), any_script=True)
        self.note(committed=True)
        apply(self.book, wanted)

    def some(self) -> list[str]:
        return self.draw.sample(sorted(self.book), min(self.draw.randint(1, MOST), len(self.book)))

    def add(self) -> None:
        wanted: dict[str, Written | None] = {}
        for _ in range(self.draw.randint(1, MOST)):
            self.made += 1
            wanted[f"k.{self.seed:x}.{self.made}"] = concept(self.draw)
        self.write(wanted)

    def edit(self) -> None:
        # The part of speech of words that are there is not what edits change.
        self.write({key: concept(self.draw) for key in self.some()})

    def remove(self) -> None:
        if len(self.book) > CONCEPTS:
            self.write(dict.fromkeys(self.some()))

    def keep_up(self) -> None:
        upkeep.keep_up(self.service, self.encoder)

    def build(self, languages: list[str] | None) -> None:
        force = self.draw.random() < 0.3
        build(self.sessions, self.generations, self.encoder, languages, force)

    def rollback(self) -> None:
        language = self.draw.choice(LANGUAGES)
        try:
            self.generations.rollback(self.encoder.spec.identity, language)
        except IndexMissing:
            # None was kept.
            return

    def prune(self) -> None:
        self.generations.prune(self.encoder.spec.identity, self.draw.choice([0, 1]))


def apply(book: Book, wanted: "dict[str, Written | None]") -> None:
    for key, one in wanted.items():
        if one is None:
            book.pop(key)
        else:
            book[key] = one


def suffer(task: Task) -> None:
    """Live until killed."""
    victim = Victim(task)

    def compaction(*args: Any, **named: Any) -> Any:
        victim.note(doing="compaction")
        return build(*args, **named)

    # A build soon, rather than after 5 % and fifty words.
    for name, value in {"FEWEST": 5, "SHARE": 0.01, "build": compaction}.items():
        setattr(upkeep, name, value)
    watch(task, victim.sessions.kw["bind"])
    victim.live()


def main() -> None:
    for line in sys.stdin:
        task = Task(**json.loads(line))
        victim = os.fork()
        if victim == 0:
            os.close(0)
            try:
                suffer(task)
            except BaseException:
                sys.excepthook(*sys.exc_info())
                os._exit(1)
            os._exit(0)
        print(victim, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(victim, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
