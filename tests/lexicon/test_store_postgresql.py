"""The store on a PostgreSQL server: who may connect, what a lost connection and a lock mean."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event, make_url, text

from lexicon import migrate, queries, store
from lexicon.errors import StoreUnavailable
from lexicon.ingest.merge import lock_words
from lexicon.ingest.report import IngestReport
from lexicon.settings import Settings
from tests.conftest import TINY, fill
from tests.lexicon.backends import on_postgresql
from tests.lexicon.loading import load
from tests.lexicon.snapshot import everything
from tests.lexicon.stores import engine_of, write

pytestmark = [on_postgresql, pytest.mark.usefixtures("engines")]


def unreadable(settings: Settings, url: str) -> str:
    """The message with which the store is not opened; upgrading it ends with the same."""
    other = settings.model_copy(update={"database_url": url})
    with pytest.raises(StoreUnavailable) as caught:
        store.open_store(other)
    with pytest.raises(StoreUnavailable) as upgrading:
        migrate.upgrade(store.connect(other))
    assert str(upgrading.value) == str(caught.value)
    said = str(caught.value)
    assert said.startswith(f"the store at {store.location(other)} cannot be read (")
    assert said.endswith("); check LEXICON_HOME and LEXICON_DATABASE_URL")
    assert "\n" not in said
    return said


def test_a_server_that_does_not_listen_is_unavailable(settings: Settings) -> None:
    said = unreadable(settings, "postgresql+psycopg://me:secret@127.0.0.1:1/words")
    assert "Connection refused" in said
    assert "secret" not in said


def test_a_server_without_its_socket_is_unavailable(settings: Settings, tmp_path: Path) -> None:
    said = unreadable(settings, f"postgresql+psycopg://me@/words?host={tmp_path}")
    assert "No such file or directory" in said


def test_a_database_that_the_server_has_not_is_named(settings: Settings) -> None:
    assert settings.database_url is not None
    url = make_url(settings.database_url).set(database="no_such_words")
    said = unreadable(settings, url.render_as_string(hide_password=False))
    assert 'database "no_such_words" does not exist' in said


@contextmanager
def role(engine: Engine, options: str) -> Iterator[str]:
    """A role of the server that may use the store's tables."""
    name = f"lexicon_{uuid4().hex}"
    with engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {name} {options}"))
        connection.execute(text(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}"))
        connection.execute(text(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {name}"))
    try:
        yield name
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP OWNED BY {name}"))
            connection.execute(text(f"DROP ROLE {name}"))


@contextmanager
def password_required(engine: Engine, name: str) -> Iterator[None]:
    """A server of our own trusts everybody; make it ask this role for its password."""
    with engine.connect() as connection:
        rules = Path(str(connection.scalar(text("SHOW hba_file"))))
        if not rules.is_file():
            yield
            return
        before = rules.read_text()
        rules.write_text(f"local all {name} scram-sha-256\nhost all {name} all scram-sha-256\n")
        with rules.open("a") as stream:
            stream.write(before)
        try:
            connection.execute(text("SELECT pg_reload_conf()"))
            yield
        finally:
            rules.write_text(before)
            connection.execute(text("SELECT pg_reload_conf()"))


def test_a_wrong_password_is_told_and_not_shown(
    settings: Settings, sessions: store.Sessions
) -> None:
    engine = engine_of(sessions)
    assert settings.database_url is not None
    with (
        role(engine, "LOGIN PASSWORD 'open sesame'") as name,
        password_required(engine, name),
    ):
        url = make_url(settings.database_url).set(username=name, password="open barley")
        said = unreadable(settings, url.render_as_string(hide_password=False))
        assert f'password authentication failed for user "{name}"' in said
        assert "barley" not in said
        right = url.set(password="open sesame").render_as_string(hide_password=False)
        other = store.open_store(settings.model_copy(update={"database_url": right}))
        with other() as session:
            assert queries.languages(session) == []
        engine_of(other).dispose()


def test_who_may_not_read_the_tables_is_told_so(
    settings: Settings, sessions: store.Sessions
) -> None:
    fill(sessions)
    with role(engine_of(sessions), "") as name:
        with sessions.begin() as session:
            session.execute(text(f"REVOKE ALL ON alembic_version FROM {name}"))
        engine = store.connect(settings)
        event.listen(engine, "connect", becoming(name))
        with pytest.raises(StoreUnavailable, match="permission denied for table alembic_version"):
            store.require_current(engine)
        engine.dispose()


def becoming(name: str) -> Callable[[Any, object], None]:
    """What makes a new connection act as the role ``name``."""

    def become(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {name}")
        connection.commit()

    return become


def test_a_role_without_special_rights_imports_the_same(
    settings: Settings, sessions: store.Sessions
) -> None:
    with role(engine_of(sessions), "") as name:
        plain = store.open_store(settings)
        event.listen(engine_of(plain), "connect", becoming(name))
        engine_of(plain).dispose()
        with plain() as session:
            assert session.scalar(text("SELECT current_user")) == name
        assert load(plain, TINY) == IngestReport(added=4)
        assert load(plain, TINY[1:]) == IngestReport(unchanged=3, retired=1)
        found = everything(plain)
        engine_of(plain).dispose()
    with sessions() as session:
        assert queries.counts(session).concepts == 3
    load(sessions, TINY[1:])
    assert everything(sessions) == found


def end_connections(sessions: store.Sessions) -> None:
    """End every other connection to the database, as a server does that is shut down."""
    with sessions() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def test_a_connection_that_is_lost_while_writing_leaves_nothing(
    settings: Settings, sessions: store.Sessions
) -> None:
    other = store.open_store(settings)

    def lose() -> None:
        with store.writing(sessions) as session:
            session.connection()
            end_connections(other)
            session.execute(text("SELECT 1"))

    with pytest.raises(StoreUnavailable) as caught:
        lose()
    assert str(caught.value) == (
        "the store failed (terminating connection due to administrator command); "
        "nothing was changed; check LEXICON_HOME and LEXICON_DATABASE_URL"
    )
    with sessions() as session:
        assert queries.languages(session) == []


def test_after_a_restart_of_the_server_the_store_is_used_again(
    settings: Settings, sessions: store.Sessions
) -> None:
    with sessions() as session:
        assert queries.languages(session) == []
    end_connections(store.open_store(settings))
    with sessions() as session, pytest.raises(StoreUnavailable, match="the store failed"):
        queries.languages(session)
    write(sessions)
    with sessions() as session:
        assert queries.languages(session) == ["de"]


def test_who_changes_words_waits_for_another_and_says_so(
    filled: store.Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_MS", 50)
    before = everything(filled)
    with filled() as holder:
        lock_words(holder.connection())
        with pytest.raises(StoreUnavailable) as caught:
            load(filled, TINY[1:])
        assert everything(filled) == before
    assert str(caught.value) == (
        "the store failed (canceling statement due to lock timeout); nothing was changed; "
        "another process is writing to it, so try again when that has ended"
    )
    assert load(filled, TINY[1:]) == IngestReport(unchanged=3, retired=1)


def test_a_writer_of_something_else_does_not_wait(
    filled: store.Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_MS", 50)
    with filled() as holder:
        lock_words(holder.connection())
        write(filled)
    with filled() as session:
        assert "de" in queries.languages(session)
