"""Many at once: readers never wait and never see half an import; writers wait for each other."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, make_url, select, text

from lexicon import browse, edits, queries, store
from lexicon.entries import ConceptEntry
from lexicon.errors import UnknownConcept
from lexicon.formats import wide
from lexicon.formats.reading import Input
from lexicon.ingest.files import WordsImport, import_words
from lexicon.models import Concept, Language, Lexeme, Sense
from lexicon.settings import Settings
from tests.cli.terminal import PROGRAM
from tests.conftest import TINY
from tests.lexicon.importing import held, require_sound

READERS = 4


def concepts(source: str, numbers: Sequence[int], edition: str = "") -> list[ConceptEntry]:
    """Concepts of their own, with words that other sources have too."""
    return [
        ConceptEntry(
            f"{source}.{number}",
            "noun",
            source,
            f"meaning {number}{edition}",
            {
                "en": (f"word {number}", f"shared {number % 40}{edition}"),
                "fr": (f"mot {number % 100}",),
            },
        )
        for number in numbers
    ]


def written(path: Path, entries: Sequence[ConceptEntry]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        wide.write(entries, ("en", "fr"), stream)
    return path


def words(entries: Sequence[ConceptEntry]) -> dict[str, dict[str, str]]:
    """What :func:`held` says when exactly these are there."""
    return {
        entry.key: {code: "|".join(lemmas) for code, lemmas in entry.forms.items()}
        for entry in entries
    }


@contextmanager
def opened(settings: Settings) -> Iterator[store.Sessions]:
    """A store with connections of its own, as another process has."""
    sessions = store.open_store(settings)
    try:
        yield sessions
    finally:
        sessions.kw["bind"].dispose()


def impatient(settings: Settings) -> Settings:
    """The same store for somebody who waits for no lock."""
    if settings.database_url is None:
        return settings
    url = make_url(settings.database_url).update_query_dict({"options": "-c lock_timeout=50"})
    quick = url.render_as_string(hide_password=False)
    return Settings(home=settings.home, encoder="axis", database_url=quick)


def look(sessions: store.Sessions, random: Random) -> int:
    """Read as commands and routes do; returns how many concepts were there."""
    counted = select(func.count(Concept.id)).scalar_subquery()
    meant = select(func.count(func.distinct(Sense.concept_id))).scalar_subquery()
    spoken = select(func.count(func.distinct(Sense.lexeme_id))).scalar_subquery()
    said = select(func.count(Lexeme.id)).scalar_subquery()
    with sessions() as session:
        first, by_sense, lexemes, with_sense = session.execute(
            select(counted, meant, said, spoken)
        ).one()
        assert (first, lexemes) == (by_sense, with_sense)
        language = random.choice(("en", "fr"))
        for row in queries.lexemes_matching(session, language, f"mot {random.randrange(100)}"):
            queries.senses_of(session, [row.id])
        browse.find_words(session, "shared", language, limit=5)
        browse.source_counts(session)
        queries.sense_triples(session, language)
        again = queries.counts(session)
        if session.get_bind().dialect.name == "sqlite":
            # One transaction, one state of the store. (A server's statements each see their own.)
            assert again.concepts == first
            assert sum(again.lexemes.values()) == lexemes
    return int(first)


class Watch:
    """Readers that look until the writers have ended."""

    def __init__(self, settings: Settings, readers: int) -> None:
        self._settings = impatient(settings)
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(readers)
        self._looks = [self._pool.submit(self._look, seed) for seed in range(readers)]

    def _look(self, seed: int) -> list[int]:
        seen: list[int] = []
        with opened(self._settings) as sessions:
            while not self._stopped.is_set():
                seen.append(look(sessions, Random(seed + len(seen))))
        return seen

    def end(self) -> list[int]:
        """The numbers of concepts that were seen; raises what a reader met."""
        self._stopped.set()
        self._pool.shutdown()
        return [number for one in self._looks for number in one.result()]


@contextmanager
def watched(settings: Settings, readers: int) -> Iterator[Watch]:
    watch = Watch(settings, readers)
    try:
        yield watch
    finally:
        watch.end()


def together(*jobs: Callable[[], object]) -> None:
    """Run all at once; raises the first failure."""
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        start.wait()
        job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        for one in [pool.submit(run, job) for job in jobs]:
            one.result()


def load(sessions: store.Sessions, path: Path, source: str, replace: bool = True) -> None:
    import_words(sessions, Input(path), WordsImport(source=source, replace=replace))


def test_readers_see_what_a_transaction_left_and_nothing_between(
    settings: Settings, filled: store.Sessions, tmp_path: Path
) -> None:
    left = {4}

    def leave() -> None:
        with filled() as session:
            left.add(queries.counts(session).concepts)

    with watched(settings, READERS) as watch, opened(settings) as sessions:
        for number, (source, numbers) in enumerate(
            [("a", range(400)), ("b", range(300)), ("a", range(200, 600)), ("b", range(90))]
        ):
            entries = concepts(source, numbers, f" {number}")
            load(sessions, written(tmp_path / f"{number}.tsv", entries), source)
            leave()
            for step in range(6):
                with store.writing(sessions) as session:
                    edits.add(session, concepts("mine", [10 * number + step])[0])
                leave()
                with store.writing(sessions) as session:
                    edits.edit(
                        session, edits.changed(entries[step], added=[("fr", f"neuf {step}")])
                    )
                    edits.remove(session, [entries[-1 - step].key])
                leave()
        seen = watch.end()
    assert set(seen) <= left
    assert len(set(seen)) > 4
    require_sound(filled)


def test_writers_wait_for_each_other_and_lose_nothing(
    settings: Settings, filled: store.Sessions, tmp_path: Path
) -> None:
    """Three bring, change and remove concepts whose words they share."""
    final = {name: concepts(name, range(50, 250), " 3") for name in ("a", "b")}

    def bring(name: str) -> Callable[[], None]:
        def job() -> None:
            with opened(settings) as sessions:
                for number in range(4):
                    numbers = range(50, 250) if number == 3 else range(60 * number, 300)
                    path = tmp_path / f"{name}.{number}.tsv"
                    entries = concepts(name, numbers, f" {number}")
                    load(sessions, written(path, entries), name)
                    if number == 1:
                        with store.writing(sessions) as session:
                            edits.remove_source(session, name)

        return job

    def edit() -> None:
        with opened(settings) as sessions:
            for number in range(40):
                one, other = concepts("mine", [number, number + 1])
                with store.writing(sessions) as session:
                    edits.add(session, one)
                    edits.add(session, other)
                    edits.edit(session, edits.changed(one, added=[("fr", f"mot {number + 50}")]))
                with store.writing(sessions) as session:
                    edits.remove(session, [one.key] if number < 39 else [])
                    edits.remove(session, [other.key])

    began = time.monotonic()
    with watched(settings, 1) as watch:
        together(bring("a"), bring("b"), edit)
        seen = watch.end()
    assert time.monotonic() - began < 30
    assert len(seen) > 3
    require_sound(filled)
    with filled() as session:
        edited = browse.concept_entry(session, "mine.39")
    assert edited.forms["fr"] == ("mot 39", "mot 89")
    mine = {"mine.39": {"en": "word 39|shared 39", "fr": "mot 39|mot 89"}}
    assert held(filled) == words([*TINY, *final["a"], *final["b"]]) | mine


def test_a_concept_that_goes_while_it_is_read_is_there_or_unknown(
    settings: Settings, filled: store.Sessions
) -> None:
    [entry] = concepts("a", [1])
    stopped = threading.Event()

    def read() -> int:
        looks = 0
        with opened(settings) as sessions:
            while not stopped.is_set():
                looks += 1
                with sessions() as session, suppress(UnknownConcept):
                    [found] = browse.concepts_of_word(session, "word 1", ["en"]) or [entry]
                    assert found.key == entry.key
        return looks

    with ThreadPoolExecutor(2) as pool:
        reading = [pool.submit(read) for _ in range(2)]
        for _ in range(60):
            with store.writing(filled) as session:
                edits.add(session, entry)
            with store.writing(filled) as session:
                edits.remove(session, [entry.key])
        stopped.set()
        assert all(one.result() > 5 for one in reading)


@pytest.mark.parametrize("source", ["same", None])
def test_imports_of_one_file_at_once_bring_it_once(
    settings: Settings, filled: store.Sessions, tmp_path: Path, source: str | None
) -> None:
    entries = concepts("a", range(300))
    path = written(tmp_path / "a.tsv", entries)

    def job() -> None:
        with opened(settings) as sessions:
            load(sessions, path, source or "a", replace=False)

    together(job, job, job)
    require_sound(filled)
    with filled() as session:
        assert queries.counts(session).concepts == 304


def test_a_new_language_can_come_from_two_at_once(
    settings: Settings, filled: store.Sessions, tmp_path: Path
) -> None:
    def job(name: str) -> Callable[[], None]:
        entry = ConceptEntry(name, "noun", "f", "g", {"de": ("Wasser",)})
        path = tmp_path / f"{name}.tsv"
        with path.open("w", encoding="utf-8") as stream:
            wide.write([entry], ["de"], stream)
        wanted = WordsImport(new_languages=("de", "de"))

        def run() -> None:
            with opened(settings) as sessions:
                import_words(sessions, Input(path), wanted)

        return run

    together(*map(job, "abcd"))
    require_sound(filled)
    with filled() as session:
        assert session.scalar(select(func.count()).where(Language.code == "de")) == 1
        assert queries.counts(session).lexemes["de"] == 1


def test_processes_import_at_once(
    settings: Settings, filled: store.Sessions, tmp_path: Path
) -> None:
    """The installed command, twice at the same time."""
    environment = {**os.environ, "LEXICON_HOME": str(settings.home)}
    if settings.database_url:
        environment["LEXICON_DATABASE_URL"] = settings.database_url
    started = [
        subprocess.Popen(
            [PROGRAM, "words", "import", written(tmp_path / f"{name}.tsv", concepts(name, some))],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for name, some in (("a", range(2_000)), ("b", range(1_000, 4_000)))
    ]
    said = [one.communicate(timeout=60) for one in started]
    assert [one.returncode for one in started] == [0, 0], said
    assert "a.tsv: 2,000 added, 0 updated, 0 unchanged, 0 rejected" in said[0][1]
    assert "b.tsv: 3,000 added, 0 updated, 0 unchanged, 0 rejected" in said[1][1]
    require_sound(filled)
    with filled() as session:
        assert queries.counts(session).concepts == 5_004
        if settings.database_url is None:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
