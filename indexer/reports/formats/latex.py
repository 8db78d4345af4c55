r"""LaTeX tables with booktabs, for ``\input`` into a paper: each says below it what it shows."""

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap

from indexer.reports.documents.document import (
    Cell,
    Document,
    Named,
    Table,
    capital,
    interval,
    listed,
    said,
)
from indexer.reports.formats.definitions import MORE, definition

WIDEST = 105
"""Letters that fit side by side across a page, two of them between columns."""

LONGEST = 50
"""Lines that fit on a page."""

_NARROW = 20
"""Letters of a line of text where a row has two lines."""

_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        **{letter: f"\\{letter}" for letter in "{}$&#%_"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        "→": r"$\rightarrow$",
        "′": "$'$",
        "–": "--",
        "−": "$-$",
        "“": "``",
        "”": "''",
        # After the end of a row these two would be its options.
        "[": "{[}",
        "*": "{*}",
    }
)


def write(document: Document) -> str:
    body: list[str] = []
    for place, section in enumerate(document.sections):
        if place:
            # More tables than LaTeX can hold would wait for text that never comes.
            body += ["", r"\clearpage"]
        for table in section.tables:
            body += _float(document, table)
    packages = ["booktabs"]
    if any(r"\begin{longtable}" in line for line in body):
        packages.append("longtable")
    head = [
        f"% {document.title}",
        "% Needs in the preamble: " + " ".join(rf"\usepackage{{{one}}}" for one in packages),
    ]
    if not all(line.isascii() for line in body):
        head.append("% Some letters are not ASCII: LuaLaTeX or XeLaTeX, and a font that has them.")
    return "\n".join((*head, *body, ""))


def escaped(text: str) -> str:
    r"""``text`` as LaTeX shows it unchanged.

    >>> print(escaped("en→kn, a_b: 95%"))
    en$\rightarrow$kn, a\_b: 95\%
    """
    return text.translate(_ESCAPES)


def fitted(table: Table) -> Table:
    """The table with as many of its columns as fit on a page."""
    narrower = (table.within(rank - 1) for rank in table.ranks())
    return next((one for one in (table, *narrower) if _width(one) <= WIDEST), table.within(0))


def _float(document: Document, table: Table) -> Iterator[str]:
    shown = fitted(table)
    gone = [said(column.title) for column in table.columns if column not in shown.columns]
    caption = escaped(f"{capital(document.title)}. {table.title}.")
    label = "tab:lexicon-" + re.sub(r"[^a-z0-9]+", "-", table.key.lower())
    columns = "".join("l" if column.text else "r" for column in shown.columns)
    head = " & ".join(escaped(said(column.title)) for column in shown.columns) + r" \\"
    rows = [line for row in shown.rows for line in _row(row, _stacked(shown))]
    told = escaped(
        " ".join(
            (
                *([f"Not shown for want of room: {listed(gone)}."] if gone else []),
                document.legend,
                *document.facts,
                *document.notes,
                *(f"{said(Named(metric))}: {definition(metric)}." for metric in shown.named),
                MORE,
            )
        )
    )
    yield ""
    if len(rows) > LONGEST:
        yield r"{\footnotesize\setlength{\tabcolsep}{4pt}"
        yield rf"\begin{{longtable}}{{{columns}}}"
        yield rf"\caption{{{caption}}}\label{{{label}}}\\"
        yield from (r"\toprule", head, r"\midrule", r"\endfirsthead")
        yield from (r"\toprule", head, r"\midrule", r"\endhead", r"\bottomrule", r"\endfoot")
        yield from (*rows, r"\end{longtable}}", rf"{{\noindent\scriptsize {told}\par}}")
    else:
        yield from (r"\begin{table*}", r"\centering\footnotesize\setlength{\tabcolsep}{4pt}")
        yield rf"\caption{{{caption}}}\label{{{label}}}\vspace{{4pt}}"
        yield from (rf"\begin{{tabular}}{{{columns}}}", r"\toprule", head, r"\midrule", *rows)
        yield from (r"\bottomrule", r"\end{tabular}", "", r"\medskip")
        yield rf"\begin{{minipage}}{{\linewidth}}\scriptsize {told}\end{{minipage}}"
        yield r"\end{table*}"


def _stacked(table: Table) -> bool:
    """Whether intervals stand below what they belong to: several side by side would not fit."""
    rows = table.rows
    return sum(any(_bounds(row[place]) for row in rows) for place in range(len(table.columns))) > 2


def _bounds(cell: Cell) -> str | None:
    return None if cell is None or isinstance(cell, str | int | Named) else interval(cell)


def _width(table: Table) -> float:
    """About how many letters of footnotesize a table is wide."""
    stacked = _stacked(table)
    total = 0.0
    for place, column in enumerate(table.columns):
        cells = [_plain(row[place], stacked) for row in table.rows]
        # Intervals below are smaller.
        widths = [max(len(top), 0.85 * len(below)) for top, below in cells]
        total += 2 + max([len(said(column.title)), *widths])
    return total


def _plain(cell: Cell, stacked: bool) -> tuple[str, str]:
    """What stands above and below."""
    bounds = _bounds(cell)
    if not stacked:
        return said(cell), ""
    if bounds is not None:
        return said(cell, terse=True), bounds
    lines = wrap(cell, _NARROW) if isinstance(cell, str) else [said(cell)]
    return " ".join(lines[:1]), " ".join(lines[1:])


def _row(row: Sequence[Cell], stacked: bool) -> list[str]:
    cells = [(_plain(cell, stacked), cell) for cell in row]
    above = [_written(top, cell) for (top, _), cell in cells]
    below = [
        rf"{{\scriptsize {_written(under, cell)}}}" if _bounds(cell) else _written(under, cell)
        for (_, under), cell in cells
    ]
    lines = [f"{' & '.join(above)} \\\\"]
    if any(under for (_, under), _ in cells):
        # A row stays on one page.
        lines = [f"{' & '.join(above)} \\\\*", f"{' & '.join(below)} \\\\[2pt]"]
    return lines


def _written(text: str, cell: Cell) -> str:
    """Escaped; the hyphen of a number is a minus."""
    made = escaped(text)
    return made if cell is None or isinstance(cell, str | Named) else made.replace("-", "$-$")
