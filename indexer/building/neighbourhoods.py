"""How close the words of one language are to their nearest of another: r of CSLS and margins."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.csls import NEIGHBOURHOOD, neighbourhood_means
from indexer.generations.arrays import HalfVectors, Means
from indexer.indices.engine import RowSearcher
from indexer.indices.gpu import Gpu
from indexer.indices.kinds import Searcher
from indexer.indices.library import every_core

BATCH = 4_096
LARGE = 40_000_000
"""Numbers (rows by dimensions) from which an approximate index is quicker than one matrix product
over all of them."""

CANDIDATES = 5
"""Candidates for each neighbour in an approximate index: the mean of ten forgives more than a
ranking does."""


@dataclass
class Processor:
    """What neighbourhoods are taken with: the GPU, if one is given, else every core.

    ``stood_in`` says why the cores did what the GPU was there for.
    """

    gpu: Gpu | None = None
    stood_in: str | None = None

    def means_towards(self, words: HalfVectors, others: RowSearcher) -> Means:
        """(n, 2) means of each word towards the rows of ``others``."""
        width = min(NEIGHBOURHOOD, len(others.rows))
        if self.gpu is not None and self.stood_in is None and width:
            try:
                whole = np.asarray(words, dtype=np.float32)
                return neighbourhood_means(self.gpu.nearest(others.rows, whole, width).cosine)
            except RuntimeError as error:
                self.stood_in = str(error).strip().partition("\n")[0]
        return means_towards(words, others)


def means_towards(words: HalfVectors, others: RowSearcher) -> Means:
    """(n, 2) means of each word towards the rows of ``others``, on every core."""
    found = np.empty((len(words), 2), dtype=np.float32)
    there = others.rows
    width = min(NEIGHBOURHOOD, len(there))
    near = others
    if others.kind == "rabitq":
        near = Searcher(others.kind, {"k_factor": CANDIDATES}, others.index, there)
    with every_core() as faiss:
        plain = others.exact or there.size < LARGE
        whole = np.asarray(there, dtype=np.float32) if plain else None
        for start in range(0, len(words), BATCH):
            some = np.asarray(words[start : start + BATCH], dtype=np.float32)
            if width == 0:
                nearest: NDArray[np.float32] = np.zeros((len(some), 0), dtype=np.float32)
            elif whole is not None:
                # One matrix product rather than a row at a time.
                nearest = faiss.knn(some, whole, width, metric=faiss.METRIC_INNER_PRODUCT)[0]
            else:
                nearest = near.search(some, width).cosine
            found[start : start + len(some)] = neighbourhood_means(nearest)
    return found
