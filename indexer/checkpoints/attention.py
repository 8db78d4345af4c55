"""Attention of a padded batch, each length of text by itself.

A mask makes PyTorch take another kernel, and below fp32 what that rounds differently grows from
layer to layer: a text would not have the same vector beside longer ones as alone. Everything else
in a transformer is done token by token, so that only attention has to know where texts end.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import groupby
from typing import Any

NAME = "by_length"

ARCHITECTURES = frozenset({"bert", "xlm-roberta", "roberta", "camembert"})
"""Model types whose attention is the library's one function, reads no places of its own, and sees
all tokens of a text."""

_runs: ContextVar[tuple[tuple[int, int, int], ...]] = ContextVar("_runs")
"""First row, the row after the last, and tokens of each run of texts of one length."""


def adopt(transformer: Any) -> bool:
    """Whether ``transformer`` now attends length by length: some architectures cannot."""
    config = getattr(transformer, "config", None)
    known = getattr(config, "model_type", None) in ARCHITECTURES
    if not known or getattr(config, "is_decoder", False):
        return False
    from transformers import AttentionInterface

    # No mask is registered by this name, and so the library makes none.
    AttentionInterface.register(NAME, _attend)
    transformer.set_attn_implementation(NAME)
    return True


@contextmanager
def of_lengths(lengths: Sequence[int]) -> Iterator[None]:
    """Meanwhile this thread's batches have rows of so many tokens, then padding.

    >>> with of_lengths([3, 3, 2]):
    ...     _runs.get()
    ((0, 2, 3), (2, 3, 2))
    """
    runs: list[tuple[int, int, int]] = []
    first = 0
    for length, same in groupby(lengths):
        end = first + len(list(same))
        runs.append((first, end, length))
        first = end
    token = _runs.set(tuple(runs))
    try:
        yield
    finally:
        _runs.reset(token)


def _attend(
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any,
    dropout: float = 0.0,
    scaling: float | None = None,
    **_: Any,
) -> tuple[Any, None]:
    """(texts, tokens, heads, size) from (texts, heads, tokens, size); zero where there is padding.

    ``attention_mask``, ``dropout`` and the rest are how transformers calls any attention.
    """
    from torch.nn.functional import scaled_dot_product_attention as attend

    runs = _runs.get()
    if len(runs) == 1:
        return attend(query, key, value, scale=scaling).transpose(1, 2), None
    whole = query.new_zeros(query.shape[0], query.shape[2], query.shape[1], value.shape[3])
    for first, end, length in runs:
        rows = (slice(first, end), slice(None), slice(length))
        found = attend(query[rows], key[rows], value[rows], scale=scaling)
        whole[first:end, :length] = found.transpose(1, 2)
    return whole, None
