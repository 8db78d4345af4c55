"""Builders that are killed, that fail, or that meet another: the live generation stays."""

import threading
from errno import ENOSPC
from pathlib import Path

import pytest
from filelock import FileLock

from indexer.build import build
from indexer.generations.folder import POINTER, STAGING, Generations
from indexer.service import LexiconService
from lexicon.errors import (
    IndexBusy,
    LexiconError,
    StoreUnavailable,
)
from lexicon.store import Sessions
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.generations.folders import IDENTITY, best, home_of, live_of, names
from tests.indexer.worlds import entry


class Killed(BaseException):
    """Stands for a process that ends at once."""


class TestInterruption:
    @pytest.fixture
    def grown(self, service: LexiconService, sessions: Sessions) -> LexiconService:
        """A service whose store has one more English and French word than its indices."""
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea", fr="mer")])
        return service

    @pytest.mark.parametrize("method", ["stage", "publish", "_before", "_point"])
    def test_a_kill_leaves_a_live_generation_that_answers(
        self,
        grown: LexiconService,
        sessions: Sessions,
        axis: AxisEncoder,
        monkeypatch: pytest.MonkeyPatch,
        method: str,
    ) -> None:
        generations = grown.generations
        before = live_of(generations)

        def die(*_: object) -> None:
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(Generations, method, die)
            with pytest.raises(Killed):
                build(sessions, generations, axis)
        assert live_of(generations) == before
        assert best(grown) == "water"
        assert best(LexiconService(grown.settings, sessions)) == "water"
        report = build(sessions, generations, axis)
        assert set(report.built) | set(report.current) == {"en", "fr", "kn"}
        assert report.repaired == {}
        index = grown.index(axis, "en")
        assert index.manifest.rows == 5
        assert len(names(home_of(generations))) <= 3

    def test_a_kill_before_the_pointer_is_in_place_leaves_the_old_one(
        self,
        grown: LexiconService,
        sessions: Sessions,
        axis: AxisEncoder,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        before = live_of(grown.generations)
        replacing = Path.replace

        def die(path: Path, target: Path) -> Path:
            if target.name == POINTER:
                raise Killed
            return replacing(path, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", die)
            with pytest.raises(Killed):
                build(sessions, grown.generations, axis)
        assert live_of(grown.generations) == before
        assert best(grown) == "water"

    def test_a_failing_encoder_changes_nothing(
        self, grown: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        before = {code: live_of(grown.generations, code) for code in ("en", "fr", "kn")}
        axis.table = {**axis.table, "fr": {"mer": [0, 0, 0, 0]}}
        with pytest.raises(LexiconError, match=r"zero vector"):
            build(sessions, grown.generations, axis, force=True)
        assert {code: live_of(grown.generations, code) for code in ("en", "fr", "kn")} == before
        axis.table = {**axis.table, "fr": {}}
        assert best(grown) == "water"

    def test_what_a_kill_left_staged_is_removed_by_the_next_build(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        left = home_of(service.generations) / f"{STAGING}20200101T000000-0badcafe"
        left.mkdir()
        (left / "index.faiss").write_bytes(b"half")
        assert best(service) == "water"
        assert build(sessions, service.generations, axis).built == {}
        assert not left.exists()


class TestBuilders:
    def test_a_second_builder_is_refused(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        before = live_of(service.generations)
        with (
            FileLock(service.generations.root / IDENTITY / ".lock"),
            pytest.raises(IndexBusy, match=rf"another process is building .* {IDENTITY}; wait"),
        ):
            build(sessions, service.generations, axis, force=True)
        assert live_of(service.generations) == before
        assert build(sessions, service.generations, axis, force=True).built

    def test_a_second_builder_does_not_remove_what_the_first_has_staged(
        self, service: LexiconService
    ) -> None:
        generations = service.generations
        refused: list[BaseException] = []

        def second() -> None:
            try:
                with Generations(generations.root).building(IDENTITY):
                    pass
            except IndexBusy as error:
                refused.append(error)

        with generations.building(IDENTITY):
            staged = generations.stage(IDENTITY, "en")
            thread = threading.Thread(target=second)
            thread.start()
            thread.join()
            assert staged.folder.is_dir()
        assert len(refused) == 1

    def test_builders_of_two_encoders_do_not_wait(self, service: LexiconService) -> None:
        generations = service.generations
        with generations.building(IDENTITY), generations.building("other-0"):
            assert (generations.root / "other-0").is_dir()

    @pytest.mark.parametrize(
        "error", [PermissionError(13, "Permission denied"), OSError(30, "Read-only file system")]
    )
    def test_a_folder_that_cannot_be_written_is_named_with_the_remedy(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(Path, "mkdir", refuse)
        generations = Generations(tmp_path / "indices")
        with (
            pytest.raises(
                StoreUnavailable, match=rf"{tmp_path}.* \({error.strerror}\); .*set LEXICON_HOME"
            ),
            generations.building(IDENTITY),
        ):
            pass

    def test_a_disk_that_is_full_is_named_and_leaves_the_old_generation(
        self,
        service: LexiconService,
        sessions: Sessions,
        axis: AxisEncoder,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        before = live_of(service.generations)

        def full(_path: Path, _content: object) -> int:
            raise OSError(ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(Path, "write_bytes", full)
            with pytest.raises(StoreUnavailable, match=r"\(No space left on device\); make room"):
                build(sessions, service.generations, axis, force=True)
        assert live_of(service.generations) == before
        assert best(service) == "water"
        assert build(sessions, service.generations, axis).built == {}
        assert names(home_of(service.generations)) == sorted([before, POINTER])
