"""Scores that can be counted by hand."""

from math import sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from nli.evaluation import metrics
from nli.evaluation.metrics import Labels, McNemar

BALANCED: Labels = np.repeat([0, 1, 2], 100)

# Ten pairs: rows are gold entailment, neutral, contradiction.
COUNTS = np.array([[3, 1, 0], [1, 2, 1], [0, 0, 2]])


def labels(*numbers: int) -> Labels:
    return np.array(numbers, dtype=np.int64)


def right(count: int, of: int) -> NDArray[np.bool_]:
    return np.arange(of) < count


class TestCounts:
    def test_a_likeliest_label_is_the_first_of_equal_ones(self) -> None:
        thirds = np.full((1, 3), 1 / 3)
        assert metrics.chosen(thirds).tolist() == [0]
        assert metrics.chosen(np.array([[0.2, 0.4, 0.4], [0.1, 0.2, 0.7]])).tolist() == [1, 2]

    def test_rows_are_gold_and_columns_predicted(self) -> None:
        found = metrics.confusion(labels(0, 0, 1, 2), labels(0, 2, 2, 2))
        assert found.tolist() == [[1, 0, 1], [0, 0, 1], [0, 0, 1]]

    def test_no_pairs_are_no_pairs(self) -> None:
        found = metrics.confusion(labels(), labels())
        assert found.tolist() == [[0] * 3] * 3
        assert metrics.accuracy(found) == metrics.macro_f1(found) == 0.0


class TestScores:
    def test_by_hand(self) -> None:
        assert metrics.accuracy(COUNTS) == 0.7
        assert metrics.precision(COUNTS).tolist() == [3 / 4, 2 / 3, 2 / 3]
        assert metrics.recall(COUNTS).tolist() == [3 / 4, 2 / 4, 1.0]
        assert metrics.f1(COUNTS).tolist() == [6 / 8, 4 / 7, 4 / 5]
        assert metrics.macro_f1(COUNTS) == pytest.approx((6 / 8 + 4 / 7 + 4 / 5) / 3)

    def test_samples_are_scored_each_for_itself(self) -> None:
        both = np.stack([COUNTS, COUNTS.T])
        assert metrics.accuracy(both).tolist() == [0.7, 0.7]
        np.testing.assert_array_equal(metrics.precision(both)[1], metrics.recall(COUNTS))
        assert metrics.macro_f1(both).shape == (2,)

    def test_perfect_predictions_score_exactly_one(self) -> None:
        counts = metrics.confusion(BALANCED, BALANCED)
        assert metrics.accuracy(counts) == metrics.macro_f1(counts) == 1.0

    @pytest.mark.parametrize("label", [0, 1, 2])
    def test_one_answer_for_all_scores_a_third_and_a_sixth(self, label: int) -> None:
        counts = metrics.confusion(BALANCED, np.full_like(BALANCED, label))
        assert metrics.accuracy(counts) == 1 / 3
        assert metrics.macro_f1(counts) == pytest.approx(1 / 6, abs=1e-15)

    def test_a_label_that_nothing_has_counts_as_zero(self) -> None:
        counts = metrics.confusion(labels(0, 1), labels(0, 1))
        assert metrics.f1(counts).tolist() == [1.0, 1.0, 0.0]
        assert metrics.macro_f1(counts) == pytest.approx(2 / 3)


class TestCalibration:
    def test_bins_are_open_on_the_left(self) -> None:
        sure = np.array([1 / 3, 0.4, 0.4001, 14 / 15, 1.0])
        rest = np.array([1 / 3, 0.3, 0.3, 1 / 30, 0.0])
        place, found = metrics.calibration_bins(np.stack([sure, rest, rest], axis=1))
        assert place.tolist() == [4, 5, 6, 13, 14]
        np.testing.assert_array_equal(found, sure)

    def test_being_sure_and_right_as_often_is_no_error(self) -> None:
        sums = np.array([[10.0, 5.0, 5.0], [4.0, 4.0, 4.0]])
        assert metrics.calibration_error(sums) == 0.0

    def test_the_difference_in_each_bin_weighs_as_much_as_its_pairs(self) -> None:
        # Eight pairs .9 sure and half right; two pairs .5 sure and all right.
        sums = np.array([[8.0, 7.2, 4.0], [2.0, 1.0, 2.0]])
        assert metrics.calibration_error(sums) == pytest.approx(0.8 * 0.4 + 0.2 * 0.5)

    def test_no_pairs_are_no_error(self) -> None:
        assert metrics.calibration_error(np.zeros((15, 3))) == 0.0


class TestMcNemar:
    def test_few_pairs_are_counted(self) -> None:
        # Five against one of six: (C(6,0) + C(6,1)) / 2^6, twice.
        found = metrics.mcnemar(right(5, 10), ~right(5, 10) & right(6, 10))
        assert found == McNemar(first_only=5, second_only=1, p=14 / 64, exact=True)

    def test_many_pairs_take_chi_square_with_a_correction(self) -> None:
        first = np.arange(100) < 30
        second = (np.arange(100) >= 30) & (np.arange(100) < 40)
        found = metrics.mcnemar(first, second)
        assert (found.first_only, found.second_only, found.exact) == (30, 10, False)
        # chi-square (|30 - 10| - 1)^2 / 40 = 9.025, whose square root is 3.00416.
        assert sqrt(19**2 / 40) == pytest.approx(3.00416, abs=1e-5)
        assert found.p == pytest.approx(0.002663, abs=1e-6)

    def test_neither_is_better_where_they_agree(self) -> None:
        assert metrics.mcnemar(right(3, 9), right(3, 9)).p == 1.0
        assert metrics.mcnemar(right(0, 0), right(0, 0)).p == 1.0

    def test_as_many_on_either_side_are_no_difference(self) -> None:
        for half in (3, 20):
            first = np.arange(100) < half
            second = (np.arange(100) >= half) & (np.arange(100) < 2 * half)
            assert metrics.mcnemar(first, second).p == 1.0

    def test_it_does_not_matter_which_is_first(self) -> None:
        one, other = right(9, 40), ~right(12, 40)
        assert metrics.mcnemar(one, other).p == metrics.mcnemar(other, one).p
