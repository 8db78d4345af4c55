"""Generations that are damaged or of something else are refused, and built again."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest

from indexer.answers import SearchRequest
from indexer.build import build
from indexer.generations.folder import POINTER, Generations
from indexer.generations.manifest import FORMAT, Manifest
from indexer.generations.sealed import MANIFEST
from indexer.search import search
from indexer.service import LexiconService
from lexicon.errors import (
    IdentityMismatch,
    IndexDamaged,
    IndexMissing,
)
from lexicon.store import Sessions
from tests.conftest import AxisEncoder
from tests.indexer.generations.folders import FILES, IDENTITY, best, home_of, live_folder, live_of


def reseal(generations: Generations, change: Callable[[Manifest], Manifest]) -> None:
    """Change the English manifest and point at it as a builder would."""
    folder = live_folder(generations)
    text = (folder / MANIFEST).read_bytes()
    changed = change(Manifest.model_validate_json(text)).model_dump_json().encode()
    (folder / MANIFEST).write_bytes(changed)
    (home_of(generations) / POINTER).write_text(f"{folder.name} {sha256(changed).hexdigest()}\n")


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
