"""Encoders that are sentence-transformers folders: LaBSE, and any folder that a user names."""

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.checkpoints import attention, loading, precision
from indexer.encoders.checkpoint import UNLIMITED, UNREAD, CheckpointEncoder, Options
from indexer.vectors import Vectors, unit_rows
from lexicon.errors import ExtraMissing, LexiconError, ModelDamaged
from lexicon.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

MODULES = "modules.json"

LABSE = ("Transformer", "Pooling", "Dense", "Normalize")
"""LaBSE's chain of modules; without its Dense layer the vectors are others."""


class SentenceTransformerEncoder(CheckpointEncoder):
    """Runs every module of the folder as sentence-transformers does, but in batches of equal or
    nearly equal lengths. Pooling and everything after it stay in fp32."""

    def __init__(
        self,
        name: str,
        folder: Path,
        settings: Settings,
        options: Options | None = None,
        chain: tuple[str, ...] | None = None,
    ) -> None:
        super().__init__(name, folder, settings, options or Options())
        if not (folder / MODULES).is_file():
            # Without the list of modules the library would wrap the transformer in mean pooling,
            # and LaBSE would silently lose its Dense layer.
            raise ModelDamaged(
                f"{folder} has no {MODULES}, so its pooling is not known; name a complete "
                "sentence-transformers folder, or choose with --pooling"
            )
        if chain is not None and (found := _chain(folder)) != chain:
            base = name.partition("?")[0]
            raise ModelDamaged(
                f"{folder} is not {base}: its modules are {', '.join(found) or 'unreadable'}, not "
                f"{', '.join(chain)}; pull it again with: lexicon models pull {base}"
            )

    @cached_property
    def _whole(self) -> Any:
        """The library's own model, in fp32 on the CPU."""
        torch = self._torch
        try:
            from sentence_transformers import SentenceTransformer
        except ModuleNotFoundError:
            raise ExtraMissing(f"encoder {self._name!r}", "models") from None
        with loading.reading(self._folder):
            model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        if type(model[0]).__name__ == "Transformer":
            loading.complete(model[0], self._folder, UNREAD)
            loading.worded(model.tokenizer, self._folder)
        return model.to(torch.float32).eval()

    def _load(self) -> Any:
        return self._whole

    @cached_property
    def _model(self) -> Any:
        try:
            return super()._model
        except LexiconError:
            # What is converted by now must not be what the next try is measured by.
            self.__dict__.pop("_whole", None)
            self.__dict__.pop("_pads", None)
            raise

    @property
    def _tokenizer(self) -> Any:
        return self._whole.tokenizer

    @cached_property
    def _facts(self) -> tuple[str, int, int, int]:
        most = int(min(self._whole.max_seq_length or UNLIMITED, UNLIMITED))
        return MODULES, -1, int(self._whole.get_embedding_dimension()), most

    @cached_property
    def _runs_here(self) -> bool:
        """Other first modules, such as static embeddings, have inputs of their own; prompts and
        shortened vectors are the library's."""
        own = self._whole.default_prompt_name or self._whole.truncate_dim is not None
        return type(self._whole[0]).__name__ == "Transformer" and not own

    @cached_property
    def precision(self) -> str:
        if not self._runs_here:
            return "fp32"
        return precision.resolve(self._options.precision, self._device)

    def _convert(self, model: Any, numbers: str) -> Any:
        model[0] = precision.convert(model[0], numbers)
        return model

    def _encode(self, model: Any, texts: "Sequence[str]") -> tuple[Vectors, Any]:
        if self._runs_here:
            return super()._encode(model, texts)
        found = model.encode(list(texts), convert_to_numpy=True, show_progress_bar=False)
        most = self._facts[3]
        ids = [] if most == UNLIMITED else self._tokenizer(list(texts), verbose=False)["input_ids"]
        truncated = np.array([len(one) > most for one in ids] or [False] * len(texts))
        return unit_rows(found, f"encoder {self._name!r}"), truncated

    @cached_property
    def _pads(self) -> bool:  # type: ignore[override]
        return self._runs_here and attention.adopt(self._whole[0].model)

    def _vectors(self, model: Any, ids: "Tensor", lengths: "Sequence[int]") -> Any:
        torch = self._torch
        ends = torch.tensor(lengths, device=ids.device)[:, None]
        mask = (torch.arange(ids.shape[1], device=ids.device) < ends).long()
        features = {"input_ids": ids, "attention_mask": mask}
        with attention.of_lengths(lengths):
            for number, module in enumerate(model):
                features = module(features)
                if number == 0:
                    features["token_embeddings"] = features["token_embeddings"].float()
        return features["sentence_embedding"]


def _chain(folder: Path) -> tuple[str, ...]:
    """Class names of the modules in order; empty when the file cannot be read."""
    try:
        listed = json.loads((folder / MODULES).read_text(encoding="utf-8"))
        return tuple(str(one["type"]).rpartition(".")[2] for one in listed)
    except (OSError, ValueError, TypeError, KeyError):
        return ()
