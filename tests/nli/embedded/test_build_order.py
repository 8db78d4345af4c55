"""Reordering: hand-made clauses."""

import pytest

from nli.embedded.build.order import noun_first, postpositions, verb_final


@pytest.mark.parametrize(
    ("english", "reordered"),
    [
        ("the house is red", "the house red is"),
        ("he is eating bread", "he bread eating is"),
        ("he has eaten", "he eaten has"),
        ("she will not come to the city", "she the city to come not will"),
        ("he is not big", "he big not is"),
        ("he sleeps in the house and they eat", "he sleeps the house in and they eat"),
        ("it is late , he is not here .", "it late is , he here not is ."),
        ("is", "is"),
        ("", ""),
    ],
)
def test_verbs_go_last(english: str, reordered: str) -> None:
    assert verb_final(english.split()) == reordered.split()


def test_a_postposition_follows_four_words_at_most() -> None:
    assert postpositions("of a b c d e".split()) == ["a", "b", "c", "d", "of", "e"]  # noqa: SIM905
    assert postpositions(["in"]) == ["in"]
    assert postpositions(["on", "in", "it"]) == ["on", "in", "it"]


def test_adjectives_follow_a_noun_but_no_grammar() -> None:
    assert noun_first(["big", "red", "car"], {"big", "red"}) == ["car", "big", "red"]
    assert noun_first(["red", "and", "big"], {"big", "red"}) == ["red", "and", "big"]
    assert noun_first(["red", "."], {"red"}) == ["red", "."]
    assert noun_first([], {"red"}) == []
