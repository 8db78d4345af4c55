"""Exact search with FAISS over the forms of one language."""

from os import cpu_count
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from indexer.indices.protocol import Neighbours
from indexer.manifest import Manifest
from indexer.vectors import LexemeIds, Vectors
from lexicon.errors import ExtraMissing, IndexDamaged

INDEX_FILE = "index.faiss"
LEXEMES_FILE = "lexemes.npy"
STARTS_FILE = "starts.npy"
COVERED_FILE = "covered.npy"
KIND = "flat"


def library() -> ModuleType:
    """The faiss module, with one thread per search, or :class:`ExtraMissing`."""
    try:
        import faiss
    except ModuleNotFoundError:
        raise ExtraMissing("the vector index", "cpu") from None
    # Two OpenMP threads made single queries up to 90 times slower on a busy host.
    faiss.omp_set_num_threads(1)
    return faiss


def nearest_cosines(words: Vectors, others: Vectors, k: int) -> NDArray[np.float32]:
    """(n, min(k, others)) cosines of each word's nearest ``others``, on every core: for builds,
    where nobody waits for one answer."""
    faiss = library()
    faiss.omp_set_num_threads(cpu_count() or 1)
    try:
        found: NDArray[np.float32] = faiss.knn(
            words, others, min(k, len(others)), metric=faiss.METRIC_INNER_PRODUCT
        )[0]
    finally:
        faiss.omp_set_num_threads(1)
    return found


def neighbourhood_file(language: str) -> str:
    return f"neighbourhood.{language}.npy"


def write(
    folder: Path, vectors: Vectors, forms: list[tuple[int, ...]], covered: NDArray[np.bool_]
) -> None:
    """Write an index of ``vectors``; ``forms`` holds each row's lexeme ids, ascending."""
    faiss = library()
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    # Serialised here and written by Python, so that a full disk is an OSError like any other.
    (folder / INDEX_FILE).write_bytes(faiss.serialize_index(index).tobytes())
    flat = np.array([lexeme for ids in forms for lexeme in ids], dtype=np.int64)
    starts = np.cumsum([0, *map(len, forms)], dtype=np.int64)
    np.save(folder / LEXEMES_FILE, flat)
    np.save(folder / STARTS_FILE, starts)
    np.save(folder / COVERED_FILE, covered)


class FaissIndex:
    """Array positions are the rows: FAISS's own id maps accept the same id twice.

    Everything is read when it is opened, so that files damaged later change no answer.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.manifest = manifest
        faiss = library()
        try:
            self._index = faiss.read_index(str(folder / INDEX_FILE))
            lexemes: LexemeIds = np.load(folder / LEXEMES_FILE)
            starts = np.load(folder / STARTS_FILE)
            self._covered: NDArray[np.bool_] = np.load(folder / COVERED_FILE)
            self._neighbourhoods: dict[str, NDArray[np.float32]] = {
                language: np.load(folder / neighbourhood_file(language))
                for language in manifest.neighbourhoods
            }
        except (RuntimeError, OSError, ValueError, EOFError) as error:
            raise IndexDamaged(manifest.generation, str(error).partition("\n")[0]) from error
        rows = manifest.rows
        if not (self._index.ntotal == rows == len(starts) - 1 == len(self._covered)):
            raise IndexDamaged(manifest.generation, "its files disagree on the number of rows")
        self._ids: LexemeIds = lexemes[starts[:-1]]
        order = np.argsort(lexemes)
        self._sorted_lexemes = lexemes[order]
        self._sorted_rows = np.repeat(np.arange(rows), np.diff(starts))[order]

    @property
    def ids(self) -> LexemeIds:
        return self._ids

    @property
    def covered(self) -> NDArray[np.bool_]:
        return self._covered

    def search(self, queries: Vectors, k: int) -> Neighbours:
        width = min(k, self.manifest.rows)
        if width == 0 or len(queries) == 0:
            empty = (len(queries), width)
            return Neighbours(np.zeros(empty, np.int64), np.zeros(empty, np.float32))
        cosine, rows = self._index.search(np.ascontiguousarray(queries, dtype=np.float32), width)
        return Neighbours(self._ids[rows], cosine)

    def rows_of(self, ids: LexemeIds) -> NDArray[np.int64]:
        if not len(self._sorted_lexemes):
            return np.full(len(ids), -1, dtype=np.int64)
        place = np.searchsorted(self._sorted_lexemes, ids)
        place = np.minimum(place, len(self._sorted_lexemes) - 1)
        return np.where(self._sorted_lexemes[place] == ids, self._sorted_rows[place], -1)

    def vectors(self, ids: LexemeIds) -> Vectors:
        rows = self.rows_of(ids)
        if (rows < 0).any():
            raise KeyError(int(ids[rows < 0][0]))
        found: Vectors = self._index.reconstruct_batch(rows)
        return found

    def all_vectors(self) -> Vectors:
        found: Vectors = self._index.reconstruct_n(0, self.manifest.rows)
        return found

    def neighbourhood(self, language: str) -> NDArray[np.float32] | None:
        """(rows,) mean cosine of each form to its nearest forms of ``language``, if it was taken
        at build time."""
        return self._neighbourhoods.get(language)
