"""Reports that were stored before figures had strata."""

from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, text

from lexicon import migrate, store
from lexicon.settings import Settings

pytestmark = pytest.mark.usefixtures("engines")

OLD: dict[str, float] = {
    "n": 40,
    "random_n": 9_876,
    "forms": 55,
    "candidates": 70,
    "covered": 54,
    "left_out": 2,
    "cosine_mean": 0.75,
    "random_cosine_mean": 0.25,
    "gap": 0.5,
    "p_at_1": 0.5,
    "p_at_5": 0.75,
    "p_at_10": 0.875,
    "chance_p_at_1": 0.015625,
}
"""The figures of one pair, each with the number of concepts as its n."""

EMPTY = {"n": 0, "random_n": 0, "forms": 0, "candidates": 70, "covered": 0, "left_out": 2}
"""Those of a pair without a common concept."""


@pytest.fixture
def settings(blank: Settings) -> Settings:
    """Settings of a database without a table."""
    return blank


@pytest.fixture
def engine(settings: Settings, engines: list[Engine]) -> Engine:
    """A store of the third schema with one report of two pairs."""
    made = store.connect(settings)
    command.upgrade(migrate.config(made), "0003")
    insert(made)
    return made


def insert(engine: Engine) -> None:
    moment = datetime(2024, 2, 29, tzinfo=UTC)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO encoder VALUES ('axis-1', 'axis', 4, '{}', :moment)"),
            {"moment": moment},
        )
        connection.execute(
            text(
                "INSERT INTO alignment_run VALUES "
                """(3, 'axis-1', 'zero-shot', '{"seed": 7, "random_pairs": 9}', '{}', :moment)"""
            ),
            {"moment": moment},
        )
        for target, figures in (("fr", OLD), ("hi", EMPTY)):
            for metric, value in figures.items():
                bounds = (0.25, 0.8125) if metric == "p_at_1" else (None, None)
                row = (3, "en", target, metric, value, *bounds, int(figures["n"]))
                connection.execute(
                    text("INSERT INTO alignment_score VALUES (:a, :b, :c, :d, :e, :f, :g, :h)"),
                    dict(zip("abcdefgh", row, strict=True)),
                )


def held(engine: Engine) -> dict[tuple[str, str], tuple[Any, ...]]:
    """(target, metric) → value, low, high, n."""
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT target, metric, value, low, high, n FROM alignment_score")
        ).all()
    return {(row.target, row.metric): tuple(row[2:]) for row in rows}


def test_figures_keep_their_values_and_say_what_they_count(engine: Engine) -> None:
    migrate.upgrade(engine)
    found = held(engine)
    names = {"n": "concepts"}
    assert {key: row[0] for key, row in found.items()} == {
        (target, names.get(metric, metric)): value
        for target, figures in (("fr", OLD), ("hi", EMPTY))
        for metric, value in figures.items()
        if metric != "random_n"
    }
    assert found["fr", "p_at_1"] == (0.5, 0.25, 0.8125, 55)
    assert found["fr", "chance_p_at_1"] == (0.015625, None, None, 55)
    assert found["fr", "random_cosine_mean"] == (0.25, None, None, 9_876)
    assert found["fr", "cosine_mean"] == (0.75, None, None, 40)
    with engine.connect() as connection:
        strata = connection.scalars(text("SELECT DISTINCT stratum FROM alignment_score")).all()
    assert strata == [""]


def test_down_and_up_again_is_the_same_report(engine: Engine) -> None:
    before = held(engine)
    migrate.upgrade(engine)
    after = held(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO alignment_score VALUES "
                "(3, 'en', 'fr', 'p_at_1', 0.4, NULL, NULL, 30, 'distinct')"
            )
        )
    command.downgrade(migrate.config(engine), "0003")
    assert held(engine) == before
    migrate.upgrade(engine)
    assert held(engine) == after
