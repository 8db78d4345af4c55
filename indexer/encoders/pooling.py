"""From the hidden states of a text's tokens to one vector."""

from typing import TYPE_CHECKING

from lexicon.errors import InvalidInput

if TYPE_CHECKING:
    from torch import Tensor

POOLINGS = ("mean", "weightedmean", "last", "cls", "input")
"""``input`` is the mean of the input embeddings: what a checkpoint knows before its first layer."""


def require_pooling(name: str) -> str:
    if name not in POOLINGS:
        raise InvalidInput(f"unknown pooling {name!r}; known: {', '.join(POOLINGS)}")
    return name


def pool(hidden: "Tensor", mask: "Tensor | None", how: str) -> "Tensor":
    """(texts, dim) float32 of ``hidden`` (texts, tokens, dim); ``mask`` is 1 for a real token.

    Sums run in float32 whatever ``hidden`` is in, and padding counts on neither side.
    ``weightedmean``: token i of n weighs i / (1 + … + n) (Muennighoff 2022, SGPT). ``last`` and
    ``cls`` are the last and the first real token.
    """
    import torch

    values = hidden.float()
    if mask is None:
        mask = torch.ones(values.shape[:2], device=values.device)
    real = mask.float()
    if how == "cls":
        return values[torch.arange(len(values)), real.argmax(dim=1)]
    if how == "last":
        tokens = real.shape[1]
        return values[torch.arange(len(values)), tokens - 1 - real.flip(1).argmax(dim=1)]
    # Positions among the real tokens, so that padding on the left shifts nothing.
    weights = real.cumsum(dim=1) * real if how == "weightedmean" else real
    return torch.einsum("btd,bt->bd", values, weights / weights.sum(dim=1, keepdim=True))
