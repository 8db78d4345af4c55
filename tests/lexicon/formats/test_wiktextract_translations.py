"""Translations in Wiktionary extracts: which sense they belong to."""

from pathlib import Path

import pytest

from lexicon.formats.wiktextract import sense_of
from tests.lexicon.formats.extracts import (
    EDGE,
    INSTITUTION,
    concepts,
    entry,
    forms,
    sense,
    short,
    to,
)


def test_a_translation_inside_a_sense_needs_no_label(tmp_path: Path) -> None:
    inside = [to("fr", "lumi\u00e8re", "of no importance"), to("hi", "रोशनी")]
    line = entry("light", sense("Radiation.", translations=inside), sense("A lamp."))
    assert forms(tmp_path, line) == {
        "Radiation.": {"en": ("light",), "fr": ("lumi\u00e8re",), "hi": ("रोशनी",)},
        "A lamp.": {"en": ("light",)},
    }


def test_the_only_sense_takes_what_has_no_label(tmp_path: Path) -> None:
    plural = sense("plural of water", form_of=[{"word": "water"}])
    line = entry("water", sense("A liquid."), plural, translations=[to("fr", "eau")])
    assert forms(tmp_path, line) == {"A liquid.": {"en": ("water",), "fr": ("eau",)}}


def test_the_only_sense_takes_the_only_label(tmp_path: Path) -> None:
    line = entry("water", sense("H2O."), translations=[to("fr", "eau", "wet stuff")])
    assert forms(tmp_path, line) == {"H2O.": {"en": ("water",), "fr": ("eau",)}}


def test_the_only_sense_takes_no_strange_label_when_there_are_two(tmp_path: Path) -> None:
    beside = [to("fr", "eau", "liquid"), to("de", "Welle", "wave"), to("fr", "flots", "wave")]
    line = entry("water", sense("A liquid."), translations=beside)
    assert forms(tmp_path, line) == {
        "A liquid.": {"en": ("water",), "fr": ("eau",)},
        "wave": {"en": ("water",), "fr": ("flots",)},
    }


def test_a_label_that_may_mean_two_senses_is_a_concept_of_its_own(tmp_path: Path) -> None:
    senses = (sense("A bright light.", id="a"), sense("A bright light.", id="b"))
    line = entry("beam", *senses, translations=[to("fr", "rayon", "a bright light")])
    found = [(one.key, one.forms) for one in concepts(tmp_path, line)]
    assert found[2:] == [
        (
            f"wiktionary.en.beam.noun.label.{short('a bright light')}",
            {"en": ("beam",), "fr": ("rayon",)},
        )
    ]


def test_without_a_label_each_translation_is_a_pair_of_its_own(tmp_path: Path) -> None:
    beside = [to("fr", "feu"), to("hi", "दीया", "?"), to("fr", "feu", " "), to("fr", "lampe")]
    line = entry("light", sense("Radiation."), sense("A lamp."), translations=beside)
    pairs = [one for one in concepts(tmp_path, line) if one.unsensed]
    assert [(one.gloss, one.forms) for one in pairs] == [
        ("light = feu", {"en": ("light",), "fr": ("feu",)}),
        ("light = दीया", {"en": ("light",), "hi": ("दीया",)}),
        ("light = lampe", {"en": ("light",), "fr": ("lampe",)}),
    ]
    assert len({one.key for one in pairs}) == 3


def test_lang_code_and_code_are_the_same(tmp_path: Path) -> None:
    beside = [{"lang_code": "fr", "word": "eau"}, {"lang_code": "hi", "code": "hi", "word": "जल"}]
    line = entry("water", sense("A liquid."), translations=beside)
    assert forms(tmp_path, line)["A liquid."] == {"en": ("water",), "fr": ("eau",), "hi": ("जल",)}


@pytest.mark.parametrize(
    "translation",
    [
        to("de", "Wasser"),
        to("", "eau"),
        {"word": "eau"},
        {"code": "fr", "note": "see eau"},
        to("fr", ""),
        to("fr", " "),
        to("fr", "-"),
        to("fr", "\u2014"),
        to("fr", "?"),
        to("fr", "eau|onde"),
        to("fr", "please add this translation if you can"),
        to("fr", "[script needed]"),
        to("fr", "a\u0000b"),
        to("fr", "e" * 1001),
        to("hi", "p\u0101n\u012b"),
        to("hi", "\u067e\u0627\u0646\u06cc"),
        to("kn", "पानी"),
        to("fr", "е\u0430u"),
        to("fr", "eau", "Translations to be checked"),
        to("fr", "eau", ":The translations below need to be checked and inserted above"),
    ],
)
def test_what_is_no_word_of_its_language_is_left_out(tmp_path: Path, translation: object) -> None:
    line = entry("water", sense("A liquid."), translations=[translation])
    assert forms(tmp_path, line) == {"A liquid.": {"en": ("water",)}}


def test_words_that_the_store_takes_are_kept(tmp_path: Path) -> None:
    beside = [to("hi", "X-किरण"), to("hi", "24"), to("fr", " cafe\u0301  noir ")]
    line = entry("a", sense("g"), translations=beside)
    assert forms(tmp_path, line)["g"] == {
        "en": ("a",),
        "hi": ("X-किरण", "24"),
        "fr": ("caf\u00e9 noir",),
    }


# Labels


@pytest.mark.parametrize(
    ("label", "gloss"),
    [
        ("An EDGE of river lake, or other watercourse", EDGE),
        ("edge of the river or lake", EDGE),
        ("institution", INSTITUTION),
        ("place and borrow money", INSTITUTION),
        ("electromagnetic radiation", "Visible electromagnetic radiation."),
        ("feline", "cat (feline)"),
        ("to illuminate", "to illuminate; to provide light for"),
        ("small domestic animal with fur", "A domestic small animal that purrs."),
        ("cat: small furry animal", "A cat."),
        ("ನೀರಿನ ದಡ", "ನೀರಿನ ದಡ, ತೀರ"),
        ("of", "Of."),
        ("bord de la rivi\u00e8re", "Le bord d\u2019une rivi\u00e8re."),
    ],
)
def test_a_label_that_says_the_same_is_tied(label: str, gloss: str) -> None:
    assert sense_of(label, ["Something quite different.", gloss]) == 1


LIGHT = [
    "Electromagnetic radiation in the wavelength range visible to the human eye.",
    "A source of illumination.",
    "Spiritual or mental illumination; enlightenment, useful information.",
    "A window in architecture, carriage design, or motor car design.",
    "A traffic light, or (by extension) an intersection controlled by traffic lights.",
]
WATER = [
    "A substance (of molecular formula H2O) found at room temperature as a clear liquid.",
    "Mineral water.",
    "A serving of water.",
    "A body of water, or specific part of it.",
]


@pytest.mark.parametrize(
    ("label", "glosses", "place"),
    [
        ("electromagnetic waves", LIGHT, None),
        ("source of illumination", LIGHT, 1),
        ("spiritual or mental illumination", LIGHT, 2),
        ("illumination", LIGHT, None),
        ("window", LIGHT, 3),
        ("traffic light", LIGHT, 4),
        ("water", WATER, None),
        ("mineral water", WATER, 1),
        ("serving of water", WATER, 2),
        ("body of water", WATER, 3),
    ],
)
def test_labels_of_wiktionary_are_tied_where_there_is_no_doubt(
    label: str, glosses: list[str], place: int | None
) -> None:
    assert sense_of(label, glosses) == place


@pytest.mark.parametrize(
    ("label", "gloss"),
    [
        ("water", "A body of water."),
        ("water", "Water bird."),
        ("clear liquid", "A vessel for clear liquid."),
        ("branch office", "An office with a branch."),
        ("small domestic animal", "A small bird."),
        ("quickly moving small domestic furry animal", "A small domestic animal, kept still."),
        ("to move fast on foot", "To move."),
        ("of", "To be."),
        ("?", "?"),
        ("", ""),
    ],
)
def test_a_label_that_might_mean_something_else_is_not_tied(label: str, gloss: str) -> None:
    assert sense_of(label, [gloss]) is None


def test_a_label_that_fits_two_glosses_is_not_tied() -> None:
    label = "row of small buttons"
    assert sense_of(label, ["A row of small buttons.", "Something else."]) == 0
    assert sense_of(label, ["A row of small buttons.", "Row, small buttons"]) is None
    assert sense_of("buttons in a small row", ["A row, small: buttons.", "A small row."]) == 0
    assert sense_of(
        "blue buttons in a small row", ["A row: small buttons.", "Small blue row."]
    ) is (None)
    assert sense_of(label, []) is None
