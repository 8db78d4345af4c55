"""Folders of sentence-transformers, run as that library runs them: tiny ones made here."""

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from indexer.answers import SearchRequest
from indexer.build import build
from indexer.encoders.checkpoint import Options
from indexer.encoders.registry import open_encoder
from indexer.encoders.sentence_transformer import SentenceTransformerEncoder
from indexer.search import search
from indexer.service import LexiconService
from indexer.vectors import Vectors
from lexicon.errors import ExtraMissing, InvalidInput
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import fill
from tests.indexer.encoders.tiny import DIM, MOST, PHRASES, WORDS, make_labse, mixed, opened


@pytest.fixture(scope="session")
def encoder(labse: Path, on_cpu: Settings) -> SentenceTransformerEncoder:
    return reading(labse, on_cpu)


def reading(folder: Path, settings: Settings) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(str(folder), folder, settings, Options(precision="fp32"))


def by_the_library(folder: Path, texts: Sequence[str]) -> Vectors:
    from sentence_transformers import SentenceTransformer

    library = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    made: Vectors = library.encode(list(texts), show_progress_bar=False)
    return made


@pytest.fixture
def copied(labse: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(labse, tmp_path / "labse"))


LONG = "water पानी eau ನೀರು " * 12
TEXTS: dict[str, list[str]] = {
    "words": list(WORDS),
    "phrases": list(PHRASES),
    "one word": ["ನೀರು"],
    "one letter": ["a"],
    "long": [LONG, "water", LONG.strip() + " forêt"],
    "the same twice": ["eau", "water", "eau"],
    "a batch": mixed(300),
}


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_vectors_are_those_of_the_library(
    encoder: SentenceTransformerEncoder, labse: Path, texts: list[str]
) -> None:
    encoded = encoder.encode(texts)
    np.testing.assert_allclose(encoded.vectors, by_the_library(labse, texts), rtol=0, atol=1e-5)
    assert encoded.vectors.shape == (len(texts), DIM)
    assert encoded.vectors.dtype == np.float32
    assert encoded.covered.all()
    assert encoded.truncated.tolist() == [len(text) > 200 for text in texts]


def test_the_dense_layer_makes_a_difference(labse: Path, on_cpu: Settings) -> None:
    texts = [*WORDS, *PHRASES]
    without = opened(labse, on_cpu, pooling="cls").encode(texts).vectors
    assert np.abs(without - by_the_library(labse, texts)).max() > 0.1


@pytest.mark.parametrize(
    "settings_of_the_folder",
    [
        {"prompts": {"query": "eau: "}, "default_prompt_name": "query"},
        {"truncate_dim": 8},
    ],
    ids=["prompt", "dimensions"],
)
def test_what_a_folder_asks_of_the_library_is_done(
    tmp_path: Path, on_cpu: Settings, settings_of_the_folder: dict[str, Any]
) -> None:
    folder = make_labse(tmp_path / "asking", **settings_of_the_folder)
    expected = by_the_library(folder, WORDS)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    encoder = reading(folder, on_cpu)
    np.testing.assert_allclose(encoder.encode(WORDS).vectors, expected, rtol=0, atol=1e-5)
    assert encoder.spec.dim == expected.shape[1]


@pytest.mark.parametrize("kind", ["padding", "truncation"])
def test_what_a_tokenizer_was_saved_with_changes_nothing(
    encoder: SentenceTransformerEncoder, copied: Path, on_cpu: Settings, kind: str
) -> None:
    from tokenizers import Tokenizer

    saved = Tokenizer.from_file(str(copied / "tokenizer.json"))
    if kind == "padding":
        saved.enable_padding(length=20, pad_token="[PAD]")
    else:
        saved.enable_truncation(5)
    saved.save(str(copied / "tokenizer.json"))
    texts = [*WORDS, *PHRASES, LONG]
    found, expected = reading(copied, on_cpu).encode(texts), encoder.encode(texts)
    np.testing.assert_allclose(found.vectors, expected.vectors, rtol=0, atol=1e-5)
    assert found.truncated.tolist() == expected.truncated.tolist()


def test_text_passes_the_door_first(encoder: SentenceTransformerEncoder) -> None:
    np.testing.assert_allclose(
        encoder.encode(["  run \t water "]).vectors,
        encoder.encode(["run water"]).vectors,
        atol=1e-6,
    )


@pytest.mark.parametrize(("words", "cut"), [(1, False), (22, False), (23, True), (90, True)])
def test_a_text_of_more_tokens_than_the_model_reads_is_truncated(
    encoder: SentenceTransformerEncoder, words: int, cut: bool
) -> None:
    encoded = encoder.encode(["water", " ".join(["water"] * words)])
    assert encoded.truncated.tolist() == [False, cut]


def test_no_texts_give_no_rows(encoder: SentenceTransformerEncoder) -> None:
    encoded = encoder.encode([])
    assert encoded.vectors.shape == (0, DIM)
    assert encoded.covered.shape == encoded.truncated.shape == (0,)


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_text_is_refused(encoder: SentenceTransformerEncoder, text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^empty text"):
        encoder.encode(["water", text])


def test_the_spec_is_read_from_the_folder(encoder: SentenceTransformerEncoder, labse: Path) -> None:
    spec = encoder.spec
    assert (spec.name, spec.model_id) == (str(labse), "labse")
    assert (spec.dim, spec.max_length, spec.precision) == (DIM, MOST, "fp32")
    assert (spec.pooling, spec.layer) == ("modules.json", -1)
    assert spec.evaluation == "zero-shot"
    assert spec.identity.startswith("labse-")


def test_half_precision_weights_are_another_encoder_that_computes_in_float32(
    encoder: SentenceTransformerEncoder, copied: Path, on_cpu: Settings
) -> None:
    from safetensors.numpy import load_file, save_file

    for weights in (copied / "model.safetensors", copied / "2_Dense" / "model.safetensors"):
        halved = {name: rows.astype(np.float16) for name, rows in load_file(weights).items()}
        save_file(halved, weights, {"format": "pt"})
    half = reading(copied, on_cpu)
    assert half.spec.identity != encoder.spec.identity
    assert {weight.dtype for weight in half._whole.parameters()} == {torch.float32}
    vectors = half.encode(["water"]).vectors
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, encoder.encode(["water"]).vectors, atol=1e-2)


def test_a_folder_that_reads_text_by_another_vocabulary_is_another_encoder(
    encoder: SentenceTransformerEncoder, copied: Path, on_cpu: Settings
) -> None:
    file = copied / "tokenizer.json"
    said = json.loads(file.read_text(encoding="utf-8"))
    words = said["model"]["vocab"]
    words["water"], words["house"] = words["house"], words["water"]
    file.write_text(json.dumps(said), encoding="utf-8")
    other = reading(copied, on_cpu)
    assert np.abs(other.encode(["water"]).vectors - encoder.encode(["water"]).vectors).max() > 0.01
    assert other.spec.identity != encoder.spec.identity


def test_a_static_embedding_is_an_encoder_too(
    mini_folder: Path, settings: Settings, sessions: Sessions
) -> None:
    name = str(mini_folder)
    service = LexiconService(settings, sessions)
    static = open_encoder(name, settings)
    encoded = static.encode(["water", "ನೀರು"])
    assert encoded.vectors.shape == (2, 16)
    assert not encoded.truncated.any()
    fill(sessions)
    build(sessions, service.generations, static)
    answer = search(service, SearchRequest("water", "en", "kn", k=1, encoder=name))
    assert answer.encoder == name
    assert answer.results[0].lemma == "ನೀರು"


@pytest.mark.parametrize("missing", ["sentence_transformers", "torch"])
def test_a_library_that_is_not_there_names_the_extra(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    (tmp_path / "modules.json").write_text(json.dumps([]))
    monkeypatch.setitem(sys.modules, missing, None)
    encoder = SentenceTransformerEncoder("labse", tmp_path, settings)
    with pytest.raises(ExtraMissing, match=r"'labse' needs the extra 'models'"):
        encoder.encode(["water"])
