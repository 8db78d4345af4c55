"""The door through which text enters: what is kept, what is compared, what is refused."""

import unicodedata

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from lexicon.errors import InvalidInput
from lexicon.normalize import MAX_TEXT, clean, search_key

ZWNJ, ZWJ, BOM, SOFT_HYPHEN = "\u200c", "\u200d", "\ufeff", "\u00ad"

# What the lexicon is written in: Latin with accents, Devanagari, Kannada and what joins them.
_LETTERS = st.characters(
    categories=("L", "M", "N"), min_codepoint=0x20, max_codepoint=0x24F
) | st.sampled_from("\u0300\u0301\u0302\u0308\u0327' -\u2019")
_INDIC = st.characters(categories=("L", "M"), min_codepoint=0x900, max_codepoint=0x97F)
_KANNADA = st.characters(categories=("L", "M"), min_codepoint=0xC80, max_codepoint=0xCFF)
PROPERTY = settings(deadline=None, derandomize=True, database=None)
WORDS = st.text(_LETTERS | _INDIC | _KANNADA, min_size=1, max_size=40)


def cleaned(text: str) -> str:
    """``clean(text)``; a text that it refuses is no example."""
    try:
        return clean(text)
    except InvalidInput:
        assume(False)
        raise


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("water", "water"),
        ("  cafe\u0301  au \t\n lait ", "café au lait"),
        ("a\u00a0b\u3000c", "a b c"),
        ("L\u2019Inde", "L\u2019Inde"),
        ("Été", "Été"),
        ("ನಾ\u0cc6\u0cd5ಡು", "ನಾ\u0cc7ಡು"),
        ("\u0958लम", "\u0915\u093cलम"),
        ("ನೀರು", "ನೀರು"),
    ],
)
def test_clean_composes_and_tidies_and_keeps_case(written: str, kept: str) -> None:
    assert clean(written) == kept


def test_clean_keeps_joiners() -> None:
    assert clean(f"ಕ್{ZWNJ}ಷ") == f"ಕ್{ZWNJ}ಷ"
    assert clean(f"क्{ZWJ}ष") == f"क्{ZWJ}ष"


@pytest.mark.parametrize(
    "text", ["", " ", "\t\r\n", "\u00a0\u3000", ZWNJ + ZWJ, BOM, f" {SOFT_HYPHEN} \u200b\u2060"]
)
def test_clean_refuses_text_without_anything_to_see(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        clean(text)
    assert str(caught.value) == f"empty text {text!r}; give at least one letter"


def test_clean_says_what_was_empty() -> None:
    with pytest.raises(InvalidInput, match=r"^empty gloss ' '; "):
        clean(" ", "gloss")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a\x00b", "U+0000"),
        ("wa\x1bter", "U+001B"),
        ("a\x7f", "U+007F"),
        ("a\ud800", "U+D800"),
        ("a\ue000", "U+E000"),
        ("a\uffff", "U+FFFF"),
    ],
)
def test_clean_refuses_what_is_not_text_by_its_code_point(text: str, name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        clean(text)
    assert str(caught.value) == (
        f"text {text!r} holds the character {name}, which is not text; remove it"
    )


def test_a_message_about_long_text_stays_short() -> None:
    with pytest.raises(InvalidInput) as caught:
        clean("a" * 999 + "\x00")
    assert repr("a" * 40) in str(caught.value)
    assert len(str(caught.value)) < 120


def test_clean_takes_the_longest_text_and_refuses_one_character_more() -> None:
    assert clean("a" * MAX_TEXT) == "a" * MAX_TEXT
    with pytest.raises(InvalidInput) as caught:
        clean("a" * (MAX_TEXT + 1), "query")
    assert str(caught.value) == (
        "query of 1,001 characters ('aaaaaaaaaaaaaaaaaaaa'…) is longer than 1,000; "
        "shorten it to a word, phrase or definition"
    )


def test_a_query_of_ten_thousand_characters_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"text of 10,000 characters .* is longer than 1,000"):
        clean("ನೀ" * 5_000)


def test_the_limit_counts_composed_characters() -> None:
    assert clean("e\u0301" * 600) == "é" * 600


def test_what_clean_returns_is_never_longer_than_the_limit() -> None:
    with pytest.raises(InvalidInput, match="is longer than 1,000"):
        clean("\u0958" * 600)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L\u2019Inde", "l'inde"),
        ("l\u2018inde", "l\u02bcinde"),
        ("Água", "água"),
        ("STRASSE", "straße"),
        (f"ಕ್{ZWNJ}ಷ", "ಕ್ಷ"),
        (f"क्{ZWJ}ष", "क्ष"),
        (f"co{SOFT_HYPHEN}operate", "cooperate"),
        (f"{BOM}water", "water"),
        (f"a {ZWJ} b", "a b"),
        (f"e{ZWJ}\u0301", "é"),
    ],
)
def test_spellings_of_one_word_share_a_key(one: str, other: str) -> None:
    assert search_key(one) == search_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("a", "à"), ("ou", "où"), ("ज", "ज़"), ("ದಡ", "ದಢ"), ("ill", "I'll")]
)
def test_accents_nukta_and_apostrophes_tell_words_apart(one: str, other: str) -> None:
    assert search_key(one) != search_key(other)


@PROPERTY
@given(st.text(max_size=60))
@example("\u0958")
@example("\u2000a\u200b \u2001")
def test_clean_is_idempotent(text: str) -> None:
    once = cleaned(text)
    assert clean(once) == once


@PROPERTY
@given(st.text(max_size=60))
def test_clean_gives_composed_text_with_single_blanks(text: str) -> None:
    once = cleaned(text)
    assert unicodedata.is_normalized("NFC", once)
    assert once.split() == once.split(" ")


@PROPERTY
@given(st.text(max_size=60))
def test_the_key_does_not_depend_on_how_text_was_decomposed(text: str) -> None:
    key = search_key(cleaned(text))
    assert search_key(clean(unicodedata.normalize("NFD", text))) == key
    assert search_key(clean(unicodedata.normalize("NFC", text))) == key


@PROPERTY
@given(WORDS, st.lists(st.tuples(st.integers(0, 40), st.sampled_from((ZWNJ, ZWJ))), max_size=5))
def test_the_key_does_not_see_joiners(word: str, joiners: list[tuple[int, str]]) -> None:
    key = search_key(cleaned(word))
    joined = word
    for place, joiner in joiners:
        joined = joined[:place] + joiner + joined[place:]
    assert search_key(clean(joined)) == key


@PROPERTY
@given(WORDS)
@example("\u0149")
def test_the_key_of_a_key_is_itself(word: str) -> None:
    key = search_key(cleaned(word))
    assert search_key(key) == key
