"""Other engines, each as its documentation says: run by the peers' Python.

    python -m benchmarks.engines.others NAME FOLDER

txtai is given the vectors, as its external vectors are; a limited search of txtai is SQL, for
which it keeps contents too, and of chromadb a filter on metadata.
"""

import sys
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engines.speaking import (
    CODES,
    HELD_OUT,
    LANGUAGES,
    Engine,
    of_first_language,
    queries,
    rows,
    speak,
)


class Exact:
    """A matrix product in NumPy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def build(self) -> None:
        np.save(self.folder / "exact.npy", rows(self.folder))

    def open(self) -> None:
        self.rows = np.load(self.folder / "exact.npy")
        self.queries = queries(self.folder)

    @cached_property
    def first(self) -> tuple[Any, Any]:
        of_first = of_first_language(self.folder)
        return of_first, self.rows[of_first]

    def search(self, place: int, k: int) -> list[int]:
        return _best(self.rows @ self.queries[place], k)

    def limited(self, place: int, k: int) -> list[int]:
        of_first, some = self.first
        found: list[int] = of_first[_best(some @ self.queries[place], k)].tolist()
        return found


def _best(scores: Any, k: int) -> list[int]:
    best = np.argpartition(-scores, min(k, len(scores) - 1))[:k]
    found: list[int] = best[np.argsort(-scores[best])].tolist()
    return found


class Flat:
    """FAISS's exact index; a limited search has an index of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faiss: Any = import_module("faiss")

    def build(self) -> None:
        every = rows(self.folder)
        index = self.faiss.IndexFlatIP(every.shape[1])
        index.add(every)
        self.faiss.write_index(index, str(self.folder / "flat.faiss"))

    def open(self) -> None:
        self.index = self.faiss.read_index(str(self.folder / "flat.faiss"))
        self.queries = queries(self.folder)

    @cached_property
    def first(self) -> tuple[Any, Any]:
        of_first = of_first_language(self.folder)
        some = self.faiss.IndexFlatIP(self.index.d)
        some.add(rows(self.folder)[of_first])
        return of_first, some

    def search(self, place: int, k: int) -> list[int]:
        found: list[int] = self.index.search(self.queries[place][None], k)[1][0].tolist()
        return found

    def limited(self, place: int, k: int) -> list[int]:
        of_first, some = self.first
        found: list[int] = of_first[some.search(self.queries[place][None], k)[1][0]].tolist()
        return found


class Txtai:
    """txtai with its defaults, or exact; ``content`` is what its SQL needs."""

    def __init__(self, folder: Path, name: str, components: str | None, content: bool) -> None:
        self.folder = folder
        self.txtai: Any = import_module("txtai")
        self.kept = str(folder / name.replace(", ", "-").replace(" ", "-"))
        self.content = content
        self.said: dict[str, Any] = {"method": "external", "content": content}
        if components:
            self.said["faiss"] = {"components": components}

    def _made(self) -> Any:
        asked = queries(self.folder)
        held = rows(self.folder) if self.content else asked

        def vectors(texts: list[str]) -> Any:
            # Words are w1, w2, …, and queries q1, q2, ….
            of = {"w": held, "q": asked}
            return np.stack([of[text[0]][int(text[1:])] for text in texts])

        return self.txtai.Embeddings({**self.said, "transform": vectors})

    def build(self) -> None:
        made = self._made()
        if self.content:
            codes = np.load(self.folder / LANGUAGES).tolist()
            made.index(
                (row, {"text": f"w{row}", "language": CODES[code]}, None)
                for row, code in enumerate(codes)
            )
        else:
            made.index((row, vector, None) for row, vector in enumerate(rows(self.folder)))
        # A function cannot be written down.
        made.config.pop("transform")
        made.save(self.kept)

    def open(self) -> None:
        self.content = False
        made = self._made()
        transform = made.config["transform"]
        self.index = self.txtai.Embeddings()
        self.index.load(self.kept, config={"transform": transform})
        self.index.model.transform = transform

    def search(self, place: int, k: int) -> list[int]:
        return [int(one) for one, _ in self.index.search(f"q{place}", k)]

    def limited(self, place: int, k: int) -> list[int]:
        asked = f"select id, score from txtai where similar('q{place}') and language = '{CODES[0]}'"
        return [int(one["id"]) for one in self.index.search(asked, k)]


class TunedTxtai(Txtai):
    """txtai with a quarter more probes, and again, until it finds as much as our index has to."""

    def open(self) -> None:
        super().open()
        asked = np.asarray(np.load(self.folder / HELD_OUT)[:TUNED_WITH], dtype=np.float32)
        every = rows(self.folder)
        truth = [set(_best(every @ query, 10)) for query in asked]
        ann = self.index.ann
        while True:
            found = ann.search(asked, 10)
            both = zip(truth, found, strict=True)
            met = sum(len(true & {row for row, _ in one}) for true, one in both)
            probes = getattr(ann.backend, "nprobe", 0)
            if met >= ENOUGH * 10 * len(asked) or probes >= getattr(ann.backend, "nlist", 0):
                return
            ann.config.setdefault("faiss", {})["nprobe"] = probes + probes // 4 + 1


class Chroma:
    """chromadb with its defaults, on cosines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        chroma = import_module("chromadb")
        kept = import_module("chromadb.config").Settings(anonymized_telemetry=False)
        self.client: Any = chroma.PersistentClient(str(folder / "chroma"), settings=kept)

    def build(self) -> None:
        made = self.client.create_collection(
            "words", configuration={"hnsw": {"space": "ip"}}, embedding_function=None
        )
        every, codes = rows(self.folder), np.load(self.folder / LANGUAGES).tolist()
        step = self.client.get_max_batch_size()
        for start in range(0, len(every), step):
            some = range(start, min(start + step, len(every)))
            made.add(
                ids=[str(row) for row in some],
                embeddings=every[start : some.stop],
                metadatas=[{"language": CODES[codes[row]]} for row in some],
            )

    def open(self) -> None:
        self.index = self.client.get_collection("words", embedding_function=None)
        self.queries = queries(self.folder)

    def search(self, place: int, k: int) -> list[int]:
        return self._found(place, k)

    def limited(self, place: int, k: int) -> list[int]:
        return self._found(place, k, where={"language": CODES[0]})

    def _found(self, place: int, k: int, **said: Any) -> list[int]:
        found = self.index.query(
            query_embeddings=self.queries[place][None], n_results=k, include=[], **said
        )
        return [int(one) for one in found["ids"][0]]


NAMES = ("numpy", "FAISS Flat", "txtai", "txtai, .99", "txtai, exact", "txtai, SQL", "chromadb")

TUNED_WITH = 200
ENOUGH = 0.99


def engine(name: str, folder: Path) -> Engine:
    if name == "numpy":
        return Exact(folder)
    if name == "FAISS Flat":
        return Flat(folder)
    if name == "chromadb":
        return Chroma(folder)
    if name == "txtai, .99":
        return TunedTxtai(folder, name, None, content=False)
    exact = "IDMap,Flat" if name == "txtai, exact" else None
    return Txtai(folder, name, exact, name == "txtai, SQL")


if __name__ == "__main__":
    speak(engine(sys.argv[1], Path(sys.argv[2])), Path(sys.argv[2]))
