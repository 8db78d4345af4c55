"""Lexemes: what follows from their spelling, and the record of those that are gone."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, false, select

from lexicon import edits, store
from lexicon.errors import InvalidInput
from lexicon.formats.reading import Input
from lexicon.ingest.files import WordsImport, import_words
from lexicon.lexemes import remove_lexemes, spellings
from lexicon.models import DepartedLexeme, Lexeme
from tests.lexicon.importing import counts, file, lemmas, require_sound, run, written
from tests.lexicon.loading import MONEY, OTHER, RUN, SHORE, WATER, load
from tests.lexicon.snapshot import everything

ALL_BUT_BANK = (
    "en:run en:shore en:water fr:banque fr:courir fr:eau fr:rive kn:ಓಡು kn:ಜಲ kn:ದಡ kn:ನೀರು kn:ಬ್ಯಾಂಕ್"
)
Lexemes = dict[int, tuple[str, str]]


def words(sessions: store.Sessions) -> Lexemes:
    """(language, lemma) of every lexeme by its id."""
    with sessions() as session:
        rows = session.execute(select(Lexeme.id, Lexeme.language, Lexeme.lemma))
        return {row.id: (row.language, row.lemma) for row in rows}


def departures(sessions: store.Sessions) -> list[tuple[int, str]]:
    """(id, language) of the lexemes that are gone, in the order of their departure."""
    with sessions() as session:
        columns = DepartedLexeme.lexeme_id, DepartedLexeme.language
        rows = session.execute(select(*columns).order_by(DepartedLexeme.number))
        return [(row.lexeme_id, row.language) for row in rows]


def numbers(sessions: store.Sessions) -> list[int]:
    with sessions() as session:
        return list(session.scalars(select(DepartedLexeme.number).order_by(DepartedLexeme.number)))


def missing(before: Lexemes, after: Lexemes) -> list[tuple[int, str]]:
    """(id, language) of the lexemes that only the first has, by id."""
    return sorted((key, before[key][0]) for key in before.keys() - after.keys())


def remove_words(sessions: store.Sessions, *given: str) -> int:
    with store.writing(sessions) as session:
        return remove_lexemes(session.connection(), Lexeme.lemma.in_(given))


def remove(sessions: store.Sessions, *keys: str) -> None:
    with store.writing(sessions) as session:
        edits.remove(session, keys)


@pytest.mark.parametrize(
    ("lemma", "search_key", "folded", "script"),
    [
        ("Éléphant", "éléphant", "elephant", "Latn"),
        ("l\u2019Été", "l'été", "lete", "Latn"),
        ("well-being", "well-being", "wellbeing", "Latn"),
        ("पानी", "पानी", "pni", "Deva"),
        ("\u095bमीन", "ज\u093cमीन", "jmin", "Deva"),
        ("ನೀರು", "ನೀರು", "niru", "Knda"),
        ("ಕ್\u200cಷ", "ಕ್ಷ", "ks", "Knda"),
        ("24", "24", "24", "Zyyy"),
    ],
)
def test_what_is_kept_beside_a_lemma_follows_from_it(
    lemma: str, search_key: str, folded: str, script: str
) -> None:
    assert spellings(lemma) == (search_key, folded, script)


def test_removed_words_are_noted_by_number_and_language_in_order(filled: store.Sessions) -> None:
    before = words(filled)
    assert remove_words(filled, "ಜಲ", "eau", "shore", "courir") == 4
    gone = missing(before, words(filled))
    assert sorted(before[key] for key, _ in gone) == [
        ("en", "shore"),
        ("fr", "courir"),
        ("fr", "eau"),
        ("kn", "ಜಲ"),
    ]
    assert departures(filled) == gone
    require_sound(filled)


def test_later_departures_follow_earlier_ones(filled: store.Sessions) -> None:
    before = words(filled)
    assert remove_words(filled, "ಜಲ") == 1
    between = words(filled)
    assert remove_words(filled, "shore", "banque") == 2
    after = words(filled)
    assert departures(filled) == missing(before, between) + missing(between, after)


def test_nothing_is_removed_that_was_not_asked_for(filled: store.Sessions) -> None:
    before = everything(filled)
    assert remove_words(filled, "sea", "Water") == 0
    with store.writing(filled) as session:
        assert remove_lexemes(session.connection(), false()) == 0
    assert everything(filled) == before
    assert remove_words(filled, "ಜಲ", "sea") == 1
    after = everything(filled)
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {"departed_lexeme", "lexeme", "sense"}
    for name in ("lexeme", "sense"):
        assert len(set(before[name]) - set(after[name])) == 1
        assert set(after[name]) < set(before[name])


def by_removing(sessions: store.Sessions, _folder: Path) -> None:
    remove(sessions, "run.verb.1", "bank.noun.2")


def by_editing(sessions: store.Sessions, _folder: Path) -> None:
    changed = replace(WATER, forms={"en": ("water",), "kn": ("ಉದಕ",)})
    with store.writing(sessions) as session:
        edits.edit(session, changed)


def by_another_part_of_speech(sessions: store.Sessions, _folder: Path) -> None:
    with store.writing(sessions) as session:
        edits.edit(session, replace(MONEY, pos="verb"))


def by_removing_the_source(sessions: store.Sessions, _folder: Path) -> None:
    with store.writing(sessions) as session:
        edits.remove_source(session, "tiny")


def by_an_import(sessions: store.Sessions, folder: Path) -> None:
    path = file(folder, "tiny.tsv", written([replace(WATER, forms={"en": ("water",)}), RUN], "tsv"))
    assert counts(run(sessions, path, replace=True)) == {"updated": 1, "unchanged": 1, "retired": 2}


def by_a_changed_source(sessions: store.Sessions, _folder: Path) -> None:
    load(sessions, [replace(SHORE, forms={"en": ("strand", "bank")})])


Way = Callable[[store.Sessions, Path], None]


@pytest.mark.parametrize(
    ("way", "gone"),
    [
        (by_removing, "en:run fr:banque fr:courir kn:ಓಡು kn:ಬ್ಯಾಂಕ್"),
        (by_editing, "fr:eau kn:ಜಲ kn:ನೀರು"),
        (by_another_part_of_speech, "fr:banque kn:ಬ್ಯಾಂಕ್"),
        (by_removing_the_source, f"en:bank {ALL_BUT_BANK}"),
        (
            by_an_import,
            "en:bank en:shore fr:banque fr:eau fr:rive kn:ಜಲ kn:ದಡ kn:ನೀರು kn:ಬ್ಯಾಂಕ್",
        ),
        (by_a_changed_source, ALL_BUT_BANK),
    ],
)
def test_whichever_way_a_word_leaves_it_is_noted(
    filled: store.Sessions, tmp_path: Path, way: Way, gone: str
) -> None:
    before = words(filled)
    way(filled, tmp_path)
    noted = departures(filled)
    assert noted == missing(before, words(filled))
    assert sorted(":".join(before[key]) for key, _ in noted) == gone.split()


def test_a_word_that_another_concept_has_stays(filled: store.Sessions) -> None:
    remove(filled, "bank.noun.1")
    assert "en:bank" in lemmas(filled)
    assert [language for _, language in departures(filled)] == ["en", "fr", "kn"]


def stopped(sessions: store.Sessions, folder: Path) -> None:
    def advance(what: str, done: int, total: int) -> None:
        if what == "storing" and done == total:
            raise KeyboardInterrupt

    path = file(folder, "tiny.tsv", written([RUN], "tsv"))
    with pytest.raises(KeyboardInterrupt):
        import_words(sessions, Input(path), WordsImport(replace=True), advance)


def refused(sessions: store.Sessions, _folder: Path) -> None:
    with pytest.raises(InvalidInput, match="stands twice"):
        load(sessions, [RUN, RUN])


def undone(sessions: store.Sessions, _folder: Path) -> None:
    def fail() -> None:
        with store.writing(sessions) as session:
            edits.remove(session, ["run.verb.1"])
            raise InvalidInput("not after all")

    with pytest.raises(InvalidInput, match="not after all"):
        fail()


def rehearsed(sessions: store.Sessions, folder: Path) -> None:
    path = file(folder, "tiny.tsv", written([RUN], "tsv"))
    report = run(sessions, path, replace=True, dry_run=True)
    assert counts(report) == {"unchanged": 1, "retired": 2}


@pytest.mark.parametrize("way", [rehearsed, stopped, refused, undone])
def test_what_did_not_happen_is_not_noted(filled: store.Sessions, tmp_path: Path, way: Way) -> None:
    remove(filled, "bank.noun.2")
    before = everything(filled)
    assert len(before["departed_lexeme"]) == 2
    way(filled, tmp_path)
    assert everything(filled) == before


def test_numbers_of_departures_only_grow(filled: store.Sessions, tmp_path: Path) -> None:
    remove(filled, "run.verb.1")
    first = numbers(filled)
    load(filled, [RUN], OTHER)
    undone(filled, tmp_path)
    remove(filled, "run.verb.1")
    second = numbers(filled)[len(first) :]
    with filled.begin() as session:
        session.execute(delete(DepartedLexeme))
    load(filled, [RUN], OTHER)
    remove(filled, "run.verb.1")
    third = numbers(filled)
    assert len(first) == len(second) == len(third) == 3
    assert first + second + third == sorted({*first, *second, *third})


def test_a_word_that_comes_back_is_another_one(filled: store.Sessions) -> None:
    before = words(filled)
    remove(filled, "run.verb.1")
    load(filled, [RUN], OTHER)
    after = words(filled)
    assert sorted(after.values()) == sorted(before.values())
    assert departures(filled) == missing(before, after)
    assert min(after.keys() - before.keys()) > max(before)
