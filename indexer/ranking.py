"""The best k words of a language for a query, whatever they are ranked by."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer import csls
from indexer.answers import SearchRequest
from indexer.csls import NEIGHBOURHOOD, neighbourhood_means
from indexer.indices.live import LiveIndex
from indexer.indices.protocol import Neighbours
from indexer.service import Neighbourhood
from indexer.vectors import TIE, Vectors
from lexicon.facts import Facts, Word
from lexicon.store import Sessions

DEEPEST = 4_096
"""Places that an approximate index is asked for at most: it is no use to be sure of the order of
what was found when the finding was not."""

DIGITS = 6
"""Digits after the point of a score."""


class Scores(NamedTuple):
    """One word's scores, to six digits."""

    cosine: float
    csls: float
    margin: float
    margin_distance: float


class Ranked(NamedTuple):
    """A word in its place; ``row`` is that of the index."""

    word: Word
    row: int
    scores: Scores


class _Candidate(NamedTuple):
    """``place`` among the nearest, ``score`` that which is ranked by."""

    word: Word
    place: int
    score: float


class Ranking:
    """Looks deeper into the index until the first k cannot change any more."""

    def __init__(
        self,
        facts: Facts,
        sessions: Sessions | None,
        target: LiveIndex,
        near: Neighbourhood,
        request: SearchRequest,
        concept_ids: frozenset[int],
    ) -> None:
        """``near``: means of the target's words towards the source's. ``concept_ids``: what the
        query means. ``sessions``: as :class:`Facts` takes them."""
        self.facts = facts
        self.sessions = sessions
        self.target = target
        self.near = near
        self.request = request
        self.concept_ids = concept_ids

    def best(self, vector: Vectors) -> list[Ranked]:
        """The first k for a query's vector (1, dim)."""
        k = self.request.k
        rows = self.target.rows if self.target.exact else min(self.target.rows, DEEPEST)
        # By cosine the order is the index's own; means of neighbourhoods change it further down.
        depth = k + (1 if self.request.score == "cosine" else 4) * NEIGHBOURHOOD
        thorough = self.request.pos is not None
        while True:
            nearest = self.target.search(vector, min(depth, rows))
            own = neighbourhood_means(nearest.cosine[:, :NEIGHBOURHOOD])[0]
            ordered = self._ordered(self._candidates(nearest, own, thorough))
            complete = depth >= rows
            done = complete and (thorough or len(ordered) >= k)
            if done or (not complete and self._settled(ordered, own, nearest.cosine)):
                return self._scored(ordered[:k], nearest, own)
            # More than a few of the best have left the store, or the order is still open.
            thorough = thorough or len(ordered) < k
            depth *= 4

    def _candidates(
        self, nearest: Neighbours, own: NDArray[np.float32], thorough: bool
    ) -> list[_Candidate]:
        """Those that are still in the store, as near as they are."""
        scores = self._scores(nearest.cosine, own, nearest.rows[0])
        places = self._worth_reading(scores, thorough).tolist()
        ids = nearest.ids[0].tolist()
        values, pos = _rounded(scores).tolist(), self.request.pos
        found = []
        words = self.facts.words([ids[place] for place in places], self.sessions)
        for place, word in zip(places, words, strict=True):
            # A form that has left the store since the index was built is not an answer.
            if word is not None and pos is not None:
                word = word.of(pos)
                word = word if word.senses else None
            if word is not None:
                found.append(_Candidate(word, place, values[place]))
        return found

    def _scores(
        self, cosine: NDArray[np.float32], own: NDArray[np.float32], rows: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """What these rows are ranked by, (n,), of cosines (1, n)."""
        if self.request.score == "cosine":
            # Needs no means.
            return _cosines(cosine)
        return _every_score(cosine, own, self.near.means[rows])[self.request.score]

    def _worth_reading(self, scores: NDArray[np.float32], thorough: bool) -> NDArray[np.int64]:
        """Places whose facts are needed: all of them, or those whose score can be among the first
        k when hardly anything has left the store since the build."""
        enough = self.request.k + NEIGHBOURHOOD
        if thorough or len(scores) <= enough:
            return np.arange(len(scores))
        return np.flatnonzero(scores >= np.sort(scores)[-enough] - TIE)

    def _settled(
        self,
        ordered: Sequence[_Candidate],
        own: NDArray[np.float32],
        cosine: NDArray[np.float32],
    ) -> bool:
        """Whether nothing beyond the last cosine can reach the first k."""
        if len(ordered) < self.request.k:
            return False
        last = cosine[:, -1:]
        if self.request.score == "cosine":
            best = float(_cosines(last)[0])
        else:
            # The best that a row further down could score: that of the last with the least mean,
            # or, for a ratio below zero, with the greatest.
            bounds = np.array([self.near.least, self.near.greatest], dtype=np.float32)
            both = np.repeat(last, 2, axis=1)
            best = float(_every_score(both, own, bounds)[self.request.score].max())
        return best < ordered[self.request.k - 1].score - TIE

    def _ordered(self, candidates: list[_Candidate]) -> list[_Candidate]:
        """By score; those within ``TIE`` of the best of their group by sense rank, then the
        commoner word where frequencies are known, then lemma."""
        candidates.sort(key=lambda one: one.score, reverse=True)
        ordered: list[_Candidate] = []
        start = 0
        for place in range(1, len(candidates) + 1):
            if place == len(candidates) or candidates[start].score - candidates[place].score > TIE:
                group = candidates[start:place]
                ordered += group if len(group) == 1 else sorted(group, key=self._within)
                start = place
        return ordered

    def _within(self, one: _Candidate) -> tuple[int, float, str]:
        """Orders equal scores; the rank is that of the best sense shared with the query, or of the
        best sense."""
        senses = one.word.senses
        shared = [sense.rank for sense in senses if sense.concept_id in self.concept_ids]
        rank = min(shared or [sense.rank for sense in senses] or [0])
        return rank, -one.word.frequency, one.word.lemma

    def _scored(
        self, chosen: Sequence[_Candidate], nearest: Neighbours, own: NDArray[np.float32]
    ) -> list[Ranked]:
        places = [one.place for one in chosen]
        rows = nearest.rows[0, places]
        every = _every_score(nearest.cosine[:, places], own, self.near.means[rows])
        columns = _rounded(np.array([every[name] for name in _NAMES]).T).tolist()
        return [
            Ranked(one.word, row, Scores(*scores))
            for one, row, scores in zip(chosen, rows.tolist(), columns, strict=True)
        ]


_NAMES = ("cosine", "csls", "margin", "margin_distance")


def _rounded(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """To :data:`DIGITS`, as float64 so that they are written with no more."""
    wide: NDArray[np.float64] = scores.astype(np.float64)
    return wide.round(DIGITS)


def _cosines(cosine: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) of (1, n), without what rounding puts beyond 1."""
    within: NDArray[np.float32] = np.minimum(np.maximum(cosine[0], -1), 1)
    return within


def _every_score(
    cosine: NDArray[np.float32], own: NDArray[np.float32], means: NDArray[np.float32]
) -> dict[str, NDArray[np.float32]]:
    """Every score of words with these cosines (1, n) and means (n, 2) for a query whose own are
    (2,), by name, (n,)."""
    wide, narrow = own[:1], own[1:]
    ratio, distance = csls.margins(cosine, narrow, means[:, 1])
    return {
        "cosine": _cosines(cosine),
        "csls": csls.csls(cosine, wide, means[:, 0])[0],
        "margin": ratio[0],
        "margin_distance": distance[0],
    }
