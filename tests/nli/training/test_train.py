"""From files to a checkpoint that answers."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from lexicon.formats.reading import Input
from lexicon.ingest.sentences import PairImport, import_pairs
from lexicon.models import NLI_LABELS
from lexicon.settings import Settings
from lexicon.store import Sessions
from nli.evaluation.evaluate import evaluate
from nli.predict import predict
from nli.protocol import NliPair
from nli.registry import open_classifier
from nli.training.records import TrainingRecord
from tests.lexicon.sentences import know_languages
from tests.nli.training.toy import Row, rows, trained, write

LEARNT, DEV, TEST = rows(480, 0), rows(80, 1), rows(200, 2)
WHOLE: dict[str, Any] = {"epochs": 3, "patience": 0}


def accuracy(folder: Path, settings: Settings, pairs: list[Row] = TEST) -> float:
    """How often the classifier of a folder is right."""
    classifier = open_classifier(str(folder), settings)
    found = classifier.classify([NliPair(premise, hypothesis) for _, premise, hypothesis in pairs])
    return float(np.mean([said.label == row[0] for said, row in zip(found, pairs, strict=True)]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("whole")


@pytest.fixture(scope="module")
def record(folder: Path, base: Path, on_cpu: Settings) -> TrainingRecord:
    """What was said of the checkpoint at ``folder / "out"``."""
    return trained(on_cpu, base, folder, pairs=LEARNT, dev=DEV, **WHOLE)


class TestEndToEnd:
    def test_it_predicts_stored_pairs_and_is_right_where_the_hypothesis_alone_does_not_tell(
        self,
        folder: Path,
        base: Path,
        on_cpu: Settings,
        record: TrainingRecord,
        sessions: Sessions,
    ) -> None:
        blind = [[(label, "-", said) for label, _, said in some] for some in (LEARNT, DEV, TEST)]
        trained(on_cpu, base, folder, pairs=blind[0], dev=blind[1], name="blind", **WHOLE)
        unseen = accuracy(folder / "blind", on_cpu, blind[2])
        assert 0.3 < unseen < 0.6
        know_languages(sessions)
        wanted = PairImport("toy", "test", "en")
        import_pairs(sessions, Input(write(folder / "test.tsv", TEST)), wanted)
        predict(sessions, open_classifier(str(folder / "out"), on_cpu))
        with sessions() as session:
            [found] = evaluate(session)
        assert found.pairs == len(TEST)
        assert found.accuracy == accuracy(folder / "out", on_cpu) >= unseen + 0.2
        assert found.model.startswith("out-")

    def test_the_folder_is_a_checkpoint_of_any_program_with_named_labels(
        self, folder: Path, record: TrainingRecord
    ) -> None:
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        out = folder / "out"
        model = AutoModelForSequenceClassification.from_pretrained(out, local_files_only=True)
        assert [model.config.id2label[number] for number in range(3)] == list(NLI_LABELS)
        assert model.config.label2id == {label: n for n, label in enumerate(NLI_LABELS)}
        tokenizer = AutoTokenizer.from_pretrained(out, local_files_only=True)
        assert len(tokenizer("the cat", "the house")["input_ids"]) > 4
        modes = {path.name: path.stat().st_mode for path in out.iterdir()}
        assert len(set(modes.values())) == 1, modes

    def test_the_record_is_of_what_lies_there(
        self, folder: Path, record: TrainingRecord, on_cpu: Settings
    ) -> None:
        out = folder / "out"
        said = TrainingRecord.model_validate_json((out / "training.json").read_bytes())
        assert said == record
        facts = record.begun.train
        assert (facts.name, facts.pairs, facts.rejected) == ("train.tsv", 480, 0)
        assert facts.by_label == {"entailment": 120, "neutral": 240, "contradiction": 120}
        assert facts.sha256 == sha256(write(folder / "again", LEARNT).read_bytes()).hexdigest()
        assert record.dev.pairs == 80
        assert record.dev.accuracy == accuracy(out, on_cpu, DEV)
        assert np.trace(record.dev.confusion) == 80 * record.dev.accuracy
        assert record.dev.accuracy_interval[0] <= record.dev.accuracy
        [one] = record.runs
        assert [(each.step, each.epoch) for each in one.evaluations] == [
            (30, 1.0),
            (60, 2.0),
            (90, 3.0),
        ]
        assert [(member.seed, member.step) for member in record.members] == [(42, 60), (42, 90)]
        assert record.versions["torch"]

    def test_the_card_gives_the_measured_scores(self, folder: Path, record: TrainingRecord) -> None:
        card = (folder / "out" / "README.md").read_text(encoding="utf-8")
        low, high = record.dev.accuracy_interval
        assert f"| {record.dev.accuracy:.4f} ({low:.4f}–{high:.4f}) |" in card
        assert card.startswith("---\nlanguage: en\n")
        assert "`tiny-xlmr`" in card
        assert "base_model" not in card, "a folder of this machine is no repository"
        assert str(folder) not in card

    def test_nothing_else_is_left(self, folder: Path, record: TrainingRecord) -> None:
        assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


class TestKinds:
    def test_bloom_learns_too_with_its_texts_kept_apart(
        self, tmp_path: Path, bloom_base: Path, on_cpu: Settings
    ) -> None:
        pairs = LEARNT
        record = trained(on_cpu, bloom_base, tmp_path, pairs=pairs, dev=DEV, **WHOLE)
        assert record.remarks == (
            "premise and hypothesis are kept apart by '</s>': the tokenizer put nothing there",
        )
        assert accuracy(tmp_path / "out", on_cpu) >= 0.8
        assert accuracy(tmp_path / "out", on_cpu, DEV) == record.dev.accuracy

    def test_bf16_is_computed_in_and_not_kept_in(
        self, tmp_path: Path, base: Path, on_cpu: Settings
    ) -> None:
        for name in ("fp32", "bf16"):
            made = trained(on_cpu, base, tmp_path, name=name, precision=name)
            assert made.begun.precision == name
        exact, fewer = (
            load_file(tmp_path / name / "model.safetensors") for name in ("fp32", "bf16")
        )
        assert {one.dtype for one in fewer.values()} == {np.dtype(np.float32)}
        apart = max(float(np.abs(exact[name] - fewer[name]).max()) for name in exact)
        assert 1e-6 < apart < 0.1

    def test_a_head_with_the_three_labels_keeps_its_order(
        self, tmp_path: Path, base: Path, on_cpu: Settings
    ) -> None:
        first = trained(on_cpu, base, tmp_path, name="first")
        assert first.labels == NLI_LABELS
        config = json.loads((tmp_path / "first" / "config.json").read_text())
        turned = {"0": "CONTRADICTION", "1": "entails", "2": "neutral"}
        config |= {"id2label": turned, "label2id": {label: int(n) for n, label in turned.items()}}
        (tmp_path / "first" / "config.json").write_text(json.dumps(config))
        record = trained(on_cpu, tmp_path / "first", tmp_path, name="second")
        assert record.labels == ("contradiction", "entailment", "neutral")
        assert accuracy(tmp_path / "second", on_cpu, rows(40, 1)) == record.dev.accuracy
