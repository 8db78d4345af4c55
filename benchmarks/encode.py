"""Encoding single words: our batches beside what users would otherwise run.

    python -m benchmarks.encode [--words 2000] [--models labse,bloom-560m,embedded] [--runs 5]
                                [--json FILE] [--document]

Full-size checkpoints are made from their configurations with random weights: speed does not depend
on what the weights are. Peers: ``SentenceTransformer.encode`` with its defaults for LaBSE, and a
plain transformers loop with batches of 32, padded. Ours and the peers take turns, so that a busy
machine slows all; the ratio is what lasts. The embedded encoder has no peer. Memory is the most
that a process takes that opens one of them alone and encodes 256 words.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import (
    AutoModel,
    AutoTokenizer,
    BertConfig,
    BertModel,
    BertTokenizer,
    BloomConfig,
    BloomModel,
    PreTrainedTokenizerFast,
)

from benchmarks.alone import peak_mib
from benchmarks.results import SEED, show
from indexer.checkpoints import batching
from indexer.encoders.registry import open_encoder
from lexicon import bundled
from lexicon.settings import Settings

Encode = Callable[[Sequence[str]], Any]


def random_weights(kind: Any, config: Any) -> Any:
    torch.manual_seed(SEED)
    with torch.device("meta"):
        model = kind(config)
    model.to_empty(device="cpu")
    for name, weight in model.named_parameters():
        # Norms at one and biases at zero keep the states of a deep stack within bounds.
        if weight.dim() < 2:
            weight.data.fill_(float("norm" in name.lower() or "ln_f" in name) * name.endswith("t"))
        else:
            weight.data.normal_(0, 0.02)
    for name, buffer in model.named_buffers():
        if "position_ids" in name:
            buffer.copy_(torch.arange(buffer.shape[-1]).expand(buffer.shape))
        else:
            buffer.zero_()
    return model.eval()


def words() -> list[str]:
    return sorted(
        {form for entry in bundled.entries() for forms in entry.forms.values() for form in forms}
    )


def labse(folder: Path, layers: int | None = None) -> None:
    """Transformer(256) → CLS → Dense(Tanh) → Normalize at LaBSE's size, or of fewer layers."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import (
        Dense,
        Normalize,
        Pooling,
        Transformer,
    )

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=30_000, special_tokens=special)
    tokenizer.train_from_iterator(words(), trainer)
    inner = folder / "inner"
    BertTokenizer(
        vocab=tokenizer.get_vocab(), do_lower_case=False, strip_accents=False, model_max_length=512
    ).save_pretrained(str(inner))
    config = BertConfig(vocab_size=501_153, num_hidden_layers=layers or 12)
    random_weights(BertModel, config).save_pretrained(str(inner))
    chain = [
        Transformer(str(inner), max_seq_length=256),
        Pooling(768, pooling_mode="cls"),
        Dense(768, 768, activation_function=torch.nn.Tanh()),
        Normalize(),
    ]
    SentenceTransformer(modules=chain, device="cpu").save_pretrained(
        str(folder / "models" / "labse"), create_model_card=False
    )


def bloom(folder: Path, layers: int | None = None, hidden: int = 1024) -> None:
    """BLOOM at the size of its 560M or, twice as wide, 1.7B parameters, or of fewer layers."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<unk>", "<s>", "</s>", "<pad>"]
    trainer = trainers.BpeTrainer(vocab_size=30_000, special_tokens=special)
    tokenizer.train_from_iterator(words(), trainer)
    target = folder / "models" / ("bloom-560m" if hidden == 1024 else "bloom-1b7")
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>", padding_side="left"
    ).save_pretrained(str(target))
    config = BloomConfig(vocab_size=250_880, hidden_size=hidden, n_layer=layers or 24, n_head=16)
    random_weights(BloomModel, config).save_pretrained(str(target))


def bloom_1b7(folder: Path, layers: int | None = None) -> None:
    bloom(folder, layers, 2048)


def library(folder: Path) -> Encode:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    return lambda texts: model.encode(list(texts), show_progress_bar=False)


def loop(folder: Path) -> Encode:
    """What a notebook does: batches of 32 in the order given, padded, the mean over the mask."""
    inner = folder if (folder / "config.json").exists() else folder / "0_Transformer"
    tokenizer = AutoTokenizer.from_pretrained(str(inner))
    model = AutoModel.from_pretrained(str(inner), dtype=torch.float32).eval()

    def encode(texts: Sequence[str]) -> Any:
        found = []
        with torch.no_grad():
            for start in range(0, len(texts), 32):
                batch = tokenizer(
                    list(texts[start : start + 32]), padding=True, return_tensors="pt"
                )
                hidden = model(**batch).last_hidden_state
                mask = batch["attention_mask"].unsqueeze(-1)
                found.append(((hidden * mask).sum(1) / mask.sum(1)).numpy())
        return np.concatenate(found)

    return encode


MAKE: dict[str, Callable[[Path], None]] = {"labse": labse, "bloom-560m": bloom}
LOOP = ("plain loop, batch 32", loop)
PEERS: dict[str, list[tuple[str, Callable[[Path], Encode]]]] = {
    "labse": [("SentenceTransformer.encode", library), LOOP],
    "bloom-560m": [LOOP],
    "embedded": [],
}
"""The first is what the others are compared with."""


class Rate(NamedTuple):
    """Words per second of the clock, and of the CPU's over all threads."""

    wall: float
    cpu: float


def rates(encodes: dict[str, Encode], texts: list[str], runs: int) -> dict[str, list[Rate]]:
    """Of each, taking turns."""
    for encode in encodes.values():
        encode(texts[:64])
    found: dict[str, list[Rate]] = {name: [] for name in encodes}
    for _ in range(runs):
        for name, encode in encodes.items():
            wall, used = time.perf_counter(), time.process_time()
            encode(texts)
            used, wall = time.process_time() - used, time.perf_counter() - wall
            found[name].append(Rate(len(texts) / wall, len(texts) / used))
    return found


def rows_of(
    name: str, found: dict[str, list[Rate]], compared: bool, memory: dict[str, float]
) -> list[tuple[str, ...]]:
    """Of the table; the first that was measured is what the others are compared with."""
    base = next(iter(found.values()))
    made: list[tuple[str, ...]] = []
    for how, some in found.items():
        ratios = [""] * 2
        if compared:
            pairs = list(zip(some, base, strict=True))
            ratios = [
                f"{statistics.median(ours[place] / theirs[place] for ours, theirs in pairs):.2f}"
                for place in (0, 1)
            ]
        wall = [one.wall for one in some]
        made.append(
            (
                name,
                how,
                f"{statistics.median(wall):,.0f}",
                f"{min(wall):,.0f}–{max(wall):,.0f}",
                ratios[0],
                f"{statistics.median(one.cpu for one in some):,.0f}",
                ratios[1],
                f"{memory[how]:,.0f}",
            )
        )
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--words", type=int, default=2_000)
    parser.add_argument("--models", default="labse,bloom-560m,embedded")
    parser.add_argument("--precisions", default="auto,fp32")
    parser.add_argument("--tokens", type=int, default=batching.CPU_TOKENS, help="of a batch")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--document", action="store_true", help="also write docs/benchmarks.md")
    arguments = parser.parse_args()
    batching.CPU_TOKENS = arguments.tokens
    everything = words()
    step = max(1, len(everything) // arguments.words)
    texts = everything[::step][: arguments.words]
    np.random.default_rng(SEED).shuffle(texts)
    rows: list[tuple[str, ...]] = []
    result: dict[str, Any] = {}
    for name in arguments.models.split(","):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            if name in MAKE:
                MAKE[name](folder)
            encodes = {peer: make(folder / "models" / name) for peer, make in PEERS[name]}
            specs = {
                f"ours, {one}": f"{name}?precision={one}" for one in arguments.precisions.split(",")
            }
            specs = specs if name in MAKE else {"ours": name}
            for how, spec in specs.items():
                encodes[how] = open_encoder(spec, Settings(home=folder, device="cpu")).encode
            memory = {
                how: peak_mib("benchmarks.encode_alone", temporary, name, specs.get(how, ""), how)
                for how in encodes
            }
            measured = rates(encodes, texts, arguments.runs)
            result[name] = {"rates": measured, "peak_mib": memory}
            rows += rows_of(name, measured, bool(PEERS[name]), memory)
    show(
        "encode",
        f"Encoding {len(texts):,} single words on {torch.get_num_threads()} threads",
        (
            *("model size", "how", "words/s", "min–max", "× peer", "words/CPU-s", "× peer"),
            "peak MiB",
        ),
        rows,
        result,
        ("torch", "transformers", "sentence-transformers"),
        arguments.json,
        arguments.document,
    )


if __name__ == "__main__":
    main()
