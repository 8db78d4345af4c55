"""Retrieval, margins and xSIM against the published definitions, with words that share vectors and
queries of several right answers."""

import numpy as np
import pytest

from indexer.vectors import TIE
from tests.indexer.alignment import published
from tests.indexer.alignment.bilingual import Scored, nouns, scored
from tests.indexer.vectors import random_rows

SOURCE = ((0,), (1, 2), (3,), (0, 4), (5,), (6, 7), (8,), (9,), (10,), (11,))
TARGET = ((0, 1), (2,), (3,), (4,), (5, 6, 7), (8,), (9,), (10,), (11,), (12,))
"""The words of ten concepts; row 0 of the source has two, and two more words translate nothing."""

EQUAL = {1: 0, 12: 11, 6: 5, 7: 5, 10: 3}
"""Target rows with the vector of another row, some right for the same query and some not."""


def world(seed: int, same: bool = False) -> Scored:
    """Random vectors where translations lean towards each other, half of them too little."""
    source, target = nouns("en", *SOURCE, rows=13), nouns("fr", *TARGET, rows=14)
    here, there = random_rows(13, 7, seed), random_rows(14, 7, seed + 100)
    for ours, theirs in zip(SOURCE, TARGET, strict=True):
        for row in theirs:
            there[row] += 0.9 * here[ours[0]]
    there /= np.linalg.norm(there, axis=1, keepdims=True)
    for row, other in EQUAL.items():
        there[row] = there[other]
    here[2], here[7] = here[1], here[3]
    if same:
        there[:] = there[0]
    return scored(source, target, here, there)


def cosines(made: Scored) -> published.Matrix:
    return published.cosines(made.source.views[0].vectors, made.target.views[0].vectors)


def answers(made: Scored) -> dict[int, set[int]]:
    pairs = made.data.pairs
    return {
        int(row): set(pairs.target[pairs.source == row].tolist()) for row in np.unique(pairs.source)
    }


def assert_no_near_ties(scores: published.Matrix) -> None:
    """Scores are equal or far enough apart that no rounding decides."""
    gaps = np.diff(np.sort(scores, axis=1), axis=1)
    assert (gaps[gaps > 1e-9] > 3 * TIE).all()
    assert (gaps <= 1e-9).any()


SEEDS = [7, 140, 367]


class TestMuse:
    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize("k", [1, 5, 10])
    def test_precision_by_cosine_and_by_csls(self, seed: int, k: int) -> None:
        made = world(seed)
        cosine = cosines(made)
        for scores, ranks in (
            (cosine, made.found.by_cosine),
            (published.csls(cosine), made.found.by_csls),
        ):
            assert_no_near_ties(scores)
            found = float(ranks.hits(k).mean())
            assert found == pytest.approx(published.precision(scores, answers(made), k), abs=1e-6)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_reciprocal_ranks(self, seed: int) -> None:
        made = world(seed)
        cosine = cosines(made)
        for scores, ranks in (
            (cosine, made.found.by_cosine),
            (published.csls(cosine), made.found.by_csls),
        ):
            found = float(ranks.reciprocals().mean())
            assert found == pytest.approx(
                published.reciprocal_rank(scores, answers(made)), abs=1e-6
            )

    def test_the_fixture_has_misses_ties_and_changes_of_answer(self) -> None:
        rates, changed = [], 0
        for seed in SEEDS:
            made = world(seed)
            by_cosine, by_csls = made.found.by_cosine.hits(1), made.found.by_csls.hits(1)
            rates += by_cosine.tolist()
            changed += int((by_cosine != by_csls).sum())
            assert made.data.queries.counts.max() == 3
        assert changed >= 2
        assert 0.0 in rates
        assert 1.0 in rates
        assert any(0 < rate < 1 for rate in rates)


class TestLaser:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_the_error_of_xsim(self, seed: int) -> None:
        made = world(seed)
        cosine = cosines(made)
        fourth, fifth = np.sort(cosine, axis=1)[:, [-4, -5]].T
        # Which of two equal candidates is the fourth would be chance.
        assert (fourth[made.data.forms] - fifth[made.data.forms] > 1e-6).all()
        found = float(made.found.astray.mean())
        assert 0 < found < 1
        assert found == pytest.approx(published.xsim_error(cosine, answers(made)), abs=1e-6)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_margins_of_every_pair(self, seed: int) -> None:
        made = world(seed)
        cosine, pairs = cosines(made), made.data.pairs
        rows = list(zip(pairs.source.tolist(), pairs.target.tolist(), strict=True))
        ratios = [published.ratio_margin(cosine, *pair) for pair in rows]
        np.testing.assert_allclose(made.found.ratio, ratios, atol=1e-6)
        distances = [published.distance_margin(cosine, *pair) for pair in rows]
        np.testing.assert_allclose(made.found.distance, distances, atol=1e-6)


def test_where_all_words_are_one_everything_is_chance() -> None:
    made = world(1, same=True)
    rights = made.data.queries.counts / 14
    np.testing.assert_allclose(made.found.by_cosine.hits(1), rights)
    np.testing.assert_allclose(made.found.by_csls.hits(1), rights)
