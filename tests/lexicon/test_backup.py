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

from lexicon import store
from lexicon.backup import dump
from lexicon.backup.whole import back_up, restore, without_secrets
from lexicon.errors import (
    BackupRefused,
    StoreMissing,
    StoreTooNew,
    StoreUnavailable,
)
from lexicon.models import AlignmentRun, Base, Concept, DepartedLexeme, Lexeme, SentencePair, Source
from lexicon.settings import Settings
from tests.lexicon import whole

NEW_WORD = (
    "INSERT INTO lexeme (language, lemma, search_key, script, pos)"
    " VALUES ('en', 'new', 'new', 'Latn', 'noun')"
)


@pytest.fixture
def full(settings: Settings) -> Settings:
    """A store with rows in every table, and an index."""
    whole.fill(settings)
    return settings


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """A second home, and a database without any table."""
    yield from whole.bare(request, tmp_path / "other")


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
    assert lines["tables/departed_lexeme.jsonl"] == '[4,900000000007,"kn"]\n[9,3,"de"]\n'
    assert lines["tables/store_identity.jsonl"] == f'["{whole.IDENTITY}"]\n'
    assert lines["tables/word_vector.jsonl"] == (
        f'["axis-01","kn","{"0f" * 16}",true,"{bytes(range(256)).hex()}"]\n'
    )


def test_the_manifest_says_where_it_came_from_but_no_secret(full: Settings, file: Path) -> None:
    back_up(full, file)
    found = whole.manifest(file)
    counts = {table["name"]: table["rows"] for table in found["tables"]}
    assert (found["format"], found["revision"]) == (1, store.SCHEMA_REVISION)
    assert counts["sense"] == counts["departed_lexeme"] == 2
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
    assert whole.again(other, file) == whole.tables(file)
    assert set(whole.PACKED) <= set(whole.members(file.with_name("again.tar.gz")))


def test_the_order_of_lines_is_not_the_servers(full: Settings) -> None:
    whole.change(full, "INSERT INTO external_id VALUES ('Z', 'x', 7), ('a', 'x', 7)")
    said: list[str] = []
    with whole.connected(full) as engine, engine.connect() as connection:
        event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))
        item = next(item for item in dump.stored(connection) if item.name == "external_id")
        lines = b"".join(text for text, _ in dump.written(connection, item)).splitlines()
    assert lines == [b'["Z","x",7]', b'["a","x",7]', b'["ili","i1",7]']
    if full.database_url is not None:
        # A server whose locale is not C, of which tests may have none, would put "a" first.
        assert said[-1].count('COLLATE "C"') == 2


def test_new_rows_get_new_numbers_and_references_are_enforced(
    full: Settings, other: Settings, file: Path
) -> None:
    back_up(full, file)
    restore(other, file)
    with whole.connected(other) as engine, Session(engine) as session:
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
        departed = DepartedLexeme(lexeme_id=11, language="kn")
        session.add_all([source, concept, lexeme, pair, run, departed])
        session.flush()
        assert [source.id, concept.id, pair.id, run.id, departed.number] == [4, 41, 6, 3, 10]
        # An index knows the word that had the last number.
        assert lexeme.id == 900_000_000_008
        session.rollback()
        if other.database_url is None:
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        session.execute(text("DELETE FROM lexeme WHERE id = 11"))
        assert session.scalar(text("SELECT count(*) FROM sense")) == 1


def test_the_number_of_a_word_that_left_a_store_without_others_is_not_given_again(
    full: Settings, other: Settings, file: Path
) -> None:
    whole.change(full, "DELETE FROM lexeme")
    back_up(full, file)
    restore(other, file)
    restore(other, file, replace=True)
    whole.change(other, NEW_WORD)
    assert [row[0] for row in whole.content(other)["lexeme"]] == [900_000_000_008]


def test_a_backup_is_of_one_moment_though_others_write(full: Settings, file: Path) -> None:
    def write(what: str, _done: int, _total: int) -> None:
        if what == "rows":
            whole.change(full, "DELETE FROM sense")
            whole.change(full, "UPDATE lexeme SET lemma = 'late' WHERE id = 11")

    back_up(full, file, write)
    assert whole.content(full)["sense"] == []
    assert whole.tables(file)["tables/sense.jsonl"] == b"[7,11,0,3]\n[7,900000000000,1,3]\n"
    assert b"late" not in whole.tables(file)["tables/lexeme.jsonl"]


def test_an_index_that_goes_live_meanwhile_is_none_of_its_rows(full: Settings, file: Path) -> None:
    home = full.indices / "axis-01" / "en"
    before = (home / "live").read_bytes()

    def publish(what: str, done: int, total: int) -> None:
        if what == "rows" and done == total:
            (home / "20250101T000000-new").mkdir()
            (home / "20250101T000000-new" / "index.faiss").touch()
            (home / "live").write_text("20250101T000000-new 00ff\n", encoding="ascii")

    back_up(full, file, publish)
    found = whole.members(file)
    assert [name for name in found if name.startswith("indices/")] == whole.PACKED
    assert found[whole.PACKED[-1]] == before != (home / "live").read_bytes()


def test_memory_does_not_grow_with_the_store(
    full: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"licence": "x" * 5_000, "version": "", "checksum": ""}
    with whole.connected(full) as engine, engine.begin() as connection:
        connection.execute(
            insert(Source), [{"id": i, "name": str(i), **row} for i in range(4, 4_004)]
        )
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
