"""The tables of function words and endings, as they ship and as they are read."""

from pathlib import Path

import pytest

from nli.embedded.build import glosses
from nli.embedded.build.normalising import ELIDED, spelling
from nli.embedded.build.pairs import KNOWN


def test_a_table_is_read_by_kind(tmp_path: Path) -> None:
    (tmp_path / "fr.tsv").write_text(
        f"kind\tgloss\tforms\nword\tthe\tle L{ELIDED}\nword\ta\tle\nword\t-\tNE\nsuffix\tnot\tx é\n"
    )
    found = glosses.read("fr", spelling().normalize_str, tmp_path)
    assert found.words == {"le": "the", f"l{ELIDED}": "the", "ne": ""}
    assert found.suffixes == {"x": "not", "e": "not"}


@pytest.mark.parametrize(
    ("language", "form", "gloss"),
    [
        ("fr", "pas", "not"),
        ("fr", f"n{ELIDED}", ""),
        ("fr", "ā", "to"),
        ("hi", "नहीं", "not"),
        ("hi", "में", "in"),
        ("kn", "ಇಲ್ಲ", "not"),
        ("kn", "ಮತ್ತು", "and"),
    ],
)
def test_words_of_the_shipped_tables(language: str, form: str, gloss: str) -> None:
    assert glosses.read(language, spelling().normalize_str).words[form] == gloss


def test_kannada_verbs_are_negated_by_their_endings() -> None:
    endings = glosses.read("kn", spelling().normalize_str).suffixes
    negative = {ending for ending, gloss in endings.items() if gloss == "not"}
    assert {"ಲಿಲ್ಲ", "ುವುದಿಲ್ಲ", "ಿಲ್ಲ"} <= negative
    assert all(endings[ending] != "not" for ending in ("ುತ್ತಾನೆ", "ಿದರು", "ಗಳು"))


@pytest.mark.parametrize("language", glosses.LANGUAGES)
def test_every_table_is_of_its_script_and_has_english_glosses(language: str) -> None:
    script = {"fr": ("a", "ʼ"), "hi": ("\u0900", "\u097f"), "kn": ("\u0c80", "\u0cff")}[language]
    table = glosses.read(language, spelling().normalize_str)
    for form, gloss in [*table.words.items(), *table.suffixes.items()]:
        assert gloss.isascii()
        if language != "fr":
            assert all(script[0] <= letter <= script[1] for letter in form), form


def test_the_languages_are_those_that_pairs_come_in() -> None:
    assert ("en", *glosses.LANGUAGES) == KNOWN
