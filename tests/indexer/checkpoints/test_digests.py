"""Digests of checkpoint files, and when a file is read again."""

import json
import os
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest

from indexer.checkpoints.digests import DigestCache, revision


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "model.safetensors"
    made.write_bytes(b"weights")
    return made


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "digests.json"


def pretend(kept: Path, digest: str = "remembered") -> None:
    """Let the cache say something else, so that it shows whether the file was read."""
    held = json.loads(kept.read_text())
    kept.write_text(json.dumps({path: [*entry[:3], digest] for path, entry in held.items()}))


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


class TestCache:
    def test_a_digest_is_that_of_the_bytes(self, file: Path, kept: Path) -> None:
        file.write_bytes(b"x" * 3_000_000)
        assert DigestCache(kept).of(file) == digest(b"x" * 3_000_000)
        assert DigestCache(None).of(file) == digest(b"x" * 3_000_000)

    def test_what_did_not_change_is_not_read_again(self, file: Path, kept: Path) -> None:
        DigestCache(kept).of(file)
        pretend(kept)
        assert DigestCache(kept).of(file) == "remembered"

    def test_another_size_is_read_again(self, file: Path, kept: Path) -> None:
        DigestCache(kept).of(file)
        pretend(kept)
        before = file.stat()
        file.write_bytes(b"weights!")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert DigestCache(kept).of(file) == digest(b"weights!")

    def test_another_time_is_read_again(self, file: Path, kept: Path) -> None:
        DigestCache(kept).of(file)
        before = file.stat()
        file.write_bytes(b"WEIGHTS")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
        cache = DigestCache(kept)
        assert cache.of(file) == digest(b"WEIGHTS")
        pretend(kept)
        assert DigestCache(kept).of(file) == "remembered"

    def test_another_file_of_the_same_size_and_time_is_read_again(
        self, file: Path, kept: Path
    ) -> None:
        DigestCache(kept).of(file)
        before = file.stat()
        other = file.with_name("other")
        other.write_bytes(b"WEIGHTS")
        os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
        other.replace(file)
        assert DigestCache(kept).of(file) == digest(b"WEIGHTS")

    def test_the_same_bytes_elsewhere_are_read(self, file: Path, kept: Path) -> None:
        DigestCache(kept).of(file)
        pretend(kept)
        moved = file.rename(file.with_name("moved"))
        assert DigestCache(kept).of(moved) == digest(b"weights")

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"\xff",
            b"[]",
            b"3",
            b"null",
            b'{"FILE": 3}',
            b'{"FILE": []}',
            b'{"FILE": {}}',
        ],
    )
    def test_a_broken_cache_is_replaced(self, file: Path, kept: Path, content: bytes) -> None:
        kept.parent.mkdir()
        kept.write_bytes(content.replace(b"FILE", str(file).encode()))
        assert DigestCache(kept).of(file) == digest(b"weights")
        pretend(kept)
        assert DigestCache(kept).of(file) == "remembered"

    def test_an_entry_cut_short_is_read_again(self, file: Path, kept: Path) -> None:
        DigestCache(kept).of(file)
        held = json.loads(kept.read_text())
        kept.write_text(json.dumps({path: entry[:3] for path, entry in held.items()}))
        assert DigestCache(kept).of(file) == digest(b"weights")

    def test_a_folder_that_cannot_be_made_is_no_error(self, file: Path, tmp_path: Path) -> None:
        (tmp_path / "cache").write_text("in the way")
        assert DigestCache(tmp_path / "cache" / "digests.json").of(file) == digest(b"weights")

    def test_a_folder_that_cannot_be_written_is_no_error(
        self, file: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def locked(**_: object) -> None:
            raise PermissionError("locked")

        monkeypatch.setattr(tempfile, "mkstemp", locked)
        assert DigestCache(kept).of(file) == digest(b"weights")
        assert not kept.exists()

    def test_nothing_is_left_beside_the_cache(self, file: Path, kept: Path) -> None:
        DigestCache(kept).of(file)
        assert [path.name for path in kept.parent.iterdir()] == ["digests.json"]


FILES = {
    "model.safetensors": "weights",
    "2_Dense/model.safetensors": "weights",
    "pytorch_model.bin": "weights",
    "onnx/model.onnx": "weights",
    "tokenizer.json": "tokenizer",
    "tokenizer_config.json": "tokenizer",
    "vocab.txt": "tokenizer",
    "merges.txt": "tokenizer",
    "special_tokens_map.json": "tokenizer",
    "added_tokens.json": "tokenizer",
    "sentencepiece.bpe.model": "tokenizer",
    "config.json": "config",
    "modules.json": "config",
    "1_Pooling/config.json": "config",
    "sentence_bert_config.json": "config",
    "model.safetensors.index.json": "config",
}


class TestRevision:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        for name in FILES:
            path = tmp_path / "model" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
        return tmp_path / "model"

    @pytest.fixture
    def before(self, folder: Path) -> dict[str, str]:
        return parts(folder)

    @pytest.mark.parametrize(("name", "kind"), FILES.items())
    def test_every_file_is_part_of_its_kind_and_of_no_other(
        self, folder: Path, before: dict[str, str], name: str, kind: str
    ) -> None:
        (folder / name).write_text(f"{name}!")
        after = parts(folder)
        assert {part for part in after if after[part] != before[part]} == {kind}

    @pytest.mark.parametrize("name", ["model.safetensors", "vocab.txt", "config.json"])
    def test_a_file_that_goes_or_is_called_otherwise_counts(
        self, folder: Path, before: dict[str, str], name: str
    ) -> None:
        (folder / name).rename(folder / f"{name.partition('.')[0]}2.{name.rpartition('.')[2]}")
        renamed = parts(folder)
        assert renamed != before
        (folder / f"{name.partition('.')[0]}2.{name.rpartition('.')[2]}").unlink()
        assert parts(folder) not in (before, renamed)

    def test_a_file_of_another_folder_counts(self, folder: Path, before: dict[str, str]) -> None:
        (folder / "2_Dense").rename(folder / "3_Dense")
        assert parts(folder)["weights"] != before["weights"]

    def test_two_files_that_change_places_count(self, folder: Path, before: dict[str, str]) -> None:
        one, two = folder / "model.safetensors", folder / "2_Dense" / "model.safetensors"
        held = one.read_bytes()
        one.write_bytes(two.read_bytes())
        two.write_bytes(held)
        assert parts(folder)["weights"] != before["weights"]

    @pytest.mark.parametrize(
        "name",
        [
            "README.md",
            "docs/more.md",
            "picture.png",
            "LICENSE.txt.license",
            "checkpoint.json",
            ".gitattributes",
            ".cache/huggingface/model.safetensors.metadata",
            ".part/model.safetensors",
        ],
    )
    def test_documents_and_hidden_files_do_not_count(
        self, folder: Path, before: dict[str, str], name: str
    ) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("another day")
        assert parts(folder) == before

    def test_where_the_folder_lies_does_not_count(
        self, folder: Path, before: dict[str, str], tmp_path: Path
    ) -> None:
        hidden = tmp_path / ".models"
        hidden.mkdir()
        assert parts(folder.rename(hidden / "other")) == before

    def test_an_empty_folder_has_a_revision(self, tmp_path: Path) -> None:
        nothing = digest(b"")[:16]
        assert revision(tmp_path, DigestCache(None)) == (
            f"weights:{nothing};tokenizer:{nothing};config:{nothing}"
        )

    def test_it_is_sixteen_digits_over_names_and_digests(self, tmp_path: Path) -> None:
        (tmp_path / "config.json").write_bytes(b"{}")
        said = parts(tmp_path)["config"]
        assert said == digest(f"config.json {digest(b'{}')}".encode())[:16]


def parts(folder: Path) -> dict[str, str]:
    said = revision(folder, DigestCache(None))
    return dict(part.split(":", 1) for part in said.split(";"))
