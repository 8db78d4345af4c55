"""What an encoder is, and what makes its vectors its own."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from indexer.vectors import Vectors


@dataclass(frozen=True)
class EncoderSpec:
    """Everything that decides what a vector is. Two specs that differ anywhere are two encoders.

    ``trained_on`` is the digest of the lexicon that the encoder was fitted to, when it was: its
    scores on that lexicon are memory, not alignment.
    """

    name: str
    model_id: str
    revision: str
    layer: int
    pooling: str
    post_processing: str
    normaliser_version: int
    precision: str
    dim: int
    max_length: int
    trained_on: str | None = None

    @property
    def evaluation(self) -> Literal["memorised", "zero-shot"]:
        """What scores on the lexicon can mean: memory, or transfer."""
        return "zero-shot" if self.trained_on is None else "memorised"

    @cached_property
    def identity(self) -> str:
        """The name without options, and 16 hexadecimal digits of sha256 over every other field:
        where a folder lies does not change what its vectors are."""
        facts = asdict(self)
        del facts["name"]
        said = json.dumps(facts, sort_keys=True)
        # Post-processing stands behind the options.
        method = f"+{self.post_processing.partition(':')[0]}"
        base = self.name.removesuffix(method)
        shown = Path(base.partition("?")[0]).name + (method if base != self.name else "")
        return f"{shown}-{sha256(said.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class Encoded:
    """``vectors`` (n, dim) unit rows in input order, ``covered`` and ``truncated`` (n,) bool.

    ``covered``: the encoder knows the whole words of the text, rather than guessing from pieces.
    """

    vectors: Vectors
    covered: NDArray[np.bool_]
    truncated: NDArray[np.bool_]


class Encoder(Protocol):
    @property
    def spec(self) -> EncoderSpec: ...

    def encode(self, texts: Sequence[str], language: str | None = None) -> Encoded:
        """Vectors of ``texts``; [] gives (0, dim), an empty text raises ``InvalidInput``."""
        ...


@runtime_checkable
class CountsTokens(Protocol):
    """An encoder that says how it takes words apart."""

    def token_counts(self, texts: Sequence[str], language: str | None = None) -> NDArray[np.int64]:
        """(n,) tokens of each text, without those that mark its ends or its language."""
        ...
