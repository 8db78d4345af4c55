"""What is written of a result, whatever it is written as: tables, charts, and what they mean."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from pydantic import BaseModel

from indexer.alignment.figures import METRICS


class Estimated(Protocol):
    """A number and its 95% interval, if it has one."""

    @property
    def value(self) -> float: ...

    @property
    def low(self) -> float | None: ...

    @property
    def high(self) -> float | None: ...


@dataclass(frozen=True)
class Named:
    """A metric: its title is shown, what it says is told below. ``prefix`` comes before it."""

    metric: str
    prefix: str = ""

    @property
    def title(self) -> str:
        return self.prefix + METRICS[self.metric].title


Cell: TypeAlias = "str | int | Estimated | Named | None"
"""None is shown as a dash: it does not exist."""


@dataclass(frozen=True)
class Column:
    """``terse``: a terminal shows no intervals in it. Where there is no room for all columns,
    those of the highest ``rank`` go first; those of rank 0 never."""

    title: str | Named
    rank: int = 0
    terse: bool = False
    text: bool = False
    """It holds words."""


@dataclass(frozen=True)
class Table:
    """``key`` is its own within a document."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def named(self) -> list[str]:
        """The metrics in it, in the order of :data:`METRICS`."""
        cells = [column.title for column in self.columns] + [
            cell for row in self.rows for cell in row
        ]
        there = {cell.metric for cell in cells if isinstance(cell, Named)}
        return [metric for metric in METRICS if metric in there]

    def ranks(self) -> list[int]:
        """The ranks of columns that may go, the first to go first."""
        return sorted({column.rank for column in self.columns} - {0}, reverse=True)

    def within(self, rank: int) -> "Table":
        """The same without columns of a higher rank."""
        kept = [place for place, column in enumerate(self.columns) if column.rank <= rank]
        return Table(
            self.key,
            self.title,
            tuple(self.columns[place] for place in kept),
            tuple(tuple(row[place] for place in kept) for row in self.rows),
        )


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Series:
    """One figure for each place of a chart."""

    name: str
    figures: tuple[Estimated | None, ...]


@dataclass(frozen=True)
class Chart:
    """Figures with their intervals side by side, and ``lines`` at what they are judged by."""

    key: str
    title: str
    places: tuple[str, ...]
    series: tuple[Series, ...]
    lines: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Document:
    """``facts`` are sentences on what was measured, ``legend`` is what every table needs below it,
    ``notes`` what all of them mean. ``records`` under ``header`` are for programs, as are
    ``models``."""

    title: str
    facts: tuple[str, ...]
    legend: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    header: tuple[str, ...]
    records: tuple[tuple[object, ...], ...]
    models: tuple[BaseModel, ...]
    charts: tuple[Chart, ...] = ()

    @property
    def tables(self) -> Iterator[Table]:
        for section in self.sections:
            yield from section.tables

    @property
    def metrics(self) -> list[str]:
        """Those in any table, in the order of :data:`METRICS`."""
        there = {metric for table in self.tables for metric in table.named}
        return [metric for metric in METRICS if metric in there]


def number(value: float) -> str:
    """Three digits after the point, more only where they all would be 0.

    >>> [number(value) for value in (0.98, -0.00004, 0.0, 7.164949)]
    ['0.980', '-0.00004', '0.000', '7.165']
    """
    places = next((many for many in range(3, 7) if round(value, many)), 3)
    return f"{round(value, places) + 0.0:.{places}f}"


def interval(figure: Estimated) -> str | None:
    """Its interval in brackets, None where it has none.

    >>> from indexer.alignment.resampling import Figure
    >>> interval(Figure(0.5, 0.404, 0.596, 100))
    '[0.404, 0.596]'
    """
    if figure.low is None or figure.high is None:
        return None
    return f"[{number(figure.low)}, {number(figure.high)}]"


def said(cell: Cell, terse: bool = False) -> str:
    """A cell as plain text; without its interval where ``terse``.

    >>> from indexer.alignment.resampling import Figure
    >>> [said(cell) for cell in (None, 7021, Figure(0.5, 0.4, 0.6, 100), Named("p_at_1"))]
    ['–', '7,021', '0.500 [0.400, 0.600]', 'P@1']
    """
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int):
        return f"{cell:,}"
    if isinstance(cell, Named):
        return cell.title
    bounds = None if terse else interval(cell)
    return number(cell.value) + (f" {bounds}" if bounds else "")


def listed(words: Sequence[str]) -> str:
    """
    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def capital(text: str) -> str:
    """
    >>> capital("all pairs")
    'All pairs'
    """
    return text[:1].upper() + text[1:]
