"""Wiktionary extracts: which concepts an entry gives, and which lines give none."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexicon.entries import PARTS_OF_SPEECH, ConceptEntry
from lexicon.formats.reading import Input, Rejected, Row, Skipped
from lexicon.formats.wiktextract import records
from tests.lexicon.formats.extracts import (
    BANK,
    EDGE,
    INSTITUTION,
    SCRIPTS,
    concepts,
    entry,
    forms,
    read,
    reason,
    sense,
    short,
    to,
)


def test_every_sense_is_a_concept_with_the_translations_of_its_label(tmp_path: Path) -> None:
    base = "wiktionary.en.bank.noun"
    label = "row of panels of switches"
    assert concepts(tmp_path, BANK) == [
        ConceptEntry(
            "wiktionary.en-bank-en-noun-1",
            "noun",
            "wiktionary",
            INSTITUTION,
            {"en": ("bank",), "fr": ("banque",), "hi": ("बैंक",)},
        ),
        ConceptEntry(
            "wiktionary.en-bank-en-noun-2",
            "noun",
            "wiktionary",
            "A branch office of such an institution.",
            {"en": ("bank",)},
        ),
        ConceptEntry(
            "wiktionary.en-bank-en-noun-3",
            "noun",
            "wiktionary",
            EDGE,
            {"en": ("bank",), "kn": ("ದಡ",), "fr": ("rive", "berge"), "hi": ("किनारा",)},
        ),
        ConceptEntry(
            f"{base}.label.{short(label)}",
            "noun",
            "wiktionary",
            label,
            {"en": ("bank",), "fr": ("banc",)},
        ),
        ConceptEntry(
            f"{base}.pair.{short('kn ಸಾಲು')}",
            "noun",
            "wiktionary",
            "bank = ಸಾಲು",
            {"en": ("bank",), "kn": ("ಸಾಲು",)},
            unsensed=True,
        ),
    ]


def test_entries_of_other_languages_than_english_have_english_glosses(tmp_path: Path) -> None:
    chat = entry("chat", sense("cat (feline)", id="fr-chat-fr-noun-1"), lang_code="fr")
    water = entry("ನೀರು", sense("water", id="kn-ನೀರು-kn-noun-1"), lang_code="kn")
    assert [(one.key, one.gloss, one.forms) for one in concepts(tmp_path, chat, water)] == [
        ("wiktionary.fr-chat-fr-noun-1", "cat (feline)", {"fr": ("chat",)}),
        ("wiktionary.kn-ನೀರು-kn-noun-1", "water", {"kn": ("ನೀರು",)}),
    ]


def test_the_lines_of_a_packed_file_keep_their_numbers(tmp_path: Path) -> None:
    file = tmp_path / "extract.jsonl.gz"
    lines = [json.dumps({"title": "a", "redirect": "b"}), "", "{", json.dumps(BANK)]
    file.write_bytes(gzip.compress("\n".join(lines).encode()))
    found = list(records(Input(file), SCRIPTS))
    assert found[0] == Skipped(1)
    assert [record.line for record in found] == [1, 3, 4, 4, 4, 4, 4]


# Senses


def test_a_sense_without_an_id_is_known_by_its_gloss(tmp_path: Path) -> None:
    (one,) = concepts(tmp_path, entry("light", sense("Visible radiation.")))
    assert one.key == f"wiktionary.en.light.noun.{short('Visible radiation.')}"


def test_the_last_gloss_is_the_most_specific(tmp_path: Path) -> None:
    (one,) = concepts(tmp_path, entry("light", {"glosses": ["A source.", "A lamp."]}))
    assert one.gloss == "A lamp."


def test_raw_glosses_serve_where_there_are_no_others(tmp_path: Path) -> None:
    (one,) = concepts(tmp_path, entry("light", {"raw_glosses": ["(physics)  Radiation."]}))
    assert one.gloss == "(physics) Radiation."


def test_a_long_gloss_is_cut_after_a_word(tmp_path: Path) -> None:
    first, second = concepts(tmp_path, entry("a", sense("word " * 300), sense("w" * 2000)))
    assert first.gloss == "word " * 198 + "word\u2026"
    assert second.gloss == "w" * 999 + "\u2026"


@pytest.mark.parametrize(
    "form",
    [
        {"form_of": [{"word": "light"}]},
        {"alt_of": [{"word": "lite"}]},
        {"tags": ["form-of", "plural"]},
        {"tags": ["abbreviation", "alt-of"]},
        {"glosses": []},
        {"glosses": [" "]},
    ],
)
def test_a_sense_that_has_no_meaning_of_its_own_is_left_out(
    tmp_path: Path, form: dict[str, object]
) -> None:
    odd = {**sense("plural of light"), **form}
    assert read(tmp_path, entry("lights", odd, translations=[to("fr", "feux")])) == [Skipped(1)]
    assert list(forms(tmp_path, entry("lights", odd, sense("Lungs.")))) == ["Lungs."]


def test_an_entry_that_is_tagged_as_a_form_is_skipped(tmp_path: Path) -> None:
    line = entry("chats", sense("Pluriel de chat."), lang_code="fr", tags=["form-of"])
    assert read(tmp_path, line) == [Skipped(1)]


def test_senses_that_say_the_same_are_one(tmp_path: Path) -> None:
    line = entry(
        "water",
        sense("A liquid.", translations=[to("fr", "eau")]),
        sense("A liquid.", translations=[to("kn", "ನೀರು"), to("fr", "eau")]),
        translations=[to("hi", "पानी")],
    )
    assert forms(tmp_path, line) == {
        "A liquid.": {"en": ("water",), "fr": ("eau",), "kn": ("ನೀರು",), "hi": ("पानी",)}
    }


def test_senses_of_one_id_that_differ_are_numbered(tmp_path: Path) -> None:
    line = entry("a", sense("One.", id="i"), sense("Two.", id="i"), sense("Three.", id="i"))
    keys = [one.key for one in concepts(tmp_path, line)]
    assert keys == ["wiktionary.i", "wiktionary.i.2", "wiktionary.i.3"]


@pytest.mark.parametrize(("number", "again"), [(1, ""), ("1", ""), (2, ".2"), ("3", ".3")])
def test_a_second_etymology_has_keys_of_its_own(tmp_path: Path, number: object, again: str) -> None:
    (one,) = concepts(tmp_path, entry("bank", sense("Edge."), etymology_number=number))
    assert one.key == f"wiktionary.en.bank.noun{again}.{short('Edge.')}"


@pytest.mark.parametrize(
    ("given_pos", "pos"),
    [
        *((pos, pos) for pos in ("noun", "verb", "adj", "adv", "pron", "conj", "det", "num")),
        *(("intj", "intj"), ("prep", "adp"), ("postp", "adp"), ("article", "det")),
        *(("particle", "part"), ("name", "propn"), ("phrase", "x"), ("suffix", "x"), ("", "x")),
    ],
)
def test_parts_of_speech_are_the_stores(tmp_path: Path, given_pos: str, pos: str) -> None:
    (one,) = concepts(tmp_path, entry("a", sense("g", id="i"), pos=given_pos))
    assert one.pos == pos
    assert one.pos in PARTS_OF_SPEECH


# Lines that give nothing


@pytest.mark.parametrize(
    "line",
    [
        entry("Wasser", sense("water"), lang_code="de"),
        {"title": "colour", "redirect": "color"},
        {"title": "colour", "redirect": "color", "pos": "hard-redirect"},
        {"word": "a", "lang_code": "en"},
        {"word": "a", "lang_code": "en", "senses": None, "translations": None},
        entry("|", sense("A line.")),
        entry("+", sense("A sign.")),
        entry("वृक", sense("A word in the wrong script.")),
        entry("pani", sense("water"), lang_code="hi"),
    ],
)
def test_what_is_not_for_this_store_is_skipped(tmp_path: Path, line: object) -> None:
    assert read(tmp_path, line) == [Skipped(1)]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "not JSON that can be read: Expecting property name"),
        (" ", "not JSON that can be read: Expecting value"),
        ("9" * 5000, "not JSON that can be read: Exceeds the limit"),
        ("[" * 100_000, "not JSON that can be read: maximum recursion depth"),
        ('{"word":' * 100_000, "not JSON that can be read: maximum recursion depth"),
        ("[]", "a JSON list; a word entry is an object"),
        ("null", "a JSON NoneType; a word entry is an object"),
        ({}, "the entry has no word"),
        ({"lang_code": "en"}, "the entry has no word"),
        ({"word": "a"}, "the entry has no lang_code"),
        ({"word": 1, "lang_code": "en"}, "word is a JSON int, not a text"),
        ({"word": "a", "lang_code": []}, "lang_code is a JSON list, not a text"),
        (entry("a" * 1001, sense("g")), "word of 1,001 characters"),
        (entry("a\u0000", sense("g")), "word 'a\\x00' holds the character U+0000"),
        (entry("\ud800", sense("g")), "word '\\ud800' holds the character U+D800"),
        (entry("a", sense("g"), pos=1), "pos is a JSON int, not a text"),
        (entry("a", "g"), "senses is not a list of objects"),
        (entry("a", senses={}), "senses is not a list of objects"),
        (entry("a", {"glosses": "g"}), "glosses is not a list of texts"),
        (entry("a", {"glosses": [1]}), "glosses is not a list of texts"),
        (entry("a", sense("g", tags="form-of")), "tags is not a list of texts"),
        (entry("a", sense("g", form_of=True)), "form_of is not a list of objects"),
        (entry("a", sense("g", id=7)), "id is a JSON int, not a text"),
        (entry("a", sense("g"), translations=["eau"]), "translations is not a list of objects"),
        (entry("a", sense("g", translations=[{"word": 1}])), "word is a JSON int, not a text"),
        (entry("a", sense("g"), translations=[{"sense": []}]), "sense is a JSON list, not a text"),
    ],
)
def test_a_line_that_is_no_word_entry_is_rejected(tmp_path: Path, line: object, why: str) -> None:
    assert reason(tmp_path, line).startswith(why)


def test_a_rejected_line_is_shown_and_the_next_is_read(tmp_path: Path) -> None:
    rejected, row = read(tmp_path, "[1]", entry("a", sense("g")))
    assert rejected == Rejected(1, "a JSON list; a word entry is an object", "[1]")
    assert isinstance(row, Row)
    assert row.line == 2


def test_a_concept_that_cannot_be_stored_is_rejected_alone(tmp_path: Path) -> None:
    line = entry(
        "a", sense("x\u0001"), sense("half \ud800"), sense("fine"), sense("g", id="i" * 999)
    )
    found = read(tmp_path, line)
    assert [type(one).__name__ for one in found] == ["Rejected", "Rejected", "Row", "Rejected"]
    assert isinstance(found[0], Rejected)
    assert found[0].reason.startswith("gloss 'x\\x01' holds the character U+0001")


# Anything at all

_NAMES = ("word", "lang_code", "pos", "senses", "glosses", "translations", "sense", "code", "id")
_WORDS = st.sampled_from(("en", "hi", "kn", "fr", "bank", "दो", "ನೀರು", "a", "of a", "|", "\ud800"))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | _WORDS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(_NAMES) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)
_TRANSLATION = st.fixed_dictionaries(
    {"code": _WORDS | _JSON, "word": _WORDS | st.text(max_size=4)}, optional={"sense": _WORDS}
)
_SENSE = st.fixed_dictionaries(
    {"glosses": st.lists(_WORDS | st.text(max_size=4), max_size=2)},
    optional={"id": _WORDS, "tags": _JSON, "translations": st.lists(_TRANSLATION, max_size=2)},
)
_ENTRY = st.fixed_dictionaries(
    {"word": _WORDS, "lang_code": st.sampled_from(("en", "fr", "hi", "kn"))},
    optional={
        "pos": _WORDS | _JSON,
        "senses": st.lists(_SENSE, max_size=3) | _JSON,
        "translations": st.lists(_TRANSLATION, max_size=4),
        "etymology_number": _JSON,
        "redirect": _JSON,
    },
)


@settings(deadline=None, derandomize=True, database=None, max_examples=300)
@given(lines=st.lists(_ENTRY | _JSON, min_size=1, max_size=3))
def test_every_line_is_answered(
    tmp_path_factory: pytest.TempPathFactory, lines: list[object]
) -> None:
    texts = [json.dumps(line) for line in lines]
    found = read(tmp_path_factory.getbasetemp(), *texts)
    assert {one.line for one in found} == set(range(1, len(texts) + 1))
    for line in range(1, len(texts) + 1):
        made = [one.entry for one in found if one.line == line and isinstance(one, Row)]
        assert len({one.key for one in made}) == len(made)
        assert all("|" not in word for one in made for form in one.forms.values() for word in form)


@settings(deadline=None, derandomize=True, database=None, max_examples=200)
@given(line=st.text(st.sampled_from('[]{}":, \\udn0e-1"word"') | st.characters(codec="utf-8")))
def test_every_text_is_answered(tmp_path_factory: pytest.TempPathFactory, line: str) -> None:
    line = line.replace("\n", " ").replace("\r", " ")
    found = read(tmp_path_factory.getbasetemp(), line)
    assert len(found) == (1 if line.lstrip("\ufeff") else 0)
