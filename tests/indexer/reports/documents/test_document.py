"""Tables, whatever they are written as."""

import pytest

from indexer.alignment.resampling import Figure
from indexer.reports.documents.document import (
    Column,
    Document,
    Named,
    Section,
    Table,
    interval,
    number,
    said,
)

COLUMNS = (
    Column("pair", text=True),
    Column(Named("auc"), rank=2),
    Column(Named("p_at_1"), rank=1),
    Column("verdict"),
)
TABLE = Table("one", "One", COLUMNS, (("en→fr", 1, 2, "aligned"), (Named("mrr"), 3, 4, None)))


def test_columns_of_a_high_rank_go_with_their_cells() -> None:
    assert TABLE.ranks() == [2, 1]
    narrower = TABLE.within(1)
    assert [said(column.title) for column in narrower.columns] == ["pair", "P@1", "verdict"]
    assert narrower.rows[0] == ("en→fr", 2, "aligned")
    assert TABLE.within(0).rows[1] == (Named("mrr"), None)
    assert TABLE.within(2) == TABLE


def test_metrics_are_named_in_the_order_of_reports_wherever_they_stand() -> None:
    assert TABLE.named == ["auc", "p_at_1", "mrr"]
    other = Table("two", "Two", (Column(Named("cosine_mean")),), ())
    document = Document(
        "title", (), "", (), (Section("a", "A", (TABLE, other)),), ("x",), ((1,),), ()
    )
    assert document.metrics == ["cosine_mean", "auc", "p_at_1", "mrr"]
    assert list(document.tables) == [TABLE, other]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.98, "0.980"),
        (-0.1234, "-0.123"),
        (0.0, "0.000"),
        (-0.0, "0.000"),
        (0.000201, "0.0002"),
        (0.0000004, "0.000"),
        (12.3456, "12.346"),
    ],
)
def test_a_number_has_three_places_unless_all_would_be_zero(value: float, shown: str) -> None:
    assert number(value) == shown


def test_a_figure_without_an_interval_shows_none() -> None:
    assert interval(Figure(0.5, None, None, 1)) is None
    assert said(Figure(0.5, None, None, 1)) == "0.500"
    assert said(Figure(0.5, 0.4, 0.6, 1), terse=True) == "0.500"
    assert said(Named("p_at_1", "old ")) == "old P@1"
