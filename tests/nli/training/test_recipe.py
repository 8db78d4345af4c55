"""What a run is told: rates, evaluations, orders of pairs, and options that cannot be."""

from typing import Any

import numpy as np
import pytest

from lexicon.errors import InvalidInput
from nli.training import order
from nli.training.recipe import Recipe, checked, evaluation_steps, learning_rate
from nli.training.run import Evaluated, kept


class TestOptions:
    def test_the_defaults_are_those_of_the_literature(self) -> None:
        made = checked(base="b")
        assert (made.lr, made.batch, made.max_length, made.epochs) == (2e-5, 32, 128, 3)
        assert (made.warmup, made.weight_decay, made.clip) == (0.06, 0.01, 1.0)

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"lr": 0}, "--lr 0: must be greater than 0"),
            ({"clip": float("nan")}, "--clip nan: must be a finite number"),
            ({"epochs": 0}, "--epochs 0: must be greater than or equal to 1"),
            ({"max_length": 4}, "--max-length 4: must be greater than or equal to 8"),
            ({"warmup": 1}, "--warmup 1: must be less than 1"),
            ({"average": "some"}, "--average some: must be one of none, all, last, best"),
            ({"precision": "fp16"}, "--precision fp16: must be one of auto, fp32, bf16"),
            ({"seeds": (1, 2, 1)}, "--seed 1 is given twice; two equal runs tell nothing"),
        ],
    )
    def test_what_cannot_be_is_refused_by_name(self, values: dict[str, Any], said: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            checked(base="b", **values)
        assert str(caught.value) == said


class TestRates:
    def test_they_rise_over_the_warm_up_and_fall_to_the_end(self) -> None:
        made = Recipe(base="b", lr=1.0, warmup=0.1)
        rates = [learning_rate(step, 20, made) for step in range(1, 21)]
        assert rates[:3] == [0.5, 1.0, 1.0]
        assert rates[-1] == pytest.approx(1 / 18)
        assert np.diff(rates[2:]) == pytest.approx(-1 / 18)

    def test_without_warm_up_the_first_is_the_highest(self) -> None:
        assert learning_rate(1, 4, Recipe(base="b", lr=1.0, warmup=0)) == 1.0

    @pytest.mark.parametrize(("total", "count"), [(1, 10), (7, 3), (10, 10), (1000, 7)])
    def test_the_last_step_is_evaluated_and_none_twice(self, total: int, count: int) -> None:
        steps = evaluation_steps(total, count)
        assert steps[-1] == total
        assert len(set(steps)) == len(steps) == min(total, count)


class TestOrder:
    LENGTHS = np.random.default_rng(0).integers(4, 60, size=500)

    def test_an_epoch_has_every_pair_once_in_batches_of_about_one_length(self) -> None:
        batches = order.epoch(self.LENGTHS, 8, seed=1, number=0)
        assert sorted(np.concatenate(batches).tolist()) == list(range(500))
        assert len(batches) == order.steps(500, 8) == 63
        spread = np.mean([np.ptp(self.LENGTHS[batch]) for batch in batches])
        assert spread < 5 < np.ptp(self.LENGTHS) / 8

    def test_epochs_and_seeds_have_orders_of_their_own_that_stay(self) -> None:
        def flat(seed: int, number: int) -> list[int]:
            places = order.epoch(self.LENGTHS, 8, seed, number)
            return [int(place) for batch in places for place in batch]

        assert flat(1, 0) == flat(1, 0)
        assert len({tuple(flat(seed, number)) for seed in (1, 2) for number in (0, 1)}) == 4


class TestKept:
    SCORES = (0.5, 0.7, 0.6, 0.7, 0.4)

    @pytest.mark.parametrize(
        ("average", "count", "steps"),
        [
            ("none", 3, [2]),
            ("all", 3, [1, 2, 3, 4, 5]),
            ("last", 2, [4, 5]),
            ("last", 9, [1, 2, 3, 4, 5]),
            ("best", 1, [2]),
            ("best", 3, [2, 3, 4]),
        ],
    )
    def test_which_checkpoints_count(self, average: str, count: int, steps: list[int]) -> None:
        evaluations = [
            Evaluated(
                step=step, epoch=1, train_loss=1, dev_loss=1, dev_accuracy=score, dev_macro_f1=0
            )
            for step, score in enumerate(self.SCORES, start=1)
        ]
        made = Recipe(base="b", average=average, average_of=count)
        assert kept(evaluations, made) == steps
