"""Vectors brought to two dimensions."""

import sys

import numpy as np
import pytest

from indexer.plane import principal_components, require_tsne, tsne
from lexicon.errors import ExtraMissing
from tests.indexer.vectors import random_rows


@pytest.mark.parametrize(("rows", "dim"), [(50, 6), (6, 50), (7, 7)])
def test_principal_components_are_the_directions_of_most_variance(rows: int, dim: int) -> None:
    vectors = random_rows(rows, dim)
    points, explained = principal_components(vectors)
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, strength, axes = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(np.abs(points), np.abs(centred @ axes[:2].T), atol=1e-5)
    shares = strength**2 / (strength**2).sum()
    assert explained == pytest.approx(shares[:2].tolist())


def test_few_rows_lie_as_they_do_among_many_numbers() -> None:
    # Padded with zeros, the same rows go the other way.
    square = random_rows(9, 6)
    wide = np.pad(square, ((0, 0), (0, 20)))
    points, explained = principal_components(square)
    others, shares = principal_components(wide)
    np.testing.assert_allclose(points, others, atol=1e-5)
    assert explained == pytest.approx(shares)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (1, 4), (1, 1)])
def test_equal_words_explain_nothing(shape: tuple[int, int]) -> None:
    points, explained = principal_components(np.ones(shape, dtype=np.float32))
    assert points.tolist() == [[0.0, 0.0]] * shape[0]
    assert explained == (0.0, 0.0)


def test_one_number_each_lies_on_a_line() -> None:
    points, explained = principal_components(np.array([[1], [3]], dtype=np.float32))
    assert points.tolist() == [[-1.0, 0.0], [1.0, 0.0]]
    assert explained == (1.0, 0.0)


def test_tsne_keeps_neighbours_together_and_is_the_same_twice() -> None:
    centres = random_rows(4, 16, seed=1)
    near = np.repeat(centres, 10, axis=0) + 0.05 * random_rows(40, 16, seed=2)
    told: list[tuple[int, int]] = []
    first = tsne(near, 1, lambda done, total: told.append((done, total)))
    second = tsne(near, 1, lambda _done, _total: None)
    assert first.tobytes() == second.tobytes()
    assert first.shape == (40, 2)
    assert first.dtype == np.float32
    assert told[0] == (50, 750)
    assert told[-1] == (750, 750)
    distance = np.linalg.norm(first[:, None] - first[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    assert (distance.argmin(axis=1) // 10 == np.arange(40) // 10).all()


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    require_tsne()
    monkeypatch.setitem(sys.modules, "openTSNE", None)
    with pytest.raises(ExtraMissing, match="t-SNE needs the extra 'plots'"):
        require_tsne()
