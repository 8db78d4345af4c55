"""Every format that a document can be written as."""

from collections.abc import Callable, Mapping

from indexer.reports.documents.document import Document
from indexer.reports.formats import csv_, html, json_, latex, markdown

WRITERS: Mapping[str, Callable[[Document], str]] = {
    "json": json_.write,
    "csv": csv_.write,
    "markdown": markdown.write,
    "latex": latex.write,
    "html": html.write,
}
