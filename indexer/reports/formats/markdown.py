"""Markdown as GitHub reads it: tables, with a footnote for each metric."""

import re
from collections.abc import Iterator

from indexer.reports.documents.document import Cell, Document, Named, Table, capital, said
from indexer.reports.formats.definitions import MORE, definition

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#])")


def write(document: Document) -> str:
    return "\n".join(_lines(document))


def escaped(text: str) -> str:
    r"""``text`` as it is, whatever stands in it.

    >>> print(escaped("a|b_c"))
    a\|b\_c
    """
    return _SPECIAL.sub(r"\\\1", text)


def _lines(document: Document) -> Iterator[str]:
    yield from (f"# {escaped(capital(document.title))}", "")
    yield from (f"- {escaped(fact)}" for fact in document.facts)
    explained: set[str] = set()
    for section in document.sections:
        yield from ("", f"## {escaped(section.title)}")
        for table in section.tables:
            yield from ("", f"**{escaped(capital(table.title))}**", "")
            yield from _table(table, explained)
            yield from ("", f"<sub>{escaped(document.legend)}</sub>")
    yield from ("", "## Notes", "")
    yield from (f"- {escaped(note)}" for note in (*document.notes, MORE))
    yield ""
    yield from (f"[^{metric}]: {escaped(definition(metric))}." for metric in document.metrics)
    yield ""


def _table(table: Table, explained: set[str]) -> Iterator[str]:
    yield _row([_cell(column.title, explained) or " " for column in table.columns])
    yield _row(["---" if column.text else "---:" for column in table.columns])
    for row in table.rows:
        yield _row([_cell(cell, explained) for cell in row])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell, explained: set[str]) -> str:
    """Escaped; a metric with its footnote where it is first named."""
    text = escaped(said(cell)) if isinstance(cell, str | Named) else said(cell)
    if isinstance(cell, Named) and cell.metric not in explained:
        explained.add(cell.metric)
        text += f"[^{cell.metric}]"
    return text
