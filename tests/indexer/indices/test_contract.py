"""What every index keeps to, whichever engine searches it and wherever it is kept."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sqlalchemy import create_engine

from indexer.generations.folder import Generations
from indexer.indices.stored import StoredIndex
from indexer.pgvector.generations import PgGenerations
from indexer.vectors import Vectors, unit_rows
from lexicon.errors import InvalidInput
from tests.indexer.indices.generating import clustered, half
from tests.indexer.publishing import opened, publish, spec_of
from tests.postgres import Databases, add_vectors

KINDS = ["sq", "rabitq", "pg-exact", "pg-hnsw"]
DIM = 32
ROWS = half(clustered(5, 3_000, DIM))


def near(seed: int, many: int) -> Vectors:
    """Queries that lie beside some of the rows, as translations do."""
    random = np.random.default_rng(seed)
    rows = ROWS[random.integers(0, len(ROWS), many)].astype(np.float32)
    return unit_rows(rows + 0.05 * random.standard_normal(rows.shape), "test")


QUERIES = near(6, 60)


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def generations(
    kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Generations]:
    folder = tmp_path_factory.mktemp("generations")
    if not kind.startswith("pg-"):
        yield Generations(folder)
        return
    databases: Databases = request.getfixturevalue("databases")
    name = databases.empty()
    engine = create_engine(add_vectors(databases.url(name)))
    yield PgGenerations(engine, folder)
    engine.dispose()
    databases.drop(name)


@pytest.fixture(scope="module")
def index(generations: Generations, kind: str) -> StoredIndex:
    """Read by many tests; those that publish take another language."""
    publish(generations, ROWS, kind, queries=near(7, 200).astype(np.float16))
    return generations.load(spec_of(DIM), "en")


def truth(queries: Vectors) -> Vectors:
    """Cosine of every row, (q, rows)."""
    scores: Vectors = queries @ ROWS.astype(np.float32).T
    return scores


def test_an_index_is_of_the_kind_that_was_wanted(index: StoredIndex, kind: str) -> None:
    assert index.manifest.kind == kind
    assert index.exact == (kind in ("sq", "pg-exact"))
    assert index.rows == len(ROWS)


@pytest.mark.parametrize("k", [1, 10])
def test_nearly_all_of_the_nearest_are_found(index: StoredIndex, k: int) -> None:
    found = index.search(QUERIES, k)
    worst = -np.sort(-truth(QUERIES), axis=1)[:, k - 1 : k]
    assert (found.cosine >= worst - 1e-5).mean() >= (1 if index.exact else 0.99)


@pytest.mark.parametrize("k", [1, 10, 1_000, 2_999, 3_000, 10_000])
def test_there_are_as_many_neighbours_as_asked_for_or_as_rows(index: StoredIndex, k: int) -> None:
    found = index.search(QUERIES[:3], k)
    assert found.rows.shape == found.cosine.shape == found.ids.shape == (3, min(k, 3_000))
    assert all(len(set(rows.tolist())) == min(k, 3_000) for rows in found.rows)
    assert (found.rows >= 0).all()


def test_scores_are_those_of_the_stored_rows_best_first(index: StoredIndex) -> None:
    found = index.search(QUERIES, 20)
    expected = np.take_along_axis(truth(QUERIES), found.rows, axis=1)
    np.testing.assert_allclose(found.cosine, expected, atol=1e-4)
    assert (np.diff(found.cosine, axis=1) <= 0).all()
    assert found.cosine.dtype == np.float32
    assert found.rows.dtype == found.ids.dtype == np.int64
    assert (found.ids == found.rows + 1).all()


def test_a_row_finds_itself_and_one_query_finds_what_many_do(index: StoredIndex) -> None:
    some = index.unit(np.arange(0, 3_000, 100))
    found = index.search(some, 5)
    assert (found.cosine[:, 0] >= 1 - 1e-3).all()
    alone = index.search(some[7:8], 5)
    assert alone.rows.tolist() == found.rows[7:8].tolist()


def test_many_threads_find_what_one_does(index: StoredIndex) -> None:
    alone = index.search(QUERIES, 10).rows
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda query: index.search(query[None], 10).rows, QUERIES))
    assert np.concatenate(found).tolist() == alone.tolist()


def test_nothing_wanted_gives_nothing(index: StoredIndex) -> None:
    assert index.search(QUERIES, 0).ids.shape == (len(QUERIES), 0)
    assert index.search(QUERIES[:0], 5).ids.shape == (0, 5)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_query_that_is_no_number_is_refused(index: StoredIndex, bad: float) -> None:
    queries = QUERIES[:3].copy()
    queries[1, 4] = bad
    with pytest.raises(InvalidInput, match="query 1 holds NaN or infinity"):
        index.search(queries, 5)


def test_a_query_of_another_dimension_is_refused(index: StoredIndex) -> None:
    with pytest.raises(InvalidInput, match=r"\(3, 31\) do not fit an index of 32 dimensions"):
        index.search(QUERIES[:3, :31], 5)


def test_stored_rows_come_back_bit_by_bit(index: StoredIndex) -> None:
    np.testing.assert_array_equal(index.half, ROWS)
    assert index.all_vectors().shape == ROWS.shape
    rows = np.array([2_999, 0, 17, 17])
    np.testing.assert_array_equal(index.unit(rows), index.all_vectors()[rows])
    np.testing.assert_array_equal(index.vectors(rows + 1), index.all_vectors()[rows])
    assert index.unit(rows[:0]).shape == (0, DIM)


def test_an_unknown_lexeme_has_no_row_and_no_vector(index: StoredIndex) -> None:
    assert index.rows_of(np.array([3, 3_001])).tolist() == [2, -1]
    with pytest.raises(KeyError, match="3001"):
        index.vectors(np.array([3, 3_001]))


def test_means_are_those_that_were_published(index: StoredIndex) -> None:
    means = index.neighbourhood("fr")
    assert means is not None
    assert means.tolist() == np.arange(6_000).reshape(3_000, 2).tolist()
    assert index.neighbourhood("kn") is None
    assert index.reverse("fr", 3) is None


def test_forms_and_coverage_are_in_row_order(generations: Generations, kind: str) -> None:
    forms = [(10, 40), (20,), (30, 31)]
    publish(generations, ROWS[:3], kind, "fr", forms, [True, False, True])
    index = generations.load(spec_of(DIM), "fr")
    assert index.ids.tolist() == [10, 20, 30]
    assert index.covered.tolist() == [True, False, True]
    assert index.rows_of(np.array([40, 31, 20, 10])).tolist() == [0, 2, 1, 0]
    assert sorted(index.search(QUERIES[:1], 9).ids[0].tolist()) == [10, 20, 30]


def test_an_index_of_no_rows_answers_with_nothing(generations: Generations, kind: str) -> None:
    index = opened(generations, ROWS[:0], kind, "hi")
    assert index.search(QUERIES, 5).ids.shape == (len(QUERIES), 0)
    assert index.all_vectors().shape == (0, DIM)
    assert index.exact


def test_rows_that_are_the_same_are_all_found(generations: Generations, kind: str) -> None:
    same = np.concatenate([np.repeat(ROWS[:1], 40, axis=0), ROWS[1:200]])
    found = opened(generations, same, kind, "kn").search(ROWS[:1].astype(np.float32), 40)
    assert set(found.rows[0].tolist()) >= set(range(30))
    np.testing.assert_allclose(found.cosine[0, :30], found.cosine[0, 0], atol=1e-6)
