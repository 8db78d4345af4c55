"""Wiktionary extracts: which concepts an entry gives, and which translations are theirs."""

import gzip
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexicon.entries import PARTS_OF_SPEECH, ConceptEntry
from lexicon.formats.reading import Input, Rejected, Row, Skipped
from lexicon.formats.wiktextract import records, sense_of

SCRIPTS = {"en": "Latn", "fr": "Latn", "hi": "Deva", "kn": "Knda"}
INSTITUTION = "An institution where one can place and borrow money and take care of affairs."
EDGE = "An edge of river, lake, or other watercourse."
Record = Row[ConceptEntry] | Rejected | Skipped


def read(path: Path, *lines: object) -> list[Record]:
    """What the lines give: texts as they are, anything else as JSON."""
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    file = path / "extract.jsonl"
    file.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return list(records(Input(file), SCRIPTS))


def concepts(path: Path, *lines: object) -> list[ConceptEntry]:
    """The concepts of lines that all give some."""
    rows = read(path, *lines)
    assert all(isinstance(row, Row) for row in rows)
    return [row.entry for row in rows if isinstance(row, Row)]


def forms(path: Path, line: object) -> dict[str, dict[str, tuple[str, ...]]]:
    """The words of a line's concepts, by gloss."""
    return {one.gloss: dict(one.forms) for one in concepts(path, line)}


def reason(path: Path, line: object) -> str:
    """Why the line is rejected."""
    (record,) = read(path, line)
    assert isinstance(record, Rejected)
    return record.reason


def entry(word: str, *senses: object, **more: object) -> dict[str, Any]:
    """An English noun."""
    return {"word": word, "lang_code": "en", "pos": "noun", "senses": [*senses], **more}


def sense(gloss: str, **more: object) -> dict[str, Any]:
    return {"glosses": [gloss], **more}


def to(code: str, word: str, label: str | None = None, **more: object) -> dict[str, Any]:
    """A translation as wiktextract writes it."""
    return {"code": code, "word": word, **({} if label is None else {"sense": label}), **more}


def short(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]


BANK = entry(
    "bank",
    sense(INSTITUTION, id="en-bank-en-noun-1"),
    sense("A branch office of such an institution.", id="en-bank-en-noun-2"),
    sense(EDGE, id="en-bank-en-noun-3", translations=[to("kn", "ದಡ")]),
    translations=[
        to("fr", "banque", "institution", lang="French", tags=["feminine"]),
        to("hi", "बैंक", "institution", roman="baink"),
        to("de", "Bank", "institution"),
        to("fr", "rive", "edge of river or lake"),
        to("hi", "किनारा", "edge of river or lake"),
        to("fr", "berge", "edge of river or lake"),
        to("fr", "banc", "row of panels of switches"),
        to("kn", "ಸಾಲು"),
    ],
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


# Translations


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
