"""Unit rows, and what is refused at the door."""

import numpy as np
import pytest

from indexer.vectors import unit_rows
from lexicon.errors import EncoderFault


def test_rows_are_scaled_to_length_one() -> None:
    rows = unit_rows(np.array([[3.0, 4.0], [0.0, -2.0]]), "example")
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0.0, -1.0]], rtol=1e-7)
    assert rows.dtype == np.float32
    assert rows.flags["C_CONTIGUOUS"]


def test_columns_laid_out_first_come_back_row_by_row() -> None:
    rows = unit_rows(np.asfortranarray([[3.0, 4.0], [6.0, 8.0], [1.0, 0.0]]), "example")
    assert rows.flags["C_CONTIGUOUS"]
    np.testing.assert_allclose(rows[1], [0.6, 0.8], rtol=1e-6)


def test_no_rows_stay_no_rows_of_their_width() -> None:
    assert unit_rows(np.zeros((0, 3)), "example").shape == (0, 3)


def test_a_zero_row_is_refused_by_origin_and_place() -> None:
    with pytest.raises(EncoderFault, match=r"^encoder 'x' gave a zero vector for text 1;"):
        unit_rows(np.array([[1.0, 0.0], [0.0, 0.0]]), "encoder 'x'")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_row_that_is_not_finite_is_refused_by_origin_and_place(bad: float) -> None:
    with pytest.raises(EncoderFault, match=r"^encoder 'x' gave .* NaN or infinity for text 2$"):
        unit_rows(np.array([[1.0, 0.0], [0.0, 1.0], [bad, 1.0]]), "encoder 'x'")
