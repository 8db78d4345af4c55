"""Figures of made-up answers, and the baselines they are compared with."""

import numpy as np
import pytest

from lexicon.formats.pairs.entry import PairEntry
from lexicon.models import NLI_LABELS
from nli.embedded.build.baselines import Features, HypothesisOnly
from nli.embedded.build.evaluate import measure, probabilities, temperature
from nli.embedded.build.pairs import halves
from nli.embedded.build.training import Example


def pairs(count: int) -> list[PairEntry]:
    return [
        PairEntry(str(n), f"premise {n // 3}", "h", "en", "en", NLI_LABELS[n % 3])
        for n in range(count)
    ]


def sure(labels: list[int]) -> np.ndarray:
    found = np.zeros((len(labels), 3), dtype=np.float32)
    found[np.arange(len(labels)), labels] = 4.0
    return found


def test_odd_ids_are_reported_and_even_ones_choose() -> None:
    held = pairs(60)
    labels = [n % 3 for n in range(60)]
    # Right on even ids; on odd ids, entailment and neutral are right and contradiction is not.
    given = [label if n % 2 == 0 or label < 2 else 0 for n, label in enumerate(labels)]
    exact = sure(labels)
    found = measure(
        held,
        exact,
        sure(given),
        temperature=1.0,
        covered=[1.0, 0.5] * 30,
        baselines={"always neutral": np.ones(60, dtype=np.int64)},
    )
    assert found.pairs == 30
    assert found.chosen_by == 1.0
    assert found.accuracy.value == pytest.approx(20 / 30)
    # F1: entailment 20 / 30, neutral 1, contradiction 0.
    assert found.macro_f1.value == pytest.approx((2 / 3 + 1) / 3)
    assert found.accuracy.low <= found.accuracy.value <= found.accuracy.high
    assert found.covered == 0.5
    assert found.majority == pytest.approx(1 / 3)
    assert found.agreement == pytest.approx(50 / 60)
    assert found.loss == pytest.approx(10 / 60)
    other = found.baselines["always neutral"]
    # Ten pairs are right by the model alone and none by the other: 2 / 2 ** 10.
    assert other.accuracy == pytest.approx(1 / 3)
    assert other.p == pytest.approx(2 / 2**10)
    confidence = probabilities(sure([0]), 1.0).max()
    assert found.calibration_before == pytest.approx(confidence - 2 / 3)
    assert found.calibration.value == found.calibration_before


def test_halves_go_by_number_and_else_by_place() -> None:
    held = [PairEntry(key, "p", "h", "en", "en", "neutral") for key in ("3", "4", "x", "y")]
    assert halves(held) == ([1, 2], [0, 3])


def test_temperature_brings_sureness_to_the_share_of_right_answers() -> None:
    labels = np.array([0, 0, 0, 1])
    scale = temperature(sure([0, 0, 0, 0]), labels)
    assert probabilities(sure([0]), scale).max() == pytest.approx(0.75, abs=0.01)


def test_the_hypothesis_alone_tells_labels_by_its_words() -> None:
    examples = [Example((1,), (10 + n % 3, 20), n % 3) for n in range(12)]
    model = HypothesisOnly(examples)
    asked = [((), (11, 20)), ((), (12, 20)), ((), (10, 20))]
    assert model.predict(asked).tolist() == [1, 2, 0]


def test_features_see_overlap_and_negation() -> None:
    rows = np.eye(30, dtype=np.float32)
    examples = []
    for n in range(10, 20):
        examples += [
            Example((n, n + 1, n + 2), (n, n + 1), 0),
            Example((n, n + 1, n + 2), (n + 5, n + 6), 1),
            Example((n, n + 1, n + 2), (n, 9), 2),
        ]
    model = Features(examples, rows, frozenset([9]))
    asked = [((3, 4, 5), (3, 4)), ((3, 4, 5), (8, 7)), ((3, 4, 5), (3, 9))]
    assert model.predict(asked).tolist() == [0, 1, 2]
    assert model.matrix([((), (1,))]).tolist() == [[0.0] * 13]
