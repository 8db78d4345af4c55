"""Opening the store: engine, sessions, and the check that its schema is the one we know."""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    ProgrammingError,
)
from sqlalchemy.orm import Session, sessionmaker

from lexicon.errors import (
    ExtraMissing,
    InvalidSettings,
    StoreMissing,
    StoreOutdated,
    StoreTooNew,
    StoreUnavailable,
)
from lexicon.settings import Settings

SCHEMA_REVISION = "0005"
"""Alembic's head, repeated here so that a search need not import Alembic; a test compares."""

BACKENDS = ("sqlite", "postgresql")
BUSY_TIMEOUT_MS = 60_000
BULK_CACHE_KIB = 131_072
IMMEDIATE = "lexicon_immediate"
"""Execution option of a connection that is going to write."""

Sessions = sessionmaker[Session]


def connect(settings: Settings) -> Engine:
    """An engine on the configured database; nothing is created and nothing is read."""
    url = database_url(settings)
    if url.get_backend_name() not in BACKENDS:
        raise _unknown_database(url)
    try:
        engine = create_engine(url)
    except NoSuchModuleError:
        raise _unknown_database(url) from None
    except ModuleNotFoundError:
        raise ExtraMissing(f"the database {url.drivername!r}", "postgres") from None
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _unknown_database(url: URL) -> InvalidSettings:
    return InvalidSettings(
        f"LEXICON_DATABASE_URL names the database {url.drivername!r}; "
        "known: sqlite, postgresql+psycopg"
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Python's driver would commit before every CREATE and ALTER, and an interrupted migration
    # would leave half a schema; without its own transactions it leaves ours alone.
    connection.isolation_level = None
    cursor = connection.cursor()
    # Set first: switching to WAL is itself a write that another process may hold up.
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys=ON")
    _write_ahead(cursor)
    # WAL with NORMAL loses the last commits in a power cut; writes here are imports, so FULL is
    # paid once per file.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Switch the file to WAL, in which readers and a writer do not wait for each other.

    Two processes that meet a new file at once lock each other out of the switch, and SQLite does
    not wait then, whatever its timeout.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that is going to write says so at once: one that first reads and then finds
    # that another has written is refused, however long it is ready to wait.
    immediate = connection.get_execution_options().get(IMMEDIATE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _location(engine: Engine) -> str:
    return _written(engine.url)


def _written(url: URL) -> str:
    """The URL without its password; SQLAlchemy would escape the letters of a file's name."""
    if url.get_backend_name() == "sqlite":
        return f"{url.drivername}:///{url.database}"
    return url.render_as_string(hide_password=True)


def location(settings: Settings) -> str:
    """The configured database's URL, its password hidden."""
    return _written(database_url(settings))


def database_url(settings: Settings) -> URL:
    """The configured database, or the SQLite file in the home folder."""
    if settings.database_url is None:
        # Built rather than written: a home may be called "100% mine?".
        return URL.create("sqlite", database=str(settings.home / "lexicon.sqlite3"))
    try:
        return make_url(settings.database_url)
    except (ArgumentError, ValueError):
        shown = re.sub(r"(?<=:)[^:@/]+(?=@)", "***", settings.database_url)
        raise InvalidSettings(
            f"LEXICON_DATABASE_URL={shown!r} is not a database URL; "
            "write one such as postgresql+psycopg://user@host/name"
        ) from None


def _sqlite_file(engine: Engine) -> Path | None:
    """The database file, or None for a server and for databases in memory."""
    if engine.url.get_backend_name() != "sqlite" or not engine.url.database:
        return None
    return None if engine.url.database == ":memory:" else Path(engine.url.database)


def revision(engine: Engine) -> str | None:
    """The schema revision of the store, or None where there is no store."""
    file = _sqlite_file(engine)
    try:
        if file is not None and not file.exists():
            # SQLite would create an empty file just because somebody asked.
            return None
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    except (DBAPIError, OSError) as error:
        raise StoreUnavailable(
            f"the store at {_location(engine)} cannot be read ({reason(error)}); "
            "check LEXICON_HOME and LEXICON_DATABASE_URL"
        ) from error
    return None if found is None else str(found)


def reason(error: DBAPIError | OSError) -> str:
    """What the database or system says, in one line."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error.orig).strip().partition("\n")[0]


def open_store(settings: Settings) -> Sessions:
    """Sessions on an existing store of this version's schema.

    Raises :class:`StoreMissing`, :class:`StoreOutdated` or :class:`StoreTooNew`; never creates.
    """
    engine = connect(settings)
    try:
        require_current(engine)
    except BaseException:
        engine.dispose()
        raise
    event.listen(engine, "handle_error", _unavailable)
    return sessionmaker(engine, expire_on_commit=False)


def close(sessions: Sessions) -> None:
    """Give the store's connections back: what is in use is closed when it is returned."""
    sessions.kw["bind"].dispose()


def _unavailable(context: ExceptionContext) -> None:
    """What the database server or file does to us is the store's error; what we do to it is not."""
    error = context.sqlalchemy_exception
    if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError | ProgrammingError):
        why = reason(error)
        remedy = "check LEXICON_HOME and LEXICON_DATABASE_URL"
        if "locked" in why or "lock timeout" in why:
            remedy = "another process is writing to it, so try again when that has ended"
        raise StoreUnavailable(
            f"the store failed ({why}); nothing was changed; {remedy}"
        ) from error


def require_current(engine: Engine) -> None:
    """Raise unless the store is at this version's schema."""
    found = revision(engine)
    if found is None:
        raise StoreMissing(_location(engine))
    if found != SCHEMA_REVISION:
        # Revisions are numbered, so that older and newer can be told apart without Alembic.
        newer = found.isdigit() and found > SCHEMA_REVISION
        raise (StoreTooNew if newer else StoreOutdated)(found, SCHEMA_REVISION)


def make_home(settings: Settings) -> None:
    """Create the home folder, or say why that cannot be done."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        # A file without a name: two that start together cannot take it from each other.
        TemporaryFile(dir=settings.home).close()
    except OSError as error:
        raise StoreUnavailable(
            f"the home folder {settings.home} cannot be written ({error.strerror}); "
            "set LEXICON_HOME to a folder that can"
        ) from error


@contextmanager
def bulk_connection(sessions: Sessions, trusted: bool = False) -> Iterator[Connection]:
    """A connection of its own for an import; what is temporary on it ends with it.

    The caller begins two transactions: one that reads the file into temporary tables and holds no
    lock, then one under :func:`about_to_write`. ``trusted``: SQLite does not look up foreign keys
    again, and does not follow them when a row is removed; see :func:`trust_references` for
    PostgreSQL.
    """
    engine: Engine = sessions.kw["bind"]
    try:
        with engine.connect() as connection:
            if engine.url.get_backend_name() == "sqlite":
                # Inserting in random order into an index that is not in memory is slow.
                cursor = connection.connection.cursor()
                cursor.execute(f"PRAGMA cache_size=-{BULK_CACHE_KIB}")
                if trusted:
                    # An import's keys are joined from rows that are there, and it writes alone.
                    cursor.execute("PRAGMA foreign_keys=OFF")
                cursor.close()
            else:
                # So is sorting on disk, and looking rows up one by one for want of room to join.
                with connection.begin():
                    connection.exec_driver_sql(f"SET work_mem = '{BULK_CACHE_KIB}kB'")
            try:
                yield connection
            finally:
                # Closes it for good, with the transaction of an import that Ctrl-C stopped. A
                # detached connection would only be dropped, and stay open until it is collected.
                connection.invalidate()
    except DBAPIError as error:
        raise StoreUnavailable(
            f"the store could not be written ({reason(error)}); nothing was changed"
        ) from error


def about_to_write(connection: Connection) -> Connection:
    """The connection, whose next transactions take the write lock as they begin."""
    return connection.execution_options(**{IMMEDIATE: True})


def lock(connection: Connection, number: int) -> None:
    """On PostgreSQL, wait for the advisory lock of that number until the transaction ends; as
    long as a writer of SQLite waits, and then :class:`StoreUnavailable` says that it is locked."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = {BUSY_TIMEOUT_MS}"))
        connection.execute(select(func.pg_advisory_xact_lock(number)))


def trust_references(connection: Connection) -> None:
    """Let a transaction on PostgreSQL insert without looking up every foreign key again.

    For imports, whose keys come from joins and which nobody who removes words can run beside. It
    is a right of superusers that can be granted (``GRANT SET ON PARAMETER
    session_replication_role``); without it the import is right too, and slower.
    """
    if connection.dialect.name == "postgresql" and connection.scalar(
        text("SELECT has_parameter_privilege('session_replication_role', 'SET')")
    ):
        connection.execute(text("SET LOCAL session_replication_role = 'replica'"))


@contextmanager
def writing(sessions: Sessions) -> Iterator[Session]:
    """One transaction: everything that happens in it is kept, or nothing is."""
    try:
        with sessions.begin() as session:
            session.connection(execution_options={IMMEDIATE: True})
            yield session
    except DBAPIError as error:
        raise StoreUnavailable(
            f"the store could not be written ({reason(error)}); nothing was changed"
        ) from error
