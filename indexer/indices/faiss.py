"""A generation on disk, searched with FAISS."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from indexer.generations.arrays import HalfVectors, Means, read_vectors, read_words
from indexer.generations.manifest import Manifest
from indexer.indices import kinds
from indexer.indices.engine import RowSearcher
from indexer.indices.gpu import Gpu
from indexer.indices.kinds import Searcher
from indexer.indices.library import library
from indexer.indices.protocol import Neighbours, require_queries
from indexer.indices.stored import StoredIndex
from indexer.vectors import Vectors
from lexicon.errors import IndexDamaged

INDEX = "index.faiss"

MANY = 256
"""Queries from which a GPU is worth the way there and back."""


def write(folder: Path, index: object) -> None:
    """Write a FAISS index, by Python, so that a full disk is an OSError like any other."""
    content = library().serialize_index(index)
    with (folder / INDEX).open("wb") as stream:
        stream.write(memoryview(content))


class FaissEngine:
    """Makes indices in memory; they do not know where they are going to be kept."""

    exact = "sq"

    def choose(self, rows: int, dim: int, wanted: str) -> str:
        return kinds.choose(rows, dim, wanted)

    def make(self, kind: str, vectors: HalfVectors) -> Searcher:
        parameters = kinds.first_parameters(kind, len(vectors))
        return Searcher(kind, parameters, kinds.make(kind, vectors, parameters), vectors)

    def more(self, searcher: RowSearcher) -> Searcher | None:
        more = kinds.more_effort(searcher.kind, searcher.parameters, len(searcher.rows))
        return (
            None if more is None else Searcher(searcher.kind, more, searcher.index, searcher.rows)
        )


class FaissIndex(StoredIndex):
    """The rows of one generation in a folder.

    FAISS's own id maps accept the same id twice, so its numbers are the rows. ``mapped`` leaves
    the arrays on disk; else everything is read when it is opened.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        mapped: bool = False,
        verified: bool = True,
        find_gpu: Callable[[], Gpu | None] = lambda: None,
    ) -> None:
        faiss = library()
        try:
            index = faiss.read_index(str(folder / INDEX), faiss.IO_FLAG_MMAP_IFC if mapped else 0)
        except RuntimeError as error:
            why = str(error).partition("\n")[0]
            raise IndexDamaged(manifest.generation, why) from error
        words = read_words(folder, manifest, mapped)
        vectors = read_vectors(folder, manifest, mapped)
        if (index.ntotal, index.d) != (manifest.rows, manifest.dim):
            raise IndexDamaged(manifest.generation, "its files disagree on the number of rows")
        searcher = Searcher(manifest.kind, manifest.parameters, index, vectors)
        self._folder = folder
        self._find_gpu = find_gpu
        super().__init__(folder, manifest, words, searcher, mapped, verified)

    def search(self, queries: Vectors, k: int) -> Neighbours:
        """Many queries at once are answered by a GPU if there is one, by looking at every row."""
        width = min(k, self.rows)
        owner = self._find_gpu() if len(queries) >= MANY and width > 0 else None
        if owner is None:
            return super().search(queries, k)
        wanted = require_queries(queries, self.manifest.dim)
        try:
            found = owner.nearest(self.half, wanted, width)
        except RuntimeError as error:
            why = str(error).strip().partition("\n")[0]
            return replace(super().search(queries, k), stood_in=why)
        return Neighbours(self.ids[found.rows], found.rows, found.cosine)

    def reverse(self, language: str, rows: int) -> Means | None:
        # Read late, so it may have been removed since: the rest still answers without it.
        return super().reverse(language, rows) if self._folder.exists() else None
