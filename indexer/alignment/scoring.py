"""Every score of two languages, one number per pair, form or random pair, before any averaging."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.alignment.bitext import Rows
from indexer.alignment.hubness import OCCURRENCE
from indexer.alignment.metrics import pair_cosines
from indexer.alignment.ranking import Queries, Ranks, hardest, ranks
from indexer.alignment.sample import Sample
from indexer.alignment.views import Space, cosines
from indexer.csls import MARGIN_NEIGHBOURHOOD, margins, neighbourhood_means
from indexer.generations.arrays import Means
from indexer.indices.library import every_core
from indexer.vectors import TIE, Vectors

Floats = NDArray[np.float64]

NEAREST = 2 * OCCURRENCE
"""Nearest candidates that are kept of each form: a jackknife of hubness takes some away."""

DELTA = 0.05
"""By how much a strongly aligned translation beats its hardest non-translation."""

_SCORES = 16_000_000
"""Scores in memory at a time."""


@dataclass(frozen=True)
class Nearest:
    """The nearest candidates of each row, best first: rows and cosines (n, width), and the means
    that CSLS and margins take of them (n, 2)."""

    rows: Rows
    cosine: NDArray[np.float32]
    means: Means


@dataclass(frozen=True)
class Cosines:
    """Of the translations (pairs,) and of the random pairs, as they are or after a map."""

    pairs: Floats
    random: Floats


@dataclass(frozen=True)
class Symmetric:
    """What is the same in both directions: cosines as they are (``""``) and after maps, by prefix
    of their figures; and the nearest of every row, by view, in the other language."""

    versions: Mapping[str, Cosines]
    towards_target: list[Nearest]
    towards_source: list[Nearest]

    @property
    def raw(self) -> Cosines:
        return self.versions[""]

    def turned(self) -> "Symmetric":
        return Symmetric(self.versions, self.towards_source, self.towards_target)


@dataclass(frozen=True)
class Directed:
    """What each form finds: ranks by cosine and by CSLS, whether margins lead it astray
    (``astray`` (forms,), 0 to 1), its nearest candidates; and of each pair both margins and by how
    much it beats the form's hardest non-translation."""

    by_cosine: Ranks
    by_csls: Ranks
    astray: Floats
    nearest: Rows
    ratio: Floats
    distance: Floats
    lead: Floats


def symmetric(data: Sample, source: Space, target: Space, mapped: bool = True) -> Symmetric:
    """Scores of a sample that do not depend on the direction, centred and whitened too if
    ``mapped``."""
    pairs, random = (data.pairs.source, data.pairs.target), data.random_rows
    versions = {
        "": Cosines(
            cosines(source, target, *pairs, data.fold),
            cosines(source, target, *random, data.random_fold),
        )
    }
    if mapped:
        for prefix, left, right in (
            ("centred_", source.centred, target.centred),
            ("whitened_", source.whitened, target.whitened),
        ):
            versions[prefix] = Cosines(
                pair_cosines(left, right, *pairs), pair_cosines(left, right, *random)
            )
    views = list(zip(source.views, target.views, strict=True))
    return Symmetric(
        versions,
        [nearest(here.vectors, there.vectors) for here, there in views],
        [nearest(there.vectors, here.vectors) for here, there in views],
    )


def nearest(words: Vectors, others: Vectors, width: int = NEAREST) -> Nearest:
    """The nearest ``width`` of ``others`` for each of ``words``."""
    width = min(width, len(others))
    if not width or not len(words):
        empty = np.zeros((len(words), width))
        cosine = empty.astype(np.float32)
        return Nearest(empty.astype(np.int64), cosine, neighbourhood_means(cosine))
    with every_core() as faiss:
        cosine, rows = faiss.knn(words, others, width, metric=faiss.METRIC_INNER_PRODUCT)
    return Nearest(rows, cosine, neighbourhood_means(cosine))


def directed(data: Sample, source: Space, target: Space, known: Symmetric) -> Directed:
    """Scores of a sample from source to target; ``known`` are its scores without direction."""
    forms, pairs = data.forms, data.pairs
    astray = np.empty(len(forms))
    close = np.full((len(forms), min(NEAREST, data.target.rows)), -1, dtype=np.int64)
    ratio, distance = np.empty(len(pairs.source)), np.empty(len(pairs.source))
    halves = []
    views = zip(source.views, known.towards_target, known.towards_source, strict=True)
    for view, there, back in views:
        asked = data.asked(view.folds)
        rows = forms[asked]
        some = Nearest(there.rows[rows], there.cosine[rows], there.means[rows])
        astray[asked] = xsim_errors(some, back.means, data.queries.some(asked))
        close[asked] = some.rows
        here = np.isin(data.fold, view.folds)
        both = margins(
            known.raw.pairs[here, None].astype(np.float32),
            there.means[pairs.source[here], 1],
            back.means[pairs.target[here], 1][:, None],
        )
        ratio[here], distance[here] = both[0][:, 0], both[1][:, 0]
        halves.append(back.means[:, 0] / 2)
    by_cosine, by_csls = Ranks.empty(len(forms)), Ranks.empty(len(forms))
    rivals = np.empty(len(forms), dtype=np.float32)
    for place, asked, queries, scores in _scores(data, source, target):
        by_cosine.put(asked, ranks(scores, queries))
        # Halved, so that a tie is as wide as among cosines; the query's own mean, the same for
        # all candidates, changes no rank.
        by_csls.put(asked, ranks(scores - halves[place], queries))
        rivals[asked] = hardest(scores, queries)
    lead = known.raw.pairs - rivals[np.searchsorted(forms, pairs.source)]
    return Directed(by_cosine, by_csls, astray, close, ratio, distance, lead)


def cosine_ranks(data: Sample, source: Space, target: Space) -> Ranks:
    """What :func:`directed` says of ranks by cosine, and nothing else."""
    found = Ranks.empty(len(data.forms))
    for _, asked, queries, scores in _scores(data, source, target):
        found.put(asked, ranks(scores, queries))
    return found


def _scores(
    data: Sample, source: Space, target: Space
) -> Iterator[tuple[int, Rows, Queries, NDArray[np.float32]]]:
    """Cosines of some of the forms with all candidates, each form under its own fold's view: the
    view's number, places of the forms, their right answers, and scores."""
    step = max(1, _SCORES // max(1, data.target.rows))
    for place, (view, other) in enumerate(zip(source.views, target.views, strict=True)):
        asked = data.asked(view.folds)
        queries = data.queries.some(asked)
        for start in range(0, len(asked), step):
            block = asked[start : start + step]
            scores = view.vectors[data.forms[block]] @ other.vectors.T
            yield place, block, queries.part(start, start + step), scores


def xsim_errors(close: Nearest, target_means: Means, queries: Queries) -> Floats:
    """(queries,) 1 where the margin leads to a wrong candidate, 0 where to a right one, a share
    where equal margins do either.

    xSIM of LASER (Chaudhary et al. 2019; Heffernan et al. 2022): of the 4 nearest by cosine, the
    one with the highest ratio margin is taken.
    """
    width = min(MARGIN_NEIGHBOURHOOD, close.rows.shape[1])
    rows, cosine = close.rows[:, :width], close.cosine[:, :width]
    middle = (close.means[:, 1, None].astype(np.float64) + target_means[rows, 1]) / 2
    # As LASER has it, also around zero, where a search would rather not divide.
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.nan_to_num(cosine / middle, nan=0.0)
    best = ratio >= ratio.max(axis=1, keepdims=True) - TIE
    right = np.zeros(rows.shape, dtype=bool)
    owner = np.repeat(np.arange(len(queries.counts)), queries.counts)
    for column in range(width):
        same = rows[owner, column] == queries.right
        right[owner[same], column] = True
    found: Floats = 1.0 - (best & right).sum(axis=1) / best.sum(axis=1)
    return found
