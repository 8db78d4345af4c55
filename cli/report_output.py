"""How reports are printed: as tables in a terminal, or as text that goes into a file."""

import sys
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table as Drawn
from rich.text import Text

from cli import output
from cli.report_options import ReportFormat

if TYPE_CHECKING:
    from indexer.reports.documents.document import Document, Table


FILE_WIDTH = 100
"""Letters in a line of a table that is written to a file."""

_ENDLESS = 10_000


def write(document: "Document", form: ReportFormat, out: Path | None) -> None:
    """Print a document, or write it to a file that appears when it is whole."""
    from indexer.reports.formats.writers import WRITERS
    from lexicon.disk import whole_file, writing_to

    if form is ReportFormat.TABLE and out is None:
        show(document, output.console())
        return
    text = _plain(document) if form is ReportFormat.TABLE else WRITERS[form.value](document)
    if out is None:
        sys.stdout.write(text)
        return
    with writing_to(out), whole_file(out) as stream:
        stream.write(text.encode())


def _plain(document: "Document") -> str:
    stream = StringIO()
    show(
        document,
        Console(file=stream, width=FILE_WIDTH, highlight=False, markup=False, emoji=False),
    )
    return "".join(f"{line.rstrip()}\n" for line in stream.getvalue().splitlines())


def show(document: "Document", console: Console) -> None:
    """Tables with as many of their columns as the terminal has room for, and what they mean."""
    console.print(document.title, style="bold")
    gone: dict[str, None] = {}
    for table in document.tables:
        drawn = _fitted(table, console, gone)
        console.print()
        console.print(drawn)
    console.print()
    left = f"Not shown for want of room: {', '.join(gone)}." if gone else ""
    for line in (left, document.legend, *document.notes, *document.facts):
        if line:
            console.print(line)


def _fitted(table: "Table", console: Console, gone: dict[str, None]) -> Drawn:
    """The widest version of a table that fits; names of columns that do not are added to
    ``gone``."""
    from indexer.reports.documents.document import said

    versions = [table, *(table.within(rank - 1) for rank in table.ranks())]
    drawn = ((some, _drawn(some)) for some in versions)
    found = next(
        (one for one in drawn if _width(one[1], console) <= console.width),
        (versions[-1], _drawn(versions[-1])),
    )
    gone |= dict.fromkeys(
        said(column.title) for column in table.columns if column not in found[0].columns
    )
    return found[1]


def _width(drawn: Drawn, console: Console) -> int:
    """Letters of its longest line, were there room for it."""
    return Measurement.get(console, console.options.update_width(_ENDLESS), drawn).maximum


def _drawn(table: "Table") -> Drawn:
    from indexer.reports.documents.document import said

    made = Drawn(title=table.title, title_justify="left", title_style="", box=None, pad_edge=False)
    for column in table.columns:
        # Only words may be broken, where nothing else helps.
        made.add_column(
            said(column.title),
            justify="left" if column.text else "right",
            no_wrap=not column.text,
            overflow="fold",
        )
    for row in table.rows:
        cells: Iterable[str] = (
            said(cell, column.terse) for column, cell in zip(table.columns, row, strict=True)
        )
        made.add_row(*(Text(cell) for cell in cells))
    return made
