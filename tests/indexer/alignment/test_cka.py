"""Debiased CKA against its formula over whole Gram matrices."""

import numpy as np
import pytest

from indexer.alignment.cka import debiased_cka
from indexer.vectors import Vectors
from tests.indexer.alignment import published
from tests.indexer.vectors import random_rows

ONE = np.zeros(30, dtype=np.int64)


def related(share: float) -> tuple[Vectors, Vectors]:
    """30 rows, and others of another dimension that are partly a map of them."""
    here = random_rows(30, 6, 1)
    turned = here @ random_rows(6, 9, 2)
    return here, (share * turned + (1 - share) * random_rows(30, 9, 3)).astype(np.float32)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_it_is_the_formula(share: float) -> None:
    found, without = debiased_cka(*related(share), ONE, 1)
    assert found == pytest.approx(published.debiased_cka(*related(share)), abs=1e-6)
    assert np.isnan(without).all()


def test_independent_rows_are_about_zero_and_may_be_below() -> None:
    found = [
        debiased_cka(random_rows(30, 20, seed), random_rows(30, 20, seed + 50), ONE, 1)[0]
        for seed in range(20)
    ]
    assert abs(np.mean(found)) < 0.03
    assert min(found) < 0


def test_turning_and_scaling_change_nothing() -> None:
    rows = random_rows(30, 6, 1)
    turned, _ = np.linalg.qr(np.random.default_rng(4).standard_normal((6, 6)))
    found, _ = debiased_cka(rows, (3 * rows @ turned).astype(np.float32), ONE, 1)
    assert found == pytest.approx(1, abs=1e-6)


def test_a_shared_mean_changes_nothing() -> None:
    here, there = related(0.5)
    plain, _ = debiased_cka(here, there, ONE, 1)
    mean = np.full(9, 3, dtype=np.float32)
    moved, _ = debiased_cka(here, there + mean, ONE, 1)
    assert moved == pytest.approx(plain, abs=1e-5)
    assert published.debiased_cka(here, there + mean) == pytest.approx(plain, abs=1e-5)


def test_without_a_block_it_is_as_if_its_rows_had_never_been() -> None:
    here, there = related(0.7)
    # Blocks of several sizes that do not lie together, and one without a row.
    block = np.random.default_rng(5).integers(4, size=30)
    found, without = debiased_cka(here, there, block, 5)
    assert found == pytest.approx(published.debiased_cka(here, there), abs=1e-6)
    for one in range(4):
        kept = block != one
        wanted = published.debiased_cka(here[kept], there[kept])
        assert without[one] == pytest.approx(wanted, abs=1e-6)
    assert without[4] == found


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_three_rows_are_too_few(rows: int) -> None:
    some = random_rows(rows, 4)
    found, without = debiased_cka(some, some, np.zeros(rows, dtype=np.int64), 2)
    assert np.isnan(found)
    assert np.isnan(without).all()


def test_rows_that_are_all_the_same_have_no_arrangement() -> None:
    same = np.tile(random_rows(1, 6), (30, 1))
    assert np.isnan(debiased_cka(same, random_rows(30, 6), ONE, 1)[0])
    assert np.isnan(debiased_cka(random_rows(30, 6), same, ONE, 1)[0])
