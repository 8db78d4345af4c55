"""What must be so after a kill: of a store, its words, its generations and what they find."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import select, text

from benchmarks.victim import (
    LANGUAGES,
    WORDS,
    Book,
    HashEncoder,
    Written,
    apply,
    stored,
)
from indexer.answers import SearchRequest
from indexer.build import build
from indexer.encoders import registry
from indexer.generations.folder import POINTER, Generations
from indexer.search import search
from indexer.service import LexiconService
from lexicon import queries, store
from lexicon.errors import IdentityMismatch, IndexDamaged, IndexMissing
from lexicon.models import Generation, Lexeme
from lexicon.settings import Settings

ENCODER = HashEncoder()
IDENTITY = ENCODER.spec.identity

SAME = 0.999
"""Cosine of a word with itself, stored with half of float32's digits."""

FAULTS = ("unreadable", "lost", "torn", "stuck", "failed")
"""Stores that cannot be read; words that are not as they were committed; generations that are not
whole; builds that fail afterwards or leave something behind; victims that ended with an error."""


class Fault(Exception):
    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind = kind


def require(sound: bool, kind: str, why: str) -> None:
    if not sound:
        raise Fault(kind, why)


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
