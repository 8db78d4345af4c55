"""Entries: what the door lets in, what it refuses, and the digest of what they say."""

from dataclasses import replace

import pytest

from lexicon.entries import PARTS_OF_SPEECH, ConceptEntry, checked, digest
from lexicon.errors import InvalidInput

WATER = ConceptEntry(
    "water.noun.1", "noun", "water", "clear liquid", {"en": ("water",), "kn": ("ನೀರು", "ಜಲ")}
)


def test_cells_become_forms_best_first() -> None:
    cells = {"en": "water", "kn": "ನೀರು|ಜಲ"}
    assert checked("water.noun.1", "noun", "water", "clear liquid", cells) == WATER


def test_every_text_is_made_canonical() -> None:
    made = checked(
        " a.noun.1 ", "noun", " f ", " a  cafe\u0301 ", {"fr": " cafe\u0301 | the\u0301"}
    )
    assert made == ConceptEntry("a.noun.1", "noun", "f", "a café", {"fr": ("café", "thé")})


def test_an_empty_cell_is_a_language_without_a_word() -> None:
    made = checked("a.noun.1", "noun", "f", "g", {"en": "", "fr": "  ", "kn": "ಜಲ"})
    assert made.forms == {"kn": ("ಜಲ",)}


def test_a_form_that_stands_twice_keeps_its_first_place() -> None:
    made = checked("a.noun.1", "noun", "f", "g", {"fr": "thé|eau|the\u0301|Thé"})
    assert made.forms == {"fr": ("thé", "eau", "Thé")}


def test_a_concept_without_words_is_refused_by_its_key() -> None:
    with pytest.raises(InvalidInput) as caught:
        checked("a.noun.1", "noun", "f", "g", {"en": " ", "fr": ""})
    assert str(caught.value) == (
        "concept 'a.noun.1' has no word in any language; give at least one"
    )


@pytest.mark.parametrize("pos", ["", "Noun", "adjective", "NOUN"])
def test_an_unknown_part_of_speech_names_the_known_ones(pos: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked("a.noun.1", pos, "f", "g", {"en": "a"})
    assert str(caught.value) == (
        f"unknown part of speech {pos!r}; known: noun, verb, adj, adv, pron, adp, conj, det, num, "
        "intj, part, propn, x"
    )


@pytest.mark.parametrize("pos", PARTS_OF_SPEECH)
def test_every_known_part_of_speech_is_taken(pos: str) -> None:
    assert checked("a", pos, "f", "g", {"en": "a"}).pos == pos


@pytest.mark.parametrize(
    ("key", "field", "gloss", "cell", "column"),
    [
        ("", "f", "g", "a", "concept key"),
        ("k", " ", "g", "a", "field"),
        ("k", "f", "\t", "a", "gloss"),
        ("k", "f", "g", "a||b", "fr form"),
        ("k", "f", "g", "|", "fr form"),
        ("k", "f", "g", "a|\u200c", "fr form"),
    ],
)
def test_an_empty_text_is_refused_by_its_column(
    key: str, field: str, gloss: str, cell: str, column: str
) -> None:
    with pytest.raises(InvalidInput, match=f"^empty {column} '"):
        checked(key, "noun", field, gloss, {"fr": cell})


def test_a_character_that_is_not_text_is_refused_by_its_column() -> None:
    with pytest.raises(InvalidInput, match=r"^kn form 'ನೀ\\x00ರು' holds the character U\+0000"):
        checked("k", "noun", "f", "g", {"kn": "ನೀ\x00ರು"})


def test_the_digest_of_nothing_is_the_sha256_of_nothing() -> None:
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest([]) == nothing


def test_the_digest_ignores_the_order_of_entries_and_languages() -> None:
    other = replace(WATER, key="b")
    turned = replace(WATER, forms={"kn": WATER.forms["kn"], "en": WATER.forms["en"]})
    assert digest([WATER, other]) == digest(iter([other, turned]))
    assert len(digest([WATER])) == 64


@pytest.mark.parametrize(
    "changed",
    [
        replace(WATER, key="water.noun.2"),
        replace(WATER, pos="verb"),
        replace(WATER, field="food"),
        replace(WATER, gloss="clear  liquid"),
        replace(WATER, forms={"en": ("water",), "kn": ("ಜಲ", "ನೀರು")}),
        replace(WATER, forms={"en": ("water",), "kn": ("ನೀರು",)}),
        replace(WATER, forms={"en": ("water",), "hi": ("ನೀರು", "ಜಲ")}),
    ],
)
def test_the_digest_sees_every_other_change(changed: ConceptEntry) -> None:
    assert digest([changed]) != digest([WATER])
