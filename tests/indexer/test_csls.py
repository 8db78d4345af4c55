"""CSLS by hand."""

import numpy as np

from indexer.csls import csls, neighbourhood_means


def test_the_second_row_changes_its_answer() -> None:
    cosine = np.array([[0.9, 0.7], [0.8, 0.75]], dtype=np.float32)
    scores = csls(cosine, cosine.max(axis=1), cosine.max(axis=0))
    np.testing.assert_allclose(scores, [[0, -0.25], [-0.1, -0.05]], atol=1e-6)
    assert cosine[1].argmax() == 0
    assert scores[1].argmax() == 1


def test_means_of_no_neighbours_are_zero() -> None:
    assert neighbourhood_means(np.zeros((2, 0), dtype=np.float32)).tolist() == [0, 0]
