"""Bringing concepts in: what is added, changed, moved and retired, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lexicon import queries, store
from lexicon.entries import checked
from lexicon.ingest.report import IngestReport, SourceEntry
from lexicon.ingest.words import seed_languages
from lexicon.models import Language, Lexeme, Sense
from tests.conftest import TINY
from tests.lexicon.loading import MONEY, OTHER, RUN, SHORE, WATER, by_key, entries, load, words
from tests.lexicon.snapshot import everything


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


def test_the_words_of_a_load_are_numbered_by_language_lemma_and_part_of_speech(
    sessions: store.Sessions, chunk: int
) -> None:
    verb = checked("bank.verb.1", "verb", "money", "to bring to a bank", {"en": "bank|Bank"})
    load(sessions, [RUN, verb, MONEY, SHORE, WATER])
    with sessions() as session:
        rows = session.execute(
            select(Lexeme.language, Lexeme.lemma, Lexeme.pos).order_by(Lexeme.id)
        )
        assert [tuple(row) for row in rows] == [
            ("en", "Bank", "verb"),
            ("en", "bank", "noun"),
            ("en", "bank", "verb"),
            ("en", "run", "verb"),
            ("en", "shore", "noun"),
            ("en", "water", "noun"),
            ("fr", "banque", "noun"),
            ("fr", "courir", "verb"),
            ("fr", "eau", "noun"),
            ("fr", "rive", "noun"),
            ("kn", "ಓಡು", "verb"),
            ("kn", "ಜಲ", "noun"),
            ("kn", "ದಡ", "noun"),
            ("kn", "ನೀರು", "noun"),
            ("kn", "ಬ್ಯಾಂಕ್", "noun"),
        ]


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


def test_a_fifth_language_is_an_import(filled: store.Sessions) -> None:
    with store.writing(filled) as session:
        session.add(Language(code="de", name="German", autonym="Deutsch", script="Latn"))
    german = replace(WATER, forms={**WATER.forms, "de": ("Wasser",)})
    assert load(filled, [german, SHORE, MONEY, RUN]) == IngestReport(updated=1, unchanged=3)
    assert entries(filled)["water.noun.1"] == german


def test_progress_is_told_after_each_entry(sessions: store.Sessions, chunk: int) -> None:
    told: list[int] = []
    load(sessions, TINY, advance=told.append)
    assert told == [1, 1, 1, 1]


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
