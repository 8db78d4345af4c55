"""Kinds of index: which one, and whether it finds what looking at every row finds."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from indexer.building.choose import NEAREST, QUERIES, choose
from indexer.indices import kinds
from indexer.indices.engine import RowSearcher
from indexer.indices.kinds import EXACT, FLOOR, KINDS, SMALL, Searcher, best, exactly, more_effort
from indexer.vectors import Vectors
from lexicon.errors import InvalidInput
from tests.indexer.indices.generating import clustered, half

APPROXIMATE = [kind for kind in KINDS if kind not in EXACT]


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    return half(clustered(1, 2_000, 64))


@pytest.fixture(scope="module")
def queries() -> Vectors:
    """Words of another language, which are near to the same meanings."""
    return clustered(1, 2_000, 64, spread=0.55)[:300]


def recall(searcher: RowSearcher, queries: Vectors, k: int = 10) -> float:
    """Share of the k nearest of brute force, by row numbers, that are found."""
    truth = np.argsort(-(queries @ searcher.rows.astype(np.float32).T), axis=1, kind="stable")
    found = searcher.search(queries, k).rows
    return float(
        np.mean([len(set(a) & set(b)) / k for a, b in zip(found, truth[:, :k], strict=True)])
    )


class TestChoice:
    @pytest.mark.parametrize(
        ("rows", "dim", "kind"),
        [
            (0, 768, "sq"),
            (SMALL // 128, 128, "sq"),
            (SMALL // 128 + 1, 128, "rabitq"),
            (SMALL // 768, 768, "sq"),
            (SMALL // 768 + 1, 768, "rabitq"),
        ],
    )
    def test_it_goes_by_the_numbers_there_are(self, rows: int, dim: int, kind: str) -> None:
        assert kinds.choose(rows, dim) == kind

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_wanted_one_is_taken_save_for_no_rows(self, kind: str) -> None:
        assert kinds.choose(10, 4, kind) == kind
        assert kinds.choose(0, 4, kind) == "flat"

    def test_an_unknown_one_names_the_known_ones(self) -> None:
        with pytest.raises(InvalidInput, match=r"'pq'; known: auto, flat, sq, rabitq, hnsw, ivf$"):
            kinds.choose(10, 4, "pq")


class TestEffort:
    @pytest.mark.parametrize("kind", APPROXIMATE)
    @pytest.mark.parametrize("rows", [1, 100, 1_000_000])
    def test_it_doubles_until_there_is_no_more(self, kind: str, rows: int) -> None:
        parameters: dict[str, int] | None = kinds.first_parameters(kind, rows)
        spent = []
        while parameters is not None:
            spent.append(parameters[kinds.EFFORT[kind]])
            parameters = more_effort(kind, parameters, rows)
        assert all(low < high <= 2 * low for low, high in pairwise(spent))
        assert len(spent) <= 8

    @pytest.mark.parametrize("kind", EXACT)
    def test_an_exact_kind_has_none_to_give(self, kind: str) -> None:
        assert more_effort(kind, kinds.first_parameters(kind, 10), 10) is None

    @pytest.mark.parametrize(
        ("rows", "most"),
        [(5_000, 40), (40_000, 40), (250_000, 250), (1_000_000, 1_000), (10**8, 1_000)],
    )
    def test_many_rows_are_worth_scoring_one_in_a_hundred_again(self, rows: int, most: int) -> None:
        before: dict[str, int] = {"k_factor": most - 1}
        assert more_effort("rabitq", before, rows) == {"k_factor": most}
        assert more_effort("rabitq", {"k_factor": most}, rows) is None


class TestSearch:
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_kind_finds_what_brute_force_finds(
        self, rows: np.ndarray, queries: Vectors, kind: str
    ) -> None:
        made = choose(rows, [half(queries)], kind)
        assert made.searcher.kind == kind
        assert made.recall is not None
        assert made.recall >= FLOOR
        assert recall(made.searcher, queries) >= FLOOR

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("k", [1, 10, 150, 2_000])
    def test_scores_are_products_with_the_stored_rows_best_first(
        self, rows: np.ndarray, queries: Vectors, kind: str, k: int
    ) -> None:
        searcher = choose(rows, [half(queries)], kind).searcher
        found = searcher.search(queries[:20], k)
        scores = queries[:20] @ rows.astype(np.float32).T
        np.testing.assert_allclose(
            found.cosine, np.take_along_axis(scores, found.rows, axis=1), atol=2e-6
        )
        assert (np.diff(found.cosine, axis=1) <= 1e-6).all()
        assert all(len(set(one)) == k for one in found.rows.tolist())

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("many", [1, 2, 3, 45])
    def test_few_rows_are_all_found(self, kind: str, many: int) -> None:
        rows = half(clustered(3, many, 8))
        found = choose(rows, [rows], kind).searcher.search(rows.astype(np.float32), many)
        assert [sorted(one) for one in found.rows.tolist()] == [list(range(many))] * many
        np.testing.assert_allclose(found.cosine[:, 0], 1, atol=1e-3)

    @pytest.mark.parametrize("kind", KINDS)
    def test_equal_rows_are_told_apart(self, kind: str) -> None:
        rows = half([[1, 2, 3, 4]] * 400 + [[-1, 0, 0, 0]] * 400)
        searcher = choose(rows, [rows], kind).searcher
        found = searcher.search(rows[:2].astype(np.float32), 300)
        for one in found.rows.tolist():
            assert len(set(one)) == 300
            assert max(one) < 400

    def test_no_fewer_candidates_are_looked_at_for_one_than_for_ten(
        self, rows: np.ndarray, queries: Vectors
    ) -> None:
        class Counting:
            """Notes how many are asked for."""

            def __init__(self) -> None:
                self.asked: list[int] = []

            def search(self, queries: Vectors, k: int) -> tuple[None, np.ndarray]:
                self.asked.append(k)
                return None, np.tile(np.arange(k), (len(queries), 1))

        counting = Counting()
        for k in (1, 9, 10, 11, 30):
            Searcher("rabitq", {"k_factor": 10}, counting, rows).search(queries, k)
        assert counting.asked == [100, 100, 100, 105, 200]

    def test_candidates_that_are_fillers_are_no_rows(
        self, rows: np.ndarray, queries: Vectors
    ) -> None:
        class Sparse:
            """Finds nothing but row 7 for the first query, and all there are for others."""

            def search(self, queries: Vectors, k: int) -> tuple[None, np.ndarray]:
                found = np.tile(np.arange(k), (len(queries), 1))
                found[0] = -1
                found[0, 0] = 7
                return None, found

        some, truth = queries[:2], exactly(rows, queries[:2], 10)
        found = Searcher("rabitq", {"k_factor": 10}, Sparse(), rows).search(some, 10)
        assert found.rows[0].tolist() == truth.rows[0].tolist()
        assert max(found.rows[1]) < 100

    def test_what_faiss_answers_with_fillers_is_looked_up_row_by_row(
        self, rows: np.ndarray, queries: Vectors
    ) -> None:
        searcher = choose(rows, [half(queries)], "ivf").searcher
        narrow = Searcher("ivf", searcher.parameters | {"nprobe": 1}, searcher.index, rows)
        assert (searcher.index.search(queries, 1_999)[1] < 0).any()
        found = narrow.search(queries, 1_999)
        truth = exactly(rows, queries, 1_999)
        np.testing.assert_allclose(found.cosine, truth.cosine, atol=2e-6)
        assert recall(narrow, queries, 1_999) > 0.999


class TestExactly:
    def test_blocks_are_seen_as_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rows, queries = half(clustered(4, 500, 16)), clustered(5, 30, 16)
        whole = exactly(rows, queries, 60)
        monkeypatch.setattr(kinds, "_BLOCK", 37)
        parts = exactly(rows, queries, 60)
        np.testing.assert_array_equal(parts.rows, whole.rows)
        np.testing.assert_allclose(parts.cosine, whole.cosine, atol=1e-6)

    @pytest.mark.parametrize("k", range(6))
    def test_of_equal_scores_the_earlier_is_the_better(self, k: int) -> None:
        scores = np.array([0.5, 1, 0.5, 1, 0], dtype=np.float32)
        assert best(scores, k).tolist() == [1, 3, 0, 2, 4][:k]


class Blind:
    """An approximate kind that finds nothing that is near, however hard it looks."""

    def __init__(self, made: list[str]) -> None:
        self.made = made

    def __call__(self, kind: str, vectors: Any, parameters: dict[str, int]) -> Any:
        self.made.append(kind)
        return kinds_make(kind, vectors if kind in EXACT else -vectors, parameters)


kinds_make = kinds.make


class TestProof:
    def test_one_that_finds_too_little_gives_way_to_an_exact_one(
        self, rows: np.ndarray, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: list[str] = []
        monkeypatch.setattr(kinds, "SMALL", 0)
        monkeypatch.setattr(kinds, "make", Blind(made))
        monkeypatch.setitem(kinds._MOST, "rabitq", 20)
        chosen = choose(rows, [rows], "auto")
        assert made == ["rabitq", "sq"]
        assert (chosen.searcher.kind, chosen.recall) == ("sq", 1.0)

    def test_one_that_was_asked_for_is_kept_with_its_recall(
        self, rows: np.ndarray, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kinds, "make", Blind([]))
        monkeypatch.setitem(kinds._MOST, "rabitq", 20)
        chosen = choose(rows, [rows], "rabitq")
        assert chosen.searcher.kind == "rabitq"
        assert chosen.searcher.parameters == {"k_factor": 20}
        assert chosen.recall is not None
        assert chosen.recall < 0.5

    @pytest.mark.parametrize("others", [[], [np.zeros((0, 64), np.float16)]])
    def test_one_that_nothing_can_prove_gives_way(
        self, rows: np.ndarray, others: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kinds, "SMALL", 0)
        chosen = choose(rows, others, "auto")
        assert (chosen.searcher.kind, chosen.recall, chosen.queries) == ("sq", None, 0)
        assert choose(rows, others, "hnsw").searcher.kind == "hnsw"

    def test_it_is_measured_with_some_words_of_every_other_language(self, rows: np.ndarray) -> None:
        chosen = choose(rows, [rows[:7], rows, rows[:1_000]], "auto")
        assert chosen.queries == 7 + 2 * (QUERIES // 3)
        assert chosen.recall == 1.0

    def test_more_effort_is_made_until_it_is_enough(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(kinds._FIRST, "ivf", 1)
        rows = half(clustered(7, 2_000, 16, spread=3))
        chosen = choose(rows, [half(clustered(8, 500, 16, spread=3))], "ivf")
        assert chosen.searcher.parameters["nprobe"] > 1
        assert chosen.recall is not None
        assert chosen.recall >= FLOOR

    def test_a_language_of_fewer_words_than_are_measured_is_measured_all_the_same(self) -> None:
        few = half(clustered(6, NEAREST - 3, 16))
        assert choose(few, [few], "sq").recall == 1.0
