"""A BLOOM whose languages are aligned at one layer and at no other, by weights set by hand."""

from pathlib import Path
from typing import Any

import numpy as np

BLOCK = 16
DIM = 3 * BLOCK
LAYERS = 4
PLANTED = 2
"""The layer that puts into the third block what the first two say."""

WORDS = 120
STRENGTH = 3.0


def words(code: str) -> list[str]:
    """Word n of one language translates word n of the other; each is one token."""
    return [f"{code}{number}" for number in range(WORDS)]


def make_planted(folder: Path) -> Path:
    """English says what it means in the first block of dimensions, French in the second.

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
    # Layer norms subtract the mean and divide by the spread: with a mean of 0 and the same length
    # for all words, they only scale.
    states = np.random.default_rng(1).standard_normal((WORDS, BLOCK))
    states -= states.mean(axis=1, keepdims=True)
    states /= states.std(axis=1, keepdims=True)
    embeddings = np.random.default_rng(2).standard_normal((len(vocabulary), DIM))
    embeddings[4 : 4 + WORDS] = np.hstack([states, 0 * states, 0 * states])
    embeddings[4 + WORDS :] = np.hstack([0 * states, states, 0 * states])
    # Lengths after the norm of the embeddings: of one block of three, and with the third block.
    spread = 1.0, float(np.sqrt(1 + STRENGTH**2))
    one, nothing = np.eye(BLOCK), np.zeros((BLOCK, BLOCK))
    gather = np.block([[nothing] * 3, [nothing] * 3, [one, one, nothing]])
    clear = np.block([[nothing] * 3, [nothing] * 3, [nothing, nothing, one]])
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
            if number == PLANTED:
                attention.dense.weight.copy_(torch.tensor(STRENGTH * spread[0] * gather))
            elif number == PLANTED + 1:
                attention.dense.weight.copy_(torch.tensor(-spread[1] * clear))
    model.save_pretrained(folder)
    return folder
