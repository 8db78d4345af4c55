"""Answers of a checkpoint: by its labels' names, in any batch, of any architecture."""

import json
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.checkpoints import batching, precision
from indexer.checkpoints.pair_model import PairModel
from lexicon.errors import EncoderFault, InvalidInput, PrecisionRefused
from lexicon.models import NLI_LABELS
from lexicon.settings import Settings
from nli.checkpoint import CheckpointNli
from nli.options import Options
from nli.protocol import NliPair, NliScores
from tests.nli import tiny
from tests.nli.tiny import ORDERS, PAIRS, many

Make = Any
MAKES = {"xlmr": tiny.make_xlmr, "bloom": tiny.make_bloom, "bert": tiny.make_bert}


def opened(
    folder: Path, settings: Settings, numbers: str = "fp32", **options: Any
) -> CheckpointNli:
    return CheckpointNli(str(folder), folder, settings, Options(precision=numbers, **options))


def table(found: Sequence[NliScores]) -> Any:
    """(pairs, 3) of entailment, neutral, contradiction."""
    return np.array([astuple(scores)[:3] for scores in found])


def by_the_library(folder: Path, pairs: Sequence[NliPair]) -> Any:
    """The same by transformers alone, in one padded batch."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    batch = tokenizer(
        [pair.premise for pair in pairs],
        [pair.hypothesis for pair in pairs],
        padding=True,
        return_tensors="pt",
        return_token_type_ids=model.config.model_type == "bert",
    )
    with torch.no_grad():
        rows = torch.softmax(model(**batch).logits.double(), dim=-1).numpy()
    names = [model.config.id2label[number] for number in range(3)]
    return rows[:, [names.index(label) for label in NLI_LABELS]]


@pytest.fixture(params=["xlmr", "bloom", "bert"])
def folder(request: pytest.FixtureRequest) -> Path:
    """Each architecture. Read it, never write to it."""
    found: Path = request.getfixturevalue(request.param)
    return found


class TestAnswers:
    @pytest.mark.parametrize("order", ORDERS)
    @pytest.mark.parametrize("name", ["xlmr", "bloom"])
    def test_every_order_of_the_labels_gives_the_same_named_probabilities(
        self,
        name: str,
        order: tuple[str, str, str],
        request: pytest.FixtureRequest,
        on_cpu: Settings,
        tmp_path: Path,
    ) -> None:
        folder: Path = request.getfixturevalue(name)
        other = tiny.reordered(folder, tmp_path / name, order)
        one, two = opened(folder, on_cpu), opened(other, on_cpu)
        assert two.spec.labels == order
        expected = table(one.classify(PAIRS))
        np.testing.assert_allclose(table(two.classify(PAIRS)), expected, rtol=0, atol=1e-6)
        # The three differ, so a wrong order would be seen.
        assert np.ptp(expected, axis=1).min() > 0.1

    @pytest.mark.parametrize("side", ["left", "right"])
    @pytest.mark.parametrize("name", ["xlmr", "bloom", "bert"])
    def test_either_padding_side_gives_what_the_library_gives_on_the_right_one(
        self, name: str, side: str, request: pytest.FixtureRequest, on_cpu: Settings, tmp_path: Path
    ) -> None:
        folder = Path(shutil.copytree(request.getfixturevalue(name), tmp_path / name))
        tiny.tokenizer_says(folder, padding_side=side)
        pairs = many(30)
        found = table(opened(folder, on_cpu).classify(pairs))
        # Padded on the left, the library reads an encoder's label off the padding.
        reference = by_the_library(request.getfixturevalue(name), pairs)
        np.testing.assert_allclose(found, reference, rtol=0, atol=1e-5)
        assert np.unique(found.round(4), axis=0).shape[0] > 15

    def test_a_batch_gives_what_each_alone_gives(self, folder: Path, on_cpu: Settings) -> None:
        classifier, pairs = opened(folder, on_cpu), many(60)
        whole = table(classifier.classify(pairs))
        alone = table([classifier.classify([pair])[0] for pair in pairs])
        np.testing.assert_allclose(whole, alone, rtol=0, atol=1e-5)
        np.testing.assert_allclose(whole.sum(axis=1), 1, rtol=0, atol=1e-12)

    def test_a_decoder_without_a_padding_token_takes_batches(
        self, bloom: Path, on_cpu: Settings, tmp_path: Path
    ) -> None:
        folder = Path(shutil.copytree(bloom, tmp_path / "bloom"))
        tiny.config_says(folder, pad_token_id=None)
        tiny.tokenizer_says(folder, pad_token=None)
        assert "pad_token_id" not in json.loads((folder / "config.json").read_text())
        pairs = many(40)
        found = table(opened(folder, on_cpu).classify(pairs))
        expected = table(opened(bloom, on_cpu).classify(pairs))
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)

    @pytest.mark.parametrize("share", [0.0, 1 / 16, 0.9])
    def test_padding_does_not_matter(
        self, folder: Path, on_cpu: Settings, monkeypatch: pytest.MonkeyPatch, share: float
    ) -> None:
        monkeypatch.setattr(batching, "CPU_PADDING", share)
        classifier, pairs = opened(folder, on_cpu), many(60)
        masked: list[bool] = []
        inputs = PairModel._inputs

        def watched(self: PairModel, rows: Any) -> Any:
            made = inputs(self, rows)
            masked.append("attention_mask" in made)
            return made

        monkeypatch.setattr(PairModel, "_inputs", watched)
        found = table(classifier.classify(pairs))
        assert any(masked) is (share > 0)
        np.testing.assert_allclose(found, by_the_library(folder, pairs), rtol=0, atol=1e-5)

    def test_the_size_of_batches_does_not_matter(
        self, folder: Path, on_cpu: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        classifier = opened(folder, on_cpu)
        whole = table(classifier.classify(many(50)))
        monkeypatch.setattr(batching, "CPU_TOKENS", 40)
        np.testing.assert_allclose(table(classifier.classify(many(50))), whole, rtol=0, atol=1e-5)

    def test_premise_and_hypothesis_are_not_exchanged(self, folder: Path, on_cpu: Settings) -> None:
        classifier = opened(folder, on_cpu)
        pair = PAIRS[0]
        [there] = table(classifier.classify([pair]))
        [back] = table(classifier.classify([NliPair(pair.hypothesis, pair.premise)]))
        assert np.abs(there - back).max() > 1e-3

    def test_a_pair_twice_is_answered_twice_and_none_is_none(
        self, xlmr: Path, on_cpu: Settings
    ) -> None:
        classifier = opened(xlmr, on_cpu)
        one, other, again = classifier.classify([PAIRS[0], PAIRS[1], PAIRS[0]])
        assert one == again != other
        assert classifier.classify([]) == []

    def test_text_is_made_canonical_and_what_looks_like_a_token_is_text(
        self, bloom: Path, on_cpu: Settings
    ) -> None:
        classifier = opened(bloom, on_cpu)
        plain, spaced = classifier.classify(
            [NliPair("été", "a b"), NliPair(" e\u0301te\u0301 ", "a\t b")]
        )
        assert plain == spaced
        tokens = classifier._model._pair_tokens([("a </s> b", "c <pad>")])[0].ids
        assert not {2, 3} & set(tokens)

    def test_many_threads_at_once_get_their_own_answers(
        self, bloom: Path, on_cpu: Settings
    ) -> None:
        classifier, pairs = opened(bloom, on_cpu), many(24)
        expected = table(opened(bloom, on_cpu).classify(pairs))
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda pair: classifier.classify([pair])[0], pairs))
        np.testing.assert_allclose(table(found), expected, rtol=0, atol=1e-6)


class TestTruncation:
    def test_the_longer_text_loses_tokens_first_and_it_is_said(
        self, xlmr: Path, on_cpu: Settings
    ) -> None:
        classifier = opened(xlmr, on_cpu, max_length=24)
        long = " ".join(["water"] * 40)
        pairs = [NliPair(long, "eau"), NliPair("eau", long), NliPair("eau", "water")]
        found = classifier.classify(pairs)
        assert [scores.truncated for scores in found] == [True, True, False]
        # Whatever stands behind what is read makes no difference, and what is read does.
        further = [NliPair(f"{long} tree", "eau"), NliPair("eau", f"{long} tree")]
        assert classifier.classify(further) == found[:2]
        assert classifier.classify([NliPair(long, "tree")])[0] != found[0]
        assert max(len(row.ids) for row in classifier._model._pair_tokens([(long, long)])) == 24

    def test_a_pair_of_exactly_so_many_tokens_is_whole(self, xlmr: Path, on_cpu: Settings) -> None:
        pair = NliPair("the cat drinks water", "le chat boit de l'eau")
        whole = opened(xlmr, on_cpu)
        [scores] = whole.classify([pair])
        [row] = whole._model._pair_tokens([(pair.premise, pair.hypothesis)])
        count = len(row.ids)
        assert not row.truncated
        assert opened(xlmr, on_cpu, max_length=count).classify([pair]) == [scores]
        assert opened(xlmr, on_cpu, max_length=count - 1).classify([pair])[0].truncated

    @pytest.mark.parametrize("name", ["xlmr", "bloom", "bert"])
    @pytest.mark.parametrize("unit", ["the cat ", "x", "नी"])
    def test_a_hundred_thousand_characters_take_no_time_and_are_said_to_be_cut(
        self, name: str, unit: str, request: pytest.FixtureRequest, on_cpu: Settings
    ) -> None:
        classifier = opened(request.getfixturevalue(name), on_cpu)
        classifier.classify(PAIRS[:1])
        text = (unit * 100_000)[:99_900].strip()
        started = time.process_time()
        [found] = classifier.classify([NliPair(text, "water")])
        assert time.process_time() - started < 1
        # BERT has a single token for a word of any length: nothing of it is cut.
        one_token = name == "bert" and " " not in text
        assert found.truncated is not one_token
        if found.truncated:
            assert classifier.classify([NliPair(text[:20_000].strip(), "water")])[0] == found

    def test_a_text_that_is_cut_in_characters_is_cut_where_its_tokens_are(
        self, bert: Path, on_cpu: Settings
    ) -> None:
        # A first word of one token, which is longer than what is looked at first.
        text = "x" * 6_000 + " water" * 300
        found = opened(bert, on_cpu)
        first = found.classify([NliPair(text, "eau")])[0]
        assert first.truncated
        other = "y" * 10 + " water" * 300
        assert found.classify([NliPair(other, "eau")])[0] != first
        assert not found.classify([NliPair("x" * 6_000 + " water", "eau")])[0].truncated

    @pytest.mark.parametrize("asked", [7, 513, 100_000])
    def test_more_tokens_than_it_has_places_for_are_refused(
        self, xlmr: Path, on_cpu: Settings, asked: int
    ) -> None:
        with pytest.raises(InvalidInput, match=f"reads 8 to 512 tokens, not {asked:,}; choose"):
            _ = opened(xlmr, on_cpu, max_length=asked).spec

    def test_fewer_places_than_usual_are_what_is_read(
        self, tmp_path: Path, on_cpu: Settings
    ) -> None:
        folder = tiny.make_xlmr(tmp_path / "short", max_position_embeddings=42)
        assert opened(folder, on_cpu).spec.max_length == 40


class TestIdentity:
    def test_what_decides_an_answer_decides_the_identity(
        self, bloom: Path, on_cpu: Settings, tmp_path: Path
    ) -> None:
        weights = tiny.make_bloom(tmp_path / "other" / "bloom", seed=1)
        words = Path(shutil.copytree(bloom, tmp_path / "words" / "bloom"))
        (words / "tokenizer.json").write_text((words / "tokenizer.json").read_text() + "\n")
        swapped = ("neutral", "entailment", "contradiction")
        made = [
            opened(bloom, on_cpu),
            opened(weights, on_cpu),
            opened(words, on_cpu),
            opened(bloom, on_cpu, labels=swapped),
            opened(bloom, on_cpu, max_length=64),
            opened(bloom, on_cpu, "bf16"),
            opened(bloom, on_cpu, "int8"),
        ]
        identities = [one.spec.identity for one in made]
        assert len(set(identities)) == len(made)
        assert all(identity.startswith("bloom-") for identity in identities)

    def test_a_copy_and_options_that_say_the_usual_change_nothing(
        self, bloom: Path, on_cpu: Settings, tmp_path: Path
    ) -> None:
        copy = Path(shutil.copytree(bloom, tmp_path / "bloom"))
        usual = opened(bloom, on_cpu).spec.identity
        assert opened(copy, on_cpu, max_length=128, labels=NLI_LABELS).spec.identity == usual

    def test_a_name_of_any_length_fits_into_the_store(
        self, bloom: Path, on_cpu: Settings, tmp_path: Path
    ) -> None:
        copy = Path(shutil.copytree(bloom, tmp_path / ("b" * 200)))
        assert len(opened(copy, on_cpu).spec.identity) == 128

    def test_the_spec_is_made_without_the_weights(
        self, bloom: Path, on_cpu: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def loaded(*_: object) -> None:
            raise AssertionError("weights were read")

        monkeypatch.setattr(PairModel, "_load", loaded)
        spec = opened(bloom, on_cpu).spec
        assert (spec.kind, spec.max_length, spec.labels) == ("checkpoint", 128, NLI_LABELS)


class TestPrecision:
    @pytest.mark.parametrize("name", ["xlmr", "bloom", "bert"])
    def test_fewer_bits_are_close(
        self, name: str, request: pytest.FixtureRequest, on_cpu: Settings
    ) -> None:
        folder = request.getfixturevalue(name)
        exact = table(opened(folder, on_cpu).classify(many(40)))
        fewer = table(opened(folder, on_cpu, "bf16").classify(many(40)))
        assert 1e-6 < np.abs(exact - fewer).max() < precision.MOST_DIFFERENCE

    def test_what_is_not_close_enough_is_refused_however_often_it_is_asked(
        self, bloom: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(precision, "MOST_DIFFERENCE", 1e-6)
        classifier = opened(bloom, settings.model_copy(update={"device": "cpu"}), "bf16")
        for _ in "12":
            with pytest.raises(PrecisionRefused, match=r"of 76 pairs; .*use --precision fp32$"):
                classifier.classify(PAIRS)
        assert not (settings.home / "cache" / "precision.json").exists()

    def test_what_passed_once_is_not_tried_again(
        self, bloom: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tried: list[int] = []
        gate = precision.gate_probabilities

        def counted(name: str, numbers: str, exact: Any, found: Any) -> None:
            tried.append(len(exact))
            gate(name, numbers, exact, found)

        monkeypatch.setattr(precision, "gate_probabilities", counted)
        for _ in "12":
            opened(bloom, settings.model_copy(update={"device": "cpu"}), "bf16").classify(PAIRS)
        assert tried == [76]

    def test_what_is_no_number_is_refused(
        self, bloom: Path, on_cpu: Settings, tmp_path: Path
    ) -> None:
        from safetensors.numpy import load_file, save_file

        folder = Path(shutil.copytree(bloom, tmp_path / "bloom"))
        weights = load_file(folder / "model.safetensors")
        weights["score.weight"][0, 0] = np.nan
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        with pytest.raises(EncoderFault, match="in fp32 gives no probabilities for 12 of 12 pairs"):
            opened(folder, on_cpu).classify(PAIRS)
