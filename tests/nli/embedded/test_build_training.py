"""Batches, the schedule, going on after an interruption, and both stages."""

import random
from pathlib import Path

import numpy as np
import pytest

from nli.embedded.build import stages, training
from nli.embedded.build.base import Base
from nli.embedded.build.training import Example, Schedule, Special
from nli.embedded.build.vocabulary import Vocabulary
from tests.nli.embedded.small import PAIRS, RECIPE

EXAMPLES = [Example((5,) * (1 + n % 7), (6,) * (1 + n % 3), n % 3) for n in range(20)]
SPECIAL = Special(2, 3, 0, 24)


def quiet(_text: str) -> None:
    """Nobody listens."""


def test_batches_hold_every_example_once_by_length() -> None:
    found = training.batches(EXAMPLES, 8, random.Random(0))
    assert sorted(map(len, found)) == [4, 8, 8]
    assert sorted(example for batch in found for example in batch) == sorted(EXAMPLES)
    for batch in found:
        lengths = [len(example.premise) + len(example.hypothesis) for example in batch]
        assert lengths == sorted(lengths)
    assert found == training.batches(EXAMPLES, 8, random.Random(0))
    assert found != training.batches(EXAMPLES, 8, random.Random(1))


def test_the_rate_rises_and_falls() -> None:
    schedule = Schedule(epochs=1, rate=2.0, warm_up=0.2)
    assert [round(schedule.rate_at(done), 3) for done in (0, 0.1, 0.2, 0.6, 1)] == [0, 1, 2, 1, 0]


def weights(model: object) -> dict[str, np.ndarray]:
    return {name: tensor.numpy() for name, tensor in model.state_dict().items()}  # type: ignore[attr-defined]


def test_training_goes_on_where_it_stopped(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = Schedule(epochs=1, rate=1e-3, batch=4)
    straight = base.model(base.rows, seed=1)
    training.train(straight, EXAMPLES, schedule, 1, SPECIAL, quiet)

    checkpoint = tmp_path / "part"
    stopped = base.model(base.rows, seed=1)
    saved = training.save

    class Killed(Exception):
        """What a kill is to the loop."""

    def save_and_die(*arguments: object, **more: object) -> None:
        saved(*arguments, **more)  # type: ignore[arg-type]
        raise Killed

    monkeypatch.setattr(training, "save", save_and_die)
    with pytest.raises(Killed):
        training.train(stopped, EXAMPLES, schedule, 1, SPECIAL, quiet, checkpoint, every=2)
    monkeypatch.setattr(training, "save", saved)
    fresh = base.model(base.rows, seed=1)
    said: list[str] = []
    training.train(fresh, EXAMPLES, schedule, 1, SPECIAL, said.append, checkpoint, every=2)
    assert said[0] == "going on after step 2"
    for name, values in weights(straight).items():
        np.testing.assert_array_equal(values, weights(fresh)[name], err_msg=name)


def test_rows_of_words_are_not_trained(base: Base) -> None:
    model = base.model(base.rows, seed=1)
    before = weights(model)
    before = {name: values.copy() for name, values in before.items()}
    training.train(model, EXAMPLES, Schedule(1, 1e-2, batch=4), 1, SPECIAL, quiet)
    changed = {name for name, values in weights(model).items() if (values != before[name]).any()}
    assert "classifier.weight" in changed
    assert not any("word_embeddings" in name for name in changed)


def test_logits_come_in_input_order_whatever_their_length(base: Base) -> None:
    model = base.model(base.rows, seed=1)
    pairs = [(example.premise, example.hypothesis) for example in EXAMPLES]
    whole = training.logits(model, pairs, SPECIAL, batch=8)
    single = np.concatenate([training.logits(model, [pair], SPECIAL) for pair in pairs])
    np.testing.assert_allclose(whole, single, atol=1e-5)


def test_weights_of_several_runs_are_averaged(base: Base, tmp_path: Path) -> None:
    paths = []
    for seed in (1, 2):
        paths.append(tmp_path / str(seed))
        training.save(paths[-1], base.model(base.rows, seed))
    one, two, mean = (base.model(base.rows, 3) for _ in range(3))
    training.load(one, paths[0])
    training.load(two, paths[1])
    training.load(mean, *paths)
    name = "classifier.weight"
    expected = (weights(one)[name] + weights(two)[name]) / 2
    np.testing.assert_allclose(weights(mean)[name], expected, rtol=1e-6)
    assert (weights(one)[name] != weights(two)[name]).any()


def test_the_second_stage_teaches_every_pair_in_every_language(vocabulary: Vocabulary) -> None:
    found = stages.mixed(vocabulary, PAIRS, RECIPE, seed=1)
    again = round(RECIPE.english_again * len(PAIRS))
    assert len(found) == again + 3 * len(PAIRS)
    assert found == stages.mixed(vocabulary, PAIRS, RECIPE, seed=1)
    assert found != stages.mixed(vocabulary, PAIRS, RECIPE, seed=2)
    assert [example.label for example in found[again : again + 3]] == [0, 1, 2]


def test_finished_stages_are_not_run_again(
    base: Base, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    said: list[str] = []
    model = stages.taught(base, vocabulary, PAIRS, RECIPE, tmp_path, said.append)
    assert said == ["stage english", "stage mixed-1", "stage mixed-2"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("english.pt", "mixed-1.pt", "mixed-2.pt")
    ]
    again = stages.taught(base, vocabulary, PAIRS, RECIPE, tmp_path, said.append)
    assert len(said) == 3
    for name, values in weights(model).items():
        np.testing.assert_array_equal(values, weights(again)[name])
