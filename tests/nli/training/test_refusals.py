"""Trainings that must not begin, go on or end: each says why in one line."""

import errno
import json
import os
import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from safetensors import SafetensorError

from lexicon import disk
from lexicon.errors import InvalidInput, LexiconError, StoreUnavailable
from lexicon.settings import Settings
from nli.training import publish, state, train
from nli.training.forward import Forward
from tests.nli.training.toy import Killed, Killing, Moment, Silent, rows, trained

Usage = namedtuple("Usage", ("total", "used", "free"))


def refused(kind: type[LexiconError], *arguments: Any, **changes: Any) -> str:
    with pytest.raises(kind) as caught:
        trained(*arguments, **changes)
    assert "\n" not in str(caught.value)
    return str(caught.value)


class TestWhere:
    def test_a_folder_that_is_not_empty(self, tmp_path: Path, base: Path, on_cpu: Settings) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "mine.txt").write_text("mine")
        said = refused(InvalidInput, on_cpu, base, tmp_path)
        assert said == (
            f"{tmp_path / 'out'} is there already; name another with --out, or remove it"
        )
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]
        assert not (tmp_path / ".out.training").exists()

    def test_a_file_or_a_link_in_its_place(
        self, tmp_path: Path, base: Path, on_cpu: Settings
    ) -> None:
        (tmp_path / "out").write_text("mine")
        (tmp_path / "link").symlink_to(tmp_path / "nowhere")
        for name in ("out", "link"):
            assert "is there already" in refused(InvalidInput, on_cpu, base, tmp_path, name=name)

    def test_an_empty_folder_will_do(self, tmp_path: Path, base: Path, on_cpu: Settings) -> None:
        (tmp_path / "out").mkdir()
        trained(on_cpu, base, tmp_path)
        assert (tmp_path / "out" / "training.json").is_file()

    def test_a_folder_in_nothing(self, tmp_path: Path, base: Path, on_cpu: Settings) -> None:
        said = refused(InvalidInput, on_cpu, base, tmp_path, name="no/such")
        assert said == f"{tmp_path / 'no'} is no folder; make it, or name another with --out"


class TestWhat:
    def test_the_training_file_is_no_development_set(
        self, tmp_path: Path, base: Path, on_cpu: Settings
    ) -> None:
        said = refused(InvalidInput, on_cpu, base, tmp_path, pairs=rows(9, 0), dev=rows(9, 0))
        assert "is the same file as --train" in said

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"lr": 1e-3}, "--lr 0.005, not 0.001"),
            ({"seeds": (43,)}, "--seeds (42,), not (43,)"),
            ({"pairs": rows(90, 5)}, "--train train.tsv of sha256"),
            ({"precision": "bf16"}, "--precision auto, not bf16"),
        ],
    )
    def test_what_was_begun_otherwise_does_not_go_on(
        self,
        tmp_path: Path,
        base: Path,
        on_cpu: Settings,
        changes: dict[str, Any],
        said: str,
    ) -> None:
        with pytest.raises(Killed):
            trained(on_cpu, base, tmp_path, Killing(Moment("seed 42", 3)))
        found = refused(InvalidInput, on_cpu, base, tmp_path, **changes)
        assert f"holds a training that was begun with {said}" in found
        assert found.endswith("or begin anew with --fresh")

    def test_what_is_to_be_fresh_begins_at_the_first_step(
        self, tmp_path: Path, base: Path, on_cpu: Settings
    ) -> None:
        with pytest.raises(Killed):
            trained(on_cpu, base, tmp_path, Killing(Moment("seed 42", 3)))
        watch = Silent()
        trained(on_cpu, base, tmp_path, watch, fresh=True, lr=1e-3)
        assert next(one for one in watch.steps if one[0].startswith("seed")) == ("seed 42", 1)

    def test_another_base_of_the_same_name_does_not_go_on(
        self, tmp_path: Path, base: Path, on_cpu: Settings
    ) -> None:
        own = Path(shutil.copytree(base, tmp_path / "base"))
        with pytest.raises(Killed):
            trained(on_cpu, own, tmp_path, Killing(Moment("seed 42", 3)))
        (own / "generation_config.json").write_text("{}")
        assert "base revision" in refused(InvalidInput, on_cpu, own, tmp_path)

    def test_what_was_begun_cannot_be_read(
        self, tmp_path: Path, base: Path, on_cpu: Settings
    ) -> None:
        with pytest.raises(Killed):
            trained(on_cpu, base, tmp_path, Killing(Moment("seed 42", 3)))
        (tmp_path / ".out.training" / "begun.json").write_text("{}")
        assert "cannot be read" in refused(InvalidInput, on_cpu, base, tmp_path)

    def test_a_loss_that_is_no_number(
        self, tmp_path: Path, base: Path, on_cpu: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        exact = Forward.loss
        monkeypatch.setattr(Forward, "loss", lambda *given: exact(*given) * float("inf"))
        assert refused(InvalidInput, on_cpu, base, tmp_path) == (
            "step 1 of seed 42: the loss is no number any more; "
            "begin again with a --lr below 0.005 and --fresh"
        )
        assert not (tmp_path / "out").exists()


class TestRoom:
    def test_too_little_of_it_is_told_before_anything_is_done(
        self, tmp_path: Path, base: Path, on_cpu: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(9, 9, 1_000))
        watch = Silent()
        with pytest.raises(StoreUnavailable, match="which has room for 1,000; make room there"):
            trained(on_cpu, base, tmp_path, watch)
        assert not watch.steps

    @pytest.mark.parametrize(
        "error",
        [
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
            SafetensorError("I/O error: No space left on device (os error 28)"),
        ],
    )
    def test_a_disk_that_is_full_leaves_a_training_that_goes_on(
        self,
        tmp_path: Path,
        base: Path,
        on_cpu: Settings,
        monkeypatch: pytest.MonkeyPatch,
        error: Exception,
    ) -> None:
        saved = disk.sync
        written: list[Path] = []

        def sync(path: Path) -> None:
            written.append(path)
            if len(written) == 5:
                raise error
            saved(path)

        monkeypatch.setattr(state, "sync", sync)
        said = refused(StoreUnavailable, on_cpu, base, tmp_path)
        assert said == (
            f"{tmp_path / '.out.training' / '42'} cannot be written (its disk is full); "
            "make room there, then give the same command again"
        )
        assert not (tmp_path / "out").exists()
        assert not list((tmp_path / ".out.training").rglob("*.part"))
        trained(on_cpu, base, tmp_path)
        assert (tmp_path / "out" / "model.safetensors").is_file()

    def test_other_faults_are_told_as_the_system_tells_them(self, tmp_path: Path) -> None:
        said = r"cannot be written \(Permission denied\)"
        with pytest.raises(StoreUnavailable, match=said), state.room_in(tmp_path):
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))


class TestMachine:
    def test_a_gpu_that_is_too_small(
        self, tmp_path: Path, base: Path, on_cpu: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import torch

        def loss(*_given: Any) -> Any:
            raise torch.OutOfMemoryError("CUDA out of memory")

        monkeypatch.setattr(Forward, "loss", loss)
        assert refused(InvalidInput, on_cpu, base, tmp_path) == (
            "the memory of the GPU is too small for batches of 16; begin again with --batch 8 and "
            "--fresh, or on the CPU with LEXICON_DEVICE=cpu"
        )

    def test_auto_is_bf16_on_a_gpu_that_computes_in_it_only(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(train, "resolve", lambda _wanted, _device: "bf16")
        assert train._precision("auto", "cuda") == "bf16"
        assert train._precision("auto", "cpu") == "fp32"
        assert train._precision("fp32", "cuda") == "fp32"

    def test_a_tokenizer_that_does_not_survive_being_saved(
        self, tmp_path: Path, base: Path, on_cpu: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save = publish.write_checkpoint

        def spoilt(folder: Path, model: Any, tokenizer: Any) -> None:
            save(folder, model, tokenizer)
            file = folder / "tokenizer.json"
            said = json.loads(file.read_text(encoding="utf-8"))
            said["model"]["vocab"][4:] = said["model"]["vocab"][:3:-1]
            file.write_text(json.dumps(said))

        monkeypatch.setattr(publish, "write_checkpoint", spoilt)
        with pytest.raises(LexiconError, match="does not read pairs as the model that was trained"):
            trained(on_cpu, base, tmp_path)
        assert not (tmp_path / "out").exists()
