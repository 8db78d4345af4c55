"""The GPU's owner thread, with a library that counts who calls it."""

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from indexer.building.neighbourhoods import Processor, means_towards
from indexer.indices import gpu as gpu_module
from indexer.indices import kinds
from indexer.indices.faiss import MANY, FaissIndex
from indexer.indices.gpu import MOST_NEIGHBOURS, RESIDENT, Gpu, gpu
from indexer.indices.kinds import Searcher
from indexer.vectors import Vectors
from lexicon.errors import InvalidInput
from tests.indexer.indices.generating import opened
from tests.indexer.vectors import random_rows


class Library:
    """As much of FAISS with a GPU as is used, on the CPU."""

    def __init__(self, gpus: int = 1, memory: bool = True) -> None:
        self.gpus = gpus
        self.memory = memory
        self.threads: set[int] = set()
        self.made = 0

    def get_num_gpus(self) -> int:
        return self.gpus

    def StandardGpuResources(self) -> object:  # noqa: N802
        return object()

    def GpuIndexFlatConfig(self) -> SimpleNamespace:  # noqa: N802
        return SimpleNamespace()

    def GpuIndexFlatIP(self, resources: object, dim: int, config: Any) -> "Index":  # noqa: N802
        assert resources is not None
        assert config.useFloat16
        if not self.memory:
            raise RuntimeError("Error: out of memory\nat somewhere")
        self.made += 1
        return Index(self, dim)


class Index:
    def __init__(self, library: Library, dim: int) -> None:
        self.library = library
        self.rows = np.zeros((0, dim), dtype=np.float32)

    def add(self, rows: Vectors) -> None:
        self.rows = np.concatenate([self.rows, rows])

    def search(self, queries: Vectors, k: int) -> tuple[Any, Any]:
        self.library.threads.add(threading.get_ident())
        found = kinds.exactly(self.rows.astype(np.float16), queries, k)
        return found.cosine, found.rows


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    made = Library()
    monkeypatch.setattr(gpu_module, "library", lambda: made)
    return made


def test_no_gpu_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_module, "library", lambda: Library(gpus=0))
    assert gpu() is None


def test_a_library_that_knows_no_gpus_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_module, "library", lambda: SimpleNamespace())
    assert gpu() is None


def test_a_gpu_that_is_not_wanted_is_none(library: Library) -> None:
    assert gpu("cpu") is None
    assert isinstance(gpu("auto"), Gpu)


def test_there_is_one_owner_of_a_gpu(library: Library) -> None:
    assert gpu() is gpu("cuda")


def test_one_thread_uses_the_gpu_whoever_asks(library: Library) -> None:
    owned, rows = Gpu(0), random_rows(30, 8)
    asking = [
        threading.Thread(target=owned.nearest, args=(rows.astype(np.float16), rows, 3))
        for _ in range(4)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert len(library.threads) == 1
    assert library.threads.isdisjoint({threading.get_ident()})


def test_it_finds_what_looking_at_every_row_finds(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu_module, "BATCH", 7)
    rows, queries = random_rows(50, 8).astype(np.float16), random_rows(20, 8, seed=1)
    found, truth = Gpu(0).nearest(rows, queries, 5), kinds.exactly(rows, queries, 5)
    assert found.rows.tolist() == truth.rows.tolist()
    assert found.cosine == pytest.approx(truth.cosine)


def test_rows_stay_on_the_gpu_until_there_are_too_many(library: Library) -> None:
    owned = Gpu(0)
    several = [random_rows(5, 4, seed).astype(np.float16) for seed in range(RESIDENT + 1)]
    for rows in (several[0], several[0], *several[1:]):
        owned.nearest(rows, random_rows(1, 4), 1)
    assert library.made == RESIDENT + 1
    owned.nearest(several[0], random_rows(1, 4), 1)
    assert library.made == RESIDENT + 2


def test_more_neighbours_than_a_gpu_returns_are_refused(library: Library) -> None:
    rows = random_rows(5, 4)
    with pytest.raises(RuntimeError, match=r"k=2,049 is more than the 2,048"):
        Gpu(0).nearest(rows.astype(np.float16), rows, MOST_NEIGHBOURS + 1)


def flat(rows: Vectors) -> Searcher:
    half = rows.astype(np.float16)
    return Searcher("flat", {}, kinds.make("flat", half, {}), half)


def test_neighbourhoods_are_the_same_on_either(library: Library) -> None:
    words, others = random_rows(40, 8).astype(np.float16), flat(random_rows(30, 8, seed=1))
    processor = Processor(Gpu(0))
    assert processor.means_towards(words, others) == pytest.approx(means_towards(words, others))
    assert library.made == 1
    assert processor.stood_in is None


def test_the_cpu_stands_in_and_says_why(library: Library) -> None:
    library.memory = False
    words, others = random_rows(40, 8).astype(np.float16), flat(random_rows(30, 8, seed=1))
    processor = Processor(Gpu(0))
    assert processor.means_towards(words, others) == pytest.approx(means_towards(words, others))
    assert processor.stood_in == "Error: out of memory"


def index(folder: Path, library: Library) -> FaissIndex:
    """A generation whose searches find a GPU of that library."""
    rows = random_rows(40, 8).astype(np.float16)
    made = opened(folder, rows, [(number,) for number in range(1, 41)])
    assert isinstance(made, FaissIndex)
    owned = Gpu(0)
    made._find_gpu = lambda: owned
    return made


@pytest.mark.parametrize(("queries", "made"), [(MANY - 1, 0), (MANY, 1)])
def test_many_queries_at_once_are_answered_by_the_gpu(
    library: Library, tmp_path: Path, queries: int, made: int
) -> None:
    asked = random_rows(queries, 8, seed=1)
    searched = index(tmp_path / "g", library)
    found, truth = searched.search(asked, 5), kinds.exactly(searched.half, asked, 5)
    assert found.rows.tolist() == truth.rows.tolist()
    assert found.ids.tolist() == (truth.rows + 1).tolist()
    assert (library.made, found.stood_in) == (made, None)


def test_a_search_says_that_the_cpu_stood_in(library: Library, tmp_path: Path) -> None:
    library.memory = False
    asked = random_rows(MANY, 8, seed=1)
    searched = index(tmp_path / "g", library)
    found, truth = searched.search(asked, 5), kinds.exactly(searched.half, asked, 5)
    assert found.rows.tolist() == truth.rows.tolist()
    assert found.stood_in == "Error: out of memory"


def test_nan_is_refused_before_the_gpu_sees_it(library: Library, tmp_path: Path) -> None:
    asked = random_rows(MANY, 8)
    asked[3, 2] = np.nan
    with pytest.raises(InvalidInput, match="query 3 holds NaN"):
        index(tmp_path / "g", library).search(asked, 5)
    assert library.made == 0
