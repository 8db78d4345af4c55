"""Half precision made single, bit for bit."""

import numpy as np

from indexer.generations.arrays import widened


def test_every_finite_number_is_what_numpy_makes_of_it() -> None:
    every = np.arange(2**16, dtype=np.uint16).view(np.float16)
    rows = every[np.isfinite(every)].reshape(2, -1)
    assert rows.size == 2**16 - 2 * 2**10
    expected = rows.astype(np.float32)
    assert widened(rows).view(np.uint32).tolist() == expected.view(np.uint32).tolist()


def test_rows_that_lie_apart_are_read() -> None:
    rows = np.array([[1, 2], [3, 4], [5, 6]], dtype="<f2")
    assert widened(rows[::2]).tolist() == [[1, 2], [5, 6]]
