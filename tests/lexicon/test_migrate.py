"""Migrations: up, down, up again, and the tables that the models describe."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, select, text

from lexicon import migrate, queries, store
from lexicon.errors import StoreTooNew, StoreUnavailable
from lexicon.models import Base, StoreIdentity
from lexicon.settings import Settings
from tests.conftest import fill
from tests.lexicon.first_rows import LATER
from tests.lexicon.migrating import interrupt, stamp, tables
from tests.postgres import Databases

pytestmark = pytest.mark.usefixtures("engines")


@pytest.fixture
def settings(blank: Settings) -> Settings:
    """Settings of a database without a table."""
    return blank


@pytest.fixture
def engine(settings: Settings, engines: list[Engine]) -> Engine:
    """An engine on that database."""
    return store.connect(settings)


@pytest.fixture
def described(
    request: pytest.FixtureRequest, engine: Engine, engines: list[Engine], tmp_path: Path
) -> Iterator[Engine]:
    """An engine on another database of the same kind, made from the models."""
    if engine.name == "sqlite":
        made = store.connect(Settings(home=tmp_path))
        Base.metadata.create_all(made)
        yield made
        return
    databases: Databases = request.getfixturevalue("databases")
    name = databases.empty()
    made = store.connect(Settings(home=tmp_path, database_url=databases.url(name)))
    Base.metadata.create_all(made)
    yield made
    made.dispose()
    databases.drop(name)


def test_the_revision_in_the_code_is_alembics_head(engine: Engine) -> None:
    assert ScriptDirectory.from_config(migrate.config(engine)).get_heads() == [
        store.SCHEMA_REVISION
    ]


def test_revisions_are_numbers_of_one_width_so_that_they_compare_as_text(engine: Engine) -> None:
    scripts = ScriptDirectory.from_config(migrate.config(engine)).walk_revisions()
    names = [script.revision for script in scripts]
    assert all(name.isdigit() and len(name) == 4 for name in names)
    assert names == sorted(names, reverse=True)


def test_from_nothing_to_this_version(engine: Engine) -> None:
    assert migrate.upgrade(engine) == (None, store.SCHEMA_REVISION)
    assert store.revision(engine) == store.SCHEMA_REVISION
    assert tables(engine) == set(Base.metadata.tables)


def test_upgrading_again_changes_nothing(
    engine: Engine, settings: Settings, sessions: store.Sessions
) -> None:
    fill(sessions)
    assert migrate.upgrade(engine) == (store.SCHEMA_REVISION, store.SCHEMA_REVISION)
    with store.open_store(settings)() as session:
        assert queries.counts(session).concepts == 4


def test_down_to_nothing_and_up_again(engine: Engine, settings: Settings) -> None:
    migrate.upgrade(engine)
    fill(store.open_store(settings))
    command.downgrade(migrate.config(engine), "base")
    assert tables(engine) == set()
    assert store.revision(engine) is None
    assert migrate.upgrade(engine) == (None, store.SCHEMA_REVISION)
    sessions = store.open_store(settings)
    with sessions() as session:
        assert queries.counts(session).concepts == 0
    fill(sessions)


def identities(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(StoreIdentity.id)))


def test_a_store_has_one_identity_and_no_other_store_has_it(
    engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    migrate.upgrade(engine)
    [own] = identities(engine)
    assert str(UUID(own)) == own
    migrate.upgrade(engine)
    assert identities(engine) == [own]
    with store.open_store(settings)() as session:
        assert queries.store_identity(session) == own
    other = store.connect(Settings(home=tmp_path))
    migrate.upgrade(other)
    assert len(identities(other)) == 1
    assert identities(other) != [own]


def test_down_and_up_again_is_another_store(engine: Engine) -> None:
    migrate.upgrade(engine)
    [before] = identities(engine)
    command.downgrade(migrate.config(engine), "0002")
    assert tables(engine) == set(Base.metadata.tables) - LATER
    migrate.upgrade(engine)
    [after] = identities(engine)
    assert after != before


def test_the_migrated_database_is_what_the_models_describe(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_column_and_constraint_is_what_the_models_make_it(
    engine: Engine, described: Engine
) -> None:
    migrate.upgrade(engine)
    for name in Base.metadata.tables:
        assert constraints(engine, name) == constraints(described, name)
        assert columns(engine, name) == columns(described, name)


def columns(engine: Engine, table: str) -> list[str]:
    """Columns of a table with their types, collations and defaults, whatever their order."""
    return sorted(str(sorted(column.items())) for column in inspect(engine).get_columns(table))


def constraints(engine: Engine, table: str) -> dict[str, Any]:
    """Keys, checks and indices of a table, by name, whatever their order."""
    found = inspect(engine)
    return {
        "primary": found.get_pk_constraint(table),
        "foreign": sorted(map(str, found.get_foreign_keys(table))),
        "unique": sorted(map(str, found.get_unique_constraints(table))),
        "check": sorted(map(str, found.get_check_constraints(table))),
        "index": sorted(map(str, found.get_indexes(table))),
    }


def test_a_newer_store_is_left_alone(engine: Engine) -> None:
    migrate.upgrade(engine)
    stamp(engine, "0999")
    with pytest.raises(StoreTooNew, match="at schema revision 0999, which is newer"):
        migrate.upgrade(engine)
    assert store.revision(engine) == "0999"


@pytest.mark.parametrize("revision", ["0000", "a1b2c3"])
def test_a_revision_that_nobody_knows_is_refused_by_name(engine: Engine, revision: str) -> None:
    migrate.upgrade(engine)
    stamp(engine, revision)
    with pytest.raises(StoreUnavailable) as caught:
        migrate.upgrade(engine)
    assert str(caught.value) == (
        f"the store is at schema revision {revision}, which this version does not know "
        f"(Can't locate revision identified by '{revision}'); "
        "restore a backup, or use the version that wrote it"
    )


def test_a_database_with_such_a_table_is_not_upgraded(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE concept (mine TEXT)"))
        connection.execute(text("INSERT INTO concept VALUES ('precious')"))
    with pytest.raises(StoreUnavailable, match=r"\(\w+ \"?concept\"? already exists\)"):
        migrate.upgrade(engine)
    assert tables(engine) == {"concept"}
    assert store.revision(engine) is None
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT mine FROM concept")) == "precious"


def test_an_interrupted_migration_leaves_nothing_and_can_be_repeated(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(engine, monkeypatch)
    assert tables(engine) == set()
    assert migrate.upgrade(engine) == (None, store.SCHEMA_REVISION)
    assert tables(engine) == set(Base.metadata.tables)


def test_the_scripts_are_found_in_a_folder_of_any_name(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    odd = tmp_path / "100% mine"
    odd.symlink_to(migrate.scripts(), target_is_directory=True)
    monkeypatch.setattr(migrate, "scripts", lambda: odd)
    assert migrate.upgrade(engine) == (None, store.SCHEMA_REVISION)


def test_a_wheel_carries_its_scripts_beside_the_module(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(migrate, "__file__", str(tmp_path / "lexicon" / "migrate.py"))
    assert migrate.scripts() == tmp_path / "migrations"
    (tmp_path / "lexicon" / "migrations").mkdir(parents=True)
    assert migrate.scripts() == tmp_path / "lexicon" / "migrations"


def test_alembic_alone_migrates_what_the_variables_name(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXICON_HOME", str(settings.home))
    if settings.database_url is not None:
        monkeypatch.setenv("LEXICON_DATABASE_URL", settings.database_url)
    config = migrate.config(engine)
    del config.attributes["engine"]
    command.upgrade(config, "head")
    assert store.revision(engine) == store.SCHEMA_REVISION
