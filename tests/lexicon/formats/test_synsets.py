"""Wordnets of several languages meet in concepts."""

from pathlib import Path

import pytest

from lexicon.entries import ConceptEntry
from lexicon.formats.reading import Rejected, Row, Skipped
from tests.lexicon.formats.wordnets import (
    CAR,
    KANNADA,
    OEWN,
    document,
    entries,
    lexicon,
    one,
    read,
    synset,
    word,
)


def test_lexicons_that_share_an_ili_share_a_concept(tmp_path: Path) -> None:
    assert read(tmp_path, document(OEWN, KANNADA)) == [
        Row(1, CAR),
        Row(
            2,
            ConceptEntry(
                "oewn-02963378-n",
                "noun",
                "noun.artifact",
                "a wheeled vehicle adapted to the rails of railroad",
                {"en": ("railway car", "car")},
                {"ili": ("i51631",)},
            ),
        ),
        Row(
            3,
            ConceptEntry(
                "oewn-00001740-a", "adj", "wordnet", "having the necessary means", {"en": ("able",)}
            ),
        ),
        Skipped(4),
        Row(6, ConceptEntry("kn-2", "adj", "wordnet", "ಸಮರ್ಥ", {"kn": ("ಸಮರ್ಥ",)})),
    ]


def test_the_key_is_the_first_lexicons_and_the_gloss_english(tmp_path: Path) -> None:
    car = entries(tmp_path, document(KANNADA, OEWN))[0]
    assert (car.key, car.gloss, car.field) == ("kn-1", CAR.gloss, CAR.field)


def test_a_definition_in_english_is_known_by_its_own_language(tmp_path: Path) -> None:
    content = word("e", "ನೀರು", "s") + (
        '<Synset id="s" ili=""><Definition>ದ್ರವ</Definition><Definition language="en-US">liquid'
        "</Definition></Synset>"
    )
    assert one(tmp_path, lexicon("k", "kn", content)).gloss == "liquid"


def test_without_an_english_definition_the_first_is_the_gloss(tmp_path: Path) -> None:
    content = word("e", "ನೀರು", "s") + (
        '<Synset id="s" ili=""><Definition> </Definition><Definition>ದ್ರವ</Definition>'
        "<Definition>ಎರಡು</Definition></Synset>"
    )
    assert one(tmp_path, lexicon("k", "kn", content)).gloss == "ದ್ರವ"


def test_without_a_definition_the_words_are_the_gloss(tmp_path: Path) -> None:
    content = word("e", "sea", "s") + word("f", "ocean", "s") + synset("s")
    assert one(tmp_path, lexicon("w", "en", content)).gloss == "sea, ocean"


def test_languages_are_compared_by_their_primary_subtag(tmp_path: Path) -> None:
    content = word("e", "colour", "s") + synset("s", "hue")
    assert one(tmp_path, lexicon("w", "en-GB", content)).forms == {"en": ("colour",)}


def test_the_words_of_two_lexicons_of_a_language_follow_each_other(tmp_path: Path) -> None:
    first = lexicon("a", "en", word("e", "sea", "s") + synset("s", "water", "i1"))
    second = lexicon(
        "b", "en", word("f", "ocean", "t") + word("g", "sea", "t") + synset("t", "wide", "i1")
    )
    entry = one(tmp_path, first, second)
    assert (entry.key, entry.forms) == ("s", {"en": ("sea", "ocean")})


def test_synsets_of_a_language_that_is_not_wanted_are_skipped(tmp_path: Path) -> None:
    records = read(tmp_path, document(KANNADA, OEWN), ("kn",))
    assert [record.line for record in records if isinstance(record, Skipped)] == [3, 4, 5, 6]
    assert [record.entry.key for record in records if isinstance(record, Row)] == ["kn-1", "kn-2"]


@pytest.mark.parametrize(
    ("code", "pos"),
    [
        ("n", "noun"), ("v", "verb"), ("a", "adj"), ("s", "adj"), ("r", "adv"), ("p", "adp"),
        ("c", "conj"), ("x", "x"), ("u", "x"), ("t", "x"),
    ],
)  # fmt: skip
def test_every_part_of_speech_of_the_standard_is_read(tmp_path: Path, code: str, pos: str) -> None:
    content = word("e", "so", "s") + synset("s", "thus", more=f'partOfSpeech="{code}"')
    assert one(tmp_path, lexicon("w", "en", content)).pos == pos


def test_our_own_tag_says_more_than_the_code(tmp_path: Path) -> None:
    content = word("e", "Sea", "s") + synset("s", "a", more='partOfSpeech="n" dc:type="propn"')
    assert one(tmp_path, lexicon("w", "en", content)).pos == "propn"


def test_a_type_that_is_no_tag_of_ours_changes_nothing(tmp_path: Path) -> None:
    content = word("e", "Sea", "s") + synset("s", "a", more='partOfSpeech="n" dc:type="Instance"')
    assert one(tmp_path, lexicon("w", "en", content)).pos == "noun"


def test_the_field_of_older_files_is_their_subject(tmp_path: Path) -> None:
    old = document(
        lexicon("w", "en", word("e", "a", "s") + synset("s", "b", more='dc:subject="noun.Tops"'))
    ).replace("LMF-1.1", "LMF-1.0")
    old = old.replace(
        "https://globalwordnet.github.io/schemas/dc/", "http://purl.org/dc/elements/1.1/"
    )
    assert entries(tmp_path, old)[0].field == "noun.Tops"


def test_two_synsets_of_a_lexicon_stay_two_concepts_though_they_share_an_ili(
    tmp_path: Path,
) -> None:
    content = word("e", "a", "s", "t") + synset("s", "b", "i1") + synset("t", "c", "i1")
    found = entries(tmp_path, document(lexicon("w", "en", content)))
    assert [entry.key for entry in found] == ["s", "t"]


def test_two_identifiers_are_two_concepts_though_they_share_an_ili(tmp_path: Path) -> None:
    first = word("e", "a", "s") + synset("s", "b", "i1", 'dc:identifier="one"')
    second = word("f", "ಕ", "t") + synset("t", "c", "i1", 'dc:identifier="two"')
    found = entries(tmp_path, document(lexicon("w", "en", first), lexicon("k", "kn", second)))
    assert [entry.key for entry in found] == ["one", "two"]


def test_an_identifier_joins_what_no_ili_does(tmp_path: Path) -> None:
    first = word("e", "a", "s") + synset("s", "b", "", 'dc:identifier="one"')
    second = word("f", "ಕ", "t") + synset("t", "c", "i1", 'dc:identifier="one"')
    entry = one(tmp_path, lexicon("w", "en", first), lexicon("k", "kn", second))
    assert (entry.key, entry.forms) == ("one", {"en": ("a",), "kn": ("ಕ",)})
    assert entry.external == {"ili": ("i1",)}


def test_a_word_with_a_bar_is_rejected_with_its_synset(tmp_path: Path) -> None:
    content = word("e", "a|b", "s") + synset("s", "c") + word("f", "d", "t") + synset("t", "g")
    rejected, row = read(tmp_path, document(lexicon("w", "en", content)))
    assert isinstance(rejected, Rejected)
    assert rejected.reason.startswith("en form 'a|b' holds '|', ")
    assert (rejected.line, rejected.text) == (1, "s: a|b")
    assert isinstance(row, Row)


def test_a_word_that_is_no_text_is_rejected(tmp_path: Path) -> None:
    content = word("e", "a&#x85;&#x9f;b", "s") + synset("s", "c")
    (rejected,) = read(tmp_path, document(lexicon("w", "en", content)))
    assert isinstance(rejected, Rejected)
    assert "holds the character U+009F" in rejected.reason


def test_an_unknown_part_of_speech_is_rejected_by_name(tmp_path: Path) -> None:
    content = word("e", "a", "s") + synset("s", "c", more='partOfSpeech="z"')
    (rejected,) = read(tmp_path, document(lexicon("w", "en", content)))
    assert isinstance(rejected, Rejected)
    assert rejected.reason.startswith("unknown part of speech 'z'; ")
