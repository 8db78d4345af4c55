"""What an import refuses, and what breaks it off: the store is then as it was."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import event, text

from lexicon import store
from lexicon.entries import ConceptEntry, checked
from lexicon.errors import InvalidInput, StoreUnavailable, UnknownLanguage
from lexicon.ingest import staging
from lexicon.models import Language
from tests.lexicon.backends import on_postgresql, on_sqlite
from tests.lexicon.loading import MONEY, OTHER, RUN, SHORE, SOURCE, WATER, load
from tests.lexicon.snapshot import everything


def test_a_key_of_another_source_is_refused_and_nothing_changes(filled: store.Sessions) -> None:
    before = everything(filled)
    new = replace(RUN, key="run.verb.2")
    with pytest.raises(InvalidInput) as caught:
        load(filled, [new, WATER], OTHER)
    assert str(caught.value) == (
        "concept 'water.noun.1' belongs to the source 'tiny'; give it another key"
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


STEPS = [
    ("UPDATE", "concept", "new.key = 'run.verb.1'"),
    ("INSERT", "lexeme", "new.lemma = 'strand'"),
    ("UPDATE", "source", "new.version = '2'"),
    ("DELETE", "sense", "old.rank = 1"),
    ("DELETE", "lexeme", "old.lemma = 'shore'"),
]
"""Rows that :func:`another` writes, early and late in a merge."""


def another() -> list[ConceptEntry]:
    """The tiny lexicon with another word for *shore* and another gloss for *run*."""
    strand = replace(SHORE, forms={**SHORE.forms, "en": ("bank", "strand")})
    return [WATER, strand, MONEY, replace(RUN, gloss="changed")]


@pytest.fixture(params=STEPS, ids=lambda step: f"{step[0].lower()} {step[1]}")
def step(request: pytest.FixtureRequest) -> tuple[str, str, str]:
    """What is done to which table, and to which of its rows."""
    found: tuple[str, str, str] = request.param
    return found


def refusal(filled: store.Sessions, *trigger: str) -> str:
    """The message with which a load ends that meets ``trigger``, having changed nothing."""
    before = everything(filled)
    with filled.begin() as session:
        for statement in trigger:
            session.execute(text(statement))
    with pytest.raises(StoreUnavailable) as caught:
        load(filled, another(), replace(SOURCE, version="2"))
    assert everything(filled) == before
    return str(caught.value)


@on_sqlite
def test_a_fault_of_sqlite_in_the_middle_leaves_nothing(
    filled: store.Sessions, step: tuple[str, str, str]
) -> None:
    what, table, rows = step
    said = refusal(
        filled,
        f"CREATE TRIGGER full BEFORE {what} ON {table} WHEN {rows} "
        "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    )
    assert said == "the store could not be written (database or disk is full); nothing was changed"


@on_postgresql
def test_a_fault_of_postgresql_in_the_middle_leaves_nothing(
    filled: store.Sessions, step: tuple[str, str, str]
) -> None:
    what, table, rows = step
    said = refusal(
        filled,
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$",
        f"CREATE TRIGGER full_disk BEFORE {what} ON {table} FOR EACH ROW WHEN ({rows}) "
        "EXECUTE FUNCTION fail()",
        # An import may switch ordinary triggers off.
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER full_disk",
    )
    assert said == (
        "the store failed (No space left on device); nothing was changed; "
        "check LEXICON_HOME and LEXICON_DATABASE_URL"
    )


@on_postgresql
def test_a_connection_that_is_lost_in_the_middle_leaves_nothing(filled: store.Sessions) -> None:
    said = refusal(
        filled,
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN new; END $$",
        "CREATE TRIGGER lost BEFORE UPDATE ON concept FOR EACH ROW EXECUTE FUNCTION fail()",
        "ALTER TABLE concept ENABLE ALWAYS TRIGGER lost",
    )
    assert said == (
        "the store failed (terminating connection due to administrator command); "
        "nothing was changed; check LEXICON_HOME and LEXICON_DATABASE_URL"
    )


@on_sqlite
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
