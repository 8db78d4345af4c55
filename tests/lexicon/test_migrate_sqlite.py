"""Migrations of a SQLite file, which alters a table by copying it."""

import sqlite3
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from lexicon import migrate, queries, store
from lexicon.errors import StoreUnavailable
from lexicon.settings import Settings
from tests.conftest import fill
from tests.lexicon.migrating import add_revision, interrupt

pytestmark = pytest.mark.usefixtures("engines")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty home."""
    (tmp_path / "home").mkdir()
    return Settings(home=tmp_path / "home")


@pytest.fixture
def engine(settings: Settings, engines: list[Engine]) -> Engine:
    """An engine on a home without a store."""
    return store.connect(settings)


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


RECREATE_CONCEPT = """
import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    with op.batch_alter_table("concept", recreate="always") as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=True))
"""


def test_a_later_migration_that_recreates_a_table_keeps_the_rows_that_refer_to_it(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    migrate.upgrade(engine)
    fill(store.open_store(settings))
    add_revision(monkeypatch, tmp_path, RECREATE_CONCEPT)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM concept WHERE note IS NULL")) == 4
        assert connection.scalar(text("SELECT count(*) FROM sense")) == 14


BREAK_SENSES = """
from alembic import op


def upgrade() -> None:
    op.execute("DELETE FROM lexeme WHERE lemma = 'water'")
"""


def test_a_later_migration_that_orphans_a_row_changes_nothing(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    migrate.upgrade(engine)
    fill(store.open_store(settings))
    add_revision(monkeypatch, tmp_path, BREAK_SENSES)
    with pytest.raises(RuntimeError, match="the migration left a row that refers to none"):
        migrate.upgrade(engine)
    assert store.revision(engine) == store.SCHEMA_REVISION
    with store.open_store(settings)() as session:
        assert queries.counts(session).lexemes == {"en": 4, "fr": 4, "kn": 5}
