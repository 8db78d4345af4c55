"""What figures amount to. The gap never decides: over thousands of pairs any trifle is
significant."""

from collections.abc import Mapping
from typing import Literal, Protocol

Verdict = Literal["aligned", "weakly aligned", "no alignment beyond anisotropy", "undecided"]


class Bounded(Protocol):
    """A figure with a 95% interval."""

    @property
    def n(self) -> int: ...

    @property
    def low(self) -> float | None: ...

    @property
    def high(self) -> float | None: ...


ALIGNED_AUC = 0.90
ALIGNED_P_AT_1 = 0.30
NO_AUC = 0.55
CHANCE_AUC = 0.5

LEAST_CONCEPTS = 30
"""From fewer than these nothing is concluded: a bootstrap of a handful that are all right says that
nothing could be wrong."""


def verdict(distinct: Mapping[str, Bounded | None]) -> Verdict | None:
    """The verdict on figures without identical spellings and names; None where they have no
    intervals.

    Undecided: there are too few concepts, or the interval of AUC holds both chance and more than
    :data:`NO_AUC`.

    >>> from indexer.alignment.resampling import Figure
    >>> sure = Figure(0.95, 0.93, 0.97, 100), Figure(0.4, 0.35, 0.45, 100)
    >>> verdict({"auc": sure[0], "p_at_1": sure[1]})
    'aligned'
    >>> verdict({"auc": Figure(0.5, 0.46, 0.54, 100), "p_at_1": None})
    'no alignment beyond anisotropy'
    """
    area, found = distinct.get("auc"), distinct.get("p_at_1")
    if area is None or area.low is None or area.high is None:
        return None
    if area.n < LEAST_CONCEPTS:
        return "undecided"
    if area.high <= NO_AUC:
        return "no alignment beyond anisotropy"
    if area.low <= CHANCE_AUC:
        return "undecided"
    there = found is not None and found.low is not None and found.low >= ALIGNED_P_AT_1
    return "aligned" if area.low >= ALIGNED_AUC and there else "weakly aligned"
