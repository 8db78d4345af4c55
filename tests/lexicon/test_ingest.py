"""Bringing concepts in: what is added, changed, moved and retired, and nothing else."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from lexicon import browse, queries, store
from lexicon.entries import ConceptEntry, checked
from lexicon.errors import InvalidInput, StoreUnavailable, UnknownLanguage
from lexicon.ingest import staging
from lexicon.ingest.report import IngestReport, SourceEntry
from lexicon.ingest.words import replace_source, seed_languages
from lexicon.models import Language, Lexeme, Sense
from tests.conftest import TINY, fill
from tests.lexicon.snapshot import everything

WATER, SHORE, MONEY, RUN = TINY
SOURCE = SourceEntry("tiny", "CC0-1.0", "1", "-")
OTHER = SourceEntry("other", "CC0-1.0", "1", "-")


def load(
    sessions: store.Sessions,
    entries: Iterable[ConceptEntry],
    source: SourceEntry = SOURCE,
    **options: Any,
) -> IngestReport:
    """Replace ``source`` in a transaction of its own."""
    with store.writing(sessions) as session:
        seed_languages(session)
        return replace_source(session, source, entries, **options)


def words(sessions: store.Sessions) -> set[tuple[str, str, str]]:
    """(language, lemma, part of speech) of every lexeme."""
    with sessions() as session:
        rows = session.execute(select(Lexeme.language, Lexeme.lemma, Lexeme.pos))
        return {(row.language, row.lemma, row.pos) for row in rows}


def entries(sessions: store.Sessions) -> dict[str, ConceptEntry]:
    """What the store holds, by key."""
    with sessions() as session:
        return {entry.key: entry for entry in browse.concept_entries(session)}


def by_key(rows: Sequence[ConceptEntry]) -> dict[str, ConceptEntry]:
    return {entry.key: entry for entry in rows}


@pytest.fixture
def filled(sessions: store.Sessions) -> store.Sessions:
    """The tiny lexicon under the source ``tiny``."""
    fill(sessions)
    return sessions


@pytest.fixture(params=[1, 2, 500])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Sizes that cut the four concepts one by one, in two pairs and not at all."""
    size: int = request.param
    monkeypatch.setattr(staging, "CHUNK", size)
    return size


def test_the_first_languages_are_seeded_once(sessions: store.Sessions) -> None:
    for _ in range(2):
        with store.writing(sessions) as session:
            seed_languages(session)
    with sessions() as session:
        assert queries.languages(session) == ["en", "fr", "hi", "kn"]


def test_seeding_keeps_what_an_operator_changed(sessions: store.Sessions) -> None:
    with store.writing(sessions) as session:
        session.add(Language(code="hi", name="Hindustani", autonym="हिन्दी", script="Deva"))
        seed_languages(session)
    with sessions() as session:
        hindi = session.get(Language, "hi")
        assert hindi is not None
        assert hindi.name == "Hindustani"


def test_the_first_load_adds_every_concept(sessions: store.Sessions, chunk: int) -> None:
    assert load(sessions, TINY) == IngestReport(added=4)
    assert entries(sessions) == by_key(TINY)
    with sessions() as session:
        found = queries.counts(session)
    assert (found.concepts, found.senses) == (4, 14)
    assert found.lexemes == {"en": 4, "fr": 4, "kn": 5}


def test_a_word_of_two_concepts_is_one_lexeme(filled: store.Sessions) -> None:
    with filled() as session:
        [bank] = queries.lexemes_matching(session, "en", "bank")
        senses = queries.senses_of(session, [bank.id])
    assert [sense.key for sense in senses] == ["bank.noun.1", "bank.noun.2"]


def test_a_word_of_two_parts_of_speech_is_two_lexemes(sessions: store.Sessions) -> None:
    load(
        sessions,
        [
            checked("light.noun.1", "noun", "f", "g", {"en": "light"}),
            checked("light.adj.1", "adj", "f", "g", {"en": "light"}),
        ],
    )
    assert words(sessions) == {("en", "light", "noun"), ("en", "light", "adj")}


def test_a_lexeme_carries_its_key_and_script(sessions: store.Sessions) -> None:
    load(sessions, [checked("k", "propn", "f", "g", {"fr": "L\u2019Inde", "kn": "ಕ್\u200cಷ"})])
    with sessions() as session:
        rows = session.execute(select(Lexeme.lemma, Lexeme.search_key, Lexeme.script))
        assert {tuple(row) for row in rows} == {
            ("L\u2019Inde", "l'inde", "Latn"),
            ("ಕ್\u200cಷ", "ಕ್ಷ", "Knda"),
        }


def test_the_second_load_changes_nothing(filled: store.Sessions, chunk: int) -> None:
    before = everything(filled)
    assert load(filled, TINY) == IngestReport(unchanged=4)
    assert everything(filled) == before


def test_the_order_of_entries_is_no_change(filled: store.Sessions, chunk: int) -> None:
    before = everything(filled)
    assert load(filled, TINY[::-1]) == IngestReport(unchanged=4)
    assert everything(filled) == before


@pytest.mark.parametrize(
    "change", [{"gloss": "the clear liquid"}, {"field": "nature"}], ids=["gloss", "field"]
)
def test_a_changed_fact_updates_the_concept_alone(
    filled: store.Sessions, chunk: int, change: dict[str, str]
) -> None:
    before = everything(filled)
    changed = replace(WATER, **change)  # type: ignore[arg-type]
    assert load(filled, [changed, SHORE, MONEY, RUN]) == IngestReport(updated=1, unchanged=3)
    after = everything(filled)
    assert {name for name in before if before[name] != after[name]} == {"concept"}
    assert entries(filled)["water.noun.1"] == changed


def test_another_part_of_speech_moves_the_concept_to_other_lexemes(
    filled: store.Sessions,
) -> None:
    changed = replace(RUN, pos="noun")
    assert load(filled, [WATER, SHORE, MONEY, changed]) == IngestReport(updated=1, unchanged=3)
    assert entries(filled)["run.verb.1"] == changed
    assert ("en", "run", "noun") in words(filled)
    assert ("en", "run", "verb") not in words(filled)


def test_a_moved_rank_updates_the_senses_alone(filled: store.Sessions) -> None:
    before = everything(filled)
    changed = replace(WATER, forms={**WATER.forms, "kn": ("ಜಲ", "ನೀರು")})
    assert load(filled, [changed, SHORE, MONEY, RUN]) == IngestReport(updated=1, unchanged=3)
    after = everything(filled)
    assert {name for name in before if before[name] != after[name]} == {"sense"}
    with filled() as session:
        ranks = session.execute(
            select(Lexeme.lemma, Sense.rank)
            .join(Sense, Sense.lexeme_id == Lexeme.id)
            .where(Lexeme.lemma.in_(["ಜಲ", "ನೀರು"]))
        )
        assert {row.lemma: row.rank for row in ranks} == {"ಜಲ": 0, "ನೀರು": 1}


def test_a_removed_form_takes_its_lexeme_along(filled: store.Sessions, chunk: int) -> None:
    before = words(filled)
    changed = replace(WATER, forms={**WATER.forms, "kn": ("ನೀರು",)})
    assert load(filled, [changed, SHORE, MONEY, RUN]) == IngestReport(updated=1, unchanged=3)
    assert before - words(filled) == {("kn", "ಜಲ", "noun")}
    assert entries(filled)["water.noun.1"] == changed


def test_a_removed_form_that_another_concept_uses_stays(filled: store.Sessions) -> None:
    before = words(filled)
    changed = replace(SHORE, forms={**SHORE.forms, "en": ("shore",)})
    assert load(filled, [WATER, changed, MONEY, RUN]) == IngestReport(updated=1, unchanged=3)
    assert words(filled) == before
    assert entries(filled)["bank.noun.2"] == MONEY


def test_a_form_may_move_from_one_concept_to_another(filled: store.Sessions, chunk: int) -> None:
    with filled() as session:
        [shore] = queries.lexemes_matching(session, "en", "shore")
    giver = replace(SHORE, forms={**SHORE.forms, "en": ("bank",)})
    taker = replace(MONEY, forms={**MONEY.forms, "en": ("bank", "shore")})
    assert load(filled, [WATER, giver, taker, RUN]) == IngestReport(updated=2, unchanged=2)
    with filled() as session:
        [moved] = queries.lexemes_matching(session, "en", "shore")
    assert moved.id == shore.id
    assert entries(filled)["bank.noun.2"] == taker


def test_an_added_form_and_an_added_language_become_lexemes(
    filled: store.Sessions, chunk: int
) -> None:
    before = words(filled)
    changed = replace(WATER, forms={**WATER.forms, "fr": ("eau", "flotte"), "hi": ("पानी",)})
    assert load(filled, [changed, SHORE, MONEY, RUN]) == IngestReport(updated=1, unchanged=3)
    assert words(filled) - before == {("fr", "flotte", "noun"), ("hi", "पानी", "noun")}
    assert entries(filled)["water.noun.1"] == changed


def test_concepts_that_are_gone_are_retired_with_their_own_words(
    filled: store.Sessions, chunk: int
) -> None:
    assert load(filled, [WATER, SHORE]) == IngestReport(unchanged=2, retired=2)
    assert entries(filled) == by_key([WATER, SHORE])
    assert words(filled) == {
        ("en", "water", "noun"),
        ("en", "bank", "noun"),
        ("en", "shore", "noun"),
        ("fr", "eau", "noun"),
        ("fr", "rive", "noun"),
        ("kn", "ನೀರು", "noun"),
        ("kn", "ಜಲ", "noun"),
        ("kn", "ದಡ", "noun"),
    }
    with filled() as session:
        assert queries.counts(session).senses == 8


def test_an_empty_source_retires_all(filled: store.Sessions, chunk: int) -> None:
    assert load(filled, []) == IngestReport(retired=4)
    assert entries(filled) == {}
    assert words(filled) == set()


def test_a_concept_may_replace_another_with_the_same_words(filled: store.Sessions) -> None:
    before = everything(filled)["lexeme"]
    again = replace(WATER, key="water.noun.2")
    assert load(filled, [again, SHORE, MONEY, RUN]) == IngestReport(added=1, unchanged=3, retired=1)
    assert everything(filled)["lexeme"] == before


def test_what_another_source_says_is_left_alone(filled: store.Sessions, chunk: int) -> None:
    river = checked("river.noun.1", "noun", "water", "flowing water", {"kn": "ನೀರು|ನದಿ"})
    assert load(filled, [river], OTHER) == IngestReport(added=1)
    assert load(filled, []) == IngestReport(retired=4)
    assert entries(filled) == {"river.noun.1": river}
    assert words(filled) == {("kn", "ನೀರು", "noun"), ("kn", "ನದಿ", "noun")}


def test_a_key_of_another_source_is_refused_and_nothing_changes(filled: store.Sessions) -> None:
    before = everything(filled)
    new = replace(RUN, key="run.verb.2")
    with pytest.raises(InvalidInput) as caught:
        load(filled, [new, WATER], OTHER)
    assert str(caught.value) == (
        "concept 'water.noun.1' belongs to another source; give it another key"
    )
    assert everything(filled) == before


def test_a_key_that_stands_twice_is_refused_and_nothing_changes(
    filled: store.Sessions, chunk: int
) -> None:
    before = everything(filled)
    changed = replace(SHORE, gloss="changed")
    with pytest.raises(InvalidInput) as caught:
        load(filled, [changed, MONEY, RUN, replace(changed, gloss="twice")])
    assert str(caught.value) == "concept 'bank.noun.1' stands twice; merge the two rows"
    assert everything(filled) == before


def test_an_unknown_language_names_the_known_ones_and_nothing_changes(
    filled: store.Sessions, chunk: int
) -> None:
    before = everything(filled)
    german = checked("land.noun.1", "noun", "f", "g", {"de": "Land"})
    with pytest.raises(UnknownLanguage) as caught:
        load(filled, [replace(WATER, gloss="changed"), RUN, SHORE, german])
    assert str(caught.value) == "unknown language 'de'; known: en, fr, hi, kn"
    assert everything(filled) == before


def test_a_fifth_language_is_an_import(filled: store.Sessions) -> None:
    with store.writing(filled) as session:
        session.add(Language(code="de", name="German", autonym="Deutsch", script="Latn"))
    german = replace(WATER, forms={**WATER.forms, "de": ("Wasser",)})
    assert load(filled, [german, SHORE, MONEY, RUN]) == IngestReport(updated=1, unchanged=3)
    assert entries(filled)["water.noun.1"] == german


def test_a_failure_in_the_middle_leaves_nothing(
    filled: store.Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "CHUNK", 2)
    before = everything(filled)

    def failing() -> Iterator[ConceptEntry]:
        yield replace(WATER, gloss="changed")
        yield replace(SHORE, forms={"en": ("strand",)})
        yield replace(MONEY, gloss="changed")
        raise InvalidInput("words.tsv: line 5 has 3 columns, not 8")

    with pytest.raises(InvalidInput, match="line 5"):
        load(filled, failing(), replace(SOURCE, version="2"))
    assert everything(filled) == before


def test_a_fault_of_the_database_in_the_middle_leaves_nothing(
    filled: store.Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "CHUNK", 2)
    before = everything(filled)
    with filled.begin() as session:
        session.execute(
            text(
                "CREATE TRIGGER full BEFORE UPDATE ON concept WHEN new.key = 'run.verb.1' "
                "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
            )
        )
    with pytest.raises(StoreUnavailable) as caught:
        load(filled, [replace(entry, gloss="changed") for entry in TINY])
    assert str(caught.value) == (
        "the store could not be written (database or disk is full); nothing was changed"
    )
    assert everything(filled) == before


def test_progress_is_told_after_each_chunk(
    sessions: store.Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "CHUNK", 3)
    told: list[int] = []
    load(sessions, TINY, advance=told.append)
    assert told == [3, 1]


def test_the_source_is_recorded_and_renewed(filled: store.Sessions) -> None:
    with filled.begin() as session:
        [first] = queries.sources(session)
        assert (first.id, first.licence, first.version, first.checksum) == (1, "CC0-1.0", "1", "-")
        first.updated_at = datetime(2000, 1, 1, tzinfo=UTC)
    load(filled, TINY, SourceEntry("tiny", "CC-BY-4.0", "2", "abc"))
    with filled() as session:
        [again] = queries.sources(session)
    assert (again.id, again.licence, again.version, again.checksum) == (1, "CC-BY-4.0", "2", "abc")
    assert again.updated_at.year > 2000


def test_every_sense_names_its_source(filled: store.Sessions) -> None:
    load(filled, [checked("river.noun.1", "noun", "f", "g", {"en": "river|water"})], OTHER)
    with filled() as session:
        ids = session.scalars(select(Sense.source_id).order_by(Sense.source_id)).all()
    assert ids == [1] * 14 + [2] * 2


def frequencies(session: Session) -> dict[str, float | None]:
    rows = session.execute(select(Lexeme.lemma, Lexeme.frequency).where(Lexeme.language == "en"))
    return {row.lemma: row.frequency for row in rows}


def test_frequencies_are_of_a_language_and_a_lemma(sessions: store.Sessions) -> None:
    load(sessions, TINY, frequencies={("en", "water"): 5.5, ("fr", "bank"): 1.0})
    with sessions() as session:
        assert frequencies(session) == {"water": 5.5, "bank": None, "shore": None, "run": None}


def test_a_load_without_frequencies_keeps_those_that_are_there(sessions: store.Sessions) -> None:
    load(sessions, TINY, frequencies={("en", "water"): 5.5})
    load(sessions, TINY)
    with sessions() as session:
        assert frequencies(session)["water"] == 5.5


def test_a_later_load_brings_new_frequencies(filled: store.Sessions) -> None:
    load(filled, TINY, frequencies={("en", "water"): 5.5})
    with filled() as session:
        assert frequencies(session)["water"] == 5.5


def test_five_forms_in_five_languages_fit_into_a_plain_sqlite(sessions: store.Sessions) -> None:
    with sessions() as session:
        engine = session.connection().engine

    def plain(connection: sqlite3.Connection, *_rest: object) -> None:
        connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766)

    engine.dispose()
    event.listen(engine, "connect", plain)
    with store.writing(sessions) as session:
        session.add(Language(code="de", name="German", autonym="Deutsch", script="Latn"))
    codes = ("de", "en", "fr", "hi", "kn")
    rows = [
        ConceptEntry(
            f"k{row}",
            "noun",
            "f",
            "g",
            {code: tuple(f"{row}-{n}" for n in "abcde") for code in codes},
        )
        for row in range(staging.CHUNK)
    ]
    assert load(sessions, rows).added == staging.CHUNK
    assert load(sessions, []).retired == staging.CHUNK
