"""Generations: published whole or not at all, and never served damaged or foreign."""

from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from indexer.build import build
from indexer.generations import folder
from indexer.generations.folder import POINTER, Generations
from indexer.generations.manifest import FORMAT
from indexer.generations.records import Live
from indexer.generations.sealed import MANIFEST
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import IndexBusy, IndexDamaged, IndexMissing
from lexicon.store import Sessions
from tests.conftest import AxisEncoder
from tests.indexer.generations.folders import (
    FILES,
    IDENTITY,
    best,
    home_of,
    live_folder,
    live_of,
    names,
)


class TestAPublishedGeneration:
    def test_it_holds_the_files_that_its_manifest_names(self, service: LexiconService) -> None:
        folder = live_folder(service.generations)
        assert names(folder) == FILES
        manifest = service.generations.manifest(IDENTITY, "en")
        assert sorted([*manifest.files, MANIFEST]) == FILES
        assert {name: record.bytes for name, record in manifest.files.items()} == {
            name: (folder / name).stat().st_size for name in manifest.files
        }

    def test_its_manifest_says_what_it_is(self, service: LexiconService) -> None:
        manifest = service.generations.manifest(IDENTITY, "kn")
        assert manifest.format == FORMAT
        assert manifest.generation == live_of(service.generations, "kn")
        assert (manifest.encoder, manifest.identity) == ("axis", IDENTITY)
        assert manifest.spec["model_id"] == "tests/axis"
        assert (manifest.language, manifest.rows, manifest.dim, manifest.covered) == ("kn", 5, 4, 5)
        assert manifest.neighbourhoods == {
            "en": live_of(service.generations, "en"),
            "fr": live_of(service.generations, "fr"),
        }
        assert set(manifest.versions) == {"semantic-lexicon", "numpy", "faiss"}

    def test_nothing_else_is_left_beside_it(self, service: LexiconService) -> None:
        generations = service.generations
        assert names(home_of(generations)) == sorted([live_of(generations), POINTER])
        assert names(generations.root / IDENTITY) == [".lock", "en", "fr", "kn"]

    def test_no_index_is_not_a_live_one(self, tmp_path: Path) -> None:
        generations = Generations(tmp_path)
        assert generations.live(IDENTITY, "en") is None
        with pytest.raises(IndexMissing, match=r"language 'en'; build it with: lexicon index bui"):
            generations.load(AxisEncoder.spec, "en")


class TestPruning:
    def test_two_generations_are_kept(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        for _ in range(3):
            build(sessions, service.generations, axis, force=True)
        for language in ("en", "fr", "kn"):
            kept = names(home_of(service.generations, language))
            assert len(kept) == 3
            assert {live_of(service.generations, language), POINTER} < set(kept)

    def test_the_one_before_is_kept_however_fast_builds_follow_each_other(
        self,
        service: LexiconService,
        sessions: Sessions,
        axis: AxisEncoder,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        falling = iter(range(1_000, 0, -1))
        monkeypatch.setattr(folder, "uuid4", lambda: UUID(int=next(falling) << 96))
        for _ in range(4):
            before = live_of(service.generations)
            build(sessions, service.generations, axis, ["en"], force=True)
            assert before in names(home_of(service.generations))

    def test_the_older_ones_are_those_that_go(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        home = home_of(service.generations)
        before = live_of(service.generations)
        for year in (2001, 2002):
            (home / f"{year}0101T000000-00000000").mkdir()
        build(sessions, service.generations, axis, force=True)
        assert names(home) == sorted([before, live_of(service.generations), POINTER])


def test_readers_see_a_new_generation_at_once(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder
) -> None:
    old = service.index(axis, "en")
    assert service.index(axis, "en") is old
    build(sessions, service.generations, axis, force=True)
    new = service.index(axis, "en")
    assert new is not old
    assert new.manifest.generation == live_of(service.generations)
    # Whoever still holds the old one can finish with it.
    assert old.search(new.all_vectors(), 1).ids.shape == (4, 1)


def test_a_live_generation_is_its_name_and_digest(service: LexiconService) -> None:
    words = (home_of(service.generations) / POINTER).read_text().split()
    assert service.generations.live(IDENTITY, "en") == Live(*words)
    assert len(words[1]) == 64


class TestRollback:
    @pytest.fixture
    def rebuilt(self, service: LexiconService, sessions: Sessions, axis: AxisEncoder) -> list[str]:
        """The generations of English, the first of which is not live any more."""
        before = live_of(service.generations)
        build(sessions, service.generations, axis, ["en"], force=True)
        return [before, live_of(service.generations)]

    def test_the_one_before_answers_again(
        self, service: LexiconService, axis: AxisEncoder, rebuilt: list[str]
    ) -> None:
        assert service.index(axis, "en").generation == rebuilt[1]
        assert service.generations.rollback(IDENTITY, "en").generation == rebuilt[0]
        assert service.index(axis, "en").generation == rebuilt[0]
        assert service.generations.rollback(IDENTITY, "en", rebuilt[1]).generation == rebuilt[1]
        assert best(service) == "water"

    def test_a_build_says_so_in_sql(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder, rebuilt: list[str]
    ) -> None:
        service.generations.rollback(IDENTITY, "en")
        assert build(sessions, service.generations, axis, ["en"]).built == {}
        with sessions() as session:
            rows = queries.generations(session, IDENTITY)
        live = [row.id for row in rows if row.live and row.language == "en"]
        assert live == [rebuilt[0]]

    @pytest.mark.parametrize("to", ["20200101T000000-00000000", "../fr", ""])
    def test_one_that_is_not_there_names_those_that_are(
        self, service: LexiconService, rebuilt: list[str], to: str
    ) -> None:
        if to:
            with pytest.raises(IndexMissing, match=rf"that are kept: {rebuilt[0]}$"):
                service.generations.rollback(IDENTITY, "en", to)
        else:
            with pytest.raises(IndexMissing, match=r"that are kept: none$"):
                service.generations.rollback(IDENTITY, "fr")
        assert live_of(service.generations) == rebuilt[1]

    @pytest.mark.parametrize("identity", [IDENTITY, "other-0"])
    def test_a_language_that_was_never_built_has_none(
        self, service: LexiconService, identity: str
    ) -> None:
        with pytest.raises(IndexMissing, match=r"language 'hi'; build it with"):
            service.generations.rollback(identity, "hi")
        assert names(service.generations.root) == [IDENTITY]

    def test_a_damaged_one_does_not_become_live(
        self, service: LexiconService, rebuilt: list[str]
    ) -> None:
        path = home_of(service.generations) / rebuilt[0] / "vectors.npy"
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)
        with pytest.raises(IndexDamaged, match=r"the content of vectors.npy was changed"):
            service.generations.rollback(IDENTITY, "en")
        assert live_of(service.generations) == rebuilt[1]

    def test_it_waits_for_no_builder(self, service: LexiconService, rebuilt: list[str]) -> None:
        with service.generations.building(IDENTITY), pytest.raises(IndexBusy):
            Generations(service.generations.root).rollback(IDENTITY, "en")


class TestPrune:
    @pytest.mark.parametrize("keep", [0, 1, 2, 9])
    def test_the_live_one_and_the_newest_others_are_kept(
        self, service: LexiconService, keep: int
    ) -> None:
        home = home_of(service.generations)
        live = live_of(service.generations)
        years = [f"{year}0101T000000-00000000" for year in (2001, 2002, 2003)]
        for year in years:
            (home / year).mkdir()
        gone = years[: max(0, 3 - keep)]
        assert sorted(service.generations.prune(IDENTITY, keep)) == gone
        assert names(home) == sorted([*(set(years) - set(gone)), live, POINTER])
        assert live_of(service.generations, "fr") in names(home_of(service.generations, "fr"))

    def test_a_language_of_which_none_is_live_keeps_all(self, service: LexiconService) -> None:
        home = home_of(service.generations)
        live = live_of(service.generations)
        (home / POINTER).unlink()
        assert service.generations.prune(IDENTITY) == []
        assert names(home) == [live]


def test_generations_of_the_format_before_are_refused_and_built_again(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder
) -> None:
    folder = live_folder(service.generations)
    text = b'{"format": 1, "generation": "g", "rows": 4}'
    (folder / MANIFEST).write_bytes(text)
    pointer = home_of(service.generations) / POINTER
    pointer.write_text(f"{folder.name} {sha256(text).hexdigest()}\n")
    with pytest.raises(IndexDamaged, match=r"format 1, not 2\) .*lexicon index build$"):
        best(service)
    report = build(sessions, service.generations, axis)
    assert list(report.repaired) == ["en"]
    assert report.reused == {"en": 0}
    assert best(service) == "water"
