"""What all checkpoint encoders share: device, precision, batches, truncation."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.checkpoints import batching, loading, precision, threads
from indexer.checkpoints.digests import DigestCache, revision
from indexer.encoders.protocol import Encoded, EncoderSpec
from indexer.vectors import Vectors, unit_rows
from lexicon.errors import EncoderFault, InvalidInput, PrecisionRefused
from lexicon.normalize import VERSION as NORMALISER_VERSION
from lexicon.normalize import clean
from lexicon.settings import Settings

if TYPE_CHECKING:
    from torch import Tensor

UNLIMITED = 2**31 - 1

UNREAD = ("pooler.",)
"""Not every folder has the head for the first token, and no encoder reads it."""


@dataclass(frozen=True)
class Options:
    """How a checkpoint is read. ``pooling`` and ``layer`` are None for folders that say so
    themselves."""

    pooling: str | None = None
    layer: int | None = None
    precision: str = "auto"

    @property
    def own(self) -> bool:
        """Whether pooling and layer are left to the folder."""
        return self.pooling is None and self.layer is None


class CheckpointEncoder(ABC):
    """A transformer that turns texts into vectors, in batches of equal length."""

    def __init__(self, name: str, folder: Path, settings: Settings, options: Options) -> None:
        self._name = name
        self._folder = folder
        self._settings = settings
        self._options = options

    # What a kind of checkpoint brings

    @abstractmethod
    def _load(self) -> Any:
        """The model in fp32 on the CPU, and whatever belongs to it."""

    @property
    @abstractmethod
    def _tokenizer(self) -> Any: ...

    @abstractmethod
    def _convert(self, model: Any, numbers: str) -> Any:
        """The model's transformer in that precision."""

    @abstractmethod
    def _vectors(self, model: Any, ids: "Tensor", lengths: Sequence[int]) -> "Tensor":
        """(texts, dim) of ``ids`` (texts, tokens), of which each row has so many, then padding:
        none where :attr:`_pads` is false."""

    @property
    @abstractmethod
    def _facts(self) -> tuple[str, int, int, int]:
        """Pooling, layer, dimension, most tokens."""

    _pads = False
    """Whether texts of several lengths may share a batch."""

    # What is the same for all

    @cached_property
    def _device(self) -> str:
        return loading.device(self._torch, self._settings)

    @cached_property
    def _torch(self) -> Any:
        return loading.import_torch(f"encoder {self._name!r}", self._settings)

    @cached_property
    def precision(self) -> str:
        """The numbers that it runs in: never ``auto``."""
        return precision.resolve(self._options.precision, self._device)

    @cached_property
    def spec(self) -> EncoderSpec:
        # What is refused is refused before gigabytes are read for the revision.
        numbers = self.precision
        pooling, layer, dim, most = self._facts
        return EncoderSpec(
            name=self._name,
            model_id=self._folder.name,
            revision=revision(
                self._folder, DigestCache(self._settings.home / "cache" / "digests.json")
            ),
            layer=layer,
            pooling=pooling,
            post_processing="none",
            normaliser_version=NORMALISER_VERSION,
            precision=numbers,
            dim=dim,
            max_length=most,
        )

    @cached_property
    def _model(self) -> Any:
        """The model in its precision on its device; below fp32 it has proved itself first."""
        model = self._load()
        proofs = precision.Proofs(self._settings.home / "cache" / "precision.json")
        if self.precision != "fp32" and not proofs.has(self.spec.identity):
            texts = precision.sample(_samples)
            exact = self._encode(model, texts)[0]
            model = self._convert(model, self.precision)
            try:
                found = self._encode(model, texts)[0]
            except EncoderFault as fault:
                raise PrecisionRefused(
                    f"in {self.precision}, {fault}; use --precision fp32"
                ) from fault
            precision.gate(f"encoder {self._name!r}", self.precision, exact, found)
            proofs.add(self.spec.identity)
        elif self.precision != "fp32":
            model = self._convert(model, self.precision)
        return model.to(self._device) if self._device != "cpu" else model

    def encode(self, texts: Sequence[str], language: str | None = None) -> Encoded:
        """``covered`` is always true: a subword vocabulary has a vector for any word."""
        tidy = [clean(text) for text in texts]
        if not tidy:
            return Encoded(
                np.zeros((0, self.spec.dim), dtype=np.float32), np.zeros(0, bool), np.zeros(0, bool)
            )
        vectors, truncated = self._encode(self._model, tidy)
        return Encoded(vectors, np.ones(len(tidy), dtype=np.bool_), truncated)

    def states(self, texts: Sequence[str]) -> Vectors:
        """What :meth:`encode` scales to length 1, (n, dim): how long states are, and how they
        spread, is lost on unit rows."""
        return self._states(self._model, [clean(text) for text in texts])[0]

    def token_counts(self, texts: Sequence[str], language: str | None = None) -> NDArray[np.int64]:
        """(n,) tokens of each text, without those that mark its ends."""
        marks = len(self._tokenizer("")["input_ids"])
        ids = self._tokens(texts)[0] if texts else []
        return np.array([len(one) - marks for one in ids], dtype=np.int64)

    def _encode(self, model: Any, texts: Sequence[str]) -> tuple[Vectors, Any]:
        rows, truncated = self._states(model, texts)
        return unit_rows(rows, f"encoder {self._name!r}"), truncated

    def _states(self, model: Any, texts: Sequence[str]) -> tuple[Vectors, Any]:
        ids, truncated = self._tokens(texts)
        rows: Any = None
        with self._torch.inference_mode():
            for batch, tensor in self._batches(ids, model):
                lengths = [len(ids[place]) for place in batch]
                width = self._facts[2]
                with threads.of_pass(self._torch, self._settings, tensor.numel(), width):
                    found = self._states_of_text(model, tensor, lengths).float().cpu().numpy()
                if rows is None:
                    rows = np.empty((len(texts), found.shape[1]), dtype=np.float32)
                rows[batch] = found
        return rows, truncated

    def _states_of_text(self, model: Any, ids: "Tensor", lengths: Sequence[int]) -> "Tensor":
        try:
            return self._vectors(model, ids, lengths)
        except (ValueError, TypeError, AttributeError) as error:
            # Such as a translator, which also wants a text to translate into.
            reason = str(error).partition("\n")[0]
            raise InvalidInput(
                f"encoder {self._name!r} gives no states of a text by itself ({reason}); "
                "name a checkpoint that encodes"
            ) from error

    def _tokens(self, texts: Sequence[str]) -> tuple[list[list[int]], Any]:
        """Token ids of each text, cut to what the checkpoint takes, and which were cut."""
        most = self._facts[3]
        ids: list[list[int]] = self._tokenizer(list(texts), truncation=False, verbose=False)[
            "input_ids"
        ]
        truncated = np.array([len(one) > most for one in ids], dtype=np.bool_)
        for place in np.flatnonzero(truncated).tolist():
            ids[place] = self._tokenizer(texts[place], truncation=True, max_length=most)[
                "input_ids"
            ]
        return ids, truncated

    def _batches(self, ids: list[list[int]], model: Any) -> Any:
        torch = self._torch
        on_gpu = next(model.parameters()).device.type != "cpu"
        most = batching.GPU_TOKENS if on_gpu else batching.CPU_TOKENS
        padding = int(self._tokenizer.pad_token_id or 0)
        spared = batching.CPU_PASS if self._pads and not on_gpu else 0
        for batch in batching.joined([len(one) for one in ids], most, spared):
            rows = [ids[place] for place in batch]
            longest = len(rows[0])
            padded = [row + [padding] * (longest - len(row)) for row in rows]
            tensor = torch.tensor(padded, dtype=torch.long)
            if on_gpu:
                tensor = tensor.pin_memory().to("cuda", non_blocking=True)
            yield batch, tensor


def _samples() -> list[str]:
    """Words of all languages, for trying a precision."""
    # Reading the lexicon is not what most commands that name an encoder are for.
    from lexicon import bundled

    return [form for entry in bundled.entries() for forms in entry.forms.values() for form in forms]
