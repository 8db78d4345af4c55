"""Classifying pairs of sentences: our batches of one length beside what users would otherwise run.

    python -m benchmarks.nli [--pairs 256] [--file TSV] [--runs 5] [--precisions fp32,auto]

An XLM-R of base size is made from its configuration with random weights: speed does not depend on
what the weights are. The peer is a plain transformers loop with batches of 32 in the order given,
padded. Ours and the peer take turns, so that a busy machine slows both; the ratio is what lasts,
and with --threads 1 that of the processor's time most of all. Pairs are those of a file with a
header that names premise and hypothesis, or drawn with the lengths of XNLI.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
    XLMRobertaTokenizer,
)

from benchmarks.encode import random_weights, words
from benchmarks.results import SEED, show
from lexicon.formats.reading import Input
from lexicon.models import NLI_LABELS
from lexicon.settings import Settings
from nli.files import read_pairs
from nli.protocol import NliPair
from nli.registry import open_classifier

PREMISE, HYPOTHESIS = (14.0, 0.6), (7.0, 0.4)
"""Mean forms of a text, and the standard deviation of their logarithm: in tokens, as XNLI's."""

PEER = "plain loop, batch 32"
Classify = Callable[[Sequence[NliPair]], Any]


def xlmr(
    folder: Path,
    pairs: Sequence[NliPair],
    layers: int = 12,
    hidden: int = 768,
    vocabulary: int = 250_002,
) -> Path:
    """XLM-R at the size of its base, or smaller; its labels are named, and it has tokens for most
    words of the pairs, as XLM-R has for those of XNLI."""
    made = Tokenizer(models.Unigram())
    made.normalizer = normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=30_000,
        unk_token="<unk>",
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        show_progress=False,
    )
    texts = (text for pair in pairs for text in (pair.premise, pair.hypothesis))
    made.train_from_iterator(texts, trainer)
    pieces = [tuple(piece) for piece in json.loads(made.to_str())["model"]["vocab"]]
    tokenizer: Any = XLMRobertaTokenizer(vocab=[*pieces, ("<mask>", 0.0)], model_max_length=512)
    tokenizer.save_pretrained(folder)
    config = XLMRobertaConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 64,
        intermediate_size=4 * hidden,
        max_position_embeddings=514,
        type_vocab_size=1,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        id2label=dict(enumerate(NLI_LABELS)),
        label2id={label: number for number, label in enumerate(NLI_LABELS)},
    )
    random_weights(XLMRobertaForSequenceClassification, config).save_pretrained(folder)
    return folder


def drawn(count: int) -> list[NliPair]:
    """Pairs of words of all languages, as long as those of XNLI."""
    draw = np.random.default_rng(SEED)
    every = words()

    def text(mean: float, spread: float) -> str:
        length = max(2, round(float(draw.lognormal(np.log(mean) - spread**2 / 2, spread))))
        return " ".join(every[number] for number in draw.integers(len(every), size=length))

    return [NliPair(text(*PREMISE), text(*HYPOTHESIS)) for _ in range(count)]


def loop(folder: Path) -> Classify:
    """What a notebook does."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32)
    model.eval()

    def classify(pairs: Sequence[NliPair]) -> Any:
        found = []
        with torch.no_grad():
            for start in range(0, len(pairs), 32):
                some = pairs[start : start + 32]
                batch = tokenizer(
                    [pair.premise for pair in some],
                    [pair.hypothesis for pair in some],
                    padding=True,
                    truncation=True,
                    max_length=128,
                    return_tensors="pt",
                )
                found.append(torch.softmax(model(**batch).logits, dim=-1).numpy())
        return np.concatenate(found)

    return classify


@dataclass
class Rates:
    """Pairs per second by the clock, and by the processor's time, of each run."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


def rates(
    classifiers: dict[str, Classify], pairs: Sequence[NliPair], runs: int
) -> dict[str, Rates]:
    """How fast each one is, taking turns."""
    for classify in classifiers.values():
        classify(pairs[:16])
    found = {name: Rates() for name in classifiers}
    for _ in range(runs):
        for name, classify in classifiers.items():
            clock, processor = time.perf_counter(), time.process_time()
            classify(pairs)
            found[name].clock.append(len(pairs) / (time.perf_counter() - clock))
            found[name].processor.append(len(pairs) / (time.process_time() - processor))
    return found


def times(ours: list[float], peer: list[float]) -> str:
    return f"{statistics.median(a / b for a, b in zip(ours, peer, strict=True)):.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=256)
    parser.add_argument("--file", type=Path, help="pairs to take instead of drawn ones")
    parser.add_argument("--precisions", default="fp32,auto")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, help="of all of them; PyTorch's choice if not given")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--document", action="store_true", help="also write docs/benchmarks.md")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    every = read_pairs(Input(arguments.file)) if arguments.file else drawn(2_000)
    order = np.random.default_rng(SEED).permutation(len(every))[: arguments.pairs]
    pairs = [every[number] for number in order]
    with tempfile.TemporaryDirectory() as temporary:
        folder = xlmr(Path(temporary, "xlmr"), every)
        settings = Settings(home=Path(temporary, "home"), device="cpu")
        classifiers = {PEER: loop(folder)}
        for one in arguments.precisions.split(","):
            opened = open_classifier(f"{folder}?precision={one}", settings)
            classifiers[f"ours, {one}"] = opened.classify
        figures = rates(classifiers, pairs, arguments.runs)
        lengths = AutoTokenizer.from_pretrained(folder)(
            [pair.premise for pair in pairs], [pair.hypothesis for pair in pairs]
        )["input_ids"]
    mean = statistics.mean(min(len(ids), 128) for ids in lengths)
    peer = figures[PEER]
    rows = [
        (
            how,
            f"{statistics.median(found.clock):,.1f}",
            f"{min(found.clock):,.1f}–{max(found.clock):,.1f}",
            times(found.clock, peer.clock),
            f"{statistics.median(found.processor):,.1f}",
            times(found.processor, peer.processor),
        )
        for how, found in figures.items()
    ]
    show(
        "nli",
        f"Classifying {len(pairs):,} pairs of {mean:.0f} tokens on average with an XLM-R of base "
        f"size on {torch.get_num_threads()} threads",
        ("how", "pairs/s", "min–max", "× peer", "pairs/CPU-s", "× peer"),
        rows,
        {how: asdict(found) for how, found in figures.items()},
        ("torch", "transformers"),
        arguments.json,
        arguments.document,
    )


if __name__ == "__main__":
    main()
