"""Places of right answers, and what they are worth, against every order of the tied."""

from itertools import combinations, permutations

import numpy as np
import pytest

from indexer.alignment.ranking import (
    Queries,
    Ranks,
    chance,
    expected_hit,
    expected_reciprocal,
    hardest,
    ranks,
)
from indexer.vectors import TIE

TIES = [(1, 1), (2, 1), (3, 1), (4, 2), (3, 3), (5, 2)]


def orders(tied: int, right: int) -> list[tuple[bool, ...]]:
    return list(permutations([True] * right + [False] * (tied - right)))


@pytest.mark.parametrize("better", [0, 1, 4])
@pytest.mark.parametrize(("tied", "right"), TIES)
class TestExpected:
    @pytest.mark.parametrize("k", [1, 2, 5, 10])
    def test_hits_are_the_share_of_orders_that_hit(
        self, better: int, tied: int, right: int, k: int
    ) -> None:
        some = orders(tied, right)
        wanted = sum(any(order[: max(0, k - better)]) for order in some) / len(some)
        assert expected_hit(better, tied, right, k) == pytest.approx(wanted)

    def test_reciprocals_are_the_mean_over_orders(self, better: int, tied: int, right: int) -> None:
        some = orders(tied, right)
        wanted = sum(1 / (better + 1 + order.index(True)) for order in some) / len(some)
        assert expected_reciprocal(better, tied, right) == pytest.approx(wanted)

    def test_ranks_give_the_same(self, better: int, tied: int, right: int) -> None:
        made = Ranks(np.array([better, 0]), np.array([tied, 0]), np.array([right, 0]))
        made.put(np.array([1]), Ranks(np.array([2]), np.array([1]), np.array([1])))
        for k in (1, 5):
            wanted = expected_hit(better, tied, right, k)
            np.testing.assert_allclose(made.hits(k), [wanted, float(k > 2)])
        wanted = expected_reciprocal(better, tied, right)
        np.testing.assert_allclose(made.reciprocals(), [wanted, 1 / 3])


QUERIES = Queries(np.array([5, 1, 4, 2, 0]), np.array([1, 3, 1]))
"""Row 5 is right for the first, 1, 4 and 2 for the second, 0 for the third."""


class TestQueries:
    @pytest.mark.parametrize(
        ("start", "stop", "right", "counts"),
        [
            (0, 3, [5, 1, 4, 2, 0], [1, 3, 1]),
            (1, 2, [1, 4, 2], [3]),
            (1, 9, [1, 4, 2, 0], [3, 1]),
            (2, 2, [], []),
        ],
    )
    def test_a_part_is_of_neighbours(
        self, start: int, stop: int, right: list[int], counts: list[int]
    ) -> None:
        found = QUERIES.part(start, stop)
        assert (found.right.tolist(), found.counts.tolist()) == (right, counts)

    def test_some_come_in_the_order_asked(self) -> None:
        found = QUERIES.some(np.array([2, 1]))
        assert (found.right.tolist(), found.counts.tolist()) == ([0, 1, 4, 2], [1, 3])
        nothing = QUERIES.some(np.zeros(0, dtype=np.int64))
        assert (nothing.right.tolist(), nothing.counts.tolist()) == ([], [])


class TestRanks:
    def test_the_best_right_answer_decides(self) -> None:
        scores = np.array(
            [
                [0.9, 0.8, 0.7, 0.6, 0.5, 0.1],
                [0.9, 0.8, 0.7, 0.8, 0.8, 0.1],
                [0.9, 0.9, 0.2, 0.9, 0.1, 0.1],
            ]
        )
        found = ranks(scores, QUERIES)
        assert found.better.tolist() == [5, 1, 0]
        # In the second row candidates 1 and 4 are right and 3 is not.
        assert found.tied.tolist() == [1, 3, 3]
        assert found.right.tolist() == [1, 2, 1]
        np.testing.assert_allclose(found.hits(1), [0, 0, 1 / 3])
        np.testing.assert_allclose(found.hits(2), [0, 2 / 3, 2 / 3])

    def test_scores_closer_than_a_tie_are_equal_on_either_side(self) -> None:
        right, near = 0.5, TIE * 0.9
        scores = np.array([[right, right + near, right - near, right + 2 * TIE, right - 2 * TIE]])
        found = ranks(scores, Queries(np.array([0]), np.array([1])))
        assert (found.better.tolist(), found.tied.tolist()) == ([1], [3])

    def test_more_candidates_than_a_byte_of_flags_are_counted(self) -> None:
        scores = np.arange(1_001, dtype=np.float32)[None]
        found = ranks(scores, Queries(np.array([0]), np.array([1])))
        assert found.better.tolist() == [1_000]

    def test_the_hardest_is_the_best_of_the_wrong(self) -> None:
        scores = np.array([[0.1, 0.9, 0.5], [0.3, 0.2, 0.1], [0.1, 0.2, 0.3]], dtype=np.float32)
        queries = Queries(np.array([1, 0, 0, 1, 2]), np.array([1, 1, 3]))
        np.testing.assert_allclose(hardest(scores, queries), [0.5, 0.2, -np.inf])


@pytest.mark.parametrize("k", [1, 2, 4, 9])
def test_chance_is_the_share_of_draws_that_hit(k: int) -> None:
    def share(right: int) -> float:
        draws = list(combinations(range(5), min(k, 5)))
        return sum(min(draw) < right for draw in draws) / len(draws)

    found = chance(np.array([1, 3, 1]), candidates=5, k=k)
    np.testing.assert_allclose(found, [share(1), share(3), share(1)])
