"""The store in a SQLite file: how it is opened, locked and found to be damaged."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from lexicon import queries, store
from lexicon.errors import StoreMissing, StoreUnavailable
from lexicon.settings import Settings
from tests.conftest import fill
from tests.lexicon.stores import engine_of, write


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a home that does not exist yet."""
    return Settings(home=tmp_path / "home")


def file(settings: Settings) -> Path:
    """The database file of the home, in a folder that exists."""
    settings.home.mkdir(exist_ok=True)
    return settings.home / "lexicon.sqlite3"


def test_every_connection_to_sqlite_is_prepared(settings: Settings) -> None:
    file(settings)
    engine = store.connect(settings)
    with engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            found = {
                name: connection.scalar(text(f"PRAGMA {name}"))
                for name in ("foreign_keys", "journal_mode", "busy_timeout", "synchronous")
            }
            assert found == {
                "foreign_keys": 1,
                "journal_mode": "wal",
                "busy_timeout": store.BUSY_TIMEOUT_MS,
                "synchronous": 2,
            }
    engine.dispose()


@pytest.mark.parametrize("name", ["with space", "100%", "a%20b", "a#b", "who@home", "ಮನೆ", "what?"])
def test_the_database_is_in_the_home_whatever_its_name(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    assert store.connect(Settings(home=home)).url.database == str(home / "lexicon.sqlite3")


def test_no_store_names_the_place_and_the_command(settings: Settings) -> None:
    with pytest.raises(StoreMissing) as caught:
        store.open_store(settings)
    assert str(caught.value) == (
        f"no lexicon store at sqlite:///{settings.home}/lexicon.sqlite3; "
        "create it with: lexicon init"
    )
    assert not settings.home.exists()


def test_an_empty_file_is_no_store(settings: Settings) -> None:
    file(settings).touch()
    with pytest.raises(StoreMissing):
        store.open_store(settings)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_an_empty_database_in_memory_is_no_store(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreMissing, match=r"^no lexicon store at sqlite://"):
        store.open_store(Settings(home=tmp_path, database_url=url))


def test_a_file_that_is_no_database_is_unavailable(settings: Settings) -> None:
    file(settings).write_bytes(b"these are not the words you are looking for" * 100)
    with pytest.raises(StoreUnavailable) as caught:
        store.open_store(settings)
    assert str(caught.value) == (
        f"the store at sqlite:///{settings.home}/lexicon.sqlite3 cannot be read "
        "(file is not a database); check LEXICON_HOME and LEXICON_DATABASE_URL"
    )


def test_a_truncated_database_is_unavailable(settings: Settings, sessions: store.Sessions) -> None:
    with sessions() as session:
        session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine_of(sessions).dispose()
    whole = file(settings).read_bytes()
    file(settings).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreUnavailable, match=r"cannot be read \(.*malformed"):
        store.open_store(settings)


def test_a_folder_in_place_of_the_database_is_unavailable(settings: Settings) -> None:
    file(settings).mkdir()
    with pytest.raises(StoreUnavailable, match=r"cannot be read \(unable to open database file\)"):
        store.open_store(settings)


def test_a_home_whose_name_is_too_long_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="LEXICON_HOME"):
        store.open_store(Settings(home=tmp_path / ("a" * 300)))


def test_a_store_that_another_process_holds_says_so_and_can_be_written_later(
    settings: Settings, sessions: store.Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_MS", 0)
    mine = store.open_store(settings)
    holder = sqlite3.connect(file(settings), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match=r"the store failed \(database is locked\)"):
        write(mine)
    holder.close()
    write(mine)
    with mine() as session:
        assert queries.languages(session) == ["de"]


def test_writing_takes_the_lock_before_it_reads(
    settings: Settings, sessions: store.Sessions
) -> None:
    other = sqlite3.connect(file(settings), timeout=0)
    with store.writing(sessions), pytest.raises(sqlite3.OperationalError, match="is locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_database_that_is_damaged_while_open_is_unavailable(
    settings: Settings, sessions: store.Sessions
) -> None:
    fill(sessions)
    with sessions() as session:
        session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine_of(sessions).dispose()
    content = file(settings).read_bytes()
    file(settings).write_bytes(content[:8192] + b"\xaa" * (len(content) - 8192))
    with (
        sessions() as session,
        pytest.raises(StoreUnavailable, match=r"\(database disk image is malformed\)"),
    ):
        queries.counts(session)
