"""Hubs: candidates that are near to many."""

import numpy as np
import pytest

from indexer.alignment.hubness import OCCURRENCE, occurrences, skewness, without_blocks
from tests.indexer.alignment import published
from tests.indexer.vectors import random_rows


def test_every_place_among_the_nearest_counts() -> None:
    nearest = np.array([[3, 0], [3, 1], [3, 0]])
    assert occurrences(nearest, 5).tolist() == [2, 1, 0, 3, 0]
    assert occurrences(np.zeros((0, 2), dtype=np.int64), 2).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        # Around a mean of 1: (27 - 3) / 4 over 3 ** 1.5.
        ([0, 0, 0, 4], 6 / 3**1.5),
        ([4, 4, 4, 0], -6 / 3**1.5),
        ([0, 2, 4], 0.0),
    ],
)
def test_skewness_by_hand(counts: list[int], wanted: float) -> None:
    assert skewness(np.array(counts)) == pytest.approx(wanted)


@pytest.mark.parametrize("counts", [[], [3], [2, 2, 2]])
def test_equal_counts_are_not_skewed_at_all(counts: list[int]) -> None:
    assert np.isnan(skewness(np.array(counts, dtype=np.int64)))


def near(
    queries: int, candidates: int, width: int
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    cosine = random_rows(queries, 5, 1) @ random_rows(candidates, 5, 2).T
    return np.argsort(-cosine, axis=1, kind="stable")[:, :width].astype(np.int64)


def test_of_all_queries_it_is_the_published_one() -> None:
    cosine = published.cosines(random_rows(40, 5, 1), random_rows(30, 5, 2))
    found = skewness(occurrences(near(40, 30, OCCURRENCE), 30))
    assert found == pytest.approx(published.hubness(cosine, range(40)))


def test_without_a_block_it_is_as_if_its_words_had_never_been() -> None:
    source, target = random_rows(40, 5, 1), random_rows(30, 5, 2)
    blocks = np.arange(40) % 4, np.where(np.arange(30) < 6, -1, np.arange(30) % 4)
    found = without_blocks(near(40, 30, 30), *blocks, 4)
    for block, value in enumerate(found.tolist()):
        kept = (blocks[0] != block), (blocks[1] != block)
        cosine = published.cosines(source[kept[0]], target[kept[1]])
        assert cosine.shape == (30, 24)
        assert value == pytest.approx(published.hubness(cosine, range(30)))


def test_the_next_move_up_only_as_far_as_they_are_known() -> None:
    # Of one query, eleven candidates are known, and two of the first ten leave.
    nearest = np.array([range(11), range(11)])
    candidates = np.array([0, 0, *[1] * 10])
    found = without_blocks(nearest, np.array([1, 1]), candidates, 2)
    # Nine of ten candidates are near both queries.
    assert found[0] == pytest.approx(skewness(np.array([2] * 9 + [0])))
    # No query is left without the second block.
    assert np.isnan(found[1])
