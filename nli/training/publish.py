"""A fine-tuned checkpoint as a folder that any program loads, scored as it lies there."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from indexer.checkpoints import loading
from nli.evaluation import metrics, resampling
from nli.evaluation.metrics import Floats
from nli.training import records
from nli.training.card import card
from nli.training.examples import Examples
from nli.training.records import DevScores, TrainingRecord
from nli.training.state import room_in


def write_checkpoint(folder: Path, model: Any, tokenizer: Any) -> None:
    """Save model and tokenizer into a new folder; what a try before left there is gone."""
    with room_in(folder.parent):
        if folder.exists():
            shutil.rmtree(folder)
        with loading.quietly():
            model.save_pretrained(folder)
            tokenizer.save_pretrained(folder)
        # The library of tensors makes files that nobody else may read.
        mode = (folder / "config.json").stat().st_mode
        for path in folder.iterdir():
            path.chmod(mode)


def write_documents(folder: Path, record: TrainingRecord, name: str) -> None:
    """``training.json`` and ``README.md``."""
    with room_in(folder):
        (folder / records.NAME).write_text(record.model_dump_json(indent=1), encoding="utf-8")
        (folder / "README.md").write_text(card(record, name, datetime.now(UTC)), encoding="utf-8")


def dev_scores(dev: Examples, probabilities: Floats, seed: int) -> DevScores:
    """Scores with intervals over the premises of the development set."""
    group = resampling.groups_of(dev.premises)
    sums = resampling.sums_by_group(dev.gold, probabilities, group)
    counts, bins = resampling.matrices(sums.sum(axis=0))
    drawn, _ = resampling.matrices(resampling.resampled(sums, seed))
    return DevScores(
        pairs=len(dev),
        premises=len(sums),
        accuracy=float(metrics.accuracy(counts)),
        accuracy_interval=resampling.interval(metrics.accuracy(drawn)),
        macro_f1=float(metrics.macro_f1(counts)),
        macro_f1_interval=resampling.interval(metrics.macro_f1(drawn)),
        calibration_error=float(metrics.calibration_error(bins)),
        confusion=counts.astype(np.int64).tolist(),
    )
