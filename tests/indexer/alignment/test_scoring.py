"""Scores of pairs and forms on vectors that can be read off."""

import numpy as np
import pytest

from indexer.alignment import scoring
from indexer.alignment.groups import FOLDS
from indexer.alignment.ranking import Queries, ranks
from indexer.alignment.scoring import (
    Nearest,
    cosine_ranks,
    directed,
    nearest,
    symmetric,
    xsim_errors,
)
from indexer.alignment.views import Space, View
from indexer.vectors import Vectors, unit_rows
from tests.indexer.alignment.bilingual import dealt, nouns, sampled, scored, scored_in
from tests.indexer.vectors import random_rows


def axes(*rows: list[float]) -> Vectors:
    return unit_rows(np.array(rows), "test")


class TestNearest:
    def test_the_best_come_first_with_means_of_ten_and_of_four(self) -> None:
        words, others = random_rows(3, 4, 1), random_rows(30, 4, 2)
        found = nearest(words, others)
        cosine = words @ others.T
        wanted = -np.sort(-cosine, axis=1)[:, :20]
        np.testing.assert_allclose(found.cosine, wanted, atol=1e-6)
        np.testing.assert_allclose(np.take_along_axis(cosine, found.rows, 1), wanted, atol=1e-6)
        means = np.stack([wanted[:, :10].mean(axis=1), wanted[:, :4].mean(axis=1)], axis=1)
        np.testing.assert_allclose(found.means, means, atol=1e-6)

    def test_there_are_no_more_than_all(self) -> None:
        assert nearest(random_rows(2, 4), random_rows(3, 4)).rows.shape == (2, 3)

    @pytest.mark.parametrize(("words", "others"), [(0, 3), (3, 0), (0, 0)])
    def test_of_nothing_there_are_none(self, words: int, others: int) -> None:
        found = nearest(random_rows(words, 4), random_rows(others, 4))
        assert (
            found.rows.shape == found.cosine.shape == (words, others if words else min(others, 3))
        )
        assert found.means.tolist() == [[0, 0]] * words


class TestLead:
    def test_a_translation_is_held_against_the_hardest_non_translation(self) -> None:
        # Concept 0: rows 0 and 1 of the target; concept 1: row 2.
        source, target = nouns("en", (0,), (1,)), nouns("fr", (0, 1), (2,))
        made = scored(
            source,
            target,
            axes([1, 0], [0, 1]),
            axes([1, 0], [0.6, 0.8], [0.8, 0.6]),
        )
        assert made.data.pairs.target.tolist() == [0, 1, 2]
        # en0 has 1 and 0.6 against 0.8; en1 has 0.6 against 0.8.
        np.testing.assert_allclose(made.found.lead, [0.2, -0.2, -0.2], atol=1e-6)

    def test_without_a_non_translation_nothing_can_be_missed(self) -> None:
        made = scored(nouns("en", (0,)), nouns("fr", (0, 1)), axes([1, 0]), axes([1, 0], [0, 1]))
        assert made.found.lead.tolist() == [np.inf, np.inf]


class TestXsim:
    def errors(self, cosine: list[float], means: list[float], right: list[int]) -> float:
        """Of a query whose nearest are the rows 0, 1, 2, ... of these cosines."""
        row = np.array([cosine], dtype=np.float32)
        close = Nearest(np.arange(len(cosine))[None], row, np.full((1, 2), 0.5, dtype=np.float32))
        wide = np.array([[9, mean] for mean in means], dtype=np.float32)
        return float(xsim_errors(close, wide, Queries(np.array(right), np.array([len(right)])))[0])

    def test_the_highest_ratio_is_taken(self) -> None:
        # 0.9 / 0.7 is less than 0.8 / 0.5.
        assert self.errors([0.9, 0.8], [0.9, 0.5], [1]) == 0.0
        assert self.errors([0.9, 0.8], [0.9, 0.5], [0]) == 1.0
        assert self.errors([0.9, 0.8], [0.9, 0.5], [0, 1]) == 0.0

    def test_only_the_four_nearest_are_looked_at(self) -> None:
        cosine, means = [0.9, 0.9, 0.9, 0.9, 0.8], [0.5, 0.5, 0.5, 0.5, -0.4]
        assert self.errors(cosine, means, [4]) == 1.0

    def test_equal_margins_share_the_error(self) -> None:
        assert self.errors([0.9, 0.9, 0.9], [0.5, 0.5, 0.5], [0]) == pytest.approx(2 / 3)
        assert self.errors([0.9, 0.9, 0.9], [0.5, 0.5, 0.5], [0, 2]) == pytest.approx(1 / 3)

    def test_a_mean_of_zero_is_divided_by_as_laser_does(self) -> None:
        # 0.5 / 0 is above anything, 0 / 0 is nothing.
        assert self.errors([0.5, 0.4], [-0.5, 0.5], [0]) == 0.0
        assert self.errors([0.4, 0.0], [0.5, -0.5], [0]) == 0.0


SOURCE = nouns("en", *((row,) for row in range(25)), rows=27)
TARGET = nouns("fr", *((row, row + 1) for row in range(0, 50, 2)), rows=52)


class TestViews:
    """Twenty-five concepts, each fold under vectors of its own."""

    @pytest.fixture
    def spaces(self) -> tuple[Space, Space]:
        first, second = dealt(SOURCE, TARGET)
        return (
            Space([View(random_rows(27, 5, fold), (fold,)) for fold in range(FOLDS)], first),
            Space([View(random_rows(52, 5, fold + 9), (fold,)) for fold in range(FOLDS)], second),
        )

    def test_a_form_is_ranked_and_its_pairs_are_scored_in_the_view_of_its_fold(
        self, spaces: tuple[Space, Space]
    ) -> None:
        data = sampled(SOURCE, TARGET)
        made = scored_in(data, *spaces)
        for fold in range(FOLDS):
            views = [View(side.views[fold].vectors) for side in spaces]
            alone = scored_in(
                data, *(Space([view], side.fold) for view, side in zip(views, spaces, strict=True))
            )
            forms, pairs = data.form_fold == fold, data.fold == fold
            assert forms.sum() == 5
            for ranked, other in (
                (made.found.by_cosine, alone.found.by_cosine),
                (made.found.by_csls, alone.found.by_csls),
            ):
                np.testing.assert_array_equal(ranked.better[forms], other.better[forms])
            np.testing.assert_array_equal(made.found.astray[forms], alone.found.astray[forms])
            np.testing.assert_array_equal(made.found.nearest[forms], alone.found.nearest[forms])
            for name in ("ratio", "distance", "lead"):
                ours, theirs = (getattr(one.found, name)[pairs] for one in (made, alone))
                np.testing.assert_allclose(ours, theirs, atol=1e-6)
            random = data.random_fold == fold
            np.testing.assert_allclose(
                made.known.raw.random[random], alone.known.raw.random[random]
            )

    def test_ranks_by_cosine_alone_are_the_same(self, spaces: tuple[Space, Space]) -> None:
        data = sampled(SOURCE, TARGET)
        made, alone = scored_in(data, *spaces).found.by_cosine, cosine_ranks(data, *spaces)
        assert made.better.max() > 5
        for name in ("better", "tied", "right"):
            np.testing.assert_array_equal(getattr(alone, name), getattr(made, name))

    def test_blocks_of_forms_change_nothing(
        self, spaces: tuple[Space, Space], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data = sampled(SOURCE, TARGET)
        made = scored_in(data, *spaces).found
        monkeypatch.setattr(scoring, "_SCORES", 2 * TARGET.rows)
        again = scored_in(data, *spaces).found
        np.testing.assert_array_equal(again.by_csls.better, made.by_csls.better)
        np.testing.assert_allclose(again.lead, made.lead, atol=1e-6)

    def test_the_other_direction_uses_the_same_neighbourhoods(
        self, spaces: tuple[Space, Space]
    ) -> None:
        data = sampled(SOURCE, TARGET)
        known = symmetric(data, *spaces)
        back = directed(data.turned(), spaces[1], spaces[0], known.turned())
        alone = scored_in(data.turned(), spaces[1], spaces[0]).found
        np.testing.assert_array_equal(back.by_csls.better, alone.by_csls.better)
        np.testing.assert_array_equal(back.astray, alone.astray)
        np.testing.assert_allclose(back.ratio, alone.ratio, atol=1e-6)


def test_cosines_come_as_they_are_centred_and_whitened() -> None:
    first, second = dealt(SOURCE, TARGET)
    here, there = (
        Space([View(random_rows(27, 5, 1))], first),
        Space([View(random_rows(52, 5, 2))], second),
    )
    data = sampled(SOURCE, TARGET)
    known = symmetric(data, here, there)
    assert list(known.versions) == ["", "centred_", "whitened_"]
    assert list(symmetric(data, here, there, mapped=False).versions) == [""]
    rows = data.pairs.source, data.pairs.target
    for prefix, left, right in (
        ("", here.views[0].vectors, there.views[0].vectors),
        ("centred_", here.centred, there.centred),
        ("whitened_", here.whitened, there.whitened),
    ):
        wanted = (left[rows[0]] * right[rows[1]]).sum(axis=1)
        np.testing.assert_allclose(known.versions[prefix].pairs, wanted, atol=1e-6)
        wanted = (left[data.random_rows[0]] * right[data.random_rows[1]]).sum(axis=1)
        np.testing.assert_allclose(known.versions[prefix].random, wanted, atol=1e-6)


def test_csls_lets_no_hub_win() -> None:
    """Row 2 of the target lies between all source words and is nearest to each."""
    source, target = nouns("en", (0,), (1,)), nouns("fr", (0,), (1,), (2,))
    here = axes([1, 1, 0], [0, 1, 1])
    there = axes([1, 0, 0], [0, 0, 1], [0.6, 1, 0.6])
    made = scored(source, target, here, there)
    assert made.found.by_cosine.hits(1).tolist() == [0, 0]
    # By hand, over all there are: twice the cosine less both means.
    cosine = here @ there.T
    wanted = 2 * cosine - cosine.mean(axis=1, keepdims=True) - cosine.mean(axis=0)
    assert ranks(wanted, made.data.queries).hits(1).tolist() == made.found.by_csls.hits(1).tolist()
    assert made.found.by_csls.hits(1).tolist() == [1, 1]
