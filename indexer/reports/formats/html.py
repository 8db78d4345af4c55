"""One page that needs nothing else: tables, and charts where Plotly is installed."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from indexer.plots.page import POLICY, in_script, library
from indexer.reports.documents.document import (
    Cell,
    Chart,
    Document,
    Estimated,
    Named,
    Section,
    Series,
    Table,
    capital,
    interval,
    said,
)
from indexer.reports.formats.definitions import MORE, definition
from lexicon.errors import ExtraMissing

NO_CHARTS = (
    "There are no charts in this page: they need the extra 'plots'; install it with: "
    'pip install "semantic-lexicon[plots]"'
)

_CSS = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1a1a1a; margin: 1rem auto; padding: 0 1rem;
  max-width: 90rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.15rem; margin-top: 2.5rem }
nav a { margin-right: .7rem; white-space: nowrap }
.wide { overflow-x: auto; margin: 1rem 0 }
table { border-collapse: collapse; font-size: .8rem; font-variant-numeric: tabular-nums }
caption { text-align: left; font-weight: 600; padding: .3rem 0 }
th, td { padding: .15rem .4rem; text-align: right; vertical-align: top }
thead th { border-bottom: 2px solid #444; white-space: nowrap }
tbody tr { border-bottom: 1px solid #ddd }
.text { text-align: left; font-weight: normal }
td small { display: block; color: #555; white-space: nowrap }
.legend { font-size: .8rem; color: #444; max-width: 60rem }
summary { cursor: pointer; margin: .5rem 0 }
dt { font-weight: 600 } dd { margin: 0 0 .3rem 1.5rem }
"""

_COLOURS = ("#004488", "#bb5566", "#44aa99", "#997700", "#882255", "#117733")
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x")

_OPEN = 2
"""Tables of a section that are open at first."""


def write(document: Document) -> str:
    return "\n".join(_lines(document, _library() if document.charts else None))


def _library() -> str | None:
    """The source of Plotly; None where it is not installed."""
    try:
        return library()
    except ExtraMissing:
        return None


def _lines(document: Document, plotly: str | None) -> Iterator[str]:
    title = escape(capital(document.title))
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>{_CSS}</style>"
    if plotly is not None:
        yield f"<script>{plotly}</script>"
    yield f"</head>\n<body>\n<main>\n<h1>{title}</h1>"
    yield from _list(document.facts)
    links = [*document.sections, Section("notes", "Notes", ())]
    named = " ".join(f'<a href="#{_key(one.key)}">{escape(one.title)}</a>' for one in links)
    yield f"<nav>{named}</nav>"
    first, *others = document.sections
    yield from _section(document, first)
    if document.charts:
        yield from _charts(document.charts) if plotly is not None else [f"<p>{NO_CHARTS}</p>"]
    for section in others:
        yield from _section(document, section)
    yield '<section id="notes">\n<h2>Notes</h2>'
    yield from _list((*document.notes, MORE))
    yield "<dl>"
    for metric in document.metrics:
        shown = escape(said(Named(metric)))
        yield f'<dt id="metric-{metric}">{shown}</dt><dd>{escape(definition(metric))}</dd>'
    yield "</dl>\n</section>\n</main>"
    if plotly is not None:
        yield f"<script>{_drawing(document.charts)}</script>"
    yield "</body>\n</html>\n"


def _list(items: Sequence[str]) -> Iterator[str]:
    yield "<ul>"
    yield from (f"<li>{escape(item)}</li>" for item in items)
    yield "</ul>"


def _key(text: str) -> str:
    return escape(text, quote=True)


# Tables


def _section(document: Document, section: Section) -> Iterator[str]:
    yield f'<section id="{_key(section.key)}">\n<h2>{escape(section.title)}</h2>'
    for place, table in enumerate(section.tables):
        if place >= _OPEN:
            yield f"<details><summary>{escape(table.title)}</summary>"
        yield from _table(table)
        yield f'<p class="legend">{escape(document.legend)}</p>'
        if place >= _OPEN:
            yield "</details>"
    yield "</section>"


def _table(table: Table) -> Iterator[str]:
    yield f'<div class="wide">\n<table id="{_key(table.key)}">'
    yield f"<caption>{escape(table.title)}</caption>"
    heads = [
        f'<th scope="col"{_text(column.text)}>{_cell(column.title)}</th>'
        for column in table.columns
    ]
    yield f"<thead><tr>{''.join(heads)}</tr></thead>\n<tbody>"
    for row in table.rows:
        first, *rest = (
            (f"{_text(column.text)}>{_cell(cell)}")
            for column, cell in zip(table.columns, row, strict=True)
        )
        cells = "".join(f"<td{one}</td>" for one in rest)
        yield f'<tr><th scope="row"{first}</th>{cells}</tr>'
    yield "</tbody>\n</table>\n</div>"


def _text(text: bool) -> str:
    return ' class="text"' if text else ""


def _cell(cell: Cell) -> str:
    if isinstance(cell, Named):
        return f'<a href="#metric-{cell.metric}">{escape(cell.title)}</a>'
    if cell is None or isinstance(cell, str | int):
        return escape(said(cell))
    bounds = interval(cell)
    return said(cell, terse=True) + (f"<small>{bounds}</small>" if bounds else "")


# Charts


def _charts(charts: Sequence[Chart]) -> Iterator[str]:
    yield '<section id="charts">\n<h2>Charts</h2>'
    for chart in charts:
        title = escape(chart.title, quote=True)
        yield f'<div id="{_key(chart.key)}" role="img" aria-label="{title}"></div>'
    yield "</section>"


def _drawing(charts: Sequence[Chart]) -> str:
    """JavaScript that draws the charts. No word in it ends the script."""
    config = in_script({"displaylogo": False, "responsive": True})
    calls = (
        f"Plotly.newPlot({in_script(chart.key)}, {in_script(_traces(chart))}, "
        f"{in_script(_layout(chart))}, {config})"
        for chart in charts
    )
    return ";\n".join(calls)


def _traces(chart: Chart) -> list[dict[str, Any]]:
    many = len(chart.series)
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": escape(series.name, quote=False),
            "marker": {
                "color": _COLOURS[place % len(_COLOURS)],
                "symbol": _SYMBOLS[place % len(_SYMBOLS)],
                "size": 8,
            },
            **_points(series, 0.12 * (place - (many - 1) / 2)),
        }
        for place, series in enumerate(chart.series)
    ]


def _points(series: Series, shift: float) -> dict[str, Any]:
    """Dots and their intervals, each a little beside those of the other series."""
    there = [(place, one) for place, one in enumerate(series.figures) if one is not None]
    return {
        "x": [one.value for _, one in there],
        "y": [place + shift for place, _ in there],
        "text": [said(one) for _, one in there],
        "hoverinfo": "text+name",
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [_reach(one, one.high) for _, one in there],
            "arrayminus": [-_reach(one, one.low) for _, one in there],
            "thickness": 1.5,
            "width": 3,
        },
    }


def _reach(figure: Estimated, bound: float | None) -> float:
    return 0.0 if bound is None else bound - figure.value


def _layout(chart: Chart) -> dict[str, Any]:
    rows = list(range(len(chart.places)))
    return {
        "title": {"text": escape(chart.title, quote=False), "font": {"size": 15}},
        "height": 150 + 34 * len(rows),
        "margin": {"l": 80, "r": 20, "t": 70, "b": 40},
        "yaxis": {
            "tickvals": rows,
            "ticktext": [escape(place, quote=False) for place in chart.places],
            "autorange": "reversed",
            "zeroline": False,
        },
        "legend": {"orientation": "h", "y": -0.08},
        "shapes": [
            {
                "type": "line",
                "yref": "paper",
                "x0": value,
                "x1": value,
                "y0": 0,
                "y1": 1,
                "line": {"dash": "dot", "width": 1, "color": "#666"},
            }
            for value, _ in chart.lines
        ],
        "annotations": [
            {
                "x": value,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "showarrow": False,
                "text": escape(words, quote=False),
                "font": {"size": 11, "color": "#666"},
            }
            for value, words in chart.lines
        ],
    }
