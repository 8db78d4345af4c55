"""The romanising normaliser, sound by sound."""

import pytest

from indexer.encoders.embedded.build.romanise import normaliser

RULES = normaliser(["en", "fr", "hi", "kn"])


@pytest.mark.parametrize(
    ("word", "romanised"),
    [
        ("computer", "KOMPUTER"),
        ("कंप्यूटर", "KANPIUTAR"),
        ("ಕಂಪ್ಯೂಟರ್", "KANPIUTAR"),
        ("पानी", "PANI"),
        ("ನೀರು", "NIRU"),
        ("crème glacée", "KREME GLAKE"),
        ("œuvre", "OEUVRE"),
        ("photo", "FOTO"),
        ("फ़ोटो", "FOTO"),
        ("24", "24"),
    ],
)
def test_words_in_rough_latin_capitals(word: str, romanised: str) -> None:
    assert RULES.normalize_str(word) == romanised


@pytest.mark.parametrize(
    ("hindi", "kannada"),
    [("कमल", "ಕಮಲ"), ("भारत", "ಭಾರತ"), ("शब्द", "ಶಬ್ದ"), ("राजा", "ರಾಜಾ"), ("गौरव", "ಗೌರವ")],
)
def test_twins_of_two_scripts_are_written_alike(hindi: str, kannada: str) -> None:
    assert RULES.normalize_str(hindi) == RULES.normalize_str(kannada)


def test_a_split_kannada_vowel_sign_is_the_same_as_a_whole_one() -> None:
    whole, split = "ಕೊ", "ಕ\u0cc6\u0cc2"
    assert whole != split
    assert RULES.normalize_str(whole) == RULES.normalize_str(split) == "KO"


@pytest.mark.parametrize("word", ["क\u200dमल", "क\u200cमल"])
def test_joiners_are_silent(word: str) -> None:
    assert RULES.normalize_str(word) in {RULES.normalize_str("कमल"), "KMAL"}


def test_markers_of_known_languages_vanish() -> None:
    assert RULES.normalize_str("<fr>or") == "OR"
    assert RULES.normalize_str("<kn>ನೀರು") == "NIRU"
    assert normaliser(["en"]).normalize_str("<fr>or") == "<FR>OR"


def test_no_small_letter_is_left() -> None:
    text = "Überraschung, naïve ñandú; पानी ನೀರು zyxwvutsrqponmlkjihgfedcba"
    assert RULES.normalize_str(text) == RULES.normalize_str(text).upper()
