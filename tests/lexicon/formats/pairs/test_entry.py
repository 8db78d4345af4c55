"""The door through which sentences enter."""

import pytest

from lexicon.errors import InvalidInput
from lexicon.formats.pairs.entry import MAX_SENTENCE, PairEntry, Reading, checked
from tests.lexicon.formats.pairs.files import ANY, ENGLISH, KNOWN

EN = ("en", "en")


def test_text_is_composed_and_its_blanks_are_single() -> None:
    entry = checked(0, " cafe\u0301 \t au\u00a0lait\n", "It  rains.", ("fr", "en"), "Entails")
    assert entry == PairEntry("0", "café au lait", "It rains.", "fr", "en", "entailment")


def test_a_sentence_may_be_longer_than_a_word() -> None:
    assert checked("k", "a" * MAX_SENTENCE, "b", EN, None).premise == "a" * 10_000


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("k", "a" * 10_001, "b", EN, None), "premise of 10,001 characters "),
        (("k", "", "b", EN, None), "empty premise ''"),
        (("k", "a", " \u200b ", EN, None), "empty hypothesis "),
        (("k", "a", "b\x00", EN, None), "hypothesis 'b\\x00' holds the character U+0000"),
        (("k", "\ud800", "b", EN, None), "premise '\\ud800' holds the character U+D800"),
        (("k", None, "b", EN, None), "no premise"),
        (("k", "a", None, EN, None), "no hypothesis"),
        (("k", ["a"], "b", EN, None), "the premise ['a'] is not text"),
        (("k", "a", 3, EN, None), "the hypothesis 3 is not text"),
        (("", "a", "b", EN, None), "empty key ''"),
        ((True, "a", "b", EN, None), "the key True is not text"),
        ((None, "a", "b", EN, None), "no key"),
        (("k" * 201, "a", "b", EN, None), "key of 201 characters"),
        (("k", "a", "b", EN, "maybe"), "unknown NLI label 'maybe'"),
        (("k", "a", "b", EN, 3), "unknown NLI label 3"),
    ],
)
def test_what_is_no_pair_says_why(arguments: tuple[object, ...], why: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked(*arguments)  # type: ignore[arg-type]
    assert str(caught.value).startswith(why)


@pytest.mark.parametrize(
    ("reading", "wanted"),
    [
        (ANY, {("en", "en"), ("fr", "en"), ("en", "fr")}),
        (ENGLISH, {("en", "en")}),
        (Reading(KNOWN, "fr", "en"), {("fr", "en")}),
        (Reading(KNOWN, None, "en"), {("en", "en"), ("fr", "en")}),
    ],
)
def test_which_languages_are_wanted(reading: Reading, wanted: set[tuple[str, str]]) -> None:
    asked = [("en", "en"), ("fr", "en"), ("en", "fr"), ("de", "de"), ("de", "en")]
    assert {pair for pair in asked if reading.wants(*pair)} == wanted
