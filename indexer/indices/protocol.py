"""The contract that every vector index keeps."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.manifest import Manifest
from indexer.vectors import LexemeIds, Vectors


@dataclass(frozen=True)
class Neighbours:
    """``ids`` (q, min(k, rows)) best first, each the first lexeme of a form; ``cosine`` the same
    shape, float32, descending. There are no fillers: k beyond the rows gives fewer columns."""

    ids: LexemeIds
    cosine: NDArray[np.float32]


class VectorIndex(Protocol):
    """The forms of one language under one encoder, one row each."""

    manifest: Manifest

    @property
    def ids(self) -> LexemeIds:
        """(rows,) first lexeme of each form, ascending: row order of every array here."""
        ...

    def search(self, queries: Vectors, k: int) -> Neighbours: ...

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
