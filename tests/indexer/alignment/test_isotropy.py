"""Isotropy against its definition."""

from math import exp

import numpy as np
import pytest

from indexer.alignment.isotropy import isotropy
from indexer.alignment.views import View
from tests.indexer.alignment import published
from tests.indexer.vectors import random_rows

ONE = np.zeros(1, dtype=np.int64)


def test_one_direction_alone_by_hand() -> None:
    rows = np.array([[1, 0], [1, 0]], dtype=np.float32)
    found, _ = isotropy(rows, np.eye(2, dtype=np.float32), np.zeros(2, dtype=np.int64), 1)
    assert found == pytest.approx(exp(-2))


@pytest.mark.parametrize("lean", [0.0, 1.0, 5.0])
def test_it_is_the_definition_with_directions_of_the_whole_language(lean: float) -> None:
    whole = random_rows(60, 5, 1) + np.array([lean, 0, 0, 0, 0], dtype=np.float32)
    whole /= np.linalg.norm(whole, axis=1, keepdims=True)
    some = whole[:40]
    block = np.arange(40) % 3
    found, without = isotropy(some, View(whole).directions, block, 4)
    assert found == pytest.approx(published.isotropy(some, whole), abs=1e-5)
    for one in range(3):
        wanted = published.isotropy(some[block != one], whole)
        assert without[one] == pytest.approx(wanted, abs=1e-5)
    assert without[3] == pytest.approx(found)


def test_a_stronger_lean_is_less_isotropic() -> None:
    found = []
    for lean in (0, 1, 5):
        rows = random_rows(200, 5, 1) + np.array([lean, 0, 0, 0, 0], dtype=np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        found.append(isotropy(rows, View(rows).directions, np.zeros(200, dtype=np.int64), 1)[0])
    assert found == sorted(found, reverse=True)
    assert found[0] > 0.7
    assert found[2] < 0.2


def test_without_the_only_block_nothing_is_left() -> None:
    rows = random_rows(4, 3)
    found, without = isotropy(rows, View(rows).directions, np.full(4, 1), 2)
    assert without[0] == pytest.approx(found)
    assert np.isnan(without[1])


def test_no_rows_have_none() -> None:
    rows = np.zeros((0, 3), dtype=np.float32)
    found, without = isotropy(rows, np.eye(3, dtype=np.float32), ONE[:0], 2)
    assert np.isnan(found)
    assert np.isnan(without).all()
