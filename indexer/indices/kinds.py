"""Kinds of FAISS index: which one for how many rows, how it is made and how it is searched.

All hold the stored float16 rows or find candidates among them; scores are float32 products with
those rows. ``benchmarks.index`` measures the choices.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.generations.arrays import HalfVectors, widened
from indexer.indices.library import every_core, library
from indexer.vectors import Vectors
from lexicon.errors import InvalidInput

if TYPE_CHECKING:
    from indexer.indices.engine import RowSearcher

EXACT = ("flat", "sq")
KINDS = (*EXACT, "rabitq", "hnsw", "ivf")
SMALL = 4_000_000
"""Numbers (rows by dimensions) up to which looking at every one is quicker than anything clever:
5,000 rows of 768, or 30,000 of 128."""

FLOOR = 0.99
"""Recall of the first ten below which an approximate index is not published unasked."""

EFFORT = {"rabitq": "k_factor", "hnsw": "ef_search", "ivf": "nprobe"}
"""The parameter of each approximate kind that buys recall with time."""

_FIRST = {"rabitq": 10, "hnsw": 128, "ivf": 16}
_MOST = {"rabitq": 40, "hnsw": 2_048, "ivf": 1_024}
_BLOCK = 8_192
"""Rows at once: as float32, and as scores of hundreds of queries, they stay in the processor's
cache."""

_TRAINED_ON = {"rabitq": 16_384, "ivf": 262_144}
"""Rows: a mean needs few, lists need some for each of them."""

_QUICK = {"flat": 4_000_000, "sq": 8_000_000, "rabitq": 40_000_000, "hnsw": 80_000_000}
"""Numbers (rows by dimensions) that are searched in about a millisecond."""


def choose(rows: int, dim: int, wanted: str = "auto") -> str:
    """The kind for so many rows, unless one is wanted. Raises :class:`InvalidInput`."""
    if wanted == "auto":
        return "sq" if rows * dim <= SMALL else "rabitq"
    if wanted not in KINDS:
        raise InvalidInput(f"unknown kind {wanted!r}; known: auto, {', '.join(KINDS)}")
    # Nothing can be trained on nothing.
    return wanted if rows else "flat"


def first_parameters(kind: str, rows: int) -> dict[str, int]:
    """What a kind is made and searched with at first."""
    if kind == "ivf":
        lists = max(1, min(int(4 * rows**0.5), rows // 39))
        return {"nlist": lists, "nprobe": min(_FIRST["ivf"], lists)}
    if kind == "hnsw":
        return {"m": 32, "ef_construction": 200, "ef_search": _FIRST["hnsw"]}
    return {"k_factor": _FIRST["rabitq"]} if kind == "rabitq" else {}


def more_effort(kind: str, parameters: dict[str, int], rows: int) -> dict[str, int] | None:
    """Parameters that find more, or None when there is no more to be had."""
    name = EFFORT.get(kind)
    if name is None:
        return None
    most = min(_MOST[kind], parameters.get("nlist", _MOST[kind]))
    if kind == "rabitq":
        # Ten times as many rows are scored again: one in a hundred, which is a fraction of what
        # looking at all of them costs.
        most = max(most, min(rows // 1_000, 25 * most))
    now = parameters[name]
    return None if now >= most else parameters | {name: min(2 * now, most)}


def quick(kind: str, rows: int, dim: int) -> bool:
    """Whether a search for some ten takes no longer than about a millisecond on one thread."""
    return rows * dim <= _QUICK.get(kind, 0)


def blocks(vectors: HalfVectors) -> Iterator[tuple[int, Vectors]]:
    """(first row, float32 rows) over all of them, some at a time."""
    for start in range(0, len(vectors), _BLOCK):
        yield start, widened(vectors[start : start + _BLOCK])


def make(kind: str, vectors: HalfVectors, parameters: dict[str, int]) -> Any:
    """A FAISS index of the rows, on every core."""
    with every_core() as faiss:
        index = _empty(faiss, kind, vectors.shape[1], parameters)
        if not index.is_trained:
            index.train(_sample(vectors, _TRAINED_ON[kind]))
        for _, rows in blocks(vectors):
            index.add(rows)
    return index


def _empty(faiss: Any, kind: str, dim: int, parameters: dict[str, int]) -> Any:
    inner, half = faiss.METRIC_INNER_PRODUCT, faiss.ScalarQuantizer.QT_fp16
    if kind == "flat":
        return faiss.IndexFlatIP(dim)
    if kind == "sq":
        return faiss.IndexScalarQuantizer(dim, half, inner)
    if kind == "rabitq":
        return faiss.IndexRaBitQFastScan(dim, inner)
    if kind == "hnsw":
        index = faiss.IndexHNSWSQ(dim, half, parameters["m"], inner)
        index.hnsw.efConstruction = parameters["ef_construction"]
        return index
    lists = faiss.IndexFlatIP(dim)
    index = faiss.IndexIVFScalarQuantizer(lists, dim, parameters["nlist"], half, inner, False)
    # Otherwise the lists would be freed with the Python name for them.
    index.own_fields = True
    lists.this.disown()
    return index


def _sample(vectors: HalfVectors, most: int) -> Vectors:
    """Rows to train on, spread evenly: about so many, fewer than twice as many."""
    return widened(vectors[:: max(1, len(vectors) // most)])


@dataclass(frozen=True)
class Found:
    """``rows`` and ``cosine``, (q, k), best first."""

    rows: NDArray[np.int64]
    cosine: NDArray[np.float32]


@dataclass(frozen=True)
class Searcher:
    """An index of one kind with the rows that it is about."""

    kind: str
    parameters: dict[str, int]
    index: Any
    rows: HalfVectors

    @property
    def exact(self) -> bool:
        return self.kind in EXACT

    def search(self, queries: Vectors, k: int) -> Found:
        """The k nearest rows of each query, k no more than there are."""
        faiss = library()
        if self.kind == "rabitq":
            # Never fewer than for the first ten, whose recall is known; half as many for more.
            factor = self.parameters["k_factor"]
            wide = factor * 10 + (factor + 1) // 2 * max(k - 10, 0)
            if 4 * wide >= len(self.rows):
                return exactly(self.rows, queries, k)
            return self._refined(queries, k, self.index.search(queries, wide)[1])
        how = None
        if self.kind == "hnsw":
            # It never finds more than it looks at.
            how = faiss.SearchParametersHNSW(efSearch=max(self.parameters["ef_search"], k))
        elif self.kind == "ivf":
            how = faiss.SearchParametersIVF(nprobe=self.parameters["nprobe"])
        cosine, rows = self.index.search(queries, k, params=how)
        short = (rows < 0).any(axis=1)
        if short.any():
            # FAISS fills what it has not found with -1.
            whole = exactly(self.rows, queries[short], k)
            rows[short], cosine[short] = whole.rows, whole.cosine
        return Found(rows, cosine)

    def _refined(self, queries: Vectors, k: int, candidates: NDArray[np.int64]) -> Found:
        """The best k of the candidates by their stored rows."""
        rows = np.empty((len(queries), k), dtype=np.int64)
        cosine = np.empty((len(queries), k), dtype=np.float32)
        for place, (query, some) in enumerate(zip(queries, candidates, strict=True)):
            # FAISS fills what it has not found with -1.
            some = some[some >= 0]
            if len(some) < k:
                whole = exactly(self.rows, query[None], k)
                rows[place], cosine[place] = whole.rows[0], whole.cosine[0]
                continue
            # Not by BLAS, which shares even this little among threads; on a busy host they wait for
            # each other far longer than the sum takes.
            scores = np.einsum("ij,j->i", widened(self.rows[some]), query)
            chosen = best(scores, k)
            rows[place], cosine[place] = some[chosen], scores[chosen]
        return Found(rows, cosine)


def best(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Places of the k highest, best first; of equal ones the earlier."""
    some = np.argpartition(-scores, k - 1)[:k] if k < len(scores) else np.arange(len(scores))
    found: NDArray[np.int64] = some[np.lexsort((some, -scores[some]))]
    return found


def exactly(rows: HalfVectors, queries: Vectors, k: int) -> Found:
    """The k nearest of all rows, by looking at each."""
    found = np.zeros((len(queries), 0), dtype=np.int64)
    cosine = np.zeros((len(queries), 0), dtype=np.float32)
    for start, block in blocks(rows):
        scores = queries @ block.T
        if cosine.shape[1] < k:
            near = _chosen(scores, min(k, len(block)))
            found = np.concatenate([found, near + start], axis=1)
            cosine = np.concatenate([cosine, np.take_along_axis(scores, near, axis=1)], axis=1)
            order = _chosen(cosine, min(k, cosine.shape[1]))
            found = np.take_along_axis(found, order, axis=1)
            cosine = np.take_along_axis(cosine, order, axis=1)
            continue
        # Of equals the earlier stays.
        for place in np.flatnonzero(scores.max(axis=1) > cosine[:, -1]):
            nearer = np.flatnonzero(scores[place] > cosine[place, -1])
            both = np.concatenate([cosine[place], scores[place, nearer]])
            order = best(both, k)
            found[place] = np.concatenate([found[place], nearer + start])[order]
            cosine[place] = both[order]
    return Found(found, cosine)


def _chosen(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """(q, k) places of the k highest of each row, best first."""
    return np.stack([best(one, k) for one in scores])


def recall(searcher: "RowSearcher", queries: Vectors, truth: Found) -> float:
    """Share of the truly nearest that are found; one of a group of equals stands for any."""
    found = searcher.search(queries, truth.rows.shape[1])
    worst = truth.cosine[:, -1:] - 1e-6
    return float((found.cosine >= worst).mean())
