"""Where the right answers of each query stand among all candidates, over arrays.

Precision and reciprocal rank follow MUSE's evaluation (Conneau et al. 2018): every form that shares
a concept with the query is right, and the best of them decides. Scores within :data:`TIE` are
ties; a figure is then its expected value over all orders of the tied.
"""

from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.alignment.bitext import Rows
from indexer.vectors import TIE

Floats = NDArray[np.float64]


def expected_hit(better: int, tied: int, right: int, k: int) -> float:
    """Chance that a right answer is among the first k, when ties are broken at random.

    ``better`` candidates score above the best right answer; ``tied`` score the same, ``right``
    of them right.

    >>> expected_hit(better=0, tied=2, right=1, k=1)
    0.5
    """
    places = min(k - better, tied)
    if places <= 0:
        return 0.0
    return 1.0 - comb(tied - right, places) / comb(tied, places)


def expected_reciprocal(better: int, tied: int, right: int) -> float:
    """Expected 1 / rank of the first right answer; arguments as for :func:`expected_hit`.

    >>> expected_reciprocal(better=0, tied=2, right=1)
    0.75
    """
    orders = comb(tied, right)
    return sum(
        comb(tied - place, right - 1) / orders / (better + place)
        for place in range(1, tied - right + 2)
    )


@dataclass(frozen=True)
class Queries:
    """Which candidates are right for each query: ``right`` holds candidate rows query after query,
    ``counts`` (queries,) how many each has, at least one."""

    right: Rows
    counts: Rows

    @property
    def starts(self) -> Rows:
        return np.concatenate(([0], np.cumsum(self.counts)[:-1])).astype(np.int64)

    def part(self, start: int, stop: int) -> "Queries":
        """The queries from ``start`` to before ``stop``."""
        first = int(self.counts[:start].sum())
        counts = self.counts[start:stop]
        return Queries(self.right[first : first + int(counts.sum())], counts)

    def some(self, places: Rows) -> "Queries":
        """The queries at ``places``."""
        counts = self.counts[places]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return Queries(self.right[np.repeat(self.starts[places], counts) + within], counts)


@dataclass(frozen=True)
class Ranks:
    """Of each query (n,): how many candidates are ``better`` than its best right answer, how many
    score as it does (``tied``, itself included), and how many of those are ``right``."""

    better: Rows
    tied: Rows
    right: Rows

    @classmethod
    def empty(cls, n: int) -> "Ranks":
        """Of ``n`` queries that are yet to be ranked."""
        return cls(*(np.zeros(n, dtype=np.int64) for _ in range(3)))

    def put(self, places: Rows, found: "Ranks") -> None:
        """Take over the ranks of the queries at ``places``."""
        self.better[places] = found.better
        self.tied[places] = found.tied
        self.right[places] = found.right

    def hits(self, k: int) -> Floats:
        """(n,) chance that a right answer is among the first k.

        >>> Ranks(np.array([0, 3]), np.array([2, 1]), np.array([1, 1])).hits(1).tolist()
        [0.5, 0.0]
        """
        found = np.where(self.better < k, 1.0, 0.0)
        for place in np.flatnonzero((self.tied > self.right) & (self.better < k)):
            found[place] = expected_hit(*self._of(int(place)), k)
        return found

    def reciprocals(self) -> Floats:
        """(n,) expected 1 / rank of the first right answer."""
        found: Floats = np.reciprocal(1.0 + self.better.astype(np.float64))
        for place in np.flatnonzero(self.tied > self.right):
            found[place] = expected_reciprocal(*self._of(int(place)))
        return found

    def _of(self, place: int) -> tuple[int, int, int]:
        return int(self.better[place]), int(self.tied[place]), int(self.right[place])


def ranks(scores: NDArray[np.floating[Any]], queries: Queries) -> Ranks:
    """Ranks in ``scores`` (queries, candidates), of which the higher is the better."""
    starts = queries.starts
    owner = np.repeat(np.arange(len(queries.counts)), queries.counts)
    right_scores = scores[owner, queries.right]
    best = np.maximum.reduceat(right_scores, starts)[:, None]
    better = _count(scores > best + TIE)
    tied = _count(scores >= best - TIE) - better
    as_good = (right_scores >= best[owner, 0] - TIE).astype(np.int64)
    return Ranks(better, tied, np.add.reduceat(as_good, starts))


def hardest(scores: NDArray[np.float32], queries: Queries) -> NDArray[np.float32]:
    """The highest score of a candidate that is not right, (queries,); -inf where all are.

    The right answers' scores are overwritten.
    """
    owner = np.repeat(np.arange(len(queries.counts)), queries.counts)
    scores[owner, queries.right] = -np.inf
    found: NDArray[np.float32] = scores.max(axis=1)
    return found


def chance(counts: Rows, candidates: int, k: int) -> Floats:
    """(n,) precision at k of a ranking at random, for queries with so many right answers.

    >>> chance(np.array([1, 2]), candidates=4, k=1).tolist()
    [0.25, 0.5]
    """
    known = {int(count): expected_hit(0, candidates, int(count), k) for count in np.unique(counts)}
    return np.array([known[int(count)] for count in counts], dtype=np.float64)


def _count(mask: NDArray[np.bool_]) -> Rows:
    """True values per row; counting packed bits is several times faster than summing."""
    bits = np.bitwise_count(np.packbits(mask, axis=1))
    counts: Rows = bits.sum(axis=1, dtype=np.int64)
    return counts
