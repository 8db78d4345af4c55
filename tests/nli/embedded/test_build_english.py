"""English words of running text and their lemmas."""

import pytest

from nli.embedded.build.english import candidates, lemma, words


def test_contractions_are_written_out() -> None:
    assert words("You can\u2019t, he doesn't; we'll see.") == [
        *("you", "can", "not", ",", "he", "does", "not", ";", "we", "will", "see", "."),
    ]


def test_digits_and_signs_are_words_of_their_own() -> None:
    assert words("24/7, ok?") == ["24", "/", "7", ",", "ok", "?"]


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("used", {"us", "use"}, "use"),
        ("uses", {"us", "use"}, "use"),
        ("walked", {"walk"}, "walk"),
        ("boxes", {"box"}, "box"),
        ("cities", {"city"}, "city"),
        ("tried", {"try"}, "try"),
        ("running", {"run"}, "run"),
        ("biggest", {"big"}, "big"),
        ("happily", {"happy"}, "happy"),
        ("went", {"go", "wend"}, "go"),
        ("children", {"child"}, "child"),
        ("does", {"d"}, None),
    ],
)
def test_lemmas(word: str, known: set[str], found: str | None) -> None:
    assert lemma(word, known) == found


def test_a_word_is_first_of_all_itself() -> None:
    assert next(candidates("leaves")) == "leaves"
    assert "leaf" in candidates("leaves")
