"""Upgrading a store that is full: no row is lost, and the new columns say what they should."""

from typing import Any

import pytest
from alembic import command, op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.types import String

from lexicon import browse, migrate, queries, store
from lexicon.entries import checked
from lexicon.errors import StoreUnavailable
from lexicon.folding import fold
from lexicon.models import Base, Concept, DepartedLexeme, Lexeme, WordVector
from lexicon.settings import Settings
from tests.lexicon.first_rows import LATER, MANY, MOMENT, FirstRows, rows
from tests.lexicon.loading import OTHER, load

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
def first(engine: Engine) -> FirstRows:
    """The database at the first revision, with rows in every table."""
    command.upgrade(migrate.config(engine), "0001")
    made = FirstRows(engine)
    made.insert()
    return made


def test_there_are_rows_of_every_table(first: FirstRows) -> None:
    assert set(first.metadata.tables) == set(Base.metadata.tables) - LATER == set(rows())
    held = first.held()
    assert {name: len(some) for name, some in held.items()} == {
        name: len(some) for name, some in rows().items()
    }
    assert all(len(some) > 1 for some in held.values())


def test_an_upgrade_keeps_every_row(first: FirstRows) -> None:
    before = first.held()
    assert migrate.upgrade(first.engine) == ("0001", store.SCHEMA_REVISION)
    assert first.held() == before


def test_an_upgrade_folds_every_lemma(first: FirstRows, settings: Settings) -> None:
    migrate.upgrade(first.engine)
    with store.open_store(settings)() as session:
        found = session.execute(select(Lexeme.lemma, Lexeme.folded)).all()
    assert len(found) > MANY
    assert [(row.lemma, row.folded) for row in found if row.folded != fold(row.lemma)] == []
    folded = {row.lemma: row.folded for row in found}
    assert (folded["पानी"], folded["Éclair"], folded["well-being"]) == (
        "pni",
        "eclair",
        "wellbeing",
    )
    assert (folded["?!"], folded[f"Word-{MANY - 1}"]) == ("", f"word{MANY - 1}")


def test_after_an_upgrade_every_concept_names_its_sense(
    first: FirstRows, settings: Settings
) -> None:
    migrate.upgrade(first.engine)
    with store.open_store(settings)() as session:
        assert session.scalars(select(Concept.unsensed)).all() == [False, False]


def test_an_upgraded_store_has_an_identity_and_no_word_has_left_it(
    first: FirstRows, settings: Settings
) -> None:
    migrate.upgrade(first.engine)
    with store.open_store(settings)() as session:
        assert len(queries.store_identity(session)) == 36
        assert session.scalars(select(DepartedLexeme)).all() == []
        assert session.scalars(select(WordVector)).all() == []


def test_an_upgraded_store_is_read_and_written(first: FirstRows, settings: Settings) -> None:
    migrate.upgrade(first.engine)
    if first.engine.name == "postgresql":
        # The rows brought their own numbers.
        with first.engine.begin() as connection:
            for name in ("concept", "lexeme", "source"):
                connection.execute(
                    text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))")
                )
    sessions = store.open_store(settings)
    with sessions() as session:
        [tiny] = [source for source in queries.sources(session) if source.name == "tiny"]
        assert tiny.updated_at.replace(tzinfo=MOMENT.tzinfo) == MOMENT
        assert {entry.key: entry.forms for entry in browse.concept_entries(session)} == {
            "k2": {"en": ("Éclair",), "hi": ("पानी",)},
            "k40": {"en": (f"Word-{MANY - 1}",)},
        }
    sea = checked("sea.noun.1", "noun", "water", "salt water", {"en": "sea", "kn": "ಕಡಲು"})
    assert load(sessions, [sea], OTHER).added == 1
    with sessions() as session:
        assert browse.concept_entry(session, "sea.noun.1") == sea


def test_down_to_the_first_revision_and_up_again(first: FirstRows, settings: Settings) -> None:
    before = first.held()
    there = described(first.engine)
    migrate.upgrade(first.engine)
    upgraded = described(first.engine)
    command.downgrade(migrate.config(first.engine), "0001")
    assert store.revision(first.engine) == "0001"
    assert first.held() == before
    assert described(first.engine) == there
    assert migrate.upgrade(first.engine) == ("0001", store.SCHEMA_REVISION)
    assert first.held() == before
    assert described(first.engine) == upgraded != there
    with store.open_store(settings)() as session:
        assert session.scalar(select(Lexeme.folded).where(Lexeme.lemma == "œuf")) == "oeuf"


def described(engine: Engine) -> dict[str, list[str]]:
    """Columns and indices of every table."""
    found = inspect(engine)
    return {
        name: sorted(
            str(sorted(item.items())) for item in found.get_columns(name) + found.get_indexes(name)
        )
        for name in found.get_table_names()
    }


def test_an_upgraded_database_is_what_the_models_describe(first: FirstRows) -> None:
    migrate.upgrade(first.engine)
    with first.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_an_upgrade_that_is_interrupted_leaves_the_first_revision(
    first: FirstRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, there = first.held(), described(first.engine)

    def interrupted(table: str, *arguments: Any, **options: Any) -> Any:
        # By then the lemmas have been folded.
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(op, "batch_alter_table", interrupted)
        with pytest.raises(KeyboardInterrupt):
            migrate.upgrade(first.engine)
    assert store.revision(first.engine) == "0001"
    assert (first.held(), described(first.engine)) == (before, there)
    assert migrate.upgrade(first.engine) == ("0001", store.SCHEMA_REVISION)
    assert first.held() == before


def collations(engine: Engine) -> dict[tuple[str, str], str | None]:
    """(table, column) → collation, None for that of the database, of every column of text."""
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT table_name, column_name, collation_name FROM information_schema.columns "
                "WHERE table_schema = current_schema() "
                "AND data_type IN ('text', 'character varying') AND table_name <> 'alembic_version'"
            )
        )
        return {(row.table_name, row.column_name): row.collation_name for row in found}


def declared(engine: Engine) -> dict[tuple[str, str], str | None]:
    """What :func:`collations` should find, by the models."""
    found = {}
    for table in Base.metadata.tables.values():
        for column in table.columns:
            kind = column.type.dialect_impl(engine.dialect)
            if isinstance(kind, String):
                found[table.name, column.name] = kind.collation
    return found


@pytest.mark.parametrize("blank", ["postgresql"], indirect=True)
@pytest.mark.parametrize("way", ["at once", "from the first", "down and up"])
def test_postgresql_orders_every_written_text_by_code_point(engine: Engine, way: str) -> None:
    if way != "at once":
        command.upgrade(migrate.config(engine), "0001")
        assert set(collations(engine).values()) == {None}
        FirstRows(engine).insert()
    migrate.upgrade(engine)
    if way == "down and up":
        command.downgrade(migrate.config(engine), "0001")
        assert set(collations(engine).values()) == {None}
        migrate.upgrade(engine)
    wanted = declared(engine)
    assert wanted["lexeme", "lemma"] == wanted["lexeme", "folded"] == "C"
    assert wanted["lexeme", "language"] is None
    assert collations(engine) == wanted


@pytest.mark.parametrize("blank", ["postgresql"], indirect=True)
def test_a_view_of_somebody_else_stops_the_upgrade_and_is_kept(first: FirstRows) -> None:
    before, there = first.held(), described(first.engine)
    with first.engine.begin() as connection:
        connection.execute(text("CREATE VIEW glosses AS SELECT key, gloss FROM concept"))
    with pytest.raises(StoreUnavailable) as caught:
        migrate.upgrade(first.engine)
    assert "could not be upgraded (cannot alter type of a column used by a view" in str(
        caught.value
    )
    assert (first.held(), described(first.engine)) == (before, there)
    with first.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM glosses")) == 2
