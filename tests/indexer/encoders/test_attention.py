"""Texts of several lengths in one pass: the same vectors as alone, and fewer passes."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.checkpoints import attention, batching, precision
from indexer.encoders import checkpoint
from lexicon.errors import PrecisionRefused
from lexicon.settings import Settings
from tests.indexer.encoders.tiny import PHRASES, WORDS, mixed, opened

TEXTS = [*WORDS, *PHRASES, *mixed(12)]


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many lengths each pass has had."""
    seen: list[int] = []
    real = attention.of_lengths

    def counted(lengths: Any) -> Any:
        seen.append(len(set(lengths)))
        return real(lengths)

    monkeypatch.setattr(attention, "of_lengths", counted)
    return seen


@pytest.mark.parametrize("folder", ["labse", "xlmr"])
def test_lengths_share_a_pass_and_each_text_has_the_vector_that_the_library_gives(
    folder: str, request: pytest.FixtureRequest, on_cpu: Settings, passes: list[int]
) -> None:
    from sentence_transformers import SentenceTransformer

    path: Path = request.getfixturevalue(folder)
    encoder = opened(path, on_cpu)
    found = encoder.encode(TEXTS).vectors
    assert max(passes) >= 3
    assert len(passes) < len(set(encoder.token_counts(TEXTS).tolist()))
    library = SentenceTransformer(str(path), device="cpu")
    for text, vector in zip(TEXTS, found, strict=True):
        alone = library.encode([text], normalize_embeddings=True)[0]
        np.testing.assert_allclose(vector, alone, atol=2e-6)


def test_without_the_lengths_the_padding_would_be_attended_to(
    labse: Path, on_cpu: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = opened(labse, on_cpu)
    found = encoder.encode(TEXTS).vectors
    real = attention.of_lengths
    monkeypatch.setattr(
        attention, "of_lengths", lambda lengths: real([max(lengths)] * len(lengths))
    )
    others = encoder.encode(TEXTS).vectors
    assert np.einsum("ij,ij->i", found, others).min() < 0.99


def test_what_cannot_attend_by_length_is_not_padded(
    bert: Path, bloom: Path, on_cpu: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    spared: list[int] = []
    real = batching.joined

    def noted(lengths: Any, tokens: int, most: int) -> Any:
        spared.append(most)
        return real(lengths, tokens, most)

    monkeypatch.setattr(batching, "joined", noted)
    for folder in (bert, bloom):
        opened(folder, on_cpu).encode(TEXTS)
    assert set(spared) == {0}


def test_a_decoder_is_not_adopted() -> None:
    from transformers import BertConfig, BertModel

    small = BertConfig(hidden_size=8, num_hidden_layers=1, num_attention_heads=2, vocab_size=10)
    assert attention.adopt(BertModel(small))
    small.is_decoder = True
    assert not attention.adopt(BertModel(small))


def test_a_model_that_is_read_again_after_a_refusal_attends_by_length_too(
    labse: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "_samples", lambda: mixed(40))
    encoder = opened(labse, settings, "bf16")
    with monkeypatch.context() as strict:
        strict.setattr(precision, "LEAST_COSINE", 1.1)
        with pytest.raises(PrecisionRefused):
            encoder.encode(TEXTS)
    together = encoder.encode(TEXTS).vectors
    alone = np.concatenate([encoder.encode([text]).vectors for text in TEXTS])
    assert encoder._whole[0].model.config._attn_implementation == attention.NAME
    assert np.einsum("ij,ij->i", together, alone).min() >= 0.99999
