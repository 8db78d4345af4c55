"""Groups of concepts that share a form, and the parts they are dealt to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.alignment.bitext import Rows
from indexer.alignment.groups import connected_groups, of_rows, parts


def walked(columns: list[list[int]]) -> set[frozenset[int]]:
    """The groups as sets of places, each found by walking from place to place."""
    left, found = set(range(len(columns[0]))), set()
    while left:
        group, edge = set(), [min(left)]
        while edge:
            here = edge.pop()
            group.add(here)
            edge += [
                there
                for there in left - group
                if any(column[here] == column[there] for column in columns)
            ]
        left -= group
        found.add(frozenset(group))
    return found


def as_sets(labels: Rows) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)}


PLACES = st.integers(1, 25).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 15), min_size=n, max_size=n), min_size=1, max_size=3)
)


@settings(max_examples=60, deadline=None)
@given(PLACES)
def test_groups_are_what_walking_finds(columns: list[list[int]]) -> None:
    found = connected_groups(*(np.array(column) for column in columns))
    assert as_sets(found) == walked(columns)
    # Numbered from 0 by their first place.
    firsts = [int(np.flatnonzero(found == group)[0]) for group in range(int(found.max()) + 1)]
    assert firsts == sorted(firsts)


def test_a_long_chain_is_one_group() -> None:
    places = np.random.default_rng(1).permutation(3_000)
    assert connected_groups(places // 2, (places + 1) // 2 + 10_000).tolist() == [0] * 3_000
    assert connected_groups(places // 2).max() == 1_499


def test_no_places_have_no_group() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert connected_groups(nothing, nothing).shape == (0,)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=40), st.integers(1, 6), st.integers(0, 3))
def test_parts_differ_by_no_more_than_one_group(sizes: list[int], n: int, seed: int) -> None:
    counts = np.array(sizes)
    found = parts(counts, n, seed)
    assert found.shape == counts.shape
    filled = np.bincount(found, weights=counts, minlength=n)
    assert len(filled) == n
    assert filled.max() - filled.min() <= counts.max()


def test_a_group_larger_than_a_part_stands_alone() -> None:
    found = parts(np.array([1] * 20 + [50]), 5, seed=3)
    assert (found == found[-1]).sum() == 1
    assert np.bincount(found).tolist().count(5) == 4


def test_equal_groups_are_dealt_by_the_seed() -> None:
    sizes = np.ones(100, dtype=np.int64)
    first, again, other = (parts(sizes, 5, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert np.bincount(first).tolist() == [20] * 5


def test_values_of_pairs_become_values_of_rows() -> None:
    found = of_rows(np.array([2, 0, 2]), np.array([7, 9, 7]), 4)
    assert found.tolist() == [9, -1, 7, -1]


@pytest.mark.parametrize("n", [0, 3])
def test_rows_in_no_pair_have_no_value(n: int) -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert of_rows(nothing, nothing, n).tolist() == [-1] * n
