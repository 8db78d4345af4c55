"""AutoModel checkpoints against a reference written by hand, in float64 and text by text."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file

from indexer.encoders.registry import open_encoder
from indexer.encoders.transformer import MOST_TOKENS
from lexicon.errors import InvalidInput
from lexicon.settings import Settings
from tests.indexer.encoders.tiny import DIM, LAYERS, PHRASES, WORDS, mixed, opened

Wide = NDArray[np.float64]
TEXTS = (*WORDS, *PHRASES, "a", "नी", " ".join(["water"] * 60), "ನೀರು ವಾಟರ್ eau पानी!")


def hidden_states(folder: Path, texts: Sequence[str]) -> list[list[Wide]]:
    """Of every text alone: (tokens, dim) of each layer, the input first."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder, dtype=torch.float64).eval()
    with torch.no_grad():
        every = [
            model(**tokenizer(text, return_tensors="pt"), output_hidden_states=True)
            for text in texts
        ]
    return [[layer[0].numpy() for layer in one.hidden_states] for one in every]


def by_hand(states: Wide, pooling: str) -> Wide:
    tokens = len(states)
    places = np.arange(1, tokens + 1)
    weights = {
        "cls": np.where(places == 1, 1.0, 0.0),
        "last": np.where(places == tokens, 1.0, 0.0),
        "mean": np.full(tokens, 1 / tokens),
        "weightedmean": 2 * places / (tokens * (tokens + 1)),
    }
    total: Wide = weights[pooling] @ states
    return total


def unit(rows: Sequence[Wide]) -> Wide:
    stacked = np.stack(rows)
    length: Wide = np.linalg.norm(stacked, axis=1, keepdims=True)
    return stacked / length


@pytest.fixture(scope="module")
def bloom_states(bloom: Path) -> list[list[Wide]]:
    return hidden_states(bloom, TEXTS)


@pytest.fixture(scope="module")
def bert_states(bert: Path) -> list[list[Wide]]:
    return hidden_states(bert, TEXTS)


@pytest.mark.parametrize("layer", [0, 1, 2, -1, -2, -3])
@pytest.mark.parametrize("pooling", ["mean", "weightedmean", "last", "cls"])
def test_bloom_is_the_reference_at_every_layer(
    bloom: Path, bloom_states: list[list[Wide]], on_cpu: Settings, pooling: str, layer: int
) -> None:
    expected = unit([by_hand(states[layer], pooling) for states in bloom_states])
    found = opened(bloom, on_cpu, pooling=pooling, layer=layer).encode(TEXTS).vectors
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("layer", [0, 1, -1])
@pytest.mark.parametrize("pooling", ["mean", "cls", "last"])
def test_bert_is_the_reference_at_every_layer(
    bert: Path, bert_states: list[list[Wide]], on_cpu: Settings, pooling: str, layer: int
) -> None:
    expected = unit([by_hand(states[layer], pooling) for states in bert_states])
    found = opened(bert, on_cpu, pooling=pooling, layer=layer).encode(TEXTS).vectors
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def test_layers_and_poolings_differ_by_more_than_the_tolerance(
    bloom_states: list[list[Wide]],
) -> None:
    kinds = ("mean", "weightedmean", "last", "cls")
    made = [
        unit([by_hand(states[layer], pooling) for states in bloom_states])
        for pooling in kinds
        for layer in range(LAYERS + 1)
    ]
    apart = [np.abs(one - two).max() for n, one in enumerate(made) for two in made[:n]]
    assert min(apart) > 1e-2


@pytest.mark.parametrize("layer", [None, 0, 1, -1])
def test_input_pooling_is_the_mean_of_the_embedding_rows_at_any_layer(
    bloom: Path, on_cpu: Settings, layer: int | None
) -> None:
    from transformers import AutoTokenizer

    table = load_file(bloom / "model.safetensors")["word_embeddings.weight"].astype(np.float64)
    tokenizer = AutoTokenizer.from_pretrained(bloom)
    expected = unit([table[tokenizer(text)["input_ids"]].mean(axis=0) for text in TEXTS])
    encoder = opened(bloom, on_cpu, pooling="input", layer=layer)
    np.testing.assert_allclose(encoder.encode(TEXTS).vectors, expected, rtol=0, atol=1e-5)
    assert (encoder.spec.pooling, encoder.spec.layer) == ("input", 0)


def test_the_last_layer_and_the_mean_are_what_is_meant_without_a_choice(
    bloom: Path, on_cpu: Settings
) -> None:
    said = opened(bloom, on_cpu, pooling="mean", layer=-1)
    for pooling, layer in (("mean", None), (None, LAYERS), (None, -1)):
        other = opened(bloom, on_cpu, pooling=pooling, layer=layer)
        assert other.spec.identity == said.spec.identity
        assert (other.spec.pooling, other.spec.layer) == ("mean", LAYERS)


@pytest.mark.parametrize("layer", [3, 99, -4, -99])
def test_a_layer_that_is_not_there_is_refused_with_those_that_are(
    bloom: Path, on_cpu: Settings, layer: int
) -> None:
    with pytest.raises(InvalidInput) as refused:
        _ = opened(bloom, on_cpu, layer=layer).spec
    assert f"has no layer {layer}; it has 0 (input) to 2, or -1 to -3 from the end" in str(
        refused.value
    )


def test_a_text_that_fills_the_checkpoint_is_whole_and_a_longer_one_is_cut(
    bert: Path, on_cpu: Settings
) -> None:
    encoder = opened(bert, on_cpu, pooling="mean")
    assert encoder.spec.max_length == 512
    # Every mark is a token, and [CLS] and [SEP] are two.
    full, over, far_over = "!?" * 255, "!?" * 255 + "!", "!?" * 400
    encoded = encoder.encode(["water", full, over, far_over])
    assert encoded.truncated.tolist() == [False, False, True, True]
    for cut in encoded.vectors[2:]:
        np.testing.assert_allclose(cut, encoded.vectors[1], rtol=0, atol=1e-5)


def test_bloom_without_a_limit_of_its_own_is_given_one(bloom: Path, on_cpu: Settings) -> None:
    assert opened(bloom, on_cpu, pooling="mean").spec.max_length == MOST_TOKENS


def test_weights_saved_in_half_precision_compute_in_float32(
    bloom: Path, tmp_path: Path, on_cpu: Settings
) -> None:
    import torch
    from transformers import AutoModel

    folder = Path(shutil.copytree(bloom, tmp_path / "bloom"))
    AutoModel.from_pretrained(bloom).half().save_pretrained(folder)
    assert '"float16"' in (folder / "config.json").read_text()
    half, whole = opened(folder, on_cpu), opened(bloom, on_cpu)
    assert {weight.dtype for weight in half._model.parameters()} == {torch.float32}
    found = half.encode(TEXTS).vectors
    np.testing.assert_allclose(found, whole.encode(TEXTS).vectors, rtol=0, atol=5e-3)
    assert half.spec.identity != whole.spec.identity


@pytest.mark.parametrize("layer", range(LAYERS + 1))
def test_states_are_rows_before_they_are_scaled(bloom: Path, on_cpu: Settings, layer: int) -> None:
    texts = mixed(40)
    encoder = opened(bloom, on_cpu, pooling="weightedmean", layer=layer)
    states = encoder.states(texts)
    assert states.shape == (40, DIM)
    lengths = np.linalg.norm(states, axis=1, keepdims=True)
    assert lengths.max() > 1.5
    np.testing.assert_allclose(states / lengths, encoder.encode(texts).vectors, atol=1e-5)


def test_the_spec_is_read_without_the_weights(
    bloom: Path, on_cpu: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import AutoModel

    monkeypatch.setattr(AutoModel, "from_pretrained", None)
    name = f"{bloom}?pooling=last&layer=1&precision=fp32"
    spec = open_encoder(name, on_cpu).spec
    assert (spec.name, spec.model_id) == (name, "bloom")
    assert (spec.pooling, spec.layer, spec.dim, spec.precision) == ("last", 1, DIM, "fp32")
    assert spec.evaluation == "zero-shot"
