"""Opening the store: the right database, the right schema, or a message that says what to do."""

import sys
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, create_mock_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from lexicon import migrate, queries, store
from lexicon.errors import (
    ExtraMissing,
    InvalidInput,
    InvalidSettings,
    StoreMissing,
    StoreOutdated,
    StoreTooNew,
    StoreUnavailable,
)
from lexicon.models import Language, Lexeme
from lexicon.settings import Settings
from tests.conftest import fill
from tests.lexicon.stores import GERMAN, engine_of, stamp, write

pytestmark = pytest.mark.usefixtures("engines")


def test_connecting_creates_nothing(settings: Settings) -> None:
    store.connect(settings)
    assert not settings.home.exists()


def test_a_foreign_key_is_enforced(sessions: store.Sessions) -> None:
    with sessions() as session:
        session.add(Lexeme(language="xx", lemma="a", search_key="a", script="Latn", pos="noun"))
        with pytest.raises(IntegrityError, match=r"(?i)foreign key constraint"):
            session.flush()


def test_a_string_that_is_no_url_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings) as caught:
        store.connect(Settings(home=tmp_path, database_url="nonsense"))
    assert str(caught.value) == (
        "LEXICON_DATABASE_URL='nonsense' is not a database URL; "
        "write one such as postgresql+psycopg://user@host/name"
    )


def test_a_port_that_is_no_number_is_refused(tmp_path: Path) -> None:
    url = "postgresql+psycopg://user@host:port/name"
    with pytest.raises(InvalidSettings, match=r"^LEXICON_DATABASE_URL="):
        store.connect(Settings(home=tmp_path, database_url=url))


@pytest.mark.parametrize("driver", ["nosuch", "sqlite+nosuch", "mysql"])
def test_another_database_is_refused_with_the_known_ones(tmp_path: Path, driver: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        store.connect(Settings(home=tmp_path, database_url=f"{driver}://user@host/name"))
    assert str(caught.value) == (
        f"LEXICON_DATABASE_URL names the database {driver!r}; known: sqlite, postgresql+psycopg"
    )


def test_postgresql_without_its_driver_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ExtraMissing) as caught:
        store.connect(Settings(home=tmp_path, database_url="postgresql+psycopg://u@h/n"))
    assert str(caught.value) == (
        "the database 'postgresql+psycopg' needs the extra 'postgres'; install it with: "
        'pip install "semantic-lexicon[postgres]"'
    )


def test_a_server_is_not_prepared_as_sqlite_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server = create_mock_engine("postgresql+psycopg://u@h/n", lambda *_: None)
    monkeypatch.setattr(store, "create_engine", lambda _url: server)
    settings = Settings(home=tmp_path, database_url="postgresql+psycopg://u@h/n")
    assert store.connect(settings) is server  # type: ignore[comparison-overlap]


def test_the_location_hides_the_password(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url="postgresql+psycopg://me:secret@db/words")
    assert store.location(settings) == "postgresql+psycopg://me:***@db/words"


def test_a_database_without_tables_is_no_store(blank: Settings, engines: list[Engine]) -> None:
    with pytest.raises(StoreMissing) as caught:
        store.open_store(blank)
    assert str(caught.value) == (
        f"no lexicon store at {store.location(blank)}; create it with: lexicon init"
    )
    assert inspect(engines[-1]).get_table_names() == []


def test_somebody_elses_database_is_no_store(blank: Settings) -> None:
    with store.connect(blank).begin() as connection:
        connection.execute(text("CREATE TABLE song (title TEXT)"))
    with pytest.raises(StoreMissing):
        store.open_store(blank)


def test_a_store_whose_revision_was_lost_is_missing(
    settings: Settings, sessions: store.Sessions
) -> None:
    with sessions.begin() as session:
        session.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(StoreMissing):
        store.open_store(settings)


def test_a_store_without_a_revision_is_none(sessions: store.Sessions) -> None:
    with sessions.begin() as session:
        session.execute(text("DELETE FROM alembic_version"))
    assert store.revision(engine_of(sessions)) is None


def test_a_current_store_opens(settings: Settings, sessions: store.Sessions) -> None:
    assert store.revision(engine_of(sessions)) == store.SCHEMA_REVISION
    with store.open_store(settings)() as session:
        assert queries.languages(session) == []


@pytest.mark.parametrize("older", ["0000", "0001", "a1b2c3"])
def test_an_older_store_names_both_revisions_and_the_command(
    settings: Settings, sessions: store.Sessions, older: str
) -> None:
    stamp(sessions, older)
    with pytest.raises(StoreOutdated) as caught:
        store.open_store(settings)
    assert str(caught.value) == (
        f"the store is at schema revision {older}, this version needs {store.SCHEMA_REVISION}; "
        "upgrade it with: lexicon init"
    )


@pytest.mark.parametrize("newer", [f"{int(store.SCHEMA_REVISION) + 1:04}", "9999"])
def test_a_newer_store_names_both_revisions_and_the_package(
    settings: Settings, sessions: store.Sessions, newer: str
) -> None:
    stamp(sessions, newer)
    with pytest.raises(StoreTooNew) as caught:
        store.open_store(settings)
    assert str(caught.value) == (
        f"the store is at schema revision {newer}, which is newer than this version's "
        f"{store.SCHEMA_REVISION}; upgrade the semantic-lexicon package"
    )


def test_the_home_is_made_with_its_parents_and_left_clean(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "a" / "b")
    store.make_home(settings)
    store.make_home(settings)
    assert list(settings.home.iterdir()) == []


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_file_in_place_of_the_home_is_named_with_the_remedy(tmp_path: Path, below: str) -> None:
    (tmp_path / "taken").touch()
    home = tmp_path / "taken" / below
    with pytest.raises(StoreUnavailable) as caught:
        store.make_home(Settings(home=home))
    why = "Not a directory" if below else "File exists"
    assert str(caught.value) == (
        f"the home folder {home} cannot be written ({why}); set LEXICON_HOME to a folder that can"
    )


def test_a_home_that_cannot_be_written_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(store, "TemporaryFile", denied)
    with pytest.raises(StoreUnavailable, match=r"cannot be written \(Permission denied\)"):
        store.make_home(settings)


def test_what_is_written_is_kept(sessions: store.Sessions) -> None:
    fill(sessions)
    with sessions() as session:
        assert queries.counts(session).concepts == 4


def test_a_failure_while_writing_leaves_nothing(sessions: store.Sessions) -> None:
    with pytest.raises(InvalidInput, match=r"^no$"):
        write(sessions, InvalidInput("no"))
    with sessions() as session:
        assert queries.languages(session) == []


def test_a_fault_of_the_database_says_that_nothing_was_changed(sessions: store.Sessions) -> None:
    orphan = Lexeme(language="xx", lemma="a", search_key="a", script="Latn", pos="noun")
    with pytest.raises(StoreUnavailable) as caught:
        write(sessions, orphan)
    why = {
        "sqlite": "FOREIGN KEY constraint failed",
        "postgresql": 'insert or update on table "lexeme" violates foreign key constraint '
        '"fk_lexeme_language"',
    }[engine_of(sessions).name]
    assert str(caught.value) == f"the store could not be written ({why}); nothing was changed"
    with sessions() as session:
        assert queries.languages(session) == []


def test_readers_read_on_while_another_writes(sessions: store.Sessions) -> None:
    with store.writing(sessions) as session, sessions() as reading:
        session.add(Language(**GERMAN))
        session.flush()
        assert queries.languages(reading) == []
    with sessions() as reading:
        assert queries.languages(reading) == ["de"]


def test_upgrading_makes_an_outdated_store_open(blank: Settings) -> None:
    engine = store.connect(blank)
    with pytest.raises(StoreMissing):
        store.require_current(engine)
    command.upgrade(migrate.config(engine), "0001")
    with pytest.raises(StoreOutdated, match=r"at schema revision 0001, .* lexicon init$"):
        store.require_current(engine)
    assert migrate.upgrade(engine) == ("0001", store.SCHEMA_REVISION)
    store.require_current(engine)
