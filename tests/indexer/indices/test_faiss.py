"""The FAISS index: rows, ids, and files that disagree."""

import sys
from pathlib import Path

import numpy as np
import pytest

from indexer.indices import faiss
from indexer.indices.faiss import FaissIndex
from indexer.manifest import FORMAT, Manifest
from lexicon.errors import ExtraMissing, IndexDamaged

VECTORS = np.array([[1, 0], [0.6, 0.8], [0, 1]], dtype=np.float32)
FORMS = [(10, 40), (20,), (30, 31)]
COVERED = np.array([True, False, True])


def manifest(rows: int, neighbourhoods: dict[str, str] | None = None) -> Manifest:
    return Manifest(
        format=FORMAT,
        generation="g1",
        encoder="axis",
        identity="axis-0",
        spec={},
        language="en",
        rows=rows,
        dim=2,
        covered=2,
        kind=faiss.KIND,
        form_digest="-",
        created_at="-",
        versions={},
        neighbourhoods=neighbourhoods or {},
        files={},
    )


@pytest.fixture
def index(tmp_path: Path) -> FaissIndex:
    faiss.write(tmp_path, VECTORS, FORMS, COVERED)
    return FaissIndex(tmp_path, manifest(3))


def test_search_gives_first_lexemes_best_first(index: FaissIndex) -> None:
    found = index.search(np.array([[1, 0], [0, 1]], dtype=np.float32), 2)
    assert found.ids.tolist() == [[10, 20], [30, 20]]
    np.testing.assert_allclose(found.cosine, [[1, 0.6], [1, 0.8]], rtol=1e-6)
    assert found.cosine.dtype == np.float32
    assert found.ids.dtype == np.int64


def test_k_beyond_the_rows_gives_every_row_and_no_filler(index: FaissIndex) -> None:
    found = index.search(VECTORS[:1], 50)
    assert found.ids.tolist() == [[10, 20, 30]]
    assert found.cosine.shape == (1, 3)


def test_k_of_none_and_no_queries_give_empty_answers(index: FaissIndex) -> None:
    assert index.search(VECTORS, 0).ids.shape == (3, 0)
    empty = index.search(VECTORS[:0], 2)
    assert empty.ids.shape == empty.cosine.shape == (0, 2)


def test_a_row_is_found_by_any_of_its_lexemes(index: FaissIndex) -> None:
    assert index.rows_of(np.array([40, 31, 20, 10])).tolist() == [0, 2, 1, 0]


@pytest.mark.parametrize("unknown", [0, 15, 41, -1])
def test_an_unknown_lexeme_has_no_row_and_no_vector(index: FaissIndex, unknown: int) -> None:
    assert index.rows_of(np.array([10, unknown])).tolist() == [0, -1]
    with pytest.raises(KeyError, match=f"^{unknown}$"):
        index.vectors(np.array([10, unknown]))


def test_vectors_come_in_the_order_of_the_ids(index: FaissIndex) -> None:
    np.testing.assert_array_equal(index.vectors(np.array([30, 40])), VECTORS[[2, 0]])
    np.testing.assert_array_equal(index.all_vectors(), VECTORS)


def test_ids_and_coverage_are_in_row_order(index: FaissIndex) -> None:
    assert index.ids.tolist() == [10, 20, 30]
    assert index.covered.tolist() == [True, False, True]


def test_an_index_of_no_rows_answers_with_nothing(tmp_path: Path) -> None:
    faiss.write(tmp_path, VECTORS[:0], [], COVERED[:0])
    index = FaissIndex(tmp_path, manifest(0))
    assert index.search(VECTORS, 5).ids.shape == (3, 0)
    assert index.rows_of(np.array([10])).tolist() == [-1]
    assert index.all_vectors().shape == (0, 2)


def test_neighbourhoods_are_those_that_the_manifest_names(tmp_path: Path) -> None:
    faiss.write(tmp_path, VECTORS, FORMS, COVERED)
    means = np.array([0.5, 0.25, 0.125], dtype=np.float32)
    np.save(tmp_path / faiss.neighbourhood_file("fr"), means)
    index = FaissIndex(tmp_path, manifest(3, {"fr": "g7"}))
    found = index.neighbourhood("fr")
    assert found is not None
    assert found.tolist() == means.tolist()
    assert index.neighbourhood("kn") is None


@pytest.mark.parametrize("rows", [2, 4])
def test_files_of_another_row_count_are_refused(tmp_path: Path, rows: int) -> None:
    faiss.write(tmp_path, VECTORS, FORMS, COVERED)
    with pytest.raises(IndexDamaged, match=r"g1 is damaged .*disagree on the number of rows"):
        FaissIndex(tmp_path, manifest(rows))


@pytest.mark.parametrize(
    "name", [faiss.INDEX_FILE, faiss.LEXEMES_FILE, faiss.STARTS_FILE, faiss.COVERED_FILE]
)
@pytest.mark.parametrize("damage", ["gone", "empty", "half", "text"])
def test_an_unreadable_file_is_a_damaged_generation(tmp_path: Path, name: str, damage: str) -> None:
    faiss.write(tmp_path, VECTORS, FORMS, COVERED)
    path = tmp_path / name
    whole = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes({"empty": b"", "half": whole[: len(whole) // 2], "text": b"x"}[damage])
    with pytest.raises(IndexDamaged, match=r"index generation g1 is damaged"):
        FaissIndex(tmp_path, manifest(3))


def test_a_missing_faiss_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(ExtraMissing, match=r"pip install \"semantic-lexicon\[cpu\]\""):
        faiss.library()


def test_searches_run_on_one_thread() -> None:
    assert faiss.library().omp_get_max_threads() == 1
