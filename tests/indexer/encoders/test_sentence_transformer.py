"""Folders of sentence-transformers, run as that library runs them: tiny ones made here."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from indexer.build import build
from indexer.encoders.registry import open_encoder
from indexer.encoders.sentence_transformer import SentenceTransformerEncoder
from indexer.search import SearchRequest, search
from indexer.service import LexiconService
from lexicon.errors import ExtraMissing, InvalidInput, ModelDamaged
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import fill

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "water", "eau", "run", "ನೀರು"]


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transformer of one layer, mean pooling, a dense layer from 8 to 4, normalised; at most
    eight tokens."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules
    from transformers import BertConfig, BertModel, BertTokenizer

    base = tmp_path_factory.mktemp("bert")
    (base / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    BertTokenizer(str(base / "vocab.txt"), model_max_length=8).save_pretrained(base)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=16,
    )
    BertModel(config).save_pretrained(base)
    parts = [
        modules.Transformer(str(base)),
        modules.Pooling(8),
        modules.Dense(8, 4),
        modules.Normalize(),
    ]
    folder = base / "whole"
    SentenceTransformer(modules=parts, device="cpu").save(str(folder))
    return folder


@pytest.fixture(scope="session")
def encoder(bert: Path) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(str(bert), bert)


def test_vectors_are_those_of_the_library(encoder: SentenceTransformerEncoder, bert: Path) -> None:
    from sentence_transformers import SentenceTransformer

    texts = ["water", "eau", "run water", "ನೀರು"]
    library = SentenceTransformer(str(bert), device="cpu", local_files_only=True)
    expected = library.encode(texts, show_progress_bar=False)
    encoded = encoder.encode(texts)
    np.testing.assert_allclose(encoded.vectors, expected, rtol=0, atol=1e-6)
    assert encoded.vectors.shape == (4, 4)
    assert encoded.vectors.dtype == np.float32
    assert encoded.covered.all()


def test_text_passes_the_door_first(encoder: SentenceTransformerEncoder) -> None:
    np.testing.assert_allclose(
        encoder.encode(["  run \t water "]).vectors,
        encoder.encode(["run water"]).vectors,
        atol=1e-6,
    )


@pytest.mark.parametrize(("words", "cut"), [(1, False), (6, False), (7, True), (20, True)])
def test_a_text_of_more_tokens_than_the_model_reads_is_truncated(
    encoder: SentenceTransformerEncoder, words: int, cut: bool
) -> None:
    encoded = encoder.encode(["water", " ".join(["water"] * words)])
    assert encoded.truncated.tolist() == [False, cut]


def test_no_texts_give_no_rows(encoder: SentenceTransformerEncoder) -> None:
    encoded = encoder.encode([])
    assert encoded.vectors.shape == (0, 4)
    assert encoded.covered.shape == encoded.truncated.shape == (0,)


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_text_is_refused(encoder: SentenceTransformerEncoder, text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^empty text"):
        encoder.encode(["water", text])


def test_the_spec_is_read_from_the_folder(encoder: SentenceTransformerEncoder, bert: Path) -> None:
    spec = encoder.spec
    assert (spec.name, spec.model_id) == (str(bert), "whole")
    assert (spec.dim, spec.max_length, spec.precision) == (4, 8, "fp32")
    assert spec.evaluation == "zero-shot"
    assert spec.identity.startswith("whole-")


def test_a_copy_elsewhere_is_the_same_encoder(
    encoder: SentenceTransformerEncoder, bert: Path, tmp_path: Path
) -> None:
    shutil.copytree(bert, tmp_path / "whole")
    copy = SentenceTransformerEncoder(str(tmp_path / "whole"), tmp_path / "whole")
    assert copy.spec.identity == encoder.spec.identity


def test_what_a_download_leaves_beside_the_model_does_not_matter(
    encoder: SentenceTransformerEncoder, bert: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "whole"
    shutil.copytree(bert, folder)
    for left in (".cache/huggingface/download/config.json.metadata", ".git/HEAD", "README.md"):
        (folder / left).parent.mkdir(parents=True, exist_ok=True)
        (folder / left).write_text("another day")
    assert SentenceTransformerEncoder("whole", folder).spec.identity == encoder.spec.identity


def test_half_precision_weights_are_another_encoder_that_computes_in_float32(
    encoder: SentenceTransformerEncoder, bert: Path, tmp_path: Path
) -> None:
    from safetensors.numpy import load_file, save_file

    folder = tmp_path / "whole"
    shutil.copytree(bert, folder)
    weights = folder / "2_Dense" / "model.safetensors"
    halved = {name: rows.astype(np.float16) for name, rows in load_file(weights).items()}
    save_file(halved, weights)
    half = SentenceTransformerEncoder(str(folder), folder)
    assert half.spec.identity != encoder.spec.identity
    vectors = half.encode(["water"]).vectors
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, encoder.encode(["water"]).vectors, atol=1e-2)


def test_a_folder_that_reads_text_by_another_vocabulary_is_another_encoder(
    bert: Path, tmp_path: Path
) -> None:
    encoders = []
    for name, words in (("one", WORDS), ("two", [*WORDS[:5], "run", *WORDS[5:7], WORDS[8]])):
        folder = tmp_path / name / "whole"
        shutil.copytree(bert, folder)
        (folder / "tokenizer.json").unlink()
        (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
        encoders.append(SentenceTransformerEncoder("whole", folder))
    one, two = (encoder.encode(["run"]).vectors for encoder in encoders)
    assert np.abs(one - two).max() > 1e-3
    assert encoders[0].spec.identity != encoders[1].spec.identity


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


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.safetensors", b"half"),
        ("modules.json", b"{"),
        ("modules.json", b"[]"),
        ("tokenizer.json", b"{"),
        ("config.json", b"{"),
    ],
)
def test_a_folder_that_cannot_be_read_is_refused_by_its_path(
    bert: Path, tmp_path: Path, name: str, content: bytes
) -> None:
    folder = tmp_path / "whole"
    shutil.copytree(bert, folder)
    (folder / name).write_bytes(content)
    with pytest.raises(ModelDamaged, match=str(folder)):
        SentenceTransformerEncoder(str(folder), folder).encode(["water"])


def test_a_folder_without_modules_is_refused(bert: Path, tmp_path: Path) -> None:
    folder = tmp_path / "whole"
    shutil.copytree(bert, folder)
    (folder / "modules.json").unlink()
    with pytest.raises(ModelDamaged, match=rf"^{folder} has no modules.json"):
        SentenceTransformerEncoder(str(folder), folder)


def test_a_library_that_is_not_there_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "modules.json").write_text(json.dumps([]))
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    encoder = SentenceTransformerEncoder("labse", tmp_path)
    with pytest.raises(ExtraMissing, match=r"'labse' needs the extra 'models'"):
        encoder.encode(["water"])
