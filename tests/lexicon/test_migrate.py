"""Migrations: up, down, up again, and the tables that the models describe."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command, op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from lexicon import migrate, queries, store
from lexicon.errors import StoreTooNew, StoreUnavailable
from lexicon.models import Base
from lexicon.settings import Settings
from tests.conftest import fill


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine on a home without a store."""
    settings.home.mkdir()
    made = store.connect(settings)
    yield made
    made.dispose()


def tables(engine: Engine) -> set[str]:
    """The tables that are there, but for Alembic's own."""
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def stamp(engine: Engine, revision: str) -> None:
    """Make the store say that it is at ``revision``."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": revision})


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


def test_the_migrated_database_is_what_the_models_describe(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_constraint_has_the_name_that_the_models_give_it(
    engine: Engine, tmp_path: Path
) -> None:
    migrate.upgrade(engine)
    described = store.connect(Settings(home=tmp_path))
    Base.metadata.create_all(described)
    for name in Base.metadata.tables:
        assert constraints(engine, name) == constraints(described, name)
    described.dispose()


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


def test_a_file_that_is_no_database_is_left_alone(settings: Settings, engine: Engine) -> None:
    file = settings.home / "lexicon.sqlite3"
    file.write_bytes(b"a letter to a friend" * 100)
    with pytest.raises(StoreUnavailable, match=r"cannot be read \(file is not a database\)"):
        migrate.upgrade(engine)
    assert file.read_bytes() == b"a letter to a friend" * 100


def test_a_folder_that_does_not_exist_is_named_with_the_remedy(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/none/words.sqlite3"
    with pytest.raises(StoreUnavailable) as caught:
        migrate.upgrade(store.connect(Settings(home=tmp_path, database_url=url)))
    assert str(caught.value) == (
        f"the store at {url} could not be upgraded (unable to open database file); "
        "check LEXICON_HOME and LEXICON_DATABASE_URL"
    )


def test_a_database_with_such_a_table_is_not_upgraded(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE concept (mine TEXT)"))
        connection.execute(text("INSERT INTO concept VALUES ('precious')"))
    with pytest.raises(StoreUnavailable, match=r"upgraded \(table concept already exists\)"):
        migrate.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT mine FROM concept")) == "precious"


def interrupt(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Upgrade until the table of the lexemes is about to be made."""
    create = op.create_table

    def interrupted(name: str, *columns: Any, **options: Any) -> Any:
        if name == "lexeme":
            raise KeyboardInterrupt
        return create(name, *columns, **options)

    with monkeypatch.context() as patch:
        patch.setattr(op, "create_table", interrupted)
        with pytest.raises(KeyboardInterrupt):
            migrate.upgrade(engine)


def test_an_interrupted_migration_leaves_nothing_and_can_be_repeated(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(engine, monkeypatch)
    assert tables(engine) == set()
    assert migrate.upgrade(engine) == (None, store.SCHEMA_REVISION)
    assert tables(engine) == set(Base.metadata.tables)


def test_foreign_keys_are_on_again_after_an_interrupted_migration(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(engine, monkeypatch)
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_migration_takes_the_lock_before_it_looks(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = MigrationContext.get_current_heads
    refusals: list[str] = []

    def looking(context: MigrationContext) -> tuple[str, ...]:
        other = sqlite3.connect(settings.home / "lexicon.sqlite3", timeout=0)
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            refusals.append(str(error))
        other.close()
        return look(context)

    monkeypatch.setattr(MigrationContext, "get_current_heads", looking)
    migrate.upgrade(engine)
    assert refusals == ["database is locked"]


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
    config = migrate.config(engine)
    del config.attributes["engine"]
    command.upgrade(config, "head")
    assert store.revision(engine) == store.SCHEMA_REVISION


RECREATE_CONCEPT = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("concept", recreate="always") as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=True))
"""


def test_a_later_migration_that_recreates_a_table_keeps_the_rows_that_refer_to_it(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    migrate.upgrade(engine)
    fill(store.open_store(settings))
    shutil.copytree(migrate.scripts(), tmp_path / "later")
    (tmp_path / "later" / "versions" / "0002_recreate.py").write_text(RECREATE_CONCEPT)
    monkeypatch.setattr(migrate, "scripts", lambda: tmp_path / "later")
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM concept")) == 4
        assert connection.scalar(text("SELECT count(*) FROM sense")) == 14


BREAK_SENSES = """
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("DELETE FROM lexeme WHERE lemma = 'water'")
"""


def test_a_later_migration_that_orphans_a_row_changes_nothing(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    migrate.upgrade(engine)
    fill(store.open_store(settings))
    shutil.copytree(migrate.scripts(), tmp_path / "later")
    (tmp_path / "later" / "versions" / "0002_break.py").write_text(BREAK_SENSES)
    monkeypatch.setattr(migrate, "scripts", lambda: tmp_path / "later")
    with pytest.raises(RuntimeError, match="the migration left a row that refers to none"):
        migrate.upgrade(engine)
    assert store.revision(engine) == "0001"
    with store.open_store(settings)() as session:
        assert queries.counts(session).lexemes == {"en": 4, "fr": 4, "kn": 5}
