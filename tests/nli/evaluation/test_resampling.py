"""Intervals: seeded, over whole premises, and as wide as they ought to be."""

import numpy as np
import pytest

from nli.evaluation import metrics, resampling
from nli.evaluation.metrics import Floats, Labels


def certain(answers: Labels) -> Floats:
    """Probabilities of one who is sure of each answer."""
    found: Floats = np.eye(3)[answers]
    return found


def accuracy_interval(gold: Labels, answers: Labels, group: Labels) -> tuple[float, float]:
    sums = resampling.sums_by_group(gold, certain(answers), group)
    counts, _ = resampling.matrices(resampling.resampled(sums, seed=0))
    return resampling.interval(metrics.accuracy(counts))


GOLD: Labels = np.tile([0, 1, 2], 300)
TRIPLES: Labels = np.repeat(np.arange(300), 3)
ALONE: Labels = np.arange(900)


class TestSums:
    def test_they_add_up_to_the_matrices_of_all_pairs(self) -> None:
        draw = np.random.default_rng(0)
        probabilities = draw.dirichlet([1, 1, 1], size=900)
        sums = resampling.sums_by_group(GOLD, probabilities, TRIPLES)
        assert sums.shape == (300, 9 + 45)
        counts, bins = resampling.matrices(sums.sum(axis=0))
        chosen = metrics.chosen(probabilities)
        np.testing.assert_array_equal(counts, metrics.confusion(GOLD, chosen))
        assert bins[:, 0].sum() == 900
        assert bins[:, 1].sum() == pytest.approx(probabilities.max(axis=1).sum())
        assert bins[:, 2].sum() == (chosen == GOLD).sum()

    def test_no_pairs_have_no_groups(self) -> None:
        none = np.zeros(0, dtype=np.int64)
        assert resampling.sums_by_group(none, np.zeros((0, 3)), none).shape == (0, 54)

    def test_premises_are_grouped_by_their_text(self) -> None:
        assert resampling.groups_of(["x", "y", "x", "z", "y"]).tolist() == [0, 1, 0, 2, 1]


class TestIntervals:
    def test_a_seed_gives_the_same_draws_always(self) -> None:
        sums = np.random.default_rng(0).random((20, 4))
        one, again, other = (resampling.resampled(sums, seed) for seed in (3, 3, 4))
        np.testing.assert_array_equal(one, again)
        assert (one != other).any()
        assert one.shape == (1_000, 4)

    def test_every_draw_has_as_many_groups_as_there_are(self) -> None:
        drawn = resampling.resampled(np.ones((7, 1)), seed=0)
        assert (drawn == 7).all()

    def test_perfect_and_constant_answers_leave_nothing_to_chance(self) -> None:
        assert accuracy_interval(GOLD, GOLD, TRIPLES) == (1.0, 1.0)
        # Every premise has one hypothesis of each label.
        low, high = accuracy_interval(GOLD, np.zeros_like(GOLD), TRIPLES)
        assert low == high == pytest.approx(1 / 3)

    @pytest.mark.parametrize("seed", range(5))
    def test_guessing_gives_an_interval_around_a_third(self, seed: int) -> None:
        guessed = np.random.default_rng(seed).integers(3, size=900)
        low, high = accuracy_interval(GOLD, guessed, TRIPLES)
        assert low < 1 / 3 < high
        assert 0.03 < high - low < 0.09

    def test_pairs_that_stand_and_fall_together_are_drawn_together(self) -> None:
        # Right about every hypothesis of half of the premises: 300 draws, not 900.
        right = TRIPLES % 2 == 0
        answers = np.where(right, GOLD, (GOLD + 1) % 3)
        widths = [
            high - low for low, high in (
                accuracy_interval(GOLD, answers, group) for group in (ALONE, TRIPLES)
            )
        ]  # fmt: skip
        assert widths[1] / widths[0] == pytest.approx(3**0.5, rel=0.15)


class TestRatios:
    def test_a_translation_that_fails_alike_has_no_spread(self) -> None:
        right = np.random.default_rng(0).random(900) < 0.7
        together = resampling.ratio_interval(right, TRIPLES, right, TRIPLES, seed=0)
        assert together == (1.0, 1.0)
        apart = resampling.ratio_interval(right, TRIPLES + 300, right, TRIPLES, seed=0)
        assert apart is not None
        assert apart[0] < 0.97 < 1.03 < apart[1]

    def test_numbers_that_no_pair_has_are_not_drawn(self) -> None:
        right = np.random.default_rng(0).random(900) < 0.7
        found = [
            resampling.ratio_interval(right, TRIPLES * step, right, TRIPLES * step, seed=0)
            for step in (1, 7)
        ]
        assert found[0] == found[1]

    def test_a_source_without_a_right_pair_has_no_ratio(self) -> None:
        right, wrong = np.ones(3, dtype=np.bool_), np.zeros(3, dtype=np.bool_)
        group = np.arange(3)
        assert resampling.ratio_interval(right, group, wrong, group, seed=0) is None

    def test_a_rare_sample_without_one_is_left_out(self) -> None:
        right = np.array([True, True, True, False])
        found = resampling.ratio_interval(right, np.arange(4), right, np.arange(4), seed=0)
        assert found == (1.0, 1.0)
