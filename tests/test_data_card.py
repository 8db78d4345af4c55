"""The data card says what the data hold, and the lexicon is as rich as it promises."""

import csv

import pytest

from lexicon import bundled
from lexicon.data_card import CARD, LANGUAGES, counts, polysemous, updated
from lexicon.entries import ConceptEntry

CHANGES = CARD.parent / "second-reading" / "changes.tsv"


@pytest.fixture(scope="module")
def entries() -> list[ConceptEntry]:
    return list(bundled.entries())


def test_its_counts_are_those_of_the_data(entries: list[ConceptEntry]) -> None:
    card = CARD.read_text(encoding="utf-8")
    assert updated(card, counts(entries)) == card, "run: python -m lexicon.data_card"


def test_there_are_3000_concepts_2800_of_single_english_words(
    entries: list[ConceptEntry],
) -> None:
    assert len(entries) >= 3_000
    assert sum(" " not in entry.forms["en"][0] for entry in entries) >= 2_800


@pytest.mark.parametrize(
    ("language", "least"), [("en", 1.3), ("fr", 1.3), ("hi", 1.6), ("kn", 1.6)]
)
def test_concepts_have_synonyms(entries: list[ConceptEntry], language: str, least: float) -> None:
    assert sum(len(entry.forms[language]) for entry in entries) / len(entries) >= least


def test_polysemy_is_data(entries: list[ConceptEntry]) -> None:
    differing = polysemous(entries)
    assert sum(count >= 1 for count in differing.values()) >= 200
    assert sum(count >= 2 for count in differing.values()) >= 150


def test_senses_of_one_form_have_different_glosses(entries: list[ConceptEntry]) -> None:
    glosses: dict[tuple[str, str], str] = {}
    for entry in entries:
        for lemma in entry.forms["en"]:
            other = glosses.setdefault((lemma, entry.gloss), entry.key)
            assert other == entry.key, f"{other} and {entry.key} gloss {lemma} alike"


def test_polysemy_counts_by_hand() -> None:
    def concept(key: str, **forms: str) -> ConceptEntry:
        cells = {language: tuple(cell.split("|")) for language, cell in forms.items()}
        return ConceptEntry(key, "noun", "f", key, cells)

    river = concept("1", en="bank", fr="rive", hi="किनारा", kn="ದಡ")
    money = concept("2", en="bank", fr="banque", hi="बैंक", kn="ದಡ")
    tree = concept("3", en="tree", fr="arbre", hi="पेड़", kn="ಮರ")
    assert polysemous([river, money, tree]) == {"bank": 2}
    assert "1 English forms stand" in counts([river, money, tree])


def test_every_change_of_the_second_reading_has_a_reason() -> None:
    with CHANGES.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows
    for row in rows:
        assert row["reason"].strip(), row
        assert row["column"] in {*LANGUAGES, "gloss", "row"}, row
