"""Intervals: samples counted out one by one, and how often they hold the truth."""

from dataclasses import replace

import numpy as np
import pytest

from indexer.alignment.resampling import (
    Bootstrap,
    Compared,
    Estimate,
    Figure,
    Floats,
    auc,
    interval,
    jackknife,
)
from tests.indexer.alignment import published


def drawn(draws: Bootstrap) -> Floats:
    """(samples, groups) how often each group is in each sample."""
    return np.concatenate([batch.T for batch in draws.weights]).astype(np.float64)


class TestBootstrap:
    def test_a_sample_has_as_many_groups_as_the_data(self) -> None:
        weights = drawn(Bootstrap.drawn(7, seed=1, samples=100))
        assert weights.shape == (100, 7)
        assert weights.sum(axis=1).tolist() == [7] * 100
        # No group is drawn less often than others.
        np.testing.assert_allclose(weights.mean(axis=0), 1, atol=0.4)
        assert len(np.unique(weights, axis=0)) > 90

    def test_draws_depend_on_the_seed_alone(self) -> None:
        first, again, other = (drawn(Bootstrap.drawn(9, seed, 50)) for seed in (1, 1, 2))
        np.testing.assert_array_equal(first, again)
        assert (first != other).any()

    @pytest.mark.parametrize(("asked", "made"), [(1, 50), (50, 50), (51, 100), (1_000, 1_000)])
    def test_samples_come_in_whole_batches(self, asked: int, made: int) -> None:
        assert Bootstrap.drawn(2, 1, asked).samples == made

    def test_no_groups_have_empty_samples(self) -> None:
        draws = Bootstrap.drawn(0, 1, 50)
        nothing = np.zeros(0, dtype=np.int64)
        value, samples = draws.means(np.zeros((0, 2)), np.zeros(0), nothing)
        assert np.isnan(value).all()
        assert samples.shape == (50, 2)
        assert np.isnan(samples).all()

    def test_some_groups_keep_their_draws(self) -> None:
        draws = Bootstrap.drawn(6, 1, 50)
        some = draws.of(np.array([4, 1]))
        np.testing.assert_array_equal(drawn(some), drawn(draws)[:, [4, 1]])

    def test_means_are_those_of_the_data_drawn_again(self) -> None:
        random = np.random.default_rng(3)
        values, weight = random.standard_normal((40, 2)), random.random(40)
        group = random.integers(8, size=40)
        draws = Bootstrap.drawn(8, seed=5, samples=50)
        value, samples = draws.means(values, weight, group)
        np.testing.assert_allclose(value, np.average(values, axis=0, weights=weight), rtol=1e-12)
        for times, sample in zip(drawn(draws), samples, strict=True):
            again = np.repeat(np.arange(40), times[group].astype(np.int64))
            wanted = np.average(values[again], axis=0, weights=weight[again])
            np.testing.assert_allclose(sample, wanted, rtol=1e-12, atol=1e-12)

    def test_products_count_a_pair_as_often_as_both_its_groups(self) -> None:
        one, other = np.array([0, 1, 2]), np.array([1, 1, 0])
        values = np.array([[1.0], [10.0], [100.0]])
        draws = Bootstrap.drawn(3, seed=5, samples=50)
        found = draws.product_totals(values, one, other)
        for (a, b, c), total in zip(drawn(draws), found[:, 0], strict=True):
            assert total == a * b + 10 * b * b + 100 * c * a


class TestInterval:
    def test_it_leaves_out_a_fortieth_on_either_side(self) -> None:
        assert interval(np.arange(41.0)) == (1.0, 39.0)

    def test_samples_that_do_not_exist_are_left_out_unless_they_are_most(self) -> None:
        half = np.concatenate([np.full(20, np.nan), np.full(20, 3.0)])
        assert interval(half) == (3.0, 3.0)
        assert interval(np.append(half, [np.nan, np.nan])) is None
        assert interval(np.array([1.0])) is None

    def test_a_single_group_has_no_interval(self) -> None:
        alone = Estimate(0.5, np.full(50, 0.5), n=8, groups=1)
        assert alone.interval is None
        assert alone.figure == Figure(0.5, None, None, 8)
        assert replace(alone, groups=2).figure == Figure(0.5, 0.5, 0.5, 8)

    def test_what_does_not_exist_is_no_figure(self) -> None:
        assert Estimate(float("nan"), np.full(50, np.nan), 0, 0).figure is None

    def test_nineteen_of_twenty_hold_the_truth_if_groups_are_drawn(self) -> None:
        """30 groups of 1 to 9 equal values around 0. Drawing the values as if they were
        independent would be too sure."""
        random = np.random.default_rng(11)
        held = {"groups": 0, "values": 0}
        trials = 120
        for trial in range(trials):
            sizes = random.integers(1, 10, size=30)
            group = np.repeat(np.arange(30), sizes)
            values = random.standard_normal(30)[group][:, None]
            ones, places = np.ones(len(group)), np.arange(len(group))
            for way, units in (("groups", group), ("values", places)):
                draws = Bootstrap.drawn(int(units.max()) + 1, trial, 200)
                bounds = interval(draws.means(values, ones, units)[1][:, 0])
                assert bounds is not None
                held[way] += bounds[0] <= 0 <= bounds[1]
        assert 0.90 <= held["groups"] / trials <= 0.98
        assert held["values"] / trials < 0.75


class TestArea:
    @pytest.fixture
    def data(self) -> Compared:
        """Cosines in steps of a tenth, so that many are equal."""
        random = np.random.default_rng(2)
        return Compared(
            pairs=random.integers(3, 11, size=30) / 10,
            pair_weight=random.choice([1, 0.5, 0.25], size=30),
            pair_group=random.integers(6, size=30),
            random=random.integers(0, 9, size=50) / 10,
            random_source_group=random.integers(6, size=50),
            random_target_group=random.integers(6, size=50),
        )

    def test_it_is_the_share_of_comparisons_won(self, data: Compared) -> None:
        value, _ = auc(data, Bootstrap.drawn(6, 1, 50))
        wanted = published.area(
            data.pairs.tolist(), data.random.tolist(), data.pair_weight.tolist()
        )
        assert 0.5 < wanted < 1
        assert value == pytest.approx(wanted, abs=1e-12)

    def test_a_sample_is_the_data_drawn_again(self, data: Compared) -> None:
        draws = Bootstrap.drawn(6, 7, 50)
        _, samples = auc(data, draws)
        assert len(samples) == 50
        for times, sample in zip(drawn(draws).astype(np.int64), samples, strict=True):
            pairs = np.repeat(np.arange(30), times[data.pair_group])
            both = times[data.random_source_group] * times[data.random_target_group]
            wanted = published.area(
                data.pairs[pairs].tolist(),
                data.random[np.repeat(np.arange(50), both)].tolist(),
                data.pair_weight[pairs].tolist(),
            )
            assert sample == pytest.approx(wanted, abs=1e-6)

    @pytest.mark.parametrize(
        ("pairs", "random", "wanted"),
        [([0.9], [0.1, 0.2], 1.0), ([0.1], [0.1, 0.1], 0.5), ([-1.0], [0.0], 0.0)],
    )
    def test_by_hand(self, pairs: list[float], random: list[float], wanted: float) -> None:
        group = np.zeros(len(random), dtype=np.int64)
        data = Compared(
            np.array(pairs), np.ones(len(pairs)), group[:1], np.array(random), group, group
        )
        value, samples = auc(data, Bootstrap.drawn(1, 1, 50))
        assert value == wanted
        assert samples.tolist() == [wanted] * 50

    def test_it_is_nothing_without_pairs_or_without_random_pairs(self, data: Compared) -> None:
        draws = Bootstrap.drawn(6, 1, 50)
        no, none = np.zeros(0), np.zeros(0, dtype=np.int64)
        for some in (
            replace(data, pairs=no, pair_weight=no, pair_group=none),
            replace(data, random=no, random_source_group=none, random_target_group=none),
        ):
            value, samples = auc(some, draws)
            assert np.isnan(value)
            assert np.isnan(samples).all()


class TestJackknife:
    def test_that_of_a_mean_is_its_standard_error(self) -> None:
        values = np.array([1.0, 2.0, 4.0, 5.0, 8.0])
        without = np.array([np.delete(values, place).mean() for place in range(5)])
        found = jackknife(float(values.mean()), without, np.ones(5, dtype=np.int64))
        error = values.std(ddof=1) / 5**0.5
        assert found is not None
        assert (found.value, found.n) == (4.0, 5)
        assert (found.low, found.high) == pytest.approx(
            (4 - 1.96 * error, 4 + 1.96 * error), abs=1e-4
        )

    def test_by_hand(self) -> None:
        # Half the squared distances of 1 and 3 to their mean: 1.
        found = jackknife(2.0, np.array([1.0, 3.0, np.nan]), np.array([5, 5, 0]))
        assert found is not None
        assert (found.low, found.high) == pytest.approx((2 - 1.959964, 2 + 1.959964))
        assert found.n == 10

    def test_blocks_of_unequal_size_weigh_by_it(self) -> None:
        # The mean of 1, 1, 1 and 5 is 2; without the ones 5, without the other 1. Pseudo-values are
        # 4/3·2 - 1/3·5 = 1 and 4·2 - 3·1 = 5, θ̂ = 2·2 - 1/4·5 - 3/4·1 = 2, and the variance
        # (1² / (1/3) + 3² / 3) / 2 = 3.
        found = jackknife(2.0, np.array([5.0, 1.0]), np.array([3, 1]))
        assert found is not None
        assert (found.low, found.high) == pytest.approx(
            (2 - 1.959964 * 3**0.5, 2 + 1.959964 * 3**0.5)
        )

    def test_a_single_block_says_nothing(self) -> None:
        assert jackknife(0.5, np.array([0.4, np.nan]), np.array([2, 1])) == Figure(
            0.5, None, None, 3
        )

    def test_what_does_not_exist_is_no_figure(self) -> None:
        assert jackknife(float("nan"), np.array([1.0, 2.0]), np.array([2, 1])) is None
