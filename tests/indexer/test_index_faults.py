"""What disks, copies and deletions do to indices: named, refused, and built again from SQL."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from indexer.answers import SearchRequest
from indexer.build import build
from indexer.generations.folder import POINTER, Generations
from indexer.generations.sealed import MANIFEST
from indexer.search import search
from indexer.service import LexiconService
from lexicon import edits
from lexicon.entries import checked
from lexicon.errors import IndexDamaged, InvalidInput, NoWords, StoreUnavailable
from lexicon.models import Lexeme
from lexicon.store import Sessions, writing
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.asking import ask, lemmas
from tests.indexer.generations.folders import best, home_of, live_folder, live_of, names
from tests.indexer.worlds import entry

LANGUAGES = ("en", "fr", "kn")


def files(folder: Path) -> list[str]:
    """Names of a generation's files, its manifest's too."""
    return sorted(path.name for path in folder.iterdir())


def pointed(service: LexiconService) -> dict[str, str]:
    return {code: live_of(Generations(service.settings.indices), code) for code in LANGUAGES}


class Disk:
    """Counts what a build writes to its folders, and is full from a certain write on."""

    def __init__(self, patch: pytest.MonkeyPatch, root: Path) -> None:
        self.writes = 0
        self.room: int | None = None
        self.renamed: int | None = None
        self._root = str(root)
        for owner, name in [
            (Path, "mkdir"),
            (Path, "write_bytes"),
            (Path, "write_text"),
            (Path, "rename"),
            (Path, "replace"),
            (np.lib.format, "open_memmap"),
            (np, "save"),
        ]:
            patch.setattr(owner, name, self._watched(getattr(owner, name)))
        patch.setattr(os, "fsync", self._watched(os.fsync, always=True))
        patch.setattr(Path, "open", self._opened(Path.open))

    def _watched(self, call: Callable[..., Any], always: bool = False) -> Callable[..., Any]:
        def run(*args: Any, **named: Any) -> Any:
            if always or str(args[0]).startswith(self._root):
                if call.__name__ == "rename" and self.renamed is None:
                    self.renamed = self.writes
                self._write()
            return call(*args, **named)

        return run

    def _opened(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(path: Path, mode: str = "r", *args: Any, **named: Any) -> Any:
            if "w" in mode and str(path).startswith(self._root):
                self._write()
            return call(path, mode, *args, **named)

        return run

    def _write(self) -> None:
        self.writes += 1
        if self.room is not None and self.writes > self.room:
            raise OSError(ENOSPC, os.strerror(ENOSPC))


class TestAFullDisk:
    @contextmanager
    def disk(self, service: LexiconService) -> Iterator[Disk]:
        with pytest.MonkeyPatch.context() as patch:
            yield Disk(patch, service.settings.indices)

    def test_every_write_of_a_build_may_find_it_full(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        generations = Generations(service.settings.indices)
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea", fr="mer")])
        with self.disk(service) as counting:
            build(sessions, generations, axis, force=True)
        assert counting.renamed is not None
        assert counting.renamed > 50
        for room in range(counting.renamed):
            before = pointed(service)
            with self.disk(service) as full:
                full.room = room
                with pytest.raises(StoreUnavailable, match=r"\(No space left on device\); make ro"):
                    build(sessions, generations, axis, force=True)
            assert pointed(service) == before
            assert best(LexiconService(service.settings, sessions)) == best(service) == "water"
            assert build(sessions, generations, axis).built == {}
            for code in LANGUAGES:
                there = names(home_of(generations, code))
                assert len([name for name in there if name[0] != "."]) == len(there) == 3

    def test_one_that_fills_up_while_generations_are_put_in_place_leaves_whole_ones(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        generations = Generations(service.settings.indices)
        with self.disk(service) as counting:
            build(sessions, generations, axis, force=True)
        assert counting.renamed is not None
        for room in range(counting.renamed, counting.renamed + 9):
            with self.disk(service) as full:
                full.room = room
                with pytest.raises(StoreUnavailable, match=r"\(No space left on device\); make ro"):
                    build(sessions, generations, axis, force=True)
            assert all(listed.problem is None for listed in generations.listed())
            assert best(LexiconService(service.settings, sessions)) == best(service) == "water"
            assert build(sessions, generations, axis).repaired == {}
        build(sessions, generations, axis, force=True)
        assert all(len(names(home_of(generations, code))) == 3 for code in LANGUAGES)


def missing(path: Path) -> None:
    path.unlink()


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


class TestFiles:
    @pytest.mark.parametrize("damage", [missing, truncated, flipped])
    def test_each_that_is_damaged_is_named_and_built_again(
        self,
        service: LexiconService,
        sessions: Sessions,
        axis: AxisEncoder,
        damage: Callable[[Path], None],
    ) -> None:
        generations = Generations(service.settings.indices)
        for name in files(live_folder(generations)):
            broken = live_of(generations)
            damage(live_folder(generations) / name)
            with pytest.raises(IndexDamaged, match=rf"{broken} .*{re.escape(name)}"):
                best(LexiconService(service.settings, sessions))
            others = LexiconService(service.settings, sessions)
            assert lemmas(ask(others, "eau", "fr", "kn", k=1)) == ["ನೀರು"]
            report = build(sessions, generations, axis)
            assert list(report.repaired) == list(report.built) == ["en"]
            assert name in report.repaired["en"]
            assert best(LexiconService(service.settings, sessions)) == "water"

    def test_each_of_another_language_is_named_and_built_again(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        generations = Generations(service.settings.indices)
        for name in files(live_folder(generations)):
            mine, theirs = live_folder(generations), live_folder(generations, "kn")
            if not (theirs / name).exists():
                continue
            shutil.copyfile(theirs / name, mine / name)
            if (theirs / name).read_bytes() == (mine / name).read_bytes() == b"":
                continue
            with pytest.raises(IndexDamaged, match=re.escape(name)):
                best(LexiconService(service.settings, sessions))
            assert name in build(sessions, generations, axis).repaired["en"]
            assert best(LexiconService(service.settings, sessions)) == "water"

    def test_a_file_that_nobody_put_there_is_left_alone(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        generations = Generations(service.settings.indices)
        (live_folder(generations) / "notes.txt").write_text("mine")
        assert best(LexiconService(service.settings, sessions)) == "water"
        assert build(sessions, generations, axis).repaired == {}

    def test_a_generation_of_another_identity_is_refused_under_the_name_of_ours(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        generations = Generations(service.settings.indices)
        other = AxisEncoder(revision="2")
        build(sessions, generations, other)
        theirs = generations.folder(other.spec.identity, "en")
        named = generations.live(other.spec.identity, "en")
        assert named is not None
        # Its files, whole, in the folder of our generation: the pointer knows better.
        mine = live_folder(generations)
        shutil.rmtree(mine)
        shutil.copytree(theirs / named.generation, mine)
        with pytest.raises(IndexDamaged, match=rf"{mine.name} .*{MANIFEST}"):
            best(LexiconService(service.settings, sessions))
        assert list(build(sessions, generations, axis).repaired) == ["en"]
        assert best(LexiconService(service.settings, sessions)) == "water"
        assert generations.load(other.spec, "en").generation == named.generation

    def test_the_pointer_of_another_language_is_refused(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        generations = Generations(service.settings.indices)
        shutil.copyfile(home_of(generations, "fr") / POINTER, home_of(generations, "en") / POINTER)
        with pytest.raises(IndexDamaged, match=live_of(generations, "fr")):
            best(LexiconService(service.settings, sessions))
        assert list(build(sessions, generations, axis).repaired) == ["en"]
        assert best(LexiconService(service.settings, sessions)) == "water"

    def test_indices_of_another_store_are_refused(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        with writing(sessions) as session:
            session.connection().exec_driver_sql("UPDATE store_identity SET id = 'another'")
        with pytest.raises(IndexDamaged, match=r"its words are those of another store"):
            best(LexiconService(service.settings, sessions))
        assert set(build(sessions, service.generations, axis).repaired) == set(LANGUAGES)
        assert best(LexiconService(service.settings, sessions)) == "water"


class TestALanguageWithoutWords:
    def without_french(self) -> list[Any]:
        return [
            checked(
                one.key,
                one.pos,
                one.field,
                one.gloss,
                {code: "|".join(forms) for code, forms in one.forms.items() if code != "fr"},
            )
            for one in TINY
        ]

    @pytest.mark.parametrize("built", [False, True])
    def test_a_search_says_so_and_others_go_on(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder, built: bool
    ) -> None:
        fill(sessions, self.without_french())
        if built:
            build(sessions, service.generations, axis)
        for source, target, text in [("en", "fr", "water"), ("fr", "en", "eau")]:
            with pytest.raises(NoWords, match=r"has no words of language 'fr'; add some first"):
                search(service, SearchRequest(text, source, target))
        assert lemmas(ask(service, "water", target="kn", k=2)) == ["ನೀರು", "ಜಲ"]

    @pytest.mark.parametrize("built", [False, True])
    def test_words_that_come_back_are_found(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder, built: bool
    ) -> None:
        fill(sessions, self.without_french())
        if built:
            build(sessions, service.generations, axis)
        with writing(sessions) as session:
            edits.add(
                session, checked("eau.noun.1", "noun", "water", "clear liquid", {"fr": "eau"})
            )
        assert lemmas(ask(service, "water")) == ["eau"]
        assert best(service) == "water"
        build(sessions, service.generations, axis)
        assert lemmas(ask(service, "water")) == ["eau"]

    def test_the_last_word_of_the_store_may_go(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        with writing(sessions) as session:
            edits.remove(session, [one.key for one in TINY])
        for code in LANGUAGES:
            with pytest.raises(NoWords):
                service.index(axis, code)
        build(sessions, service.generations, axis)
        with pytest.raises(NoWords):
            best(service)
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea")])
        assert best(service) == "water"


class TestNumbers:
    def test_two_lexemes_of_one_number_cannot_be(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        first = int(service.index(axis, "en").ids[0])
        facts = {"language": "fr", "lemma": "x", "search_key": "x", "script": "Latn", "pos": "x"}
        with pytest.raises(IntegrityError), sessions.begin() as session:
            session.execute(insert(Lexeme).values(id=first, **facts))

    def test_a_word_that_comes_back_has_a_number_of_its_own(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        seen: set[int] = set()
        for _ in range(3):
            found = service.index(axis, "fr").ids.tolist()
            assert len(set(found)) == len(found)
            assert not seen & set(found)
            seen |= set(found)
            with writing(sessions) as session:
                edits.remove(session, [one.key for one in TINY])
            fill(sessions, [entry("other", en="other")])
            fill(sessions, TINY)

    def test_more_than_there_are_gives_all_of_them_once(
        self, tiny: LexiconService, tiny_axis: AxisEncoder
    ) -> None:
        index = tiny.index(tiny_axis, "kn")
        found = index.search(index.all_vectors(), 1_000)
        assert found.ids.shape == (5, 5)
        assert all(len(set(row)) == 5 for row in found.ids.tolist())

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    def test_a_query_that_is_no_number_is_refused(
        self, tiny: LexiconService, tiny_axis: AxisEncoder, bad: float
    ) -> None:
        query = np.array([[1, 0, 0, 0], [0, bad, 0, 0]], dtype=np.float32)
        with pytest.raises(InvalidInput, match=r"query 1 holds NaN or infinity"):
            tiny.index(tiny_axis, "kn").search(query, 1)
