"""What was read of words holds as long as their edition stays."""

from dataclasses import replace
from pathlib import Path

import pytest

from lexicon import changes, edits, pair_edits, store, word_edits, word_listing
from lexicon.entries import ConceptEntry
from lexicon.errors import InvalidInput
from lexicon.formats.pairs.entry import PairEntry
from tests.conftest import TINY
from tests.lexicon.importing import file, run, written

WATER, SHORE, MONEY, RUN = TINY


def edition(sessions: store.Sessions) -> str:
    with sessions() as session:
        return changes.edition(session)


def add(sessions: store.Sessions, *entries: ConceptEntry) -> None:
    with store.writing(sessions) as session:
        for entry in entries:
            edits.add(session, entry)


def test_a_new_store_is_of_the_first_edition(sessions: store.Sessions) -> None:
    assert edition(sessions) == ""


def test_every_writer_of_words_begins_another(seeded: store.Sessions, tmp_path: Path) -> None:
    seen = [edition(seeded)]

    def another() -> None:
        seen.append(edition(seeded))

    add(seeded, WATER)
    another()
    with store.writing(seeded) as session:
        edits.edit(session, replace(WATER, gloss="h2o"))
    another()
    run(seeded, file(tmp_path, "tiny.tsv", written([SHORE, MONEY], "tsv")))
    another()
    with store.writing(seeded) as session:
        edits.remove(session, [SHORE.key])
    another()
    assert len(set(seen)) == 5


def test_it_stays_where_no_word_changes(seeded: store.Sessions) -> None:
    add(seeded, WATER)
    before = edition(seeded)
    with pytest.raises(InvalidInput):
        add(seeded, RUN, WATER)
    with store.writing(seeded) as session:
        pair_edits.add(session, "d", "s", PairEntry("", "It rains.", "It pours.", "en", "en", None))
    assert edition(seeded) == before


def changed(sessions: store.Sessions, known: str) -> set[str] | None:
    with sessions() as session:
        newest, lemmas = changes.changed_since(session, known)
    assert newest == edition(sessions)
    return None if lemmas is None else set(lemmas)


def test_whoever_changes_a_few_words_says_which(seeded: store.Sessions) -> None:
    add(seeded, WATER, SHORE, MONEY)
    first = edition(seeded)
    assert changed(seeded, first) == set()
    with store.writing(seeded) as session:
        edits.edit(session, replace(WATER, gloss="h2o", forms={**WATER.forms, "fr": ("onde",)}))
    water = {"water", "eau", "onde", "ನೀರು", "ಜಲ"}
    assert changed(seeded, first) == water
    second = edition(seeded)
    with store.writing(seeded) as session:
        edits.remove(session, [SHORE.key])
    assert changed(seeded, second) == {"bank", "shore", "rive", "ದಡ"}
    assert changed(seeded, first) == water | {"bank", "shore", "rive", "ದಡ"}
    with store.writing(seeded) as session:
        edits.edit(session, replace(WATER, gloss="h2o", forms={**WATER.forms, "fr": ("onde",)}))
    # Nothing changed, so nothing is another edition.
    assert changed(seeded, first) == water | {"bank", "shore", "rive", "ದಡ"}


def test_a_corrected_spelling_names_all_words_of_its_concepts(seeded: store.Sessions) -> None:
    add(seeded, WATER)
    first = edition(seeded)
    with store.writing(seeded) as session:
        number = word_listing.word_number(session, "fr", "eau", "noun")
        assert number is not None
        made = word_edits.respell(session, number, "eaux")
    assert changed(seeded, first) == {"water", "eau", "eaux", "ನೀರು", "ಜಲ"}
    second = edition(seeded)
    with store.writing(seeded) as session:
        word_edits.remove(session, made.id)
    assert changed(seeded, second) == {"water", "eaux", "ನೀರು", "ಜಲ"}


def test_an_import_may_change_any_word(seeded: store.Sessions, tmp_path: Path) -> None:
    add(seeded, WATER)
    first = edition(seeded)
    run(seeded, file(tmp_path, "tiny.tsv", written([SHORE, MONEY], "tsv")))
    assert changed(seeded, first) is None
    # So may whatever happened since an edition that nobody remembers.
    assert changed(seeded, "another") is None
    assert changed(seeded, edition(seeded)) == set()


def test_many_words_are_not_listed_and_old_editions_are_forgotten(
    seeded: store.Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(seeded, WATER)
    first = edition(seeded)
    monkeypatch.setattr(changes, "LISTED", 3)
    add(seeded, SHORE)
    assert changed(seeded, first) is None
    monkeypatch.setattr(changes, "LISTED", 1_000)
    monkeypatch.setattr(changes, "EDITIONS", 2)
    second = edition(seeded)
    add(seeded, MONEY)
    assert changed(seeded, second) == {"bank", "banque", "ಬ್ಯಾಂಕ್"}
    add(seeded, RUN)
    assert changed(seeded, second) is None
