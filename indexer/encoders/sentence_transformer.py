"""Encoders that are sentence-transformers folders: LaBSE, and any folder that a user names."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError

from indexer.encoders.protocol import Encoded, EncoderSpec, file_digest
from indexer.vectors import unit_rows
from lexicon.errors import ExtraMissing, ModelDamaged
from lexicon.normalize import VERSION as NORMALISER_VERSION
from lexicon.normalize import clean

MODULES = "modules.json"
DOCUMENTS = {".md", ".png"}
UNLIMITED = 2**31 - 1


class SentenceTransformerEncoder:
    """Runs every module of the folder, in float32, exactly as sentence-transformers does."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder
        if not (folder / MODULES).is_file():
            # Without the list of modules the library would wrap the transformer in mean pooling,
            # and LaBSE would silently lose its Dense layer.
            raise ModelDamaged(
                f"{folder} has no {MODULES}, so its pooling is not known; "
                "name a complete sentence-transformers folder"
            )

    @cached_property
    def _model(self) -> Any:
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ModuleNotFoundError:
            raise ExtraMissing(f"encoder {self._name!r}", "models") from None
        try:
            model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            reason = str(error).partition("\n")[0]
            raise ModelDamaged(
                f"{self._folder} cannot be read as a sentence-transformers folder ({reason}); "
                "copy it again"
            ) from error
        return model.to(torch.float32)

    @cached_property
    def spec(self) -> EncoderSpec:
        # Every file but documents: weights, configuration and whatever the tokenizer reads.
        files = [
            path
            for path in sorted(self._folder.rglob("*"))
            if path.is_file() and path.suffix not in DOCUMENTS and not self._is_hidden(path)
        ]
        return EncoderSpec(
            name=self._name,
            model_id=self._folder.name,
            revision=file_digest(*files),
            layer=-1,
            pooling=MODULES,
            post_processing="none",
            normaliser_version=NORMALISER_VERSION,
            precision="fp32",
            dim=int(self._model.get_embedding_dimension()),
            max_length=int(min(self._model.max_seq_length or UNLIMITED, UNLIMITED)),
        )

    def _is_hidden(self, path: Path) -> bool:
        return any(part.startswith(".") for part in path.relative_to(self._folder).parts)

    def encode(self, texts: Sequence[str], language: str | None = None) -> Encoded:
        """``covered`` is always true: a subword vocabulary has a vector for any word."""
        tidy = [clean(text) for text in texts]
        if not tidy:
            return Encoded(
                np.zeros((0, self.spec.dim), dtype=np.float32), np.zeros(0, bool), np.zeros(0, bool)
            )
        vectors = self._model.encode(tidy, convert_to_numpy=True, show_progress_bar=False)
        return Encoded(
            unit_rows(vectors, f"encoder {self._name!r}"),
            np.ones(len(tidy), dtype=np.bool_),
            np.array([self._is_cut(text) for text in tidy], dtype=np.bool_),
        )

    def _is_cut(self, text: str) -> bool:
        if self.spec.max_length == UNLIMITED:
            return False
        tokens = self._model.tokenizer(text, truncation=False, verbose=False)["input_ids"]
        return len(tokens) > self.spec.max_length
