"""A generation on disk: rows, ids, means, and files that disagree."""

from pathlib import Path

import numpy as np
import pytest

from indexer.generations import arrays
from indexer.generations.arrays import neighbourhood_file
from indexer.indices import faiss
from indexer.indices.faiss import FaissIndex
from lexicon.errors import IndexDamaged, InvalidInput
from tests.indexer.indices.generating import generation, half, manifest

VECTORS = np.array([[1, 0], [0.6, 0.8], [0, 1]], dtype=np.float32)
STORED = half(VECTORS)
FORMS = [(10, 40), (20,), (30, 31)]
COVERED = [True, False, True]
FILES = [
    faiss.INDEX,
    arrays.VECTORS,
    arrays.LEXEMES,
    arrays.STARTS,
    arrays.ORDER,
    arrays.TEXTS,
    arrays.COVERED,
]


@pytest.fixture(params=[False, True], ids=["read", "mapped"])
def index(tmp_path: Path, request: pytest.FixtureRequest) -> FaissIndex:
    made = generation(tmp_path, STORED, FORMS, COVERED)
    return FaissIndex(tmp_path, made, mapped=request.param)


def test_search_gives_first_lexemes_best_first(index: FaissIndex) -> None:
    found = index.search(np.array([[1, 0], [0, 1]], dtype=np.float32), 2)
    assert found.ids.tolist() == [[10, 20], [30, 20]]
    assert found.rows.tolist() == [[0, 1], [2, 1]]
    np.testing.assert_allclose(found.cosine, [[1, 0.6], [1, 0.8]], atol=2e-4)
    assert found.cosine.dtype == np.float32
    assert found.ids.dtype == found.rows.dtype == np.int64


def test_k_beyond_the_rows_gives_every_row_and_no_filler(index: FaissIndex) -> None:
    found = index.search(VECTORS[:1], 50)
    assert found.ids.tolist() == [[10, 20, 30]]
    assert found.cosine.shape == (1, 3)


def test_k_of_none_and_no_queries_give_empty_answers(index: FaissIndex) -> None:
    assert index.search(VECTORS, 0).ids.shape == (3, 0)
    empty = index.search(VECTORS[:0], 2)
    assert empty.ids.shape == empty.rows.shape == empty.cosine.shape == (0, 2)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_query_that_is_not_finite_is_refused_by_its_place(index: FaissIndex, bad: float) -> None:
    with pytest.raises(InvalidInput, match=r"^query 1 holds NaN or infinity$"):
        index.search(np.array([[1, 0], [bad, 0]], dtype=np.float32), 1)


@pytest.mark.parametrize("shape", [(1, 3), (2,), (0, 1), (1, 2, 1)])
def test_queries_of_another_shape_are_refused(index: FaissIndex, shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput, match=r"do not fit an index of 2 dimensions$"):
        index.search(np.zeros(shape, dtype=np.float32), 1)


def test_a_row_is_found_by_any_of_its_lexemes(index: FaissIndex) -> None:
    assert index.rows_of(np.array([40, 31, 20, 10])).tolist() == [0, 2, 1, 0]


@pytest.mark.parametrize("unknown", [0, 15, 41, -1])
def test_an_unknown_lexeme_has_no_row_and_no_vector(index: FaissIndex, unknown: int) -> None:
    assert index.rows_of(np.array([10, unknown])).tolist() == [0, -1]
    with pytest.raises(KeyError, match=f"^{unknown}$"):
        index.vectors(np.array([10, unknown]))


def test_vectors_come_in_the_order_of_the_ids(index: FaissIndex) -> None:
    np.testing.assert_allclose(index.vectors(np.array([30, 40])), VECTORS[[2, 0]], atol=2e-4)
    np.testing.assert_allclose(index.all_vectors(), VECTORS, atol=2e-4)


def test_vectors_are_unit_rows_of_what_is_stored(index: FaissIndex) -> None:
    found = index.all_vectors()
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-7)
    assert index.half.dtype == np.float16
    np.testing.assert_array_equal(index.half, STORED)


def test_ids_and_coverage_are_in_row_order(index: FaissIndex) -> None:
    assert index.ids.tolist() == [10, 20, 30]
    assert index.covered.tolist() == COVERED


@pytest.mark.parametrize("mapped", [False, True])
def test_an_index_of_no_rows_answers_with_nothing(tmp_path: Path, mapped: bool) -> None:
    index = FaissIndex(tmp_path, generation(tmp_path, STORED[:0], []), mapped)
    assert index.search(VECTORS, 5).ids.shape == (3, 0)
    assert index.rows_of(np.array([10])).tolist() == [-1]
    assert index.all_vectors().shape == (0, 2)
    assert index.ids.tolist() == index.covered.tolist() == []


def test_neighbourhoods_are_those_that_the_manifest_names(tmp_path: Path) -> None:
    means = np.array([[0.5, 0.75], [0.25, 0.5], [0.125, 1]], dtype=np.float32)
    index = FaissIndex(tmp_path, generation(tmp_path, STORED, FORMS, means={"fr": means}))
    found = index.neighbourhood("fr")
    assert found is not None
    assert found.tolist() == means.tolist()
    assert index.neighbourhood("kn") is None
    assert index.reverse("kn", 7) is None


@pytest.mark.parametrize("shape", [(3,), (2, 2), (3, 1)])
def test_means_of_another_shape_are_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    means = np.zeros((3, 2), dtype=np.float32)
    made = generation(tmp_path, STORED, FORMS, means={"fr": means})
    np.save(tmp_path / neighbourhood_file("fr"), np.zeros(shape, dtype=np.float32))
    with pytest.raises(IndexDamaged, match=r"neighbourhood.fr.npy holds float32 .*, not float32"):
        FaissIndex(tmp_path, made)


@pytest.mark.parametrize("rows", [2, 4])
@pytest.mark.parametrize("mapped", [False, True])
def test_files_of_another_row_count_are_refused(tmp_path: Path, rows: int, mapped: bool) -> None:
    generation(tmp_path, STORED, FORMS)
    with pytest.raises(IndexDamaged, match=r"g1 is damaged"):
        FaissIndex(tmp_path, manifest(rows, 2), mapped)


def test_an_index_of_other_rows_than_its_arrays_is_refused(tmp_path: Path) -> None:
    made = generation(tmp_path, STORED, FORMS)
    other = tmp_path / "other"
    other.mkdir()
    generation(other, STORED[:2], FORMS[:2])
    (other / faiss.INDEX).replace(tmp_path / faiss.INDEX)
    with pytest.raises(IndexDamaged, match=r"its files disagree on the number of rows"):
        FaissIndex(tmp_path, made)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["gone", "empty", "half", "text"])
@pytest.mark.parametrize("mapped", [False, True], ids=["read", "mapped"])
def test_an_unreadable_file_is_a_damaged_generation(
    tmp_path: Path, name: str, damage: str, mapped: bool
) -> None:
    made = generation(tmp_path, STORED, FORMS)
    path = tmp_path / name
    whole = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes({"empty": b"", "half": whole[: len(whole) // 2], "text": b"x"}[damage])
    with pytest.raises(IndexDamaged, match=r"index generation g1 is damaged"):
        FaissIndex(tmp_path, made, mapped)


@pytest.mark.parametrize("mapped", [False, True], ids=["read", "mapped"])
@pytest.mark.parametrize("starts", [[0, 2, 99, 5], [0, 2, -3, 5], [1, 2, 3, 5], [0, 2, 2, 5]])
def test_rows_that_begin_where_none_can_are_refused(
    tmp_path: Path, starts: list[int], mapped: bool
) -> None:
    made = generation(tmp_path, STORED, FORMS)
    np.save(tmp_path / arrays.STARTS, np.array(starts, dtype=np.int64))
    with pytest.raises(IndexDamaged, match=r"starts.npy"):
        FaissIndex(tmp_path, made, mapped)
