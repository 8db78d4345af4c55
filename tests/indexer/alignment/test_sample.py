"""What two languages are scored on, counted by hand."""

import numpy as np
import pytest

from indexer.alignment.bitext import Expressions
from indexer.alignment.groups import BLOCKS, FOLDS
from indexer.alignment.sample import Sample, Words, folds
from tests.indexer.alignment.bilingual import Sense, dealt, nouns, sampled, words


def pairs_of(data: Sample) -> list[tuple[int, int, int]]:
    pairs = data.pairs
    columns = (pairs.concept.tolist(), pairs.source.tolist(), pairs.target.tolist())
    return list(zip(*columns, strict=True))


@pytest.fixture(scope="module")
def small() -> Sample:
    """Concepts 0 and 1 share *en1*; 2 is a name; 3 is spelt alike; 4 has no French word."""
    english = words(
        "en",
        [
            *((0, 0, "noun"), (1, 0, "noun"), (1, 1, "noun"), (2, 2, "propn")),
            *((3, 3, "noun"), (4, 4, "noun"), (5, 3, "noun")),
        ],
        keys=["water", "bank", "paris", "orange", "shore", "tangerine"],
    )
    french = words(
        "fr",
        [(0, 0, "noun"), (1, 1, "noun"), (2, 2, "propn"), (3, 3, "noun"), (4, 3, "noun")],
        rows=6,
        keys=["eau", "banque", "paris", "orange", "clémentine", "mot"],
    )
    return sampled(english, french)


class TestPairs:
    def test_of_every_concept_that_both_express(self, small: Sample) -> None:
        assert pairs_of(small) == [
            *((0, 0, 0), (0, 1, 0), (1, 1, 1), (2, 2, 2)),
            *((3, 3, 3), (3, 3, 4), (3, 5, 3), (3, 5, 4)),
        ]
        assert small.concept_count == 4

    def test_concepts_that_share_a_form_are_of_one_group(self, small: Sample) -> None:
        assert small.group.tolist() == [0, 0, 0, 1, 2, 2, 2, 2]
        assert small.groups == 3

    def test_a_group_is_in_one_block_and_in_one_fold(self, small: Sample) -> None:
        assert small.block.shape == (3,)
        assert len(set(small.block.tolist())) == 3
        assert small.block.max() < BLOCKS
        for group in range(3):
            assert len(set(small.fold[small.group == group].tolist())) == 1

    def test_forms_are_asked_for_once_each_with_all_right_answers(self, small: Sample) -> None:
        assert small.forms.tolist() == [0, 1, 2, 3, 5]
        assert small.queries.counts.tolist() == [1, 2, 1, 2, 2]
        assert small.queries.right.tolist() == [0, 0, 1, 2, 3, 4, 3, 4]
        assert small.form_group.tolist() == [0, 0, 1, 2, 2]

    def test_forms_of_some_folds(self, small: Sample) -> None:
        fold = int(small.form_fold[3])
        assert small.asked([fold]).tolist() == np.flatnonzero(small.form_fold == fold).tolist()
        assert small.asked(range(FOLDS)).tolist() == [0, 1, 2, 3, 4]
        assert small.asked([]).tolist() == []

    def test_turned_round_it_is_the_same_the_other_way(self, small: Sample) -> None:
        back = small.turned()
        assert (back.source.language, back.target.language) == ("fr", "en")
        assert pairs_of(back) == [(c, b, a) for c, a, b in pairs_of(small)]
        assert back.forms.tolist() == [0, 1, 2, 3, 4]
        assert back.queries.right.tolist() == [0, 1, 1, 2, 3, 5, 3, 5]
        for ours, theirs in zip(small.random_rows, reversed(back.random_rows), strict=True):
            np.testing.assert_array_equal(ours, theirs)
        for ours, theirs in zip(small.random_groups, reversed(back.random_groups), strict=True):
            np.testing.assert_array_equal(ours, theirs)
        assert pairs_of(back.turned()) == pairs_of(small)

    def test_languages_without_a_common_concept_have_no_pair(self) -> None:
        data = sampled(nouns("en", (0,), ()), nouns("fr", (), (0,)))
        assert (pairs_of(data), data.groups, data.concept_count) == ([], 0, 0)
        assert data.forms.shape == data.random_source.shape == (0,)
        assert data.distinct.pairs.shape == data.distinct.forms.shape == (0,)


class TestDistinct:
    def test_it_leaves_out_names_and_what_is_spelt_alike(self, small: Sample) -> None:
        part = small.distinct
        # Of orange only clémentine is left; tangerine keeps both its translations.
        assert [pairs_of(small)[place] for place in np.flatnonzero(part.pairs)] == [
            *((0, 0, 0), (0, 1, 0), (1, 1, 1)),
            *((3, 3, 4), (3, 5, 3), (3, 5, 4)),
        ]
        # orange could be found by its spelling, so it is not asked for.
        assert small.forms[part.forms].tolist() == [0, 1, 5]

    def test_no_random_pair_of_names(self) -> None:
        senses: list[Sense] = [(row, row, "propn" if row % 2 else "noun") for row in range(20)]
        data = sampled(words("en", senses), words("fr", senses), n=300)
        source, _ = data.random_rows
        assert set(source[~data.distinct.random] % 2) == {1}
        assert set(source[data.distinct.random] % 2) == {0}

    def test_everything_is_everything(self, small: Sample) -> None:
        part = small.everything
        assert part.pairs.all()
        assert part.forms.all()
        assert part.random.all()
        assert (len(part.pairs), len(part.forms), len(part.random)) == (
            8,
            5,
            len(small.random_fold),
        )

    def test_forms_of_some_pairs(self, small: Sample) -> None:
        pairs = small.pairs.concept == 1
        part = small.of_pairs(pairs, small.everything.random)
        assert small.forms[part.forms].tolist() == [1]


def crowd(language: str, size: int = 120) -> Words:
    """Every row expresses its concept, every sixth the next one too; a third are verbs, and ten
    more rows express what the other language cannot say."""
    kind = {0: "verb", 1: "noun", 2: "noun"}
    senses = [(row, row, kind[row % 3]) for row in range(size)]
    senses += [(row, row + 1, kind[(row + 1) % 3]) for row in range(0, size - 1, 6)]
    own = 1_000 * ord(language[0])
    return words(language, senses + [(size + row, own + row, "noun") for row in range(10)])


@pytest.fixture(scope="module")
def data() -> Sample:
    return sampled(crowd("en"), crowd("fr"), n=2_000)


class TestRandomPairs:
    def test_none_is_there_twice(self, data: Sample) -> None:
        drawn = list(zip(*(rows.tolist() for rows in data.random_rows), strict=True))
        assert len(set(drawn)) == len(drawn)
        assert 1_000 < len(drawn) <= 2_000

    def test_their_words_are_of_two_groups(self, data: Sample) -> None:
        here, there = data.random_groups
        assert (here != there).all()

    def test_of_one_group_rather_than_none(self) -> None:
        # Water and sea share a French word, and nothing else is there.
        english, french = nouns("en", (0,), (1,)), nouns("fr", (0,), (0, 1))
        data = sampled(english, french, 50, 1)
        assert data.groups == 1
        assert [rows.tolist() for rows in data.random_rows] == [[0], [1]]

    def test_they_share_no_concept(self, data: Sample) -> None:
        translations = set(zip(data.pairs.source.tolist(), data.pairs.target.tolist(), strict=True))
        drawn = set(zip(*(rows.tolist() for rows in data.random_rows), strict=True))
        assert len(drawn) > 500
        assert not drawn & translations

    def test_they_are_of_one_part_of_speech(self, data: Sample) -> None:
        here = data.source.expressions.pos[data.random_source]
        there = data.target.expressions.pos[data.random_target]
        assert set(here) == {"noun", "verb"}
        assert (here == there).all()

    def test_they_lie_in_one_fold(self, data: Sample) -> None:
        source, target = dealt(data.source, data.target)
        here, there = data.random_rows
        np.testing.assert_array_equal(source[here], data.random_fold)
        np.testing.assert_array_equal(target[there], data.random_fold)
        assert set(data.random_fold.tolist()) == set(range(FOLDS))

    def test_they_are_of_words_that_translate(self, data: Sample) -> None:
        for rows, groups in zip(data.random_rows, data.random_groups, strict=True):
            assert rows.max() < 120
            assert groups.min() >= 0

    def test_they_depend_on_the_seed_alone(self, data: Sample) -> None:
        again, other = (sampled(crowd("en"), crowd("fr"), 2_000, seed) for seed in (1, 2))
        np.testing.assert_array_equal(again.random_rows, data.random_rows)
        assert [rows.tolist() for rows in other.random_rows] != [
            rows.tolist() for rows in data.random_rows
        ]


class TestFolds:
    def test_concepts_that_share_a_form_of_any_language_stay_together(self) -> None:
        # 0 and 1 share an English word, 1 and 2 a French one, 3 to 22 stand alone.
        alone = [(number,) for number in range(10, 30)]
        english, french = (
            nouns("en", (0,), (0,), (1,), *alone),
            nouns("fr", (0,), (1,), (1,), *alone),
        )
        first, second = folds([english.expressions, french.expressions])
        assert first[0] == first[1] == second[0] == second[1]
        np.testing.assert_array_equal(first[10:], second[10:])
        assert set(first.tolist()) == {-1, *range(FOLDS)}
        # Rows 2 to 9 express nothing.
        assert first[2:10].tolist() == [-1] * 8

    def test_parts_are_about_equal_and_seeded(self) -> None:
        some = [crowd("en", 300).expressions, crowd("fr", 300).expressions]
        first, again, other = (folds(some, seed)[0] for seed in (1, 1, 2))
        np.testing.assert_array_equal(first, again)
        assert (first != other).any()
        sizes = np.bincount(first[first >= 0], minlength=FOLDS)
        assert sizes.max() - sizes.min() <= 4

    def test_a_language_without_words_has_no_folds(self) -> None:
        nothing = np.zeros(0, dtype=np.int64)
        empty = Expressions(nothing, nothing, np.zeros(0, dtype=np.str_))
        first, second = folds([empty, nouns("fr", (0,)).expressions])
        assert (len(first), len(second)) == (0, 1)

    def test_no_languages_have_no_folds(self) -> None:
        assert folds([]) == []
