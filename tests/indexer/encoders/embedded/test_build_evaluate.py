"""What the student makes of words it never saw."""

import numpy as np
import pytest

from indexer.encoders.embedded.build.evaluate import (
    Figures,
    connected_groups,
    evaluate,
    held_out,
)
from lexicon.normalize import search_key
from tests.indexer.encoders.mini import MINI, RECIPE, HashTeacher
from tests.indexer.worlds import entry

SHARE = 0.4


class TestGroups:
    def test_forms_connect_across_several_steps(self) -> None:
        entries = [
            entry("a", en="bank", fr="rive"),
            entry("b", en="tree", fr="arbre"),
            entry("c", en="money", fr="banque"),
            entry("d", en="bank", fr="banque"),
        ]
        assert connected_groups(entries) == [[0, 2, 3], [1]]

    def test_the_same_spelling_in_two_languages_does_not_connect(self) -> None:
        entries = [entry("a", en="or", fr="ou"), entry("b", en="gold", fr="or")]
        assert connected_groups(entries) == [[0], [1]]

    def test_case_does_not_separate(self) -> None:
        assert connected_groups([entry("a", fr="Terre"), entry("b", fr="terre")]) == [[0, 1]]

    def test_no_form_stands_in_two_groups(self) -> None:
        groups = connected_groups(MINI)
        assert sorted(place for group in groups for place in group) == list(range(len(MINI)))
        seen: set[tuple[str, str]] = set()
        for group in groups:
            forms = {
                (code, search_key(form))
                for place in group
                for code, cell in MINI[place].forms.items()
                for form in cell
            }
            assert not forms & seen
            seen |= forms
        # Both banks, and gold with sleep through Hindi सोना.
        assert [group for group in groups if len(group) > 1] == [[1, 9], [4, 5]]

    def test_no_entries_make_no_groups(self) -> None:
        assert connected_groups([]) == []


class TestHeldOut:
    @pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5, 1.0])
    def test_whole_groups_up_to_the_share(self, share: float) -> None:
        chosen = held_out(MINI, share, seed=3)
        assert len(chosen) <= share * len(MINI)
        for group in connected_groups(MINI):
            assert set(group) <= chosen or not set(group) & chosen

    def test_the_share_is_filled_as_far_as_groups_allow(self) -> None:
        singles = [entry(f"c{n}", en=f"w{n}") for n in range(50)]
        assert len(held_out(singles, 0.2, seed=1)) == 10
        assert held_out(singles, 1.0, seed=1) == set(range(50))

    def test_a_group_beyond_the_share_stays_in(self) -> None:
        singles = [entry(f"s{n}", en=f"x{n}") for n in range(10)]
        group = [entry(f"b{n}", en="one") for n in range(10)]
        assert held_out([*singles, *group], 0.4, seed=1) < set(range(10))
        assert len(held_out([*singles, *group], 0.4, seed=1)) == 8

    def test_the_choice_is_seeded(self) -> None:
        singles = [entry(f"c{n}", en=f"w{n}") for n in range(50)]
        assert held_out(singles, 0.2, seed=1) == held_out(singles, 0.2, seed=1)
        assert held_out(singles, 0.2, seed=1) != held_out(singles, 0.2, seed=2)


@pytest.fixture(scope="module")
def figures() -> Figures:
    return evaluate(MINI, HashTeacher(), RECIPE, SHARE)


class TestFigures:
    def test_known_words_are_remembered(self, figures: Figures) -> None:
        assert len(figures.known) == 12
        assert {found.precision[1] for found in figures.known.values()} == {1.0}
        assert figures.known["en", "kn"].forms == 15
        assert figures.known["en", "kn"].candidates == 14

    def test_held_out_words_are_told_by_everyday_and_names(self, figures: Figures) -> None:
        left_out = held_out(MINI, SHARE, RECIPE.seed)
        assert figures.held_out_concepts == len(left_out)
        names = {place for place in left_out if MINI[place].pos == "propn"}
        for pair in figures.known:
            source = pair[0]
            for found, places in (
                (figures.everyday[pair], left_out - names),
                (figures.names[pair], names),
            ):
                assert found.forms == len({f for p in places for f in MINI[p].forms[source]})
                assert found.candidates == figures.known[pair].candidates

    def test_words_that_were_not_taught_are_not_all_remembered(self, figures: Figures) -> None:
        rates = [found.precision[1] for found in figures.everyday.values()]
        assert np.mean(rates) < 0.7

    def test_synonyms_are_english_and_asked_of_a_taught_concept(self, figures: Figures) -> None:
        assert {pair[0] for pair in figures.synonyms} == {"en"}
        for pair, found in figures.synonyms.items():
            assert 0 < found.forms <= 3
            assert found.candidates == figures.known[pair].candidates

    def test_two_evaluations_agree(self, figures: Figures) -> None:
        # Compared as text, because a rate over no words is NaN, which equals nothing.
        assert repr(evaluate(MINI, HashTeacher(), RECIPE, SHARE)) == repr(figures)
