"""A base of a few dozen English pieces, a lexicon of a few words, and pairs to teach them with."""

from pathlib import Path

import numpy as np

from lexicon.entries import ConceptEntry, checked
from lexicon.formats.pairs.entry import PairEntry
from lexicon.models import NLI_LABELS
from nli.embedded.build.base import Base
from nli.embedded.build.stages import Recipe
from nli.embedded.build.training import Schedule

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PIECES = """
the of in on not is are he she it does do a . , ' ? water rain gold or orange bank shore river
house bread pain red big live lives sleep eat never will have say drink man city child children
la y ##s ##ing ##ed ##ten é
""".split()  # noqa: SIM905
NAMES = ["lisbon", "gilles", "wallace", "norbert", "quincy", "zagreb"]
"""Rare words, in the second half of a vocabulary by frequency: what unknown words become."""

WIDTH = 16
ZIPF = {("en", "water"): 5.0, ("en", "rain"): 4.0, ("en", "bank"): 5.0}


def _entry(key: str, en: str, fr: str, hi: str, kn: str) -> ConceptEntry:
    return checked(key, key.split(".")[1], "x", "x", {"en": en, "fr": fr, "hi": hi, "kn": kn})


LEXICON = (
    _entry("water.noun.1", "water", "eau", "पानी", "ನೀರು"),
    _entry("rain.noun.1", "rain", "pluie|eau", "बारिश", "ಮಳೆ"),
    _entry("gold.noun.1", "gold", "or", "सोना", "ಚಿನ್ನ"),
    _entry("orange.noun.1", "orange", "orange", "संतरा", "ಕಿತ್ತಳೆ"),
    _entry("bread.noun.1", "bread", "pain", "रोटी", "ರೊಟ್ಟಿ"),
    _entry("house.noun.1", "house", "maison", "मकान", "ಮನೆ"),
    _entry("red.adj.1", "red", "rouge", "लाल", "ಕೆಂಪು"),
    _entry("eat.verb.1", "eat", "manger", "खाना", "ತಿನ್ನು"),
    _entry("live.verb.1", "live", "habiter|se loger", "निवास करना", "ವಾಸಿಸು"),
    _entry("drink.verb.1", "drink", "boire", "पीना", "ಕುಡಿ"),
    _entry("city.noun.1", "city", "ville", "शहर", "ನಗರ"),
    _entry("child.noun.1", "child", "enfant", "बच्चा", "ಮಗು"),
)

RECIPE = Recipe(
    english=Schedule(epochs=1, rate=1e-3, batch=4),
    mixed=Schedule(epochs=1, rate=1e-3, batch=8),
    most=24,
)

TEXTS = (
    ("The man drinks water.", "He drinks."),
    ("The children eat bread in the city.", "The children are on the river."),
    ("He does not live in the red house.", "He lives in the house."),
    ("It is gold, or is it?", "The bank is big."),
)
PAIRS = [
    PairEntry(str(place), *texts, "en", "en", NLI_LABELS[place % 3])
    for place, texts in enumerate(TEXTS * 3)
]
DEV = {
    "en": PAIRS,
    "fr": [
        PairEntry(str(place), premise, hypothesis, "fr", "fr", NLI_LABELS[place % 3])
        for place, (premise, hypothesis) in enumerate(
            [("Il mange du pain.", "Il ne mange pas."), ("La maison est rouge.", "Il pleut.")] * 4
        )
    ],
}


def write_pairs(path: Path, pairs: list[PairEntry]) -> Path:
    rows = [(pair.key, str(pair.label), pair.premise, pair.hypothesis) for pair in pairs]
    lines = ["\t".join(row) for row in [("id", "label", "premise", "hypothesis"), *rows]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def make_base(folder: Path) -> Base:
    """A BERT folder of two layers, seeded; every piece has a direction of its own."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    order = [*SPECIAL, *PIECES, *NAMES]
    made = Tokenizer(
        models.WordPiece(vocab={piece: n for n, piece in enumerate(order)}, unk_token="[UNK]")
    )
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]"
    ).save_pretrained(folder)
    torch.manual_seed(0)
    model = BertModel(
        BertConfig(
            vocab_size=len(order),
            hidden_size=WIDTH,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=2 * WIDTH,
            max_position_embeddings=32,
        )
    )
    rows = np.random.default_rng(0).standard_normal((len(order), WIDTH)).astype(np.float32)
    model.embeddings.word_embeddings.weight.data = torch.from_numpy(rows)
    model.save_pretrained(folder)
    return Base(folder)
