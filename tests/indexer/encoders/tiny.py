"""Checkpoints of the true architectures, small enough to be made in a second: seeded, offline."""

import unicodedata
from pathlib import Path
from typing import Any

from indexer.encoders.registry import named, open_encoder
from lexicon.settings import Settings

WORDS = ("water", "running", "eau", "forêt", "पानी", "ज्ञान", "ನೀರು", "ಪುಸ್ತಕ")
PHRASES = ("drinks the water", "le roi heureux", "बिल्ली पानी पीती है", "ಬೆಕ್ಕು ನೀರು ಕುಡಿಯುತ್ತದೆ")

CORPUS = (
    "the cat drinks water a happy king is a person the dog is an animal house book tree sun",
    "le chat boit de l'eau un roi heureux est une personne le chien maison livre arbre forêt été",
    "बिल्ली पानी पीती है राजा खुश है कुत्ता एक जानवर है घर किताब पेड़ सूरज चाँद ज्ञान क्षमा श्री",
    "ಬೆಕ್ಕು ನೀರು ಕುಡಿಯುತ್ತದೆ ರಾಜ ನಾಯಿ ಒಂದು ಪ್ರಾಣಿ ಮನೆ ಪುಸ್ತಕ ಮರ ಸೂರ್ಯ ಚಂದ್ರ ಜ್ಞಾನ ಕ್ಷಮೆ",
)
LETTERS = [
    chr(code)
    for first, end in ((0x21, 0x7F), (0xC0, 0x180), (0x900, 0x980), (0xC80, 0xD00))
    for code in range(first, end)
    if unicodedata.category(chr(code)) != "Cn"
]
DIM = 32
LAYERS = 2
MOST = 24
"""Tokens that the LaBSE-shaped folder reads; BERT and BLOOM take more."""


def mixed(count: int) -> list[str]:
    """``count`` different texts of all four scripts and many lengths."""
    words = [word for line in CORPUS for word in line.split()]
    return [
        " ".join([words[n % len(words)], *words[: n % 7], words[(n * 7 + 3) % len(words)]])
        for n in range(count)
    ]


def make_bert(folder: Path, seed: int = 0) -> Path:
    """A multilingual BERT as AutoModel reads it: no pooling of its own."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizer

    # Written down, not learned: tokenizers' trainer breaks ties differently in each process.
    special = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    words = sorted({word for line in CORPUS for word in line.split()})
    pieces = [*words, *(part for w in words for part in (w[:3], f"##{w[3:]}") if w[3:])]
    # Without a continuation for every letter, unseen words would all become one [UNK].
    pieces += [piece for letter in LETTERS for piece in (letter, f"##{letter}")]
    vocabulary = {piece: place for place, piece in enumerate(dict.fromkeys([*special, *pieces]))}
    BertTokenizer(
        vocab=vocabulary, do_lower_case=False, strip_accents=False, model_max_length=512
    ).save_pretrained(folder)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=DIM,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        intermediate_size=4 * DIM,
        max_position_embeddings=512,
    )
    _telling(BertModel(config), 12).save_pretrained(folder)
    return folder


def make_labse(folder: Path, seed: int = 0, **settings: Any) -> Path:
    """BERT, its first token, a dense layer with tanh, unit length: LaBSE's own chain."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import (
        Dense,
        Normalize,
        Pooling,
        Transformer,
    )

    base = make_bert(folder.with_name(f"{folder.name}-base"), seed)
    chain = [
        Transformer(str(base), max_seq_length=MOST),
        Pooling(DIM, pooling_mode="cls"),
        Dense(DIM, DIM, activation_function=torch.nn.Tanh()),
        Normalize(),
    ]
    whole = SentenceTransformer(modules=chain, device="cpu", **settings)
    whole.save_pretrained(str(folder), create_model_card=False)
    return folder


def xlmr_parts(folder: Path, **options: Any) -> dict[str, Any]:
    """XLM-RoBERTa's tokenizer written into ``folder``, and what its configuration says of it.
    It counts places from behind that of padding."""
    from transformers import XLMRobertaTokenizer

    words = dict.fromkeys(word for line in CORPUS for word in line.split())
    pieces = [(token, 0.0) for token in ("<s>", "<pad>", "</s>", "<unk>")]
    pieces += [("▁", -8.0), *((f"▁{word}", -5.0) for word in words)]
    pieces += [*((letter, -12.0) for letter in LETTERS), ("<mask>", 0.0)]
    tokenizer: Any = XLMRobertaTokenizer(vocab=pieces, model_max_length=512, **options)
    tokenizer.save_pretrained(folder)
    return {
        "vocab_size": len(tokenizer),
        "hidden_size": DIM,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 4,
        "intermediate_size": 4 * DIM,
        "max_position_embeddings": 514,
        "type_vocab_size": 1,
        "bos_token_id": 0,
        "pad_token_id": 1,
        "eos_token_id": 2,
    }


def make_xlmr(folder: Path, seed: int = 0) -> Path:
    """XLM-RoBERTa with mean pooling, as multilingual sentence-transformers are."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import XLMRobertaConfig, XLMRobertaModel

    base = folder.with_name(f"{folder.name}-base")
    config = XLMRobertaConfig(**xlmr_parts(base))
    torch.manual_seed(seed)
    _telling(XLMRobertaModel(config), 12).save_pretrained(base)
    chain = [Transformer(str(base), max_seq_length=128), Pooling(DIM, pooling_mode="mean")]
    SentenceTransformer(modules=chain, device="cpu").save_pretrained(
        str(folder), create_model_card=False
    )
    return folder


def make_bloom(folder: Path, seed: int = 0, **changes: Any) -> Path:
    """BLOOM with a byte-level vocabulary of the four scripts and padding on the left."""
    import torch
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import BloomConfig, BloomModel, PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            # How BLOOM itself splits: never inside a word, whatever marks it carries.
            pre_tokenizers.Split(Regex(r" ?[^(\s|[.,!?…。，、।۔،])]+"), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=["<unk>", "<s>", "</s>", "<pad>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(CORPUS, trainer)
    whole: Any = PreTrainedTokenizerFast
    whole(
        tokenizer_object=made,
        unk_token="<unk>",
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        padding_side="left",
    ).save_pretrained(folder)
    torch.manual_seed(seed)
    config = BloomConfig(
        vocab_size=made.get_vocab_size(),
        hidden_size=DIM,
        n_layer=LAYERS,
        n_head=4,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=3,
        **changes,
    )
    _telling(BloomModel(config), 6).save_pretrained(folder)
    return folder


def _telling(model: Any, times: float) -> Any:
    """``model`` with weights large enough that tokens, layers and places make a difference."""
    import torch

    with torch.no_grad():
        for weights in model.parameters():
            if weights.ndim > 1:
                weights.mul_(times)
            else:
                weights.add_(torch.randn_like(weights), alpha=0.05)
    return model


def opened(
    folder: Path,
    settings: Settings,
    precision: str = "fp32",
    pooling: str | None = None,
    layer: int | None = None,
) -> Any:
    """The encoder of ``folder`` that the registry gives for these options; ``mean`` where the
    folder does not say how it is pooled."""
    if pooling is None and layer is None and not (folder / "modules.json").is_file():
        pooling = "mean"
    return open_encoder(named(str(folder), pooling, layer, precision), settings)
