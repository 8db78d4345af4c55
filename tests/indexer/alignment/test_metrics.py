"""Alignment scores against hand counts and against enumeration."""

from itertools import permutations
from math import isnan

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.alignment.bitext import Bitext
from indexer.alignment.metrics import (
    concept_means,
    interval_of_mean,
    interval_of_rate,
    pair_cosines,
    retrieval,
)
from indexer.alignment.ranking import expected_hit
from indexer.vectors import Vectors, unit_rows


def pairs_of(*triples: tuple[int, int, int]) -> Bitext:
    """Pairs from (concept, source row, target row)."""
    table = np.array(triples, dtype=np.int64).reshape(-1, 3)
    return Bitext(table[:, 0], table[:, 1], table[:, 2])


def axes(*rows: list[float]) -> Vectors:
    return unit_rows(np.array(rows), "test")


def test_cosines_are_taken_pair_by_pair() -> None:
    source = axes([1, 0], [0, 1])
    target = axes([3, 4], [-1, 0])
    rows = np.array([0, 1, 0]), np.array([0, 0, 1])
    np.testing.assert_allclose(pair_cosines(source, target, *rows), [0.6, 0.8, -1], atol=1e-7)


def test_cosines_of_many_pairs_equal_those_of_few() -> None:
    random = np.random.default_rng(5)
    vectors = unit_rows(random.standard_normal((50, 8)), "test")
    left, right = random.integers(50, size=(2, 20_000))
    found = pair_cosines(vectors, vectors, left, right)
    np.testing.assert_allclose(found, (vectors @ vectors.T)[left, right], atol=1e-6)
    assert found.max() <= 1.0


def test_no_pairs_have_no_cosines() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert pair_cosines(axes([1, 0]), axes([1, 0]), nothing, nothing).shape == (0,)


def test_a_concept_with_many_synonyms_counts_once() -> None:
    pairs = pairs_of((3, 0, 0), (3, 0, 1), (3, 0, 2), (8, 1, 3))
    means = concept_means(np.array([1.0, 0.5, 0.0, 0.25]), pairs)
    assert means.tolist() == [0.5, 0.25]
    assert means.mean() == 0.375


def test_no_concepts_have_no_means() -> None:
    assert concept_means(np.zeros(0), pairs_of()).tolist() == []


def test_the_interval_of_equal_values_is_that_value() -> None:
    assert interval_of_mean(np.full(7, 0.25), seed=1) == (0.25, 0.25)


def test_the_interval_of_a_mean_holds_it_and_is_seeded() -> None:
    values = np.linspace(0, 1, 101)
    low, high = interval_of_mean(values, seed=1)
    assert 0.43 < low < 0.5 < high < 0.57
    assert interval_of_mean(values, seed=1) == (low, high)
    assert interval_of_mean(values, seed=2) != (low, high)


def test_no_values_have_no_interval() -> None:
    assert all(isnan(bound) for bound in interval_of_mean(np.zeros(0), seed=1))
    assert all(isnan(bound) for bound in interval_of_rate(0.5, 0))


@pytest.mark.parametrize(
    ("rate", "n", "bounds"),
    [
        (0.5, 100, (0.403832, 0.596168)),
        (0.0, 10, (0.0, 0.277533)),
        (1.0, 10, (0.722467, 1.0)),
        (0.1, 20, (0.027866, 0.301034)),
    ],
)
def test_the_wilson_interval(rate: float, n: int, bounds: tuple[float, float]) -> None:
    assert interval_of_rate(rate, n) == pytest.approx(bounds, abs=1e-6)


@pytest.mark.parametrize("better", [0, 1, 3])
@pytest.mark.parametrize(("tied", "right"), [(1, 1), (3, 1), (4, 2), (3, 3)])
@pytest.mark.parametrize("k", [1, 2, 3, 5, 10])
def test_the_expected_hit_is_the_share_of_orders_that_hit(
    better: int, tied: int, right: int, k: int
) -> None:
    orders = list(permutations([True] * right + [False] * (tied - right)))
    places = max(0, k - better)
    share = sum(any(order[:places]) for order in orders) / len(orders)
    assert expected_hit(better, tied, right, k) == pytest.approx(share)


def test_precision_counts_a_source_form_once() -> None:
    source = axes([1, 0, 0], [0, 1, 0])
    target = axes([1, 0, 0], [0, 1, 0], [0, 0.9, 0.1])
    # Row 0 expresses two concepts: its nearest is right for one of them, which is enough.
    found = retrieval(source, target, pairs_of((1, 0, 0), (2, 0, 2), (2, 1, 2)), ks=(1, 2))
    assert found.forms == 2
    assert found.candidates == 3
    assert found.precision == {1: 0.5, 2: 1.0}


def test_forms_without_a_translation_are_not_asked_but_are_candidates() -> None:
    source = axes([1, 0], [0, 1])
    target = axes([1, 0], [1, 0.1], [0, 1])
    found = retrieval(source, target, pairs_of((1, 0, 1)), ks=(1, 2))
    assert found.forms == 1
    assert found.candidates == 3
    assert found.precision == {1: 0.0, 2: 1.0}


def test_equal_vectors_share_the_first_place() -> None:
    source = axes([1, 0])
    target = axes([1, 0], [1, 0], [1, 0], [0, 1])
    found = retrieval(source, target, pairs_of((1, 0, 0)), ks=(1, 2, 3))
    assert found.precision == pytest.approx({1: 1 / 3, 2: 2 / 3, 3: 1.0})


def test_two_right_answers_among_three_equal_ones() -> None:
    source = axes([1, 0])
    target = axes([1, 0], [1, 0], [1, 0])
    found = retrieval(source, target, pairs_of((1, 0, 0), (1, 0, 1)), ks=(1, 2))
    assert found.precision == pytest.approx({1: 2 / 3, 2: 1.0})


def test_cosines_that_differ_by_float_noise_are_ties() -> None:
    source = axes([1, 0])
    target = np.array([[0.8, 0.6], [np.nextafter(np.float32(0.8), 1), 0.6]], dtype=np.float32)
    assert target[1, 0] > target[0, 0]
    found = retrieval(source, target, pairs_of((1, 0, 0)), ks=(1,))
    assert found.precision == {1: 0.5}


def test_a_right_answer_that_ties_below_the_best_right_answer_does_not_count() -> None:
    source = axes([1, 0])
    target = axes([1, 0.1], [1, 0], [1, 0.1], [1, 0.1])
    # Right are row 1 (best) and row 0 (ties with two wrong ones).
    found = retrieval(source, target, pairs_of((1, 0, 0), (1, 0, 1)), ks=(1,))
    assert found.precision == {1: 1.0}


def test_k_beyond_the_candidates_always_hits() -> None:
    found = retrieval(axes([1, 0]), axes([0, 1], [1, 0]), pairs_of((1, 0, 0)), ks=(1, 2, 10))
    assert found.precision == {1: 0.0, 2: 1.0, 10: 1.0}


def test_chance_is_the_precision_of_a_random_ranking() -> None:
    source = axes([1, 0], [0, 1])
    target = axes([1, 0], [1, 0], [0, 1], [0, 1])
    pairs = pairs_of((1, 0, 0), (1, 0, 1), (2, 1, 2))
    found = retrieval(source, target, pairs, ks=(1, 2, 4))
    # Two right of four and one right of four; k=2: 1 - C(2,2)/C(4,2) and 2/4.
    assert found.chance == pytest.approx({1: (2 / 4 + 1 / 4) / 2, 2: (5 / 6 + 1 / 2) / 2, 4: 1.0})


def test_no_pairs_have_no_precision() -> None:
    found = retrieval(axes([1, 0]), axes([1, 0]), pairs_of(), ks=(1, 5))
    assert found.forms == 0
    assert found.candidates == 1
    assert all(isnan(found.precision[k]) and isnan(found.chance[k]) for k in (1, 5))


def enumerated(
    source: Vectors, target: Vectors, pairs: Bitext, k: int
) -> tuple[float, NDArray[np.int64]]:
    """P@k by going through the candidates one by one, exact ties in every order."""
    cosine = source.astype(np.float64) @ target.T.astype(np.float64)
    forms = np.unique(pairs.source)
    total = 0.0
    for form in forms:
        right = set(pairs.target[pairs.source == form].tolist())
        scores = cosine[form]
        best = max(scores[row] for row in right)
        better = sum(score > best + 1e-9 for score in scores)
        level = [row for row, score in enumerate(scores) if abs(score - best) <= 1e-9]
        orders = list(permutations(level))
        hits = sum(any(row in right for row in order[: max(0, k - better)]) for order in orders)
        total += hits / len(orders)
    return total / len(forms), forms


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("k", [1, 2, 5])
def test_precision_equals_enumeration_on_vectors_full_of_ties(seed: int, k: int) -> None:
    random = np.random.default_rng(seed)
    # Few distinct vectors, so that candidates tie in small groups.
    shapes = unit_rows(random.standard_normal((9, 3)), "test")
    source = shapes[random.integers(9, size=30)]
    target = shapes[np.concatenate([np.arange(9), random.integers(9, size=11)])]
    pairs = pairs_of(
        *{
            (concept, int(random.integers(30)), int(random.integers(20)))
            for concept in range(25)
            for _ in range(2)
        }
    )
    expected, forms = enumerated(source, target, pairs, k)
    found = retrieval(source, target, pairs, ks=(k,))
    assert found.forms == len(forms)
    assert found.precision[k] == pytest.approx(expected, abs=1e-9)


def test_more_forms_than_one_block_are_all_counted() -> None:
    random = np.random.default_rng(3)
    vectors = unit_rows(random.standard_normal((2_500, 16)), "test")
    rows = np.arange(2_500)
    shifted = np.where(rows % 5 == 0, (rows + 1) % 2_500, rows)
    found = retrieval(vectors, vectors, Bitext(rows, rows, shifted), ks=(1,))
    assert found.forms == 2_500
    assert found.precision[1] == pytest.approx(0.8)
