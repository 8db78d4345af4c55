"""Pairs as tokens, many of them in little memory, and batches of them as the model takes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.checkpoints.pair_tokens import PairTokenizer

CHUNK = 1_000
"""Pairs that are tokenised at once."""


@dataclass(frozen=True)
class Tokens:
    """The tokens of all pairs one after another; pair ``i`` has those from ``offsets[i]`` to
    ``offsets[i + 1]``. ``types`` tell premise from hypothesis, for models that want it."""

    ids: NDArray[np.int32]
    types: NDArray[np.int8] | None
    offsets: NDArray[np.int64]
    truncated: NDArray[np.bool_]

    @property
    def lengths(self) -> NDArray[np.int64]:
        return np.diff(self.offsets)

    def batch(self, places: NDArray[np.int64], pad: int) -> dict[str, NDArray[np.int64]]:
        """``input_ids`` and ``attention_mask`` (pairs, longest), padded on the right, and
        ``token_type_ids`` where there are types."""
        longest = int(self.lengths[places].max())
        shape = (len(places), longest)
        made = {
            "input_ids": np.full(shape, pad, dtype=np.int64),
            "attention_mask": np.zeros(shape, dtype=np.int64),
        }
        if self.types is not None:
            made["token_type_ids"] = np.zeros(shape, dtype=np.int64)
        for row, place in enumerate(places):
            part = slice(self.offsets[place], self.offsets[place + 1])
            count = part.stop - part.start
            made["input_ids"][row, :count] = self.ids[part]
            made["attention_mask"][row, :count] = 1
            if self.types is not None:
                made["token_type_ids"][row, :count] = self.types[part]
        return made


def tokenise(
    tokenizer: PairTokenizer,
    premises: Sequence[str],
    hypotheses: Sequence[str],
    advance: Callable[[int], None],
) -> Tokens:
    """Every pair as the classifier will read it; ``advance`` is told how many are done."""
    pairs = list(zip(premises, hypotheses, strict=True))
    ids: list[NDArray[np.int32]] = []
    types: list[NDArray[np.int8]] = []
    truncated: list[bool] = []
    for start in range(0, len(pairs), CHUNK):
        for row in tokenizer(pairs[start : start + CHUNK]):
            ids.append(np.array(row.ids, dtype=np.int32))
            if row.types is not None:
                types.append(np.array(row.types, dtype=np.int8))
            truncated.append(row.truncated)
        advance(len(ids))
    return Tokens(
        np.concatenate(ids),
        np.concatenate(types) if types else None,
        np.concatenate(([0], np.cumsum([len(row) for row in ids]))),
        np.array(truncated, dtype=np.bool_),
    )
