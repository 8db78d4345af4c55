"""Which kind of index a language gets, proved on words of the other languages."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.generations.arrays import HalfVectors
from indexer.indices import kinds
from indexer.indices.engine import Engine, RowSearcher
from indexer.indices.faiss import FaissEngine
from indexer.indices.library import every_core
from indexer.vectors import Vectors

QUERIES = 300
"""Words of other languages that recall is measured with: where all find all of their nearest, fewer
than 1 % of words do not, with 95 % confidence (3 / n: Hanley & Lippman-Hand 1983)."""

NEAREST = 10
SEED = 20_261


@dataclass(frozen=True)
class Chosen:
    """An index and how many of the true first ten it finds, measured with ``queries`` words; None
    where there is nothing to measure with."""

    searcher: RowSearcher
    recall: float | None
    queries: int


def choose(
    vectors: HalfVectors,
    others: Sequence[HalfVectors],
    wanted: str,
    engine: Engine | None = None,
) -> Chosen:
    """An index of ``vectors`` of the kind that suits their number, or of the wanted one.

    An approximate kind gets more effort until it finds 99 % of the first ten; one that never does
    gives way to an exact one, unless it was asked for by name. ``engine``: FAISS unless given.
    """
    rows, dim = vectors.shape
    engine = engine or FaissEngine()
    searcher = engine.make(engine.choose(rows, dim, wanted), vectors)
    queries = _held_out(others)
    if not len(queries) or not len(vectors):
        if not searcher.exact and wanted == "auto":
            # Nothing to prove it with.
            return choose(vectors, others, engine.exact, engine)
        return Chosen(searcher, None, 0)
    with every_core():
        truth = kinds.exactly(vectors, queries, min(NEAREST, len(vectors)))
        found = kinds.recall(searcher, queries, truth)
        while found < kinds.FLOOR:
            more = engine.more(searcher)
            if more is None:
                break
            searcher = more
            found = kinds.recall(searcher, queries, truth)
    if found < kinds.FLOOR and wanted == "auto" and not searcher.exact:
        return choose(vectors, others, engine.exact, engine)
    return Chosen(searcher, round(found, 6), len(queries))


def _held_out(others: Sequence[HalfVectors]) -> Vectors:
    """Some words of each other language, always the same of the same words."""
    draw = np.random.default_rng(SEED)
    some = []
    for one in others:
        rows = draw.choice(len(one), min(len(one), QUERIES // len(others)), replace=False)
        some.append(np.asarray(one[np.sort(rows)], dtype=np.float32))
    return np.concatenate(some) if some else np.zeros((0, 0), dtype=np.float32)
