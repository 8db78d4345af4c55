"""Pages: one HTML file that needs nothing else, drawn by Plotly in the reader's browser."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from lexicon.errors import ExtraMissing

FONTS = (
    "'Noto Sans', 'Noto Sans Devanagari', 'Noto Sans Kannada', 'Lohit Devanagari', 'Lohit Kannada',"
    " 'Nirmala UI', 'Kohinoor Devanagari', 'Kannada Sangam MN', system-ui, sans-serif"
)
"""A browser shapes every script; it is only told which fonts to look for first."""

# Nothing is fetched, whatever the drawing library would like to. It makes its shaders from text.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src data: blob:"
)

_CSS = """
body { font: 15px/1.5 %s; color: #1a1a1a; max-width: 75rem; margin: 1rem auto; padding: 0 1rem }
h1 { font-size: 1.2rem; font-weight: 600 }
table { border-collapse: collapse; font-size: .85rem }
th, td { padding: .15rem .6rem; text-align: right; border-bottom: 1px solid #ddd }
th[scope=row] { text-align: left }
summary { cursor: pointer }
"""

# The buttons that are of use without a server.
_CONFIG = {
    "responsive": True,
    "displaylogo": False,
    "modeBarButtons": [["toImage"], ["zoom2d", "pan2d", "resetScale2d"]],
}


@dataclass(frozen=True)
class Said:
    """A word with its language, which decides how a browser shows and a screen reader says it."""

    text: str
    language: str


@dataclass(frozen=True)
class Table:
    """The figures of a picture for those who read rather than look."""

    columns: Sequence[str | Said]
    rows: Sequence[Sequence[str | Said]]


@dataclass(frozen=True)
class Interactive:
    """What Plotly draws (its ``data`` and ``layout``), ``height`` pixels high."""

    data: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any]
    height: int
    table: Table | None = None


def plain(text: str) -> str:
    """``text`` as Plotly shows it unchanged, though it reads some HTML.

    >>> plain("a<b")
    'a&lt;b'
    """
    return escape(text, quote=False)


def page(drawn: Interactive, title: str, notes: Sequence[str]) -> bytes:
    """The whole file, the same bytes for the same picture."""
    layout = {
        "font": {"family": FONTS, "size": 13, "color": "#1a1a1a"},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "margin": {"l": 60, "r": 20, "t": 40, "b": 60},
        "hoverlabel": {"font": {"family": FONTS, "size": 14}},
        **drawn.layout,
        "autosize": True,
        "height": drawn.height,
    }
    below = "".join(f"<p>{escape(note)}</p>\n" for note in notes)
    figures = f"<details><summary>Figures</summary>\n{_table(drawn.table)}</details>\n"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_CSS % FONTS}</style>\n"
        f"<script>{library()}</script>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
        f'<div id="picture" role="img" aria-label="{escape(title)}"></div>\n'
        f"{below}{figures if drawn.table else ''}</main>\n"
        f'<script>Plotly.newPlot("picture", {in_script(drawn.data)}, {in_script(layout)}, '
        f"{in_script(_CONFIG)})</script>\n</body>\n</html>\n"
    ).encode()


def library() -> str:
    """The source of Plotly, or :class:`ExtraMissing`."""
    try:
        from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]
    except ImportError:
        raise ExtraMissing("an interactive picture", "plots") from None
    return str(get_plotlyjs())


def in_script(value: object) -> str:
    """JSON that can stand in a script: no word ends it."""
    said = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return said.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _table(table: Table | None) -> str:
    if table is None:
        return ""
    head = "".join(_cell(cell, "th", ' scope="col"') for cell in table.columns)
    rows = (
        _cell(first, "th", ' scope="row"') + "".join(_cell(cell, "td") for cell in rest)
        for first, *rest in table.rows
    )
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n"


def _cell(cell: str | Said, tag: str, more: str = "") -> str:
    if isinstance(cell, Said):
        return f'<{tag}{more} lang="{escape(cell.language)}">{escape(cell.text)}</{tag}>'
    return f"<{tag}{more}>{escape(cell)}</{tag}>"
