"""Labels as words and as integers, and where there is none."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexicon.errors import InvalidInput
from lexicon.labels import from_integer, gold, order
from lexicon.models import NLI_LABELS

JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none())


def test_integers_count_in_the_order_of_the_labels() -> None:
    assert [from_integer(value) for value in (0, 1, 2, -1)] == [*NLI_LABELS, None]


def test_another_order_may_be_given() -> None:
    given_order = order(["contradiction", "Neutral ", "entails"])
    assert given_order == ("contradiction", "neutral", "entailment")
    assert from_integer(0, given_order) == "contradiction"


@pytest.mark.parametrize("value", [3, -2, 10**20])
def test_another_integer_is_refused_with_the_known_ones(value: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        from_integer(value)
    assert str(caught.value) == (
        f"unknown NLI label {value}; known: 0 entailment, 1 neutral, 2 contradiction, -1 none"
    )


@pytest.mark.parametrize("words", [[], ["neutral"], ["neutral"] * 3, [*NLI_LABELS, "neutral"]])
def test_an_order_names_each_label_once(words: list[str]) -> None:
    with pytest.raises(InvalidInput, match="must name each of entailment, neutral, contradiction"):
        order(words)


@pytest.mark.parametrize("value", [None, "", " ", "-", -1, "-1", -1.0, "hidden"])
def test_no_gold_label_is_written_in_many_ways(value: object) -> None:
    assert gold(value) is None


@pytest.mark.parametrize(
    ("value", "label"),
    [(1, "neutral"), ("2", "contradiction"), (0.0, "entailment"), ("Contradictory", NLI_LABELS[2])],
)
def test_a_gold_label_is_a_word_or_an_integer(value: object, label: str) -> None:
    assert gold(value) == label


@pytest.mark.parametrize("value", [True, 0.5, float("nan"), float("inf"), [], {}, "٢", "3"])
def test_another_value_is_refused(value: object) -> None:
    with pytest.raises(InvalidInput, match="NLI label"):
        gold(value)


@given(JSON)
def test_no_value_does_more_than_be_refused(value: object) -> None:
    with suppress(InvalidInput):
        assert gold(value) in (*NLI_LABELS, None)
