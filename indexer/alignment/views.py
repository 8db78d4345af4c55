"""The vectors that a fold is scored with: those of every word, made without that fold.

Most encoders were fitted to nothing, so one view serves every fold. Where something was fitted to
the lexicon, each fold has a view of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.alignment.bitext import Rows
from indexer.alignment.groups import FOLDS
from indexer.alignment.metrics import pair_cosines
from indexer.transforms import Affine, Moments, centring_of, moments, whitening_of
from indexer.vectors import Vectors

Floats = NDArray[np.float64]

EVERY_FOLD = tuple(range(FOLDS))


@dataclass(frozen=True)
class View:
    """Rows of one language, (rows, dim), and the folds that they may be scored on."""

    vectors: Vectors
    folds: tuple[int, ...] = EVERY_FOLD

    @cached_property
    def directions(self) -> NDArray[np.float32]:
        """Eigenvectors of VᵀV, (dim, dim), a column each."""
        return np.linalg.eigh(self.vectors.T @ self.vectors)[1]


@dataclass(frozen=True)
class Space:
    """One language under one encoder: a view for every fold, and the ``fold`` of each row, -1 for
    words that are in none."""

    views: Sequence[View]
    fold: Rows

    def mapped(self, fitted: Callable[[Moments], Affine]) -> Vectors:
        """(rows, dim): each row in the view of its fold, mapped by what the words outside that
        fold say. Rows in no fold are mapped by the first view as a whole."""
        found = np.array(self.views[0].vectors)
        for view in self.views:
            whole = moments(view.vectors)
            for fold in view.folds:
                rows = np.flatnonzero(self.fold == fold)
                rest = whole - moments(view.vectors[rows]) if len(rows) else whole
                # A single fold with all words leaves nothing to learn from.
                if len(rows) and rest.n:
                    found[rows] = fitted(rest).apply(view.vectors[rows])
        return found

    @cached_property
    def centred(self) -> Vectors:
        return self.mapped(centring_of)

    @cached_property
    def whitened(self) -> Vectors:
        return self.mapped(whitening_of)


def cosines(source: Space, target: Space, left: Rows, right: Rows, fold: Rows) -> Floats:
    """Cosine of each (source row, target row), each under its own fold's view."""
    found = np.empty(len(left))
    for here, there in zip(source.views, target.views, strict=True):
        some = np.isin(fold, here.folds)
        found[some] = pair_cosines(here.vectors, there.vectors, left[some], right[some])
    return found
