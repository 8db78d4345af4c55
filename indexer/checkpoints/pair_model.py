"""A checkpoint with a head that classifies pairs of texts, whatever its labels mean."""

import inspect
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.checkpoints import batching, digests, loading, precision, threads
from indexer.checkpoints.pair_tokens import (
    SHORTEST,
    PairTokenizer,
    PairTokens,
    TextPair,
    reads_types,
)
from indexer.checkpoints.turns import Turns
from lexicon.errors import EncoderFault, InvalidInput, ModelDamaged, PackageMissing
from lexicon.settings import Settings

Probabilities = NDArray[np.float64]
"""(pairs, labels), every row with a sum of 1."""

MAX_LENGTH = 128
"""Tokens of a pair that are read, unless told otherwise: as in Conneau et al. (2018), XNLI."""

NO_PADDING = -1


class PairModel:
    """Reads a folder when it is first asked for what is in it; calls may come from any thread.

    Pairs are computed in batches of one length, or nearly one where the model has a token for
    padding, and one batch at a time, whoever asks.
    """

    def __init__(
        self,
        what: str,
        folder: Path,
        settings: Settings,
        max_length: int | None = None,
        numbers: str = "auto",
    ) -> None:
        self._what = what
        self._folder = folder
        self._settings = settings
        self._asked = max_length
        self._numbers = numbers
        self._loading = threading.Lock()
        self._tokenizing = threading.Lock()
        self._turns = Turns()
        self._model: Any = None
        self._pair_tokens: PairTokenizer
        self._options: dict[str, bool] = {}
        self._padding: int | None = None

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The labels' names as the checkpoint counts them: ``LABEL_0`` … where it has none."""
        named = self._config.id2label
        return tuple(str(named[number]) for number in sorted(named))

    @cached_property
    def max_length(self) -> int:
        """Tokens of a pair that are read. Raises :class:`InvalidInput` for more than there are
        positions."""
        most = self._positions
        if self._asked is None:
            return min(MAX_LENGTH, most)
        if not SHORTEST <= self._asked <= most:
            raise InvalidInput(
                f"{self._what} reads {SHORTEST} to {most:,} tokens, not {self._asked:,}; "
                "choose with --max-length"
            )
        return self._asked

    @cached_property
    def precision(self) -> str:
        """The numbers that it runs in: never ``auto``."""
        return precision.resolve(self._numbers, self._device)

    @cached_property
    def revision(self) -> str:
        """Digests of weights, tokenizer and configuration."""
        cache = digests.DigestCache(self._settings.home / "cache" / "digests.json")
        return digests.revision(self._folder, cache)

    def open(self, identity: str, samples: Callable[[], Sequence[TextPair]]) -> None:
        """Load the model, unless that is done. Below fp32 it proves itself on the samples first;
        the proof is kept under ``identity``."""
        with self._loading:
            if self._model is not None:
                return
            model = self._load()
            self._pair_tokens = PairTokenizer(self._tokenizer, self.max_length, reads_types(model))
            takes = inspect.signature(model.forward).parameters
            if "use_cache" in takes:
                # A decoder would keep keys and values for a next token that never comes.
                self._options = {"use_cache": False}
            if "attention_mask" in takes and model.config.pad_token_id != NO_PADDING:
                self._padding = model.config.pad_token_id
            if self.precision != "fp32":
                model = self._converted(model, identity, samples)
            self._model = model.to(self._device).eval()

    def classify(self, pairs: Sequence[TextPair]) -> tuple[Probabilities, list[bool]]:
        """Probabilities in the order of ``labels``, and of each pair whether it was cut.

        :meth:`open` comes first.
        """
        with self._tokenizing:
            rows = self._pair_tokens(pairs)
        found = self._probabilities(self._model, rows)
        bad = int((~np.isfinite(found).all(axis=1)).sum())
        if bad:
            raise EncoderFault(
                f"{self._what} in {self.precision} gives no probabilities for {bad:,} of "
                f"{len(rows):,} pairs; use --precision fp32, or another checkpoint"
            )
        return found, [row.truncated for row in rows]

    def _converted(
        self, model: Any, identity: str, samples: Callable[[], Sequence[TextPair]]
    ) -> Any:
        proofs = precision.Proofs(self._settings.home / "cache" / "precision.json")
        if proofs.has(identity):
            return precision.convert(model, self.precision)
        rows = self._pair_tokens(samples())
        exact = self._probabilities(model, rows)
        model = precision.convert(model, self.precision)
        found = self._probabilities(model, rows)
        precision.gate_probabilities(self._what, self.precision, exact, found)
        proofs.add(identity)
        return model

    def _probabilities(self, model: Any, rows: Sequence[PairTokens]) -> Probabilities:
        torch = self._torch
        found = np.zeros((len(rows), len(self.labels)))
        on_gpu = next(model.parameters()).device.type != "cpu"
        for batch in self._batches([len(row.ids) for row in rows], on_gpu):
            inputs = self._inputs([rows[place] for place in batch])
            size = inputs["input_ids"].numel(), model.config.hidden_size
            of_pass = threads.of_pass(torch, self._settings, *size)
            with self._turns, torch.inference_mode(), of_pass:
                if on_gpu:
                    inputs = {
                        key: one.pin_memory().to("cuda", non_blocking=True)
                        for key, one in inputs.items()
                    }
                # Normalised in 64 bits, so that the sum is 1 whatever the model runs in.
                logits = model(**inputs, **self._options).logits.double()
                found[batch] = torch.softmax(logits, dim=-1).cpu().numpy()
        return found

    def _batches(self, lengths: Sequence[int], on_gpu: bool) -> Iterator[NDArray[np.int64]]:
        most = batching.GPU_TOKENS if on_gpu else batching.CPU_TOKENS
        if self._padding is None:
            return batching.buckets(lengths, most)
        share = batching.GPU_PADDING if on_gpu else batching.CPU_PADDING
        return batching.near(lengths, most, share)

    def _inputs(self, rows: Sequence[PairTokens]) -> dict[str, Any]:
        """Tensors (pairs, tokens), padded on the right whatever the tokenizer would do: a decoder
        does not see what comes after, and an encoder reads its label off the first token."""
        longest = max(len(row.ids) for row in rows)
        # Where the model has no token for padding, all are of one length.
        columns = {"input_ids": ([row.ids for row in rows], self._padding or 0)}
        if rows[0].types is not None:
            columns["token_type_ids"] = ([row.types or [] for row in rows], 0)
        if any(len(row.ids) < longest for row in rows):
            columns["attention_mask"] = ([[1] * len(row.ids) for row in rows], 0)
        return {
            name: self._torch.tensor([one + [fill] * (longest - len(one)) for one in values])
            for name, (values, fill) in columns.items()
        }

    # What is in the folder

    @cached_property
    def _torch(self) -> Any:
        return loading.import_torch(self._what, self._settings)

    @cached_property
    def _device(self) -> str:
        return loading.device(self._torch, self._settings)

    @cached_property
    def _transformers(self) -> Any:
        return loading.import_transformers(self._what)

    @cached_property
    def _config(self) -> Any:
        return self._read(self._transformers.AutoConfig)

    @cached_property
    def _tokenizer(self) -> Any:
        self._require_sentencepiece()
        try:
            # What looks like a token of the model's own is text where somebody writes it.
            made = self._read(self._transformers.AutoTokenizer, split_special_tokens=True)
            return loading.worded(made, self._folder)
        except ModelDamaged as error:
            raise ModelDamaged(
                f"{error}; what a checkpoint needs beside its weights is the tokenizer of the "
                "model that it was trained from (tokenizer.json)"
            ) from error

    def _require_sentencepiece(self) -> None:
        """Raise for a tokenizer that nothing here reads, of which the library says otherwise."""
        models = sorted(self._folder.glob("*.model"))
        there = (self._folder / "tokenizer.json").is_file() or find_spec("sentencepiece")
        if models and not there:
            raise PackageMissing(
                f"{self._what} has its tokenizer in {models[0].name}, which needs another package; "
                "install it with: pip install sentencepiece protobuf"
            )

    @cached_property
    def _positions(self) -> int:
        config = self._config
        positions = getattr(config, "max_position_embeddings", None) or 2_048
        if "roberta" in config.model_type:
            # Its positions are counted from behind that of padding.
            positions -= config.pad_token_id + 1
        return int(min(positions, self._tokenizer.model_max_length))

    def _load(self) -> Any:
        # BLOOM has no other kind, and asking for the default of others would be refused.
        own = {"attn_implementation": "eager"} if self._config.model_type == "bloom" else {}
        model = self._read(
            self._transformers.AutoModelForSequenceClassification,
            # A checkpoint would otherwise come in whatever numbers it was saved in.
            dtype=self._torch.float32,
            **own,
        )
        if model.config.pad_token_id is None:
            # It would take one pair at a time. No token has this number, so the last one of a
            # pair is what the head reads, and nothing is padded.
            model.config.pad_token_id = NO_PADDING
        return loading.complete(model, self._folder).eval()

    def _read(self, kind: Any, **options: Any) -> Any:
        with loading.reading(self._folder):
            return kind.from_pretrained(str(self._folder), local_files_only=True, **options)
