"""The contract that every vector index keeps."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.vectors import LexemeIds, Vectors
from lexicon.errors import InvalidInput


@dataclass(frozen=True)
class Neighbours:
    """``ids`` (q, min(k, rows)) best first, each the first lexeme of a form; ``rows`` their row
    numbers and ``cosine`` their scores, the same shape, float32, descending. There are no
    fillers: k beyond the rows gives fewer columns. ``stood_in`` says why the CPU did what there
    is a GPU for."""

    ids: LexemeIds
    rows: NDArray[np.int64]
    cosine: NDArray[np.float32]
    stood_in: str | None = None


class VectorIndex(Protocol):
    """The forms of one language under one encoder, one row each."""

    @property
    def language(self) -> str: ...

    @property
    def generation(self) -> str: ...

    @property
    def rows(self) -> int: ...

    @property
    def exact(self) -> bool:
        """Whether a search cannot miss a nearer form."""
        ...

    @property
    def ids(self) -> LexemeIds:
        """(rows,) a lexeme of each form: row order of every array here."""
        ...

    def search(self, queries: Vectors, k: int) -> Neighbours:
        """Raises :class:`InvalidInput` for a query that is not finite or of another dimension."""
        ...

    def vectors(self, ids: LexemeIds) -> Vectors:
        """Rows of the forms that hold these lexemes; an unknown id raises ``KeyError``."""
        ...

    def rows_of(self, ids: LexemeIds) -> NDArray[np.int64]:
        """Row number of each lexeme's form, -1 where the index does not have it."""
        ...

    def all_vectors(self) -> Vectors:
        """(rows, dim) in row order."""
        ...

    @property
    def covered(self) -> NDArray[np.bool_]:
        """(rows,) whether the encoder knew the form's whole words."""
        ...


def require_queries(queries: Vectors, dim: int) -> Vectors:
    """``queries`` as an index reads them, or :class:`InvalidInput`."""
    found = np.ascontiguousarray(queries, dtype=np.float32)
    if found.ndim != 2 or found.shape[1] != dim:
        raise InvalidInput(
            f"queries of shape {found.shape} do not fit an index of {dim} dimensions"
        )
    bad = ~np.isfinite(found).all(axis=1)
    if bad.any():
        raise InvalidInput(f"query {int(bad.argmax())} holds NaN or infinity")
    return found


def nothing(queries: int, width: int = 0) -> Neighbours:
    shape = (queries, width)
    empty = np.zeros(shape, np.int64)
    return Neighbours(empty, empty, np.zeros(shape, np.float32))
