"""Classifiers of pairs of the true architectures, made in a second: seeded, offline."""

import json
import shutil
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

from lexicon.models import NLI_LABELS
from nli.protocol import NliPair
from tests.indexer.encoders import tiny
from tests.indexer.encoders.tiny import mixed, xlmr_parts

ORDERS = tuple(permutations(NLI_LABELS))
"""The six orders in which a checkpoint may count the labels."""

ENGLISH, HINDI = "the dog is an animal", "कुत्ता एक जानवर है"
PAIRS = (
    NliPair(ENGLISH, "le chat boit de l'eau"),
    NliPair("un roi heureux", "ರಾಜ ಒಂದು ಮನೆ"),
    NliPair(HINDI, "cat"),
    NliPair("ಬೆಕ್ಕು ನೀರು ಕುಡಿಯುತ್ತದೆ", "बिल्ली पानी पीती है"),
    NliPair("water", "eau"),
)
"""Pairs of several lengths, whose premise and hypothesis are of two languages."""


def many(count: int) -> list[NliPair]:
    """``count`` pairs of all four scripts and many lengths."""
    texts = mixed(2 * count)
    return [
        NliPair(premise, hypothesis)
        for premise, hypothesis in zip(texts[:count], texts[:count:-1] + texts[:1], strict=False)
    ]


def make_xlmr(
    folder: Path,
    labels: Sequence[str] = NLI_LABELS,
    seed: int = 0,
    padding_side: str = "right",
    **changes: Any,
) -> Path:
    """An XLM-RoBERTa classifier that counts ``labels`` from 0; ``changes`` go to its config."""
    from transformers import XLMRobertaConfig, XLMRobertaForSequenceClassification

    settings = xlmr_parts(folder, padding_side=padding_side)
    config = XLMRobertaConfig(**{**settings, **_named(labels), **changes})
    _save(XLMRobertaForSequenceClassification, config, folder, seed, 15)
    return folder


def make_bloom(
    folder: Path,
    labels: Sequence[str] = NLI_LABELS,
    seed: int = 0,
    padding_side: str = "left",
    **changes: Any,
) -> Path:
    """A BLOOM classifier, which reads the label off the last token that is no padding."""
    from transformers import BloomForSequenceClassification

    tiny.make_bloom(folder, seed)
    tokenizer_says(folder, padding_side=padding_side)
    _save(BloomForSequenceClassification, _config(folder, labels, changes), folder, seed, 5)
    return folder


def make_bert(
    folder: Path,
    labels: Sequence[str] = NLI_LABELS,
    seed: int = 0,
    padding_side: str = "right",
    **changes: Any,
) -> Path:
    """A BERT classifier, which is told which tokens are the hypothesis's."""
    from transformers import BertForSequenceClassification

    tiny.make_bert(folder, seed)
    tokenizer_says(folder, padding_side=padding_side)
    _save(BertForSequenceClassification, _config(folder, labels, changes), folder, seed, 15)
    return folder


def reordered(folder: Path, target: Path, labels: Sequence[str]) -> Path:
    """A copy of a checkpoint that gives the same probabilities and counts its labels so."""
    from safetensors.numpy import load_file, save_file

    shutil.copytree(folder, target)
    before = named_labels(folder)
    places = [before.index(label) for label in labels]
    weights = load_file(folder / "model.safetensors")
    for name in ("classifier.out_proj.weight", "classifier.out_proj.bias", "score.weight"):
        if name in weights:
            weights[name] = weights[name][places].copy()
    save_file(weights, target / "model.safetensors", metadata={"format": "pt"})
    config_says(target, **_named(labels))
    return target


def named_labels(folder: Path) -> list[str]:
    """The labels as the config counts them."""
    said = json.loads((folder / "config.json").read_text(encoding="utf-8"))["id2label"]
    return [said[str(number)] for number in range(len(said))]


def config_says(folder: Path, **changes: Any) -> None:
    """Change ``config.json``; what becomes None is left out."""
    _write(folder / "config.json", changes)


def tokenizer_says(folder: Path, **changes: Any) -> None:
    """The same of ``tokenizer_config.json``."""
    _write(folder / "tokenizer_config.json", changes)


def _write(file: Path, changes: dict[str, Any]) -> None:
    said = {**json.loads(file.read_text(encoding="utf-8")), **changes}
    kept = {key: value for key, value in said.items() if value is not None}
    file.write_text(json.dumps(kept), encoding="utf-8")


def _named(labels: Sequence[str]) -> dict[str, Any]:
    return {
        "id2label": {str(number): label for number, label in enumerate(labels)},
        "label2id": {label: number for number, label in enumerate(labels)},
    }


def _config(folder: Path, labels: Sequence[str], changes: dict[str, Any]) -> Any:
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(folder)
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: number for number, label in enumerate(labels)}
    for name, value in changes.items():
        setattr(config, name, value)
    return config


def _save(kind: Any, config: Any, folder: Path, seed: int, times: float) -> None:
    """Weights so large that tokens, their places and the head make a difference."""
    import torch

    torch.manual_seed(seed)
    model = kind(config)
    with torch.no_grad():
        for weights in model.parameters():
            if weights.ndim > 1:
                weights.mul_(times)
            else:
                weights.add_(torch.randn_like(weights), alpha=0.05)
    model.save_pretrained(folder)
