"""What can be fine-tuned, and what cannot."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lexicon.errors import InvalidInput, LexiconError, ModelDamaged, ModelMissing
from lexicon.settings import Settings
from nli.training.base import open_base
from nli.training.tokens import tokenise
from tests.nli.training.toy import trained


def refused(name: str | Path, settings: Settings, kind: type[LexiconError]) -> str:
    with pytest.raises(kind) as caught:
        open_base(str(name), settings, 32)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def copied(base: Path, tmp_path: Path) -> Path:
    """A base that a test may damage."""
    return Path(shutil.copytree(base, tmp_path / "copied"))


def changed(folder: Path, file: str, **changes: Any) -> Path:
    path = folder / file
    said = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    path.write_text(json.dumps({name: one for name, one in said.items() if one is not None}))
    return folder


class TestNames:
    def test_a_hub_name_that_was_not_pulled_comes_with_the_command(
        self, settings: Settings
    ) -> None:
        assert refused("bigscience/bloom-560m", settings, ModelMissing) == (
            "model 'bloom-560m' is not on this machine; get it with: lexicon models pull bloom-560m"
        )
        assert "lexicon models pull xlm-roberta-base" in refused(
            "xlm-roberta-base", settings, ModelMissing
        )

    def test_a_pulled_one_is_known_by_its_hub_id(self, settings: Settings, base: Path) -> None:
        settings.models.mkdir(parents=True)
        shutil.copytree(base, settings.models / "xlm-roberta-base")
        found = open_base("xlm-roberta-base", settings, 32)
        assert found.source == "FacebookAI/xlm-roberta-base"
        assert found.folder == settings.models / "xlm-roberta-base"

    def test_a_path_that_is_no_folder(self, settings: Settings) -> None:
        assert refused("/no/such", settings, InvalidInput) == (
            "/no/such is no folder of this machine; name one, or a checkpoint that was pulled"
        )

    def test_a_word_that_is_nothing(self, settings: Settings) -> None:
        assert "unknown model 'roberta?'" in refused("roberta?", settings, InvalidInput)


class TestDamage:
    def test_a_base_without_a_tokenizer(self, copied: Path, settings: Settings) -> None:
        for file in ("tokenizer.json", "tokenizer_config.json"):
            (copied / file).unlink()
        assert f"{copied} cannot be read as a checkpoint" in refused(copied, settings, ModelDamaged)

    def test_a_base_without_a_config(self, copied: Path, settings: Settings) -> None:
        (copied / "config.json").unlink()
        assert "cannot be read as a checkpoint" in refused(copied, settings, ModelDamaged)

    def test_a_tokenizer_that_is_cut(self, copied: Path, settings: Settings) -> None:
        file = copied / "tokenizer.json"
        file.write_text(file.read_text(encoding="utf-8")[:-100], encoding="utf-8")
        assert "cannot be read as a checkpoint" in refused(copied, settings, ModelDamaged)

    @pytest.mark.parametrize("how", ["gone", "cut", "lacking"])
    def test_a_base_without_its_weights(self, copied: Path, settings: Settings, how: str) -> None:
        import torch
        from safetensors.numpy import load_file, save_file

        file = copied / "model.safetensors"
        if how == "gone":
            file.unlink()
        elif how == "cut":
            file.write_bytes(file.read_bytes()[:-100])
        else:
            weights = load_file(file)
            del weights["roberta.encoder.layer.1.output.dense.weight"]
            save_file(weights, file, metadata={"format": "pt"})
        found = open_base(str(copied), settings, 32)
        with pytest.raises(ModelDamaged, match="cannot be read as a checkpoint"):
            found.model(torch, 0)

    def test_a_tokenizer_with_more_words_than_the_model(
        self, copied: Path, settings: Settings
    ) -> None:
        changed(copied, "config.json", vocab_size=10)
        assert "its model 10" in refused(copied, settings, ModelDamaged)

    def test_more_tokens_than_the_base_reads(self, base: Path, settings: Settings) -> None:
        with pytest.raises(InvalidInput) as caught:
            open_base(str(base), settings, 513)
        assert str(caught.value) == f"--max-length 513: {base} reads 512 tokens at most"


class TestCompleted:
    def test_a_tokenizer_without_padding_pads_with_its_end_of_text(
        self, bloom_base: Path, tmp_path: Path, on_cpu: Settings
    ) -> None:
        folder = Path(shutil.copytree(bloom_base, tmp_path / "unpadded"))
        changed(folder, "tokenizer_config.json", pad_token=None)
        changed(folder, "config.json", pad_token_id=None)
        found = open_base(str(folder), on_cpu, 32)
        assert found.remarks[0] == "padding is '</s>': the tokenizer had none"
        assert found.config.pad_token_id == found.tokenizer.eos_token_id
        # Saved so, it reads pairs as it did in training; that is checked when it is published.
        assert trained(on_cpu, folder, tmp_path).remarks == found.remarks

    def test_neither_padding_nor_an_end(
        self, bloom_base: Path, tmp_path: Path, settings: Settings
    ) -> None:
        folder = Path(shutil.copytree(bloom_base, tmp_path / "endless"))
        changed(folder, "tokenizer_config.json", pad_token=None, eos_token=None, unk_token=None)
        assert "neither padding nor an end of text" in refused(folder, settings, ModelDamaged)

    def test_labels_of_another_task_are_no_labels(self, copied: Path, settings: Settings) -> None:
        names = {"0": "negative", "1": "neutral", "2": "positive"}
        changed(
            copied, "config.json", id2label=names, label2id={n: int(i) for i, n in names.items()}
        )
        assert open_base(str(copied), settings, 32).labels == (
            "entailment",
            "neutral",
            "contradiction",
        )


class TestTokens:
    def test_batches_are_padded_to_their_longest_and_cut_pairs_are_told(
        self, base: Path, on_cpu: Settings
    ) -> None:
        import torch

        found = open_base(str(base), on_cpu, 12)
        model = found.model(torch, 0)
        told: list[int] = []
        pairs = [("the cat", "a dog"), ("the cat " * 20, "a dog"), ("cat", "dog")]
        tokens = tokenise(
            found.pair_tokenizer(model, 12),
            [premise for premise, _ in pairs],
            [hypothesis for _, hypothesis in pairs],
            told.append,
        )
        assert tokens.truncated.tolist() == [False, True, False]
        assert tokens.lengths[1] == 12
        assert tokens.types is None, "XLM-R knows one type only"
        assert told == [3]
        batch = tokens.batch(np.array([2, 0]), pad=1)
        short, long = tokens.lengths[[2, 0]].tolist()
        assert batch["input_ids"].shape == (2, max(short, long))
        assert batch["attention_mask"].sum(axis=1).tolist() == [short, long]
        assert (batch["input_ids"][0, short:] == 1).all()
        ids = tokens.ids[tokens.offsets[2] : tokens.offsets[3]].tolist()
        assert batch["input_ids"][0, :short].tolist() == ids

    def test_types_go_along_where_the_model_wants_them(self, bert: Path, on_cpu: Settings) -> None:
        import torch

        found = open_base(str(bert), on_cpu, 16)
        model = found.model(torch, 0)
        tokens = tokenise(
            found.pair_tokenizer(model, 16), ["the cat", "cat"], ["a dog", "dog"], lambda _: None
        )
        batch = tokens.batch(np.array([0, 1]), pad=0)
        types = batch["token_type_ids"]
        assert (types[0, 0], types[0, tokens.lengths[0] - 1]) == (0, 1)
