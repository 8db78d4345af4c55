"""What the index of a generation is, wherever the generation is kept."""

import numpy as np
from numpy.typing import NDArray

from indexer.generations.arrays import (
    HalfVectors,
    Means,
    Source,
    Words,
    neighbourhood_file,
    read_array,
    reverse_file,
    widened,
)
from indexer.generations.manifest import Manifest
from indexer.indices.engine import RowSearcher
from indexer.indices.protocol import Neighbours, nothing, require_queries
from indexer.vectors import LexemeIds, Vectors, unit_rows


class StoredIndex:
    """The rows of one generation as they were when it was built.

    Array positions are the rows. ``source`` is where its arrays are read from; ``mapped`` leaves
    them there, where a generation is never written again. ``verified``: every byte was checked.
    """

    def __init__(
        self,
        source: Source,
        manifest: Manifest,
        words: Words,
        searcher: RowSearcher,
        mapped: bool,
        verified: bool,
    ) -> None:
        self.manifest = manifest
        self.verified = verified
        self.words = words
        self.searcher = searcher
        self._source = source
        self._mapped = mapped
        self._ids: LexemeIds = np.asarray(words.lexemes[words.starts[:-1]])
        self._means = {
            code: self._read_means(neighbourhood_file(code), manifest.rows)
            for code in manifest.neighbourhoods
        }

    @property
    def language(self) -> str:
        return self.manifest.language

    @property
    def generation(self) -> str:
        return self.manifest.generation

    @property
    def rows(self) -> int:
        return self.manifest.rows

    @property
    def exact(self) -> bool:
        return self.searcher.exact

    @property
    def ids(self) -> LexemeIds:
        return self._ids

    @property
    def covered(self) -> NDArray[np.bool_]:
        return self.words.covered

    @property
    def half(self) -> HalfVectors:
        """(rows, dim) as they are stored."""
        return self.searcher.rows

    def search(self, queries: Vectors, k: int) -> Neighbours:
        wanted = require_queries(queries, self.manifest.dim)
        width = min(k, self.rows)
        if width <= 0 or len(wanted) == 0:
            return nothing(len(wanted), max(width, 0))
        found = self.searcher.search(wanted, width)
        return Neighbours(self._ids[found.rows], found.rows, found.cosine)

    def rows_of(self, ids: LexemeIds) -> NDArray[np.int64]:
        return self.words.rows_of(ids)

    def vectors(self, ids: LexemeIds) -> Vectors:
        rows = self.rows_of(ids)
        if (rows < 0).any():
            raise KeyError(int(ids[rows < 0][0]))
        return self.unit(rows)

    def all_vectors(self) -> Vectors:
        return unit_rows(self.half, f"generation {self.generation}")

    def unit(self, rows: NDArray[np.int64]) -> Vectors:
        """(n, dim) of these rows."""
        return unit_rows(self.half[rows], f"generation {self.generation}")

    def one(self, row: int) -> Vectors:
        """(1, dim) of one row, as :meth:`unit` gives it in a third of the time."""
        wide = widened(self.half[row : row + 1])
        length = float(np.linalg.norm(wide, axis=1)[0])
        if not 1e-12 < length < np.inf:
            return self.unit(np.array([row], dtype=np.int64))
        return wide / np.float32(length)

    def neighbourhood(self, language: str) -> Means | None:
        """(rows, 2) means towards ``language``, if they were taken at build time."""
        return self._means.get(language)

    def reverse(self, language: str, rows: int) -> Means | None:
        """(rows, 2) means of the words of ``language`` towards these, if they are here."""
        if language not in self.manifest.reverse:
            return None
        return self._read_means(reverse_file(language), rows)

    def _read_means(self, name: str, rows: int) -> Means:
        found: Means = read_array(
            self._source, name, self.manifest, np.float32, (rows, 2), self._mapped
        )
        return found
