"""Restoring: refused, or done whole, and never half of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, delete, select, text
from sqlalchemy.exc import OperationalError

from lexicon import migrate, store
from lexicon.backup import dump
from lexicon.backup.whole import back_up, restore
from lexicon.errors import (
    BackupDamaged,
    BackupRefused,
    BackupTooNew,
    StoreOutdated,
    StoreUnavailable,
)
from lexicon.folding import fold
from lexicon.models import Lexeme
from lexicon.settings import Settings
from tests.lexicon import whole

OWN = "00000000-0000-4000-8000-0000000000ff"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A backup of a store with rows in every table, and of an index."""
    origin = Settings(home=tmp_path / "origin")
    whole.fill(origin)
    file = tmp_path / "lexicon.tar.gz"
    back_up(origin, file)
    return file


@pytest.fixture
def held(settings: Settings) -> Settings:
    """A store with rows of its own."""
    whole.fill(settings)
    whole.change(settings, "UPDATE source SET name = 'own', version = '9'")
    whole.change(settings, "DELETE FROM sense WHERE lexeme_id = 11")
    whole.change(settings, f"UPDATE store_identity SET id = '{OWN}'")
    return settings


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """A home that is not there, and a database without any table."""
    yield from whole.bare(request, tmp_path / "bare")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A backup of a store that the first version made."""
    settings = Settings(home=tmp_path / "old")
    settings.home.mkdir()
    with whole.connected(settings) as engine:
        command.upgrade(migrate.config(engine), "0001")
    for statement in (
        "INSERT INTO language VALUES ('fr', 'French', 'français', 'Latn')",
        "INSERT INTO source VALUES (1, 's', '', '', '', '2024-01-01 00:00:00.000000')",
        "INSERT INTO concept VALUES (6, 'k', 'g', 'noun', '', 1)",
        "INSERT INTO lexeme VALUES (9, 'fr', 'Été', 'été', 'Latn', 'noun', NULL)",
        "INSERT INTO sense VALUES (6, 9, 0, 1)",
    ):
        whole.change(settings, statement)
    file = tmp_path / "old.tar.gz"
    assert back_up(settings, file).revision == "0001"
    return file


def test_a_store_with_rows_is_replaced_only_on_request(held: Settings, file: Path) -> None:
    before = whole.content(held)
    with pytest.raises(BackupRefused, match=r"holds rows; put those of .* place with: --replace"):
        restore(held, file)
    assert whole.content(held) == before
    restore(held, file, replace=True)
    assert whole.again(held, file) == whole.tables(file)


def test_a_restored_store_is_the_one_of_the_backup(held: Settings, file: Path) -> None:
    assert whole.content(held)["store_identity"] == [(OWN,)]
    restore(held, file, replace=True)
    assert whole.content(held)["store_identity"] == [(whole.IDENTITY,)]


def test_a_store_that_holds_its_identity_alone_is_filled(settings: Settings, file: Path) -> None:
    whole.create(settings)
    [(own,)] = whole.content(settings)["store_identity"]
    assert own != whole.IDENTITY
    restore(settings, file)
    assert whole.again(settings, file) == whole.tables(file)


@pytest.mark.parametrize("table", ["departed_lexeme", "language", "source", "encoder"])
def test_a_store_with_a_row_of_any_table_is_not_taken_for_an_empty_one(
    held: Settings, file: Path, table: str
) -> None:
    with whole.connected(held) as engine, dump.alone(engine) as connection:
        for item in reversed(dump.stored(connection)):
            if item.name not in ("store_identity", table):
                connection.execute(delete(item.table))
    before = whole.content(held)
    assert {name for name, rows in before.items() if rows} == {"store_identity", table}
    with pytest.raises(BackupRefused, match="holds rows"):
        restore(held, file)
    assert whole.content(held) == before


@pytest.mark.parametrize("at", ["check", "rows"])
def test_a_restore_that_is_killed_leaves_the_former_rows(
    held: Settings, file: Path, at: str
) -> None:
    before = whole.content(held)
    whole.killed("restore", at, held, file)
    assert whole.content(held) == before


def test_a_restore_that_fails_leaves_the_former_rows(held: Settings, file: Path) -> None:
    before = whole.content(held)

    def fail(what: str, done: int, total: int) -> None:
        if what == "rows" and done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(held, file, True, fail)
    assert whole.content(held) == before


def test_meanwhile_others_read_the_former_rows_and_write_none(
    held: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = whole.content(held)
    briefly = "PRAGMA busy_timeout=50" if held.database_url is None else "SET lock_timeout='50ms'"
    refused: list[str] = []

    def look() -> None:
        assert whole.content(held) == before
        with whole.connected(held) as engine, engine.connect() as connection:
            connection.execute(text(briefly))
            with pytest.raises(OperationalError) as caught:
                connection.execute(text("INSERT INTO language VALUES ('xx', '', '', '')"))
            refused.append(str(caught.value))

    def watched(connection: Connection) -> None:
        look()
        clear(connection)
        look()

    clear = dump.clear
    monkeypatch.setattr(dump, "clear", watched)
    restore(held, file, replace=True)
    assert ["lock" in message for message in refused] == [True, True]


def test_a_sequence_is_not_set_back_when_a_restore_fails(
    held: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number_on = dump.number_on
    concept = "INSERT INTO concept ({}) VALUES ({}'{}', '', '', '', 3)"
    columns = "key, gloss, pos, field, source_id"
    whole.change(held, concept.format(f"id, {columns}", "500, ", "last"))
    with whole.connected(held) as engine, engine.begin() as connection:
        number_on(connection)

    def fail(connection: Connection) -> None:
        number_on(connection)
        raise KeyboardInterrupt

    monkeypatch.setattr(dump, "number_on", fail)
    with pytest.raises(KeyboardInterrupt):
        restore(held, file, replace=True)
    whole.change(held, concept.format(columns, "", "new"))
    assert {row[0] for row in whole.content(held)["concept"]} == {7, 40, 500, 501}


def test_rows_that_refer_to_none_are_refused(held: Settings, file: Path) -> None:
    def orphan(facts: dict[str, Any], content: dict[str, bytes]) -> None:
        content["tables/sense.jsonl"] = b"[7,11,0,3]\n[7,12,1,3]\n"

    whole.forge(file, orphan)
    before = whole.content(held)
    with pytest.raises(StoreUnavailable, match=r"(?i)foreign key.*its rows are what they were"):
        restore(held, file, replace=True)
    assert whole.content(held) == before


FORGERIES: dict[str, tuple[str, bytes]] = {
    "holds 1 rows of sense": ("tables/sense.jsonl", b"[7,11,0,3]\n"),
    "a line of sense is no row of it": ("tables/sense.jsonl", b"[7,11,0,3]\n[7,11,0]\n"),
    "Invalid isoformat string": ("tables/source.jsonl", b'[3,"","","","","yesterday"]\n'),
    "must be str": ("tables/source.jsonl", b'[3,"","","","",7]\n'),
    "non-hexadecimal number": (
        "tables/word_vector.jsonl",
        b'["axis-01","kn","d",true,"0g"]\n',
    ),
    "must be str, not int": ("tables/word_vector.jsonl", b'["axis-01","kn","d",true,7]\n'),
    "Expecting value": ("tables/sense.jsonl", b"[7,11,0,3]\n[7,\n"),
}


@pytest.mark.parametrize("why", FORGERIES)
def test_lines_that_are_no_rows_are_damage(held: Settings, file: Path, why: str) -> None:
    name, data = FORGERIES[why]
    whole.forge(file, lambda facts, content: content.update({name: data}))
    before = whole.content(held)
    with pytest.raises(BackupDamaged, match=why):
        restore(held, file, replace=True)
    assert whole.content(held) == before


def test_columns_that_the_schema_has_not_are_damage(held: Settings, file: Path) -> None:
    def rename(facts: dict[str, Any], content: dict[str, bytes]) -> None:
        facts["tables"][0]["columns"][0] = "password"

    whole.forge(file, rename)
    before = whole.content(held)
    with pytest.raises(BackupDamaged, match=r"its table \w+ is not of its schema revision"):
        restore(held, file, replace=True)
    assert whole.content(held) == before


def test_an_older_backup_is_upgraded_on_its_way(bare: Settings, old: Path) -> None:
    assert "folded" not in str(whole.manifest(old)["tables"])
    restore(bare, old)
    assert whole.revision(bare) == store.SCHEMA_REVISION
    with whole.connected(bare) as engine, engine.connect() as connection:
        found = connection.execute(select(Lexeme.id, Lexeme.lemma, Lexeme.folded)).one()
    assert tuple(found) == (9, "Été", fold("Été"))
    whole.change(
        bare,
        "INSERT INTO lexeme (language, lemma, search_key, script, pos)"
        " VALUES ('fr', 'a', 'a', 'Latn', 'noun')",
    )
    assert {row[0] for row in whole.content(bare)["lexeme"]} == {9, 10}
    assert len(whole.content(bare)["store_identity"]) == 1


def test_an_older_backup_fills_a_newer_store_without_rows(settings: Settings, old: Path) -> None:
    whole.create(settings)
    restore(settings, old)
    assert whole.revision(settings) == store.SCHEMA_REVISION
    assert len(whole.content(settings)["sense"]) == 1


def test_an_older_backup_does_not_replace_rows(held: Settings, old: Path) -> None:
    before = whole.content(held)
    with pytest.raises(BackupRefused, match=r"0001, .*is only restored into a store without any"):
        restore(held, old, replace=True)
    assert whole.content(held) == before
    assert whole.revision(held) == store.SCHEMA_REVISION


def test_an_older_backup_that_fails_leaves_no_older_store(settings: Settings, old: Path) -> None:
    whole.create(settings)
    whole.forge(old, lambda facts, content: content.update({"tables/sense.jsonl": b"[1]\n"}))
    with pytest.raises(BackupDamaged):
        restore(settings, old)
    assert whole.revision(settings) == store.SCHEMA_REVISION
    left = whole.content(settings)
    assert len(left.pop("store_identity")) == 1
    assert not any(left.values())


def test_an_outdated_store_is_upgraded_before_it_is_replaced(
    bare: Settings, old: Path, file: Path
) -> None:
    bare.home.mkdir()
    with whole.connected(bare) as engine:
        command.upgrade(migrate.config(engine), "0001")
    whole.change(bare, "INSERT INTO language VALUES ('fr', 'French', 'français', 'Latn')")
    with pytest.raises(StoreOutdated, match="lexicon init"):
        restore(bare, file, replace=True)
    assert len(whole.content(bare)["language"]) == 1
    whole.change(bare, "DELETE FROM language")
    restore(bare, file)
    assert whole.revision(bare) == store.SCHEMA_REVISION


def newer_schema(facts: dict[str, Any], content: dict[str, bytes]) -> None:
    facts["revision"] = "0999"


def newer_format(facts: dict[str, Any], content: dict[str, bytes]) -> None:
    facts["format"] = 2


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (newer_schema, f"schema revision 0999, .* schema revision {store.SCHEMA_REVISION};"),
        (newer_format, "format 2, which is newer than this version's format 1; upgrade the"),
    ],
)
def test_a_newer_backup_is_refused(
    bare: Settings, file: Path, change: Callable[[Any, Any], None], what: str
) -> None:
    whole.forge(file, change)
    with pytest.raises(BackupTooNew, match=what):
        restore(bare, file)
    assert not bare.home.exists()
    assert whole.revision(bare) is None
