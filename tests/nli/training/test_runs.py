"""Runs: the same again, killed and gone on with, stopped early, averaged."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from lexicon.errors import InvalidInput, ModelBusy
from lexicon.settings import Settings
from nli.training import run
from tests.nli.training.toy import Killed, Killing, Moment, Silent, rows, trained


def digests(folder: Path) -> dict[str, str]:
    """Of all files but the card, which says when it was written."""
    return {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "README.md"
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, base: Path, on_cpu: Settings) -> Path:
    """What two runs that nothing disturbed come to."""
    folder = tmp_path_factory.mktemp("whole")
    trained(on_cpu, base, folder, seeds=(1, 2))
    return folder / "out"


class TestSame:
    def test_equal_seeds_give_equal_folders_and_other_seeds_others(
        self, tmp_path: Path, base: Path, whole: Path, on_cpu: Settings
    ) -> None:
        for name, seeds in (("again", (1, 2)), ("other", (1, 3))):
            trained(on_cpu, base, tmp_path, name=name, seeds=seeds)
        one, again, other = map(digests, (whole, tmp_path / "again", tmp_path / "other"))
        assert one == again
        assert one["model.safetensors"] != other["model.safetensors"]
        assert one["tokenizer.json"] == other["tokenizer.json"]

    def test_what_was_killed_goes_on_to_the_same_bytes(
        self,
        tmp_path: Path,
        base: Path,
        whole: Path,
        on_cpu: Settings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(run, "SAVE_EVERY", 0.0)
        for moment in (
            Moment("training pairs", 96),
            Moment("seed 1", 1),
            # Its weights are on disk, and the state that knows of them is not.
            Moment("seed 1", 4, scoring=True),
            Moment("seed 1", 6),
            Moment("seed 2", 3),
            Moment("checking", 40),
        ):
            with pytest.raises(Killed):
                trained(on_cpu, base, tmp_path, Killing(moment), seeds=(1, 2))
            assert not (tmp_path / "out").exists()
        trained(on_cpu, base, tmp_path, seeds=(1, 2))
        assert digests(tmp_path / "out") == digests(whole)
        assert [path.name for path in sorted(tmp_path.iterdir())] == ["dev.tsv", "out", "train.tsv"]

    def test_what_was_done_is_not_done_again(
        self, tmp_path: Path, base: Path, on_cpu: Settings
    ) -> None:
        # Five steps are done, and four of them saved with the second evaluation.
        with pytest.raises(Killed):
            trained(on_cpu, base, tmp_path, Killing(Moment("seed 42", 5)))
        last = Silent()
        trained(on_cpu, base, tmp_path, last)
        assert [done for name, done in last.steps if name == "seed 42"] == [5, 6]

    def test_killed_between_the_last_two_steps_it_tidies_away(
        self, tmp_path: Path, base: Path, on_cpu: Settings
    ) -> None:
        trained(on_cpu, base, tmp_path)
        left = tmp_path / ".out.training" / "42"
        left.mkdir(parents=True)
        with pytest.raises(InvalidInput, match="is there already"):
            trained(on_cpu, base, tmp_path)
        assert not left.parent.exists()


class TestAverages:
    def test_the_result_is_the_mean_of_the_kept_checkpoints_of_all_runs(
        self, tmp_path: Path, base: Path, on_cpu: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from nli.training.work import Work

        kept: dict[str, dict[str, Any]] = {}

        def publish(self: Work) -> None:
            for file in sorted(self.folder.glob("*/step-*")):
                kept[f"{file.parent.name}/{file.name}"] = load_file(file)
            self.checkpoint.rename(tmp_path / "kept")

        monkeypatch.setattr(Work, "publish", publish)
        record = trained(on_cpu, base, tmp_path, seeds=(1, 2), average="all")
        assert sorted(kept) == [
            f"{seed}/step-{step}.safetensors" for seed in (1, 2) for step in (2, 4, 6)
        ]
        assert [(one.seed, one.step) for one in record.members] == [
            (seed, step) for seed in (1, 2) for step in (2, 4, 6)
        ]
        found = load_file(tmp_path / "kept" / "model.safetensors")
        assert set(found) == set(next(iter(kept.values())))
        for name, weights in found.items():
            mean = np.mean([one[name].astype(np.float64) for one in kept.values()], axis=0)
            np.testing.assert_allclose(weights, mean, rtol=1e-6, atol=1e-8)
        first, last = kept["1/step-2.safetensors"], kept["2/step-6.safetensors"]
        assert any(np.abs(first[name] - last[name]).max() > 1e-4 for name in first)

    def test_runs_that_are_averaged_begin_with_one_head_and_others_with_their_own(
        self, tmp_path: Path, base: Path, on_cpu: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from nli.training.base import Base

        heads: list[int] = []
        model = Base.model

        def noted(self: Base, torch: Any, head_seed: int) -> Any:
            heads.append(head_seed)
            return model(self, torch, head_seed)

        monkeypatch.setattr(Base, "model", noted)
        few: dict[str, Any] = {"pairs": rows(16, 0), "evaluations": 1, "seeds": (1, 2)}
        trained(on_cpu, base, tmp_path, name="mean", **few)
        assert heads == [1, 1, 1, 1, 0]
        heads.clear()
        record = trained(on_cpu, base, tmp_path, name="best", average="none", **few)
        assert heads == [1, 1, 2, 1, 0]
        assert record.members == [record.best]

    def test_early_stopping_looks_at_the_development_set(
        self, tmp_path: Path, base: Path, on_cpu: Settings
    ) -> None:
        watch = Silent()
        # So small a rate that nothing ever gets better.
        record = trained(on_cpu, base, tmp_path, watch, lr=1e-12, evaluations=6, patience=2)
        [one] = record.runs
        assert (one.steps, one.planned_steps, one.stopped_early) == (3, 6, True)
        assert [each.step for each in watch.evaluations] == [1, 2, 3]
        assert one.kept == [2, 3]


class TestTogether:
    def test_two_cannot_train_one_folder_at_once(
        self, tmp_path: Path, base: Path, on_cpu: Settings
    ) -> None:
        class Second(Silent):
            def evaluated(self, *said: Any) -> None:
                super().evaluated(*said)
                trained(on_cpu, base, tmp_path)

        with pytest.raises(ModelBusy, match="another process is training"):
            trained(on_cpu, base, tmp_path, Second())
