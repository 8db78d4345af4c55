"""Generations: published whole or not at all, and never served damaged or foreign."""

from pathlib import Path
from uuid import UUID

import pytest

from indexer import generation
from indexer.build import build
from indexer.generation import MANIFEST, POINTER, Generations, Live
from indexer.manifest import FORMAT
from indexer.service import LexiconService
from lexicon.errors import (
    IndexMissing,
)
from lexicon.store import Sessions
from tests.conftest import AxisEncoder
from tests.indexer.generations import FILES, IDENTITY, home_of, live_folder, live_of, names


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
        monkeypatch.setattr(generation, "uuid4", lambda: UUID(int=next(falling) << 96))
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
