"""The first four languages, and telling scripts apart."""

import pytest

from lexicon.languages import SEED, LanguageSeed, script_of


def test_a_new_store_starts_with_four_languages() -> None:
    assert [(seed.code, seed.name, seed.script) for seed in SEED] == [
        ("en", "English", "Latn"),
        ("fr", "French", "Latn"),
        ("hi", "Hindi", "Deva"),
        ("kn", "Kannada", "Knda"),
    ]


@pytest.mark.parametrize("seed", SEED, ids=lambda seed: seed.code)
def test_every_autonym_is_written_in_its_own_script(seed: LanguageSeed) -> None:
    assert script_of(seed.autonym) == seed.script


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("eau", "Latn"),
        ("à l'œuvre", "Latn"),
        ("पानी", "Deva"),
        ("ज़रूरत", "Deva"),
        ("ಕ್\u200cಷಣ", "Knda"),
        ("νερό", "Grek"),
        ("вода", "Cyrl"),
        ("水", "Hani"),
        ("தண்ணீர்", "Taml"),
    ],
)
def test_letters_name_the_script_and_marks_and_joiners_do_not(text: str, script: str) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize("text", ["", "24", " - ", "\u0cbf", "॥"])
def test_text_without_letters_is_of_no_script(text: str) -> None:
    assert script_of(text) == "Zyyy"


@pytest.mark.parametrize("text", ["eauನೀ", "पानीನೀರು", "CO₂ и"])
def test_two_scripts_are_mixed(text: str) -> None:
    assert script_of(text) == "Zxxx"


def test_a_script_without_a_code_here_is_unknown() -> None:
    assert script_of("みず") == "Zzzz"


def test_an_apostrophe_letter_does_not_make_a_latin_word_mixed() -> None:
    assert script_of("K\u02bciche\u02bc") == "Latn"
