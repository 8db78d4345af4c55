"""The runtime over a small model: tokens, coverage, cutting, threads, and damage."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from lexicon.errors import InvalidInput, ModelDamaged
from nli.embedded import classifier as running
from nli.embedded.build.evaluate import Figures
from nli.embedded.classifier import READ, RECORD, TOKENIZER, TOKENS, WEIGHTS, EmbeddedNli
from nli.protocol import NliPair
from tests.nli.embedded.small import RECIPE

Made = tuple[Path, dict[str, Figures]]

PAIRS = [
    NliPair("He eats bread.", "He does not eat."),
    NliPair("La maison est rouge.", "ಮನೆ ಕೆಂಪು"),
    NliPair("पानी", "water"),
    NliPair("He eats bread.", "The river, the city and the red house of gold is not big."),
    NliPair("He eats bread.", "He does not eat."),
]


def test_answers_are_probabilities_in_input_order(small: EmbeddedNli) -> None:
    found = small.classify(PAIRS)
    assert len(found) == len(PAIRS)
    assert found[0] == found[4] != found[1]
    for answer in found:
        total = answer.entailment + answer.neutral + answer.contradiction
        assert total == pytest.approx(1, abs=1e-12)
    assert small.classify([]) == []


def test_an_answer_does_not_depend_on_its_company(
    small: EmbeddedNli, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = small.classify(PAIRS)
    assert [small.classify([pair])[0] for pair in PAIRS] == together
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert small.classify(PAIRS) == together
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    assert small.classify(PAIRS) == together


def test_covered_is_the_share_of_known_tokens(small: EmbeddedNli) -> None:
    def covered(premise: str, hypothesis: str) -> float | None:
        return small.classify([NliPair(premise, hypothesis)])[0].covered

    assert covered("la maison", "ಮನೆಯಲ್ಲಿ") == 1.0
    # Three tokens: water is known, the other two words begin as no known word does.
    assert covered("पानी", "ಝಝಝ ढोलक") == pytest.approx(1 / 3)
    assert covered("🙂", "☃") == 0.0
    # Case marks alone say nothing at all.
    assert covered("ने", "ने") == 0.0


def test_what_is_not_read_is_said(small: EmbeddedNli) -> None:
    long = "water " * RECIPE.most
    short, cut, also_cut = small.classify(
        [NliPair("water", "gold"), NliPair(long, "gold"), NliPair("gold", long)]
    )
    assert (short.truncated, cut.truncated, also_cut.truncated) == (False, True, True)
    # Tokens that say nothing take no room, but what is beyond the limit is not looked at.
    silent = "ने " * (READ // 3 + 10)
    assert small.classify([NliPair("gold", silent)])[0].truncated
    assert not small.classify([NliPair("gold", silent[: READ - 10])])[0].truncated


def test_a_named_language_settles_shared_words(small: EmbeddedNli) -> None:
    plain, french, bread = small.classify(
        [
            NliPair("pain", "bread"),
            NliPair("pain", "bread", premise_language="fr"),
            NliPair("bread", "bread"),
        ]
    )
    assert french == bread != plain


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (NliPair("", "water"), "empty premise ''"),
        (NliPair("water", " \u200b "), "empty hypothesis"),
        (NliPair("wa\0ter", "water"), r"premise .* holds the character U\+0000"),
    ],
)
def test_what_is_no_text_is_refused_by_name(
    small: EmbeddedNli, pair: NliPair, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        small.classify([pair])
    with pytest.raises(InvalidInput, match="pair 2: " + message):
        small.classify([PAIRS[0], pair])


def test_temperature_and_label_order_come_from_the_record(made: Made, tmp_path: Path) -> None:
    shutil.copytree(made[0], tmp_path / "model")
    path = tmp_path / "model" / RECORD
    record = json.loads(path.read_text(encoding="utf-8"))
    (plain,) = EmbeddedNli(made[0]).classify(PAIRS[:1])
    hotter = {**record, "temperature": 2 * record["temperature"]}
    hotter["labels"] = ["contradiction", "entailment", "neutral"]
    path.write_text(json.dumps(hotter), encoding="utf-8")
    turned = EmbeddedNli(tmp_path / "model")
    (found,) = turned.classify(PAIRS[:1])
    # The first logit, entailment's, now counts as contradiction's, and half as much.
    before = np.sqrt([plain.entailment, plain.neutral, plain.contradiction])
    expected = before / before.sum()
    assert [found.contradiction, found.entailment, found.neutral] == pytest.approx(list(expected))
    assert turned.spec.labels == ("contradiction", "entailment", "neutral")
    assert turned.spec.revision != EmbeddedNli(made[0]).spec.revision


def test_its_spec_says_what_decides_its_answers(small: EmbeddedNli) -> None:
    spec = small.spec
    assert (spec.name, spec.model_id) == ("embedded-nli", "semantic-lexicon/embedded-nli")
    assert (spec.kind, spec.precision) == ("baseline", "int8")
    assert spec.labels == ("entailment", "neutral", "contradiction")
    assert spec.max_length == RECIPE.most
    assert len(spec.revision) == 64


@pytest.mark.parametrize("file", [WEIGHTS, TOKENIZER, TOKENS])
def test_damage_is_named(made: Made, tmp_path: Path, file: str) -> None:
    shutil.copytree(made[0], tmp_path / "model")
    (tmp_path / "model" / file).write_bytes(b"not what it was")
    with pytest.raises(ModelDamaged, match=r"the classifier in .* cannot be read"):
        EmbeddedNli(tmp_path / "model").classify(PAIRS)
    (tmp_path / "model" / file).unlink()
    with pytest.raises(ModelDamaged, match="reinstall semantic-lexicon"):
        EmbeddedNli(tmp_path / "model").classify(PAIRS)
    with pytest.raises(ModelDamaged, match="reinstall semantic-lexicon"):
        _ = EmbeddedNli(tmp_path / "model").spec


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"labels": ["a", "b", "c"]}'])
def test_a_damaged_record_is_named(made: Made, tmp_path: Path, text: str) -> None:
    shutil.copytree(made[0], tmp_path / "model")
    (tmp_path / "model" / RECORD).write_text(text, encoding="utf-8")
    with pytest.raises(ModelDamaged, match="the embedded classifier's record"):
        EmbeddedNli(tmp_path / "model")


def test_making_one_reads_no_weights(made: Made, tmp_path: Path) -> None:
    shutil.copy(made[0] / RECORD, tmp_path)
    EmbeddedNli(tmp_path)
    assert running.FOLDER.name == "model"
