"""Vectors that a fold is scored with never come from what the fold says."""

from collections.abc import Callable

import numpy as np
import pytest

from indexer.alignment.groups import FOLDS
from indexer.alignment.views import Space, View, cosines
from indexer.transforms import Affine, Moments, centring_of, moments, whitening_of
from indexer.vectors import Vectors
from tests.indexer.vectors import random_rows

FOLD = np.array([*range(FOLDS)] * 8, dtype=np.int64)
"""40 rows, dealt in turn."""

Fitted = Callable[[Moments], Affine]


def leaning(seed: int = 1) -> Vectors:
    rows = random_rows(40, 6, seed) + np.array([1, 0.5, 0, 0, 0, 0], dtype=np.float32)
    found: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found


def parameters(space: Space, fitted: Fitted) -> list[Affine]:
    """The maps that a space makes, one for each fold in order."""
    made: list[Affine] = []

    def remembered(sums: Moments) -> Affine:
        made.append(fitted(sums))
        return made[-1]

    space.mapped(remembered)
    return made


def same(one: Affine, other: Affine) -> bool:
    first, second = (np.eye(6) if each.matrix is None else each.matrix for each in (one, other))
    return np.allclose(one.offset, other.offset) and np.allclose(first, second)


MAPS = pytest.mark.parametrize("fitted", [centring_of, whitening_of])


@MAPS
@pytest.mark.parametrize("changed", range(FOLDS))
def test_a_map_is_that_of_every_fold_but_its_own(fitted: Fitted, changed: int) -> None:
    before = leaning()
    after = before.copy()
    after[changed == FOLD] = leaning(9)[changed == FOLD]
    first, second = (parameters(Space([View(rows)], FOLD), fitted) for rows in (before, after))
    assert len(first) == len(second) == FOLDS
    assert [same(*both) for both in zip(first, second, strict=True)] == [
        fold == changed for fold in range(FOLDS)
    ]


@MAPS
def test_a_word_is_mapped_by_what_the_other_folds_say(fitted: Fitted) -> None:
    rows = leaning()
    found = Space([View(rows)], FOLD).mapped(fitted)
    for fold in range(FOLDS):
        here = fold == FOLD
        wanted = fitted(moments(rows[~here])).apply(rows[here])
        np.testing.assert_allclose(found[here], wanted, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)


def test_centred_and_whitened_are_these_maps() -> None:
    space = Space([View(leaning())], FOLD)
    np.testing.assert_array_equal(space.centred, space.mapped(centring_of))
    np.testing.assert_array_equal(space.whitened, space.mapped(whitening_of))
    assert abs(space.centred.mean(axis=0)).max() < abs(leaning().mean(axis=0)).max() / 5


def test_each_fold_has_a_view_of_its_own_where_something_was_fitted() -> None:
    views = [View(leaning(fold), (fold,)) for fold in range(FOLDS)]
    found = Space(views, FOLD).mapped(centring_of)
    for fold, view in enumerate(views):
        here = fold == FOLD
        wanted = centring_of(moments(view.vectors[~here])).apply(view.vectors[here])
        np.testing.assert_allclose(found[here], wanted, atol=1e-5)


def test_rows_in_no_fold_are_learnt_from_and_stay_as_they_are() -> None:
    rows = leaning()
    fold = np.where(np.arange(40) < 10, -1, FOLD)
    found = Space([View(rows)], fold).mapped(centring_of)
    np.testing.assert_array_equal(found[:10], rows[:10])
    here = fold == 2
    wanted = centring_of(moments(rows[~here])).apply(rows[here])
    np.testing.assert_allclose(found[here], wanted, atol=1e-5)


def test_a_fold_that_has_all_words_learns_nothing() -> None:
    rows = leaning()
    found = Space([View(rows)], np.zeros(40, dtype=np.int64)).mapped(centring_of)
    np.testing.assert_array_equal(found, rows)


def test_cosines_are_taken_in_the_view_of_their_fold() -> None:
    here = [View(leaning(fold), (fold,)) for fold in range(FOLDS)]
    there = [View(leaning(fold + 50), (fold,)) for fold in range(FOLDS)]
    left, right, fold = np.array([0, 7, 3]), np.array([1, 2, 39]), np.array([4, 0, 4])
    found = cosines(Space(here, FOLD), Space(there, FOLD), left, right, fold)
    wanted = [
        float(here[number].vectors[one] @ there[number].vectors[other])
        for one, other, number in zip(left, right, fold, strict=True)
    ]
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_directions_are_eigenvectors_of_all_rows() -> None:
    rows = leaning()
    axes = View(rows).directions
    np.testing.assert_allclose(axes.T @ axes, np.eye(6), atol=1e-5)
    turned = axes.T @ (rows.T @ rows) @ axes
    np.testing.assert_allclose(turned, np.diag(np.diag(turned)), atol=1e-3)
