"""How commands print: tables for people, JSON and CSV for programs."""

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from indexer.answers import Suggested
    from lexicon.suggest import Suggestion

T = TypeVar("T")


MOST = 2**63 - 1
"""What a database counts to; a limit beyond it is none."""


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def console() -> Console:
    """Standard output, without guessing at colours or links inside words."""
    return Console(highlight=False, markup=False, emoji=False)


def notes() -> Console:
    """Standard error: warnings and progress, so that output can be piped."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


def warn(message: str) -> None:
    notes().print(f"note: {message}", style="yellow")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A plain table; columns whose name begins with ``>`` are right-aligned."""
    made = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        made.add_column(
            column.lstrip(">"),
            justify="right" if column.startswith(">") else "left",
            overflow="fold",
        )
    for row in rows:
        made.add_row(*row)
    return made


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)


def shown(value: object) -> str:
    """A value as a person reads it: thousands apart, a dash for nothing."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else str(value)


def did_you_mean(suggestions: "Sequence[Suggestion | Suggested]") -> str:
    """``; did you mean …`` with the reason of each suggestion, or nothing."""
    if not suggestions:
        return ""
    named = (f"{one.lemma} ({one.language}, {one.kind})" for one in suggestions)
    return f"; did you mean {', '.join(named)}?"


def number(value: float | None, places: int = 3) -> str:
    return "–" if value is None else f"{value:.{places}f}"


class _Speed(ProgressColumn):
    """How much a second, once it can be told."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


class Bars:
    """Progress bars on standard error, one per name, with what is done, what there is, how
    much a second and the time left. Nothing is drawn before the first one has something to say."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Speed(),
            TimeRemainingColumn(),
            console=notes(),
        )
        self._tasks: dict[str, TaskID] = {}

    def advance(self, name: str, done: int, total: int) -> None:
        if name not in self._tasks:
            self._progress.start()
            self._tasks[name] = self._progress.add_task(name, total=total)
        self._progress.update(self._tasks[name], completed=done)

    def say(self, line: str) -> None:
        """Print a line above the bars."""
        self._progress.console.print(line)

    def of_languages(self, name: str) -> Callable[[str, int, int], None]:
        """A bar for each language that a build of ``name`` tells of."""
        return lambda language, done, total: self.advance(f"{name} {language}", done, total)

    def counting(self, name: str, items: Iterable[T], total: int) -> Iterator[T]:
        """The items, counted as they go by."""
        done = 0
        for done, item in enumerate(items, start=1):
            yield item
            if done % 1_000 == 0:
                self.advance(name, done, total)
        self.advance(name, done, done)

    def stop(self) -> None:
        if self._tasks:
            self._progress.stop()


@contextmanager
def progress() -> Iterator[Bars]:
    """Bars that are put away whatever happens."""
    bars = Bars()
    try:
        yield bars
    finally:
        bars.stop()
