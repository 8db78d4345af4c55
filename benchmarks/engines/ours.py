"""This project's index over the same rows; a limited search has the index of that language.

python -m benchmarks.engines.ours ours FOLDER
"""

import sys
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.engines.speaking import HELD_OUT, ROWS, of_first_language, queries, speak
from indexer.building.choose import choose
from indexer.encoders.protocol import EncoderSpec
from indexer.generations import texts
from indexer.generations.arrays import VECTORS, HalfVectors, Words
from indexer.generations.folder import Generations
from indexer.generations.manifest import Watermark
from indexer.generations.records import Facts
from indexer.indices import faiss as faiss_index
from indexer.indices.stored import StoredIndex
from indexer.vectors import Vectors


def spec(dim: int) -> EncoderSpec:
    return EncoderSpec("made", "made", "-", -1, "mean", "none", 1, "fp32", dim, 512)


def publish(generations: Generations, vectors: HalfVectors, held_out: HalfVectors) -> None:
    """Everything that a build does with vectors: chosen by size, recall measured, written."""
    of, rows = spec(vectors.shape[1]), len(vectors)
    staged = generations.stage(of.identity, "en")
    np.save(staged.folder / VECTORS, vectors)
    chosen = choose(vectors, [held_out], "auto")
    faiss_index.write(staged.folder, chosen.searcher.index)
    digests = texts.digests([str(row) for row in range(rows)])
    ids: list[tuple[int, ...]] = [(row + 1,) for row in range(rows)]
    Words.of(ids, digests, np.ones(rows, dtype=np.bool_)).write(staged.folder)
    searcher = chosen.searcher
    facts = Facts(
        of, "en", rows, rows, "auto", searcher.kind, searcher.parameters, chosen.recall,
        chosen.queries, "-", Watermark(store="-", lexeme=rows, departed=0), {}, {},
    )  # fmt: skip
    generations.publish([(staged, facts)])


class Ours:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.whole = Generations(folder / "ours")
        self.part = Generations(folder / "ours-of-a-language")

    def build(self) -> None:
        publish(
            self.whole,
            np.load(self.folder / ROWS, mmap_mode="r"),
            np.load(self.folder / HELD_OUT),
        )

    def open(self) -> None:
        self.queries: Vectors = queries(self.folder)
        self.spec = spec(self.queries.shape[1])
        self.index = self.whole.load(self.spec, "en")

    @cached_property
    def first(self) -> tuple[NDArray[np.int64], StoredIndex]:
        of_first = of_first_language(self.folder)
        rows = np.load(self.folder / ROWS, mmap_mode="r")[of_first]
        publish(self.part, rows, np.load(self.folder / HELD_OUT))
        return of_first, self.part.load(self.spec, "en")

    def search(self, place: int, k: int) -> list[int]:
        found: list[int] = self.index.search(self.queries[place : place + 1], k).rows[0].tolist()
        return found

    def limited(self, place: int, k: int) -> list[int]:
        of_first, index = self.first
        near = index.search(self.queries[place : place + 1], k).rows[0]
        found: list[int] = of_first[near].tolist()
        return found


if __name__ == "__main__":
    speak(Ours(Path(sys.argv[2])), Path(sys.argv[2]))
