"""Writing the model folder: the graph, the tokenizer, what its tokens are, and the record."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from lexicon.entries import ConceptEntry, digest
from lexicon.formats.reading import Input
from lexicon.models import NLI_LABELS
from nli.embedded.build.base import ORIGIN, Base
from nli.embedded.build.card import card
from nli.embedded.build.export import export, with_tables
from nli.embedded.build.pairs import KNOWN as LANGUAGES
from nli.embedded.build.stages import Recipe
from nli.embedded.build.vocabulary import SILENT as NO_ROW
from nli.embedded.build.vocabulary import SPECIAL, Vocabulary, build
from nli.embedded.classifier import KNOWN, RECORD, SILENT, TOKENIZER, TOKENS, UNKNOWN, WEIGHTS

if TYPE_CHECKING:
    import torch

CARD = "README.md"
PACKAGES = ("numpy", "onnx", "tokenizers", "torch", "transformers")


def kinds(vocabulary: Vocabulary) -> NDArray[np.uint8]:
    """One value per token id. A token that says nothing is silent whether it is known or not: the
    beginning of an unknown word already counts as unknown."""
    known = np.where(vocabulary.known, KNOWN, UNKNOWN)
    return np.where(vocabulary.row == NO_ROW, SILENT, known).astype(np.uint8)


def write(
    model: "torch.nn.Module", vocabulary: Vocabulary, base: Base, record: dict[str, Any], out: Path
) -> None:
    """The whole folder but its card."""
    out.mkdir(parents=True, exist_ok=True)
    state = {name: tensor.detach().numpy() for name, tensor in model.state_dict().items()}
    export(state, vocabulary.rows, vocabulary.row, base.config(), out / WEIGHTS)
    _write_tokens(vocabulary, out)
    special = zip(("pad", "unk", "cls", "sep", "mask"), SPECIAL, strict=True)
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": record["max_length"],
        **{f"{name}_token": token for name, token in special},
    }
    _json(out / "tokenizer_config.json", config)
    _json(out / RECORD, record)


def finish(record: dict[str, Any], out: Path) -> None:
    """The record with all that is known by now, and the card that it gives."""
    _json(out / RECORD, record)
    sizes = {path.name: path.stat().st_size for path in sorted(out.iterdir()) if path.is_file()}
    sizes.pop(CARD, None)
    (out / CARD).write_text(card(record, sizes), encoding="utf-8")


def refresh(
    base: Base, entries: Sequence[ConceptEntry], zipf: Mapping[tuple[str, str], float], out: Path
) -> None:
    """Bring a finished folder to another state of the lexicon: its words get new rows, and what
    was trained stays. Its figures remain those of the lexicon that it was measured with."""
    from onnx import save_model

    record = json.loads((out / RECORD).read_text(encoding="utf-8"))
    vocabulary = build(base, entries, zipf)
    save_model(with_tables(out / WEIGHTS, vocabulary.rows, vocabulary.row), out / WEIGHTS)
    _write_tokens(vocabulary, out)
    finish({**record, **_vocabulary(entries, vocabulary)}, out)


def record(
    entries: Sequence[ConceptEntry],
    vocabulary: Vocabulary,
    recipe: Recipe,
    train: Sequence[Path],
    pairs: int,
    temperature: float,
) -> dict[str, Any]:
    return {
        "labels": list(NLI_LABELS),
        "languages": list(LANGUAGES),
        "precision": "int8",
        "max_length": recipe.most,
        "temperature": temperature,
        **_vocabulary(entries, vocabulary),
        "taught_digest": digest(entries),
        "base": ORIGIN,
        "recipe": asdict(recipe),
        "training": {
            "pairs": pairs,
            "files": [{"name": path.name, "sha256": Input(path).sha256()} for path in train],
        },
        "packages": {name: version(name) for name in PACKAGES},
    }


def _vocabulary(entries: Sequence[ConceptEntry], vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        "lexicon_digest": digest(entries),
        "concepts": len(entries),
        "tokens": len(vocabulary.row),
        "rows": len(vocabulary.rows),
    }


def _write_tokens(vocabulary: Vocabulary, out: Path) -> None:
    vocabulary.tokenizer.save(str(out / TOKENIZER), pretty=False)
    # save_file leaves a file that only its owner may read.
    (out / TOKENS).write_bytes(save({"kinds": kinds(vocabulary)}))


def _json(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
