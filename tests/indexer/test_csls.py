"""CSLS and margins by hand."""

import numpy as np
import pytest

from indexer.csls import csls, margins, neighbourhood_means


def test_the_second_row_changes_its_answer() -> None:
    cosine = np.array([[0.9, 0.7], [0.8, 0.75]], dtype=np.float32)
    scores = csls(cosine, cosine.max(axis=1), cosine.max(axis=0))
    np.testing.assert_allclose(scores, [[0, -0.25], [-0.1, -0.05]], atol=1e-6)
    assert cosine[1].argmax() == 0
    assert scores[1].argmax() == 1


def test_target_means_may_differ_by_query() -> None:
    cosine = np.array([[0.5, 0.25], [0.5, 0.25]], dtype=np.float32)
    source = np.array([0.0, 1.0], dtype=np.float32)
    target = np.array([[0.0, 0.5], [1.0, 0.0]], dtype=np.float32)
    assert csls(cosine, source, target).tolist() == [[1.0, 0.0], [-1.0, -0.5]]


def test_scores_span_minus_four_to_four() -> None:
    one = np.ones(1, dtype=np.float32)
    assert csls(one[None], -one, -one).tolist() == [[4.0]]
    assert csls(-one[None], one, one).tolist() == [[-4.0]]


def test_the_neighbourhood_mean_is_the_mean_of_its_columns() -> None:
    nearest = np.array([[0.75, 0.25], [1.0, 0.5]], dtype=np.float32)
    means = neighbourhood_means(nearest)
    assert means.tolist() == [[0.5, 0.5], [0.75, 0.75]]
    assert means.dtype == np.float32


def test_means_of_no_neighbours_are_zero() -> None:
    assert neighbourhood_means(np.zeros((2, 0), dtype=np.float32)).tolist() == [[0, 0], [0, 0]]


def test_the_mean_of_csls_is_over_ten_and_that_of_margins_over_four() -> None:
    nearest = np.array([[1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0]], dtype=np.float32)
    np.testing.assert_allclose(neighbourhood_means(nearest), [[0.6, 1]], atol=1e-7)


def test_margins_are_ratio_and_distance_to_the_mean_of_both_neighbourhoods() -> None:
    cosine = np.array([[0.9, 0.6], [0.6, 0.3]], dtype=np.float32)
    source = np.array([0.6, 0.2], dtype=np.float32)
    target = np.array([0.4, 0.2], dtype=np.float32)
    ratio, distance = margins(cosine, source, target)
    np.testing.assert_allclose(ratio, [[1.8, 1.5], [2, 1.5]], rtol=1e-6)
    np.testing.assert_allclose(distance, [[0.4, 0.2], [0.3, 0.1]], atol=1e-7)
    assert ratio.dtype == distance.dtype == np.float32


@pytest.mark.parametrize("middle", [0.01, 0.005, 0, -0.5])
def test_a_ratio_is_taken_to_no_less_than_a_hundredth(middle: float) -> None:
    mean = np.array([middle], dtype=np.float32)
    ratio, distance = margins(np.array([[0.5]], dtype=np.float32), mean, mean)
    assert float(ratio[0, 0]) == pytest.approx(50)
    assert float(distance[0, 0]) == pytest.approx(0.5 - middle)
