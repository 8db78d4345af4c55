"""Backups: one moment of the store in one file, and back into either kind of database."""

import tarfile
import tracemalloc
from collections.abc import Iterator
from errno import ENOSPC
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import Connection, event, insert, text
from sqlalchemy.orm import Session

from lexicon import dump, store
from lexicon.backup import back_up, restore, without_secrets
from lexicon.errors import (
    BackupRefused,
    StoreMissing,
    StoreTooNew,
    StoreUnavailable,
)
from lexicon.models import AlignmentRun, Base, Concept, Lexeme, SentencePair, Source
from lexicon.settings import Settings
from tests.lexicon import whole
from tests.postgres import Databases


@pytest.fixture
def full(settings: Settings) -> Settings:
    """A store with rows in every table, and an index."""
    whole.fill(settings)
    return settings


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """A second home, and a database without any table."""
    home = tmp_path / "other"
    if request.param == "sqlite":
        yield Settings(home=home)
        return
    databases: Databases = request.getfixturevalue("databases")
    name = databases.empty()
    yield Settings(home=home, database_url=databases.url(name))
    databases.drop(name)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "lexicon.tar.gz"


def test_every_table_and_the_live_generation_are_in_it(full: Settings, file: Path) -> None:
    report = back_up(full, file)
    tables = [f"tables/{table.name}.jsonl" for table in Base.metadata.sorted_tables]
    assert list(whole.members(file)) == [*tables, *whole.PACKED, "manifest.json"]
    assert (report.rows, report.generations, report.left_out) == (len(whole.rows()), 1, ())
    assert report.bytes == file.stat().st_size
    assert whole.members(file)[whole.PACKED[0]] == whole.GENERATION.encode() * 9


def test_a_line_says_exactly_what_the_row_does(full: Settings, file: Path) -> None:
    back_up(full, file)
    lines = {name: data.decode() for name, data in whole.tables(file).items()}
    assert lines["tables/source.jsonl"] == (
        '[3,"tiny","","1","-","2024-02-29T23:59:59.123456+00:00"]\n'
    )
    assert lines["tables/nli_prediction.jsonl"] == (
        '[5,"c",1e-300,0.3333333333333333,1e+17,true,"2024-02-29T23:59:59.123456+00:00"]\n'
    )
    # A line ends where the line feed is, and nowhere else.
    assert (
        lines["tables/concept.jsonl"]
        .split("\n")[0]
        .startswith('[7,"Zebra","a\\tb\\n\\"c\\" \\\\ \u2028 नी')
    )
    assert '{"z":[1,2.5,null,true],"a":{"ನೀರು":"🙂"}}' in lines["tables/encoder.jsonl"]
    codes = [line[2:4] for line in lines["tables/language.jsonl"].splitlines()]
    assert codes == ["en", "kn"]


def test_the_manifest_says_where_it_came_from_but_no_secret(full: Settings, file: Path) -> None:
    back_up(full, file)
    found = whole.manifest(file)
    counts = {table["name"]: table["rows"] for table in found["tables"]}
    assert (found["format"], found["revision"]) == (1, store.SCHEMA_REVISION)
    assert counts["sense"] == 2
    assert counts["alignment_score"] == 1
    assert found["settings"]["home"] == str(full.home)
    secret = Settings(
        home=full.home, database_url="postgresql+psycopg://u:geheim@h/d?password=geheim"
    )
    assert without_secrets(secret)["database_url"] == "postgresql+psycopg://u:***@h/d"


def test_two_backups_of_one_content_have_the_same_members(full: Settings, file: Path) -> None:
    back_up(full, file)
    first = whole.manifest(file)
    back_up(full, file, overwrite=True)
    second = whole.manifest(file)
    del first["created_at"], second["created_at"]
    assert first == second
    # Gzip would note the time as well.
    assert file.read_bytes()[4:8] == bytes(4)


def test_a_round_trip_gives_the_same_lines_from_any_database_to_any(
    full: Settings, other: Settings, file: Path
) -> None:
    back_up(full, file)
    report = restore(other, file)
    assert (report.rows, report.generations) == (len(whole.rows()), 1)
    again = file.with_name("again.tar.gz")
    back_up(other, again)
    assert whole.tables(again) == whole.tables(file)
    assert set(whole.PACKED) <= set(whole.members(again))


def test_the_order_of_lines_is_not_the_servers(full: Settings) -> None:
    whole.change(full, "INSERT INTO external_id VALUES ('Z', 'x', 7), ('a', 'x', 7)")
    engine = store.connect(full)
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    with engine.connect() as connection:
        item = next(item for item in dump.stored(connection) if item.name == "external_id")
        lines = b"".join(text for text, _ in dump.written(connection, item)).splitlines()
    engine.dispose()
    assert lines == [b'["Z","x",7]', b'["a","x",7]', b'["ili","i1",7]']
    if full.database_url is not None:
        # A server whose locale is not C, of which tests may have none, would put "a" first.
        assert said[-1].count('COLLATE "C"') == 2


def test_new_rows_get_new_numbers_and_references_are_enforced(
    full: Settings, other: Settings, file: Path
) -> None:
    back_up(full, file)
    restore(other, file)
    engine = store.connect(other)
    with Session(engine) as session:
        source = Source(name="new", licence="", version="", checksum="")
        concept = Concept(key="new", gloss="", pos="", field="", source_id=3)
        lexeme = Lexeme(language="en", lemma="new", search_key="", script="", pos="")
        pair = SentencePair(
            dataset="new",
            split="",
            key="",
            premise="",
            hypothesis="",
            premise_language="en",
            hypothesis_language="en",
        )
        run = AlignmentRun(encoder="axis-01", evaluation="", parameters={}, generations={})
        session.add_all([source, concept, lexeme, pair, run])
        session.flush()
        assert [source.id, concept.id, lexeme.id, pair.id, run.id] == [4, 41, 900_000_000_001, 6, 3]
        session.rollback()
        if other.database_url is None:
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        session.execute(text("DELETE FROM lexeme WHERE id = 11"))
        assert session.scalar(text("SELECT count(*) FROM sense")) == 1
    engine.dispose()


def test_a_backup_is_of_one_moment_though_others_write(full: Settings, file: Path) -> None:
    engine = store.connect(full)

    def write(what: str, _done: int, _total: int) -> None:
        if what == "rows":
            with engine.begin() as connection:
                connection.execute(text("DELETE FROM sense"))
                connection.execute(text("UPDATE lexeme SET lemma = 'late' WHERE id = 11"))

    back_up(full, file, write)
    engine.dispose()
    assert whole.content(full)["sense"] == []
    assert whole.tables(file)["tables/sense.jsonl"] == b"[7,11,0,3]\n[7,900000000000,1,3]\n"
    assert b"late" not in whole.tables(file)["tables/lexeme.jsonl"]


def test_memory_does_not_grow_with_the_store(
    full: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = store.connect(full)
    row = {"licence": "x" * 5_000, "version": "", "checksum": ""}
    with engine.begin() as connection:
        connection.execute(
            insert(Source), [{"id": i, "name": str(i), **row} for i in range(4, 4_004)]
        )
    engine.dispose()
    monkeypatch.setattr(dump, "CHUNK", 100)
    tracemalloc.start()
    try:
        back_up(full, file)
        restore(full, file, replace=True)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(whole.tables(file)["tables/source.jsonl"]) > 20_000_000
    assert peak < 8_000_000


def test_a_store_that_is_not_there_is_no_backup(tmp_path: Path, file: Path) -> None:
    with pytest.raises(StoreMissing, match="no lexicon store at"):
        back_up(Settings(home=tmp_path / "none"), file)
    assert list(file.parent.iterdir()) == []


def test_a_store_of_an_unknown_revision_is_neither_read_nor_written(
    full: Settings, other: Settings, file: Path
) -> None:
    back_up(full, file)
    restore(other, file)
    whole.change(other, "UPDATE alembic_version SET version_num = '0999'")
    with pytest.raises(StoreTooNew, match="0999"):
        back_up(other, file, overwrite=True)
    with pytest.raises(StoreTooNew, match="0999"):
        restore(other, file, replace=True)


def test_a_file_that_is_there_is_replaced_only_on_request(full: Settings, file: Path) -> None:
    file.write_bytes(b"precious")
    asked: list[str] = []
    with pytest.raises(BackupRefused, match="is there already; replace it with: --overwrite"):
        back_up(full, file, lambda what, _done, _total: asked.append(what))
    assert file.read_bytes() == b"precious"
    assert asked == []
    back_up(full, file, overwrite=True)
    assert whole.manifest(file)["format"] == 1


def test_a_file_that_comes_meanwhile_is_not_replaced(full: Settings, file: Path) -> None:
    with pytest.raises(BackupRefused, match="is there already"):
        back_up(full, file, lambda *_: file.touch())
    assert [(path, path.stat().st_size) for path in file.parent.iterdir()] == [(file, 0)]


def test_a_folder_or_a_place_that_is_not_there_is_refused(full: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="is a folder; name a file in it"):
        back_up(full, tmp_path, overwrite=True)
    for place in (tmp_path / "none" / "x.gz", full.home / "indices" / "axis-01" / ".lock" / "x"):
        with pytest.raises(BackupRefused, match=r"cannot be written \(No.* directory|\(Not a dir"):
            back_up(full, place)


def test_a_full_disk_leaves_the_former_file(
    full: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(b"former")

    def full_disk(*_: object) -> NoReturn:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "addfile", full_disk)
    with pytest.raises(BackupRefused, match=r"cannot be written \(No space left on device\); make"):
        back_up(full, file, overwrite=True)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert file.read_bytes() == b"former"


def test_a_store_that_fails_while_it_is_read_leaves_no_file(
    full: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: Connection, _item: dump.Stored) -> NoReturn:
        connection.execute(text("SELECT * FROM nowhere"))
        raise AssertionError("it has no such table")

    monkeypatch.setattr(dump, "written", fail)
    with pytest.raises(StoreUnavailable, match=r"could not be read \(.*nowhere.*\); no backup was"):
        back_up(full, file)
    assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize("at", ["rows", "indices"])
def test_a_backup_that_is_killed_leaves_the_former_file(
    full: Settings, file: Path, at: str
) -> None:
    file.write_bytes(b"former")
    whole.killed("back_up", at, full, file)
    assert file.read_bytes() == b"former"
