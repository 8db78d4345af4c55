"""Backing a store up into one file, and restoring it into this kind of database or the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lexicon import migrate, store
from lexicon.backup import archive, dump, indices
from lexicon.backup.archive import Advance, Facts, Manifest, Reader, TableRecord, Writer
from lexicon.errors import (
    BackupRefused,
    BackupTooNew,
    StoreMissing,
    StoreOutdated,
    StoreTooNew,
    StoreUnavailable,
)
from lexicon.settings import Settings
from lexicon.store import SCHEMA_REVISION


@dataclass(frozen=True)
class BackupReport:
    """What a backup holds. ``left_out`` names pointers whose generation is not on disk."""

    file: Path
    bytes: int
    revision: str
    rows: int
    generations: int
    left_out: tuple[str, ...] = ()


def _silent(_what: str, _done: int, _total: int) -> None:
    pass


def back_up(
    settings: Settings, file: Path, advance: Advance = _silent, overwrite: bool = False
) -> BackupReport:
    """Write all rows, as they are at one moment, and the live generations into ``file``.

    A store that an earlier version made is backed up as it is: the way back from an upgrade.
    """
    engine = store.connect(settings)
    try:
        there = store.revision(engine)
        if there is None:
            raise StoreMissing(store.location(settings))
        if there not in _revisions(engine):
            raise StoreTooNew(there, SCHEMA_REVISION)
        with archive.written(file, overwrite) as target:
            # Before the rows: words that came after an index was built are found, later ones not.
            found = indices.find(settings.indices)
            with _failing(settings, "read", "no backup was written"), dump.snapshot(engine) as now:
                facts = _facts(settings, now)
                tables = _dump(now, target, file.parent, advance)
            indices.pack(settings.indices, found, target, advance)
            target.seal(facts, tables)
    finally:
        engine.dispose()
    rows = sum(table.rows for table in tables)
    size = file.stat().st_size
    return BackupReport(file, size, facts.revision, rows, len(found.live), found.left_out)


@contextmanager
def _failing(settings: Settings, verb: str, outcome: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        reason = str(cause).strip().partition("\n")[0]
        raise StoreUnavailable(
            f"the store at {store.location(settings)} could not be {verb} ({reason}); {outcome}"
        ) from error


def _facts(settings: Settings, connection: Connection) -> Facts:
    return Facts(
        package=version("semantic-lexicon"),
        revision=dump.revision(connection),
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        database=connection.dialect.name,
        settings=without_secrets(settings),
    )


def without_secrets(settings: Settings) -> dict[str, str]:
    """The settings, without what gives access to the database.

    >>> url = "postgresql+psycopg://me:secret@host/lexicon?password=secret"
    >>> without_secrets(Settings(home=Path("/srv"), database_url=url))["database_url"]
    'postgresql+psycopg://me:***@host/lexicon'
    """
    url = store.database_url(settings).set(query={})
    return {
        "home": str(settings.home),
        "encoder": settings.encoder,
        "database_url": url.render_as_string(hide_password=True),
    }


def _dump(
    connection: Connection, target: Writer, folder: Path, advance: Advance
) -> tuple[TableRecord, ...]:
    tables = dump.stored(connection)
    counts = {item.name: dump.count(connection, item) for item in tables}
    total, done = sum(counts.values()), 0
    made = []
    for item in tables:
        record = TableRecord(name=item.name, columns=item.columns, rows=counts[item.name])
        made.append(record)
        # The archive wants the size before the content. A file without a name is gone with us.
        with TemporaryFile(dir=folder) as lines:
            for text, rows in dump.written(connection, item):
                lines.write(text)
                done += rows
                advance("rows", done, total)
            size = lines.tell()
            lines.seek(0)
            target.add(record.member, lines, size)
    return tuple(made)


def restore(
    settings: Settings, file: Path, replace: bool = False, advance: Advance = _silent
) -> BackupReport:
    """Verify ``file``, then put its rows, in one transaction, and its generations in place.

    Rows that are there are refused, or replaced on request. A backup of an earlier version is
    loaded into that version's tables and upgraded, for which the store must hold no rows.
    """
    with archive.opened(file) as source:
        manifest = source.verify(advance)
        engine = store.connect(settings)
        try:
            if manifest.revision not in _revisions(engine):
                found, wanted = (
                    f"schema revision {name}" for name in (manifest.revision, SCHEMA_REVISION)
                )
                raise BackupTooNew(file, found, wanted)
            store.make_home(settings)
            with _failing(settings, "written", "its rows are what they were"):
                _prepare(settings, engine, source, manifest, replace)
                try:
                    _load(settings, engine, source, manifest, replace, advance)
                finally:
                    # After a failure as well: no store is left at an old revision.
                    if manifest.revision != SCHEMA_REVISION:
                        migrate.upgrade(engine)
        finally:
            engine.dispose()
        generations = indices.unpack(settings.indices, source, manifest, advance)
        size = file.stat().st_size
    return BackupReport(file, size, manifest.revision, manifest.rows, generations)


def _prepare(
    settings: Settings, engine: Engine, source: Reader, manifest: Manifest, replace: bool
) -> None:
    """Bring the store to the backup's revision, or say why it is left alone."""
    found = store.revision(engine)
    if found is not None:
        if found not in _revisions(engine):
            raise StoreTooNew(found, SCHEMA_REVISION)
        with engine.connect() as connection:
            if dump.holds_rows(connection):
                _require_replaceable(settings, source, manifest, replace, found)
    change = command.upgrade if found is None or found < manifest.revision else command.downgrade
    if found != manifest.revision:
        change(migrate.config(engine), manifest.revision)


def _revisions(engine: Engine) -> set[str]:
    """The schemas that this version knows."""
    scripts = ScriptDirectory.from_config(migrate.config(engine))
    return {script.revision for script in scripts.walk_revisions()}


def _require_replaceable(
    settings: Settings, source: Reader, manifest: Manifest, replace: bool, found: str
) -> None:
    where = store.location(settings)
    if manifest.revision != SCHEMA_REVISION:
        raise BackupRefused(
            f"the backup {source.file} is of schema revision {manifest.revision}, this version's "
            f"is {SCHEMA_REVISION}, and the store at {where} holds rows; an older backup is only "
            "restored into a store without any: set LEXICON_HOME or LEXICON_DATABASE_URL to one"
        )
    if not replace:
        raise BackupRefused(
            f"the store at {where} holds rows; put those of {source.file} in their place "
            "with: --replace"
        )
    if found != SCHEMA_REVISION:
        raise StoreOutdated(found, SCHEMA_REVISION)


def _load(
    settings: Settings,
    engine: Engine,
    source: Reader,
    manifest: Manifest,
    replace: bool,
    advance: Advance,
) -> None:
    with dump.alone(engine) as connection:
        tables = {item.name: item for item in dump.stored(connection)}
        for record in manifest.tables:
            item = tables.get(record.name)
            if item is None or set(item.columns) != set(record.columns):
                raise source.damaged(f"its table {record.name} is not of its schema revision")
        if dump.holds_rows(connection):
            _require_replaceable(settings, source, manifest, replace, dump.revision(connection))
        dump.clear(connection)
        indices.retire(connection)
        records = {record.member: record for record in manifest.tables}
        total, done = manifest.rows, 0
        for name, stream in source.members():
            if name not in records:
                continue
            record, before = records[name], done
            lines = source.lines(stream)
            try:
                for rows in dump.load(connection, tables[record.name], record.columns, lines):
                    done += rows
                    advance("rows", done, total)
            except (ValueError, TypeError, OverflowError) as error:
                raise source.damaged(str(error)) from error
            if done - before != record.rows:
                raise source.damaged(f"it holds {done - before:,} rows of {record.name}")
        dump.number_on(connection)
