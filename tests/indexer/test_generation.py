"""Generations: published whole or not at all, and never served damaged or foreign."""

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from filelock import FileLock

from indexer import generation
from indexer.build import build
from indexer.generation import MANIFEST, POINTER, STAGING, Generations, Live
from indexer.manifest import FORMAT, Manifest
from indexer.search import SearchRequest, search
from indexer.service import LexiconService
from lexicon.errors import (
    IdentityMismatch,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    LexiconError,
    StoreUnavailable,
)
from lexicon.store import Sessions
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.worlds import entry

IDENTITY = AxisEncoder.spec.identity
FILES = [
    "covered.npy",
    "index.faiss",
    "lexemes.npy",
    MANIFEST,
    "neighbourhood.fr.npy",
    "neighbourhood.kn.npy",
    "starts.npy",
]


def home_of(generations: Generations, language: str = "en") -> Path:
    return generations.folder(IDENTITY, language)


def live_of(generations: Generations, language: str = "en") -> str:
    live = generations.live(IDENTITY, language)
    assert live is not None
    return live.generation


def live_folder(generations: Generations, language: str = "en") -> Path:
    return home_of(generations, language) / live_of(generations, language)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def reseal(generations: Generations, change: Callable[[Manifest], Manifest]) -> None:
    """Change the English manifest and point at it as a builder would."""
    folder = live_folder(generations)
    text = (folder / MANIFEST).read_bytes()
    changed = change(Manifest.model_validate_json(text)).model_dump_json().encode()
    (folder / MANIFEST).write_bytes(changed)
    (home_of(generations) / POINTER).write_text(f"{folder.name} {sha256(changed).hexdigest()}\n")


def best(service: LexiconService, text: str = "eau") -> str:
    return search(service, SearchRequest(text, "fr", "en", k=1)).results[0].lemma


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


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    """The middle bit of the content changed, its length the same."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0x10]) + content[middle + 1 :]


def emptied(_content: bytes) -> bytes:
    return b""


def zeroed(content: bytes) -> bytes:
    return bytes(len(content))


DAMAGES = [truncated, flipped, emptied, zeroed]


class TestDamage:
    @pytest.mark.parametrize("damage", DAMAGES)
    def test_every_damaged_file_is_refused_and_rebuilt(
        self,
        service: LexiconService,
        sessions: Sessions,
        axis: AxisEncoder,
        damage: Callable[[bytes], bytes],
    ) -> None:
        generations = service.generations
        for name in FILES:
            path = live_folder(generations) / name
            path.write_bytes(damage(path.read_bytes()))
            broken = live_of(generations)
            with pytest.raises(IndexDamaged, match=f"{broken} is damaged .*lexicon index build$"):
                generations.load(axis.spec, "en")
            with pytest.raises(IndexDamaged):
                best(LexiconService(service.settings, sessions))
            report = build(sessions, generations, axis)
            assert report.built == {"en": 4}
            assert list(report.repaired) == ["en"]
            assert broken in report.repaired["en"]
            assert best(LexiconService(service.settings, sessions)) == "water"

    @pytest.mark.parametrize("name", FILES)
    def test_a_missing_file_is_refused_by_name_and_rebuilt(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder, name: str
    ) -> None:
        (live_folder(service.generations) / name).unlink()
        with pytest.raises(IndexDamaged, match=f"{name}.*No such file"):
            service.generations.load(axis.spec, "en")
        assert list(build(sessions, service.generations, axis).repaired) == ["en"]
        assert best(service) == "water"

    def test_a_missing_folder_is_refused_and_rebuilt(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        shutil.rmtree(live_folder(service.generations))
        with pytest.raises(IndexDamaged, match=r"no manifest.json"):
            service.generations.load(axis.spec, "en")
        assert list(build(sessions, service.generations, axis).repaired) == ["en"]
        assert best(service) == "water"

    def test_a_missing_pointer_means_no_index(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        (home_of(service.generations) / POINTER).unlink()
        with pytest.raises(IndexMissing):
            best(service)
        report = build(sessions, service.generations, axis)
        assert report.built == {"en": 4}
        assert report.repaired == {}
        assert best(service) == "water"

    @pytest.mark.parametrize("damage", [truncated, flipped, emptied, zeroed])
    def test_a_damaged_pointer_is_refused_and_rebuilt(
        self,
        service: LexiconService,
        sessions: Sessions,
        axis: AxisEncoder,
        damage: Callable[[bytes], bytes],
    ) -> None:
        pointer = home_of(service.generations) / POINTER
        pointer.write_bytes(damage(pointer.read_bytes()))
        with pytest.raises(IndexDamaged, match=r"is damaged .*lexicon index build"):
            best(service)
        assert list(build(sessions, service.generations, axis).repaired) == ["en"]
        assert best(service) == "water"

    def test_any_flipped_bit_of_the_pointer_is_refused(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        pointer = home_of(service.generations) / POINTER
        whole = pointer.read_bytes()
        served = service.generations.live(IDENTITY, "en")
        for place in range(len(whole)):
            for bit in range(8):
                changed = bytearray(whole)
                changed[place] ^= 1 << bit
                pointer.write_bytes(changed)
                try:
                    service.generations.load(axis.spec, "en")
                except IndexDamaged:
                    continue
                # Only the line's end may change and still say the same.
                assert service.generations.live(IDENTITY, "en") == served
                assert place == len(whole) - 1

    @pytest.mark.parametrize(
        "content", [b"a b c", b"../fr/x 0", b"only", "é b".encode(), b"a\0b 0", b"\xff\xfe"]
    )
    def test_a_pointer_that_names_no_generation_is_refused(
        self, service: LexiconService, axis: AxisEncoder, content: bytes
    ) -> None:
        (home_of(service.generations) / POINTER).write_bytes(content)
        with pytest.raises(IndexDamaged):
            service.generations.load(axis.spec, "en")

    def test_a_pointer_that_is_a_folder_is_refused(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        pointer = home_of(service.generations) / POINTER
        pointer.unlink()
        pointer.mkdir()
        with pytest.raises(IndexDamaged, match=r"its pointer cannot be read"):
            service.generations.load(axis.spec, "en")

    def test_a_manifest_of_another_format_is_refused(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        reseal(service.generations, lambda made: made.model_copy(update={"format": FORMAT + 1}))
        with pytest.raises(IndexDamaged, match=rf"format {FORMAT + 1}, not {FORMAT}"):
            service.generations.load(axis.spec, "en")

    def test_a_manifest_that_is_none_is_refused(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        folder = live_folder(service.generations)
        (folder / MANIFEST).write_bytes(b"{}")
        digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        (home_of(service.generations) / POINTER).write_text(f"{folder.name} {digest}\n")
        with pytest.raises(IndexDamaged, match=r"its manifest.json is not one"):
            service.generations.load(axis.spec, "en")

    def test_sizes_are_named_when_they_differ(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        path = live_folder(service.generations) / "covered.npy"
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(IndexDamaged, match=r"covered.npy has 131 bytes, not 132"):
            service.generations.load(axis.spec, "en")

    @pytest.mark.parametrize("damage", [truncated, flipped])
    def test_damage_after_the_opening_is_not_served(
        self, service: LexiconService, axis: AxisEncoder, damage: Callable[[bytes], bytes]
    ) -> None:
        sound = LexiconService(service.settings, service.sessions)
        request = SearchRequest("water", "en", "kn")
        expected = search(sound, request)
        service.index(axis, "kn")
        for path in live_folder(service.generations, "kn").iterdir():
            path.write_bytes(damage(path.read_bytes()))
        assert search(service, request) == expected


class TestIdentity:
    def foreign(self, service: LexiconService, sessions: Sessions) -> AxisEncoder:
        """Another encoder of the same name and dimension, with an index of its own, which is then
        copied over that of ``axis``."""
        other = AxisEncoder(revision="2")
        build(sessions, service.generations, other)
        mine = home_of(service.generations)
        shutil.rmtree(mine)
        shutil.copytree(service.generations.folder(other.spec.identity, "en"), mine)
        return other

    def test_a_generation_of_another_identity_is_refused_by_name(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        other = self.foreign(service, sessions)
        assert other.spec.identity != axis.spec.identity
        assert other.spec.dim == axis.spec.dim
        message = (
            f"built by encoder {other.spec.identity}, not by {axis.spec.identity}; "
            "rebuild it with: lexicon index build"
        )
        with pytest.raises(IdentityMismatch, match=message):
            best(service)

    def test_a_generation_of_another_identity_is_rebuilt(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        other = self.foreign(service, sessions)
        report = build(sessions, service.generations, axis)
        assert report.built == {"en": 4}
        assert other.spec.identity in report.repaired["en"]
        assert best(service) == "water"

    def test_an_encoder_that_changed_has_no_index_yet(self, service: LexiconService) -> None:
        changed = replace(AxisEncoder.spec, precision="int8")
        with pytest.raises(IndexMissing):
            service.generations.load(changed, "en")

    def test_a_generation_of_another_language_is_refused(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        mine = home_of(service.generations)
        shutil.rmtree(mine)
        shutil.copytree(home_of(service.generations, "fr"), mine)
        with pytest.raises(IndexDamaged, match=r"it is of language 'fr'"):
            service.generations.load(axis.spec, "en")


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
