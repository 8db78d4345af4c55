"""A BLOOM whose languages are aligned at one layer and at no other, by weights set by hand."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

BLOCK = 16
DIM = 3 * BLOCK
LAYERS = 4
PLANTED = 2
"""The layer that adds to the third block what the first two say."""

WORDS = 250
STRENGTH = 3.0
SHARE = STRENGTH**2 / (2 + STRENGTH**2)
"""Cosine of translations at the planted layer, on average."""


def words(code: str) -> list[str]:
    """Word n of one language translates word n of the other; each is one token."""
    return [f"{code}{number}" for number in range(WORDS)]


def make_planted(folder: Path) -> Path:
    """English says what it means in the first block of dimensions, French in the second; in the
    third is noise.

    Words are single tokens, so that attention is a map of each word's own state: the planted layer
    adds the sum of both blocks to the third, the next one takes it out again, and the others add
    nothing.
    """
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BloomConfig, BloomModel, PreTrainedTokenizerFast

    vocabulary = ["<unk>", "<s>", "</s>", "<pad>", *words("en"), *words("fr")]
    made = Tokenizer(
        models.WordLevel({word: place for place, word in enumerate(vocabulary)}, unk_token="<unk>")
    )
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    whole: Any = PreTrainedTokenizerFast
    special = {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}
    whole(tokenizer_object=made, **special).save_pretrained(folder)
    config = BloomConfig(
        vocab_size=len(vocabulary),
        hidden_size=DIM,
        n_layer=LAYERS,
        n_head=3,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=3,
    )
    model: Any = BloomModel(config)
    random = np.random.default_rng(1)
    meanings = _even(random.standard_normal((WORDS, BLOCK)))
    nothing = np.zeros((WORDS, BLOCK))
    english, french = (_noise(random, meanings) for _ in range(2))
    embeddings = random.standard_normal((len(vocabulary), DIM))
    embeddings[4 : 4 + WORDS] = np.hstack([meanings, nothing, english])
    embeddings[4 + WORDS :] = np.hstack([nothing, meanings, french])
    # How far a state spreads where the planted one is taken out again, against where it is put in.
    spread = float(np.sqrt(1 + STRENGTH**2 / 2))
    gather = np.zeros((DIM, DIM))
    gather[-BLOCK:] = np.hstack([np.eye(BLOCK), np.eye(BLOCK), np.zeros((BLOCK, BLOCK))])
    added = {PLANTED: STRENGTH * gather, PLANTED + 1: -STRENGTH * spread * gather}
    with torch.no_grad():
        for weights in model.parameters():
            weights.zero_()
        for name, weights in model.named_parameters():
            if "norm" in name or "ln_f" in name:
                weights.fill_(float(name.endswith("weight")))
        model.word_embeddings.weight.copy_(torch.tensor(embeddings))
        for number, layer in enumerate(model.h, 1):
            attention = layer.self_attention
            # Of each head's queries, keys and values, only values are anything.
            fused = attention.query_key_value.weight.view(3, 3, BLOCK, DIM)
            fused[:, 2] = torch.eye(DIM).view(3, BLOCK, DIM)
            if number in added:
                attention.dense.weight.copy_(torch.tensor(added[number]))
    model.save_pretrained(folder)
    return folder


def _even(rows: Matrix) -> Matrix:
    """Rows with a mean of 0 and a spread of 1: layer norms only scale them."""
    away = rows - rows.mean(axis=1, keepdims=True)
    even: Matrix = away / away.std(axis=1, keepdims=True)
    return even


def _noise(random: np.random.Generator, meanings: Matrix) -> Matrix:
    """At a right angle to the meaning of each word, so that the sum of both is equally long."""
    rows = _even(random.standard_normal(meanings.shape))
    along = (rows * meanings).sum(axis=1, keepdims=True) / BLOCK
    return _even(rows - along * meanings)
