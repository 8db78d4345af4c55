"""Options that commands of ``lexicon report`` share, and what they say."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from indexer.reports.documents.alignment import Wanted


class ReportFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    LATEX = "latex"
    HTML = "html"


class By(StrEnum):
    POS = "pos"
    FIELD = "field"
    FREQUENCY = "frequency"
    TOKENS = "tokens"


ReportForm = Annotated[ReportFormat, typer.Option("--format", "-f", help="How to write.")]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="File to write; else standard output.")
]
Pairs = Annotated[
    list[str] | None, typer.Option("--pair", help="Directed pair such as en-kn; repeatable.")
]
AllMetrics = Annotated[
    bool, typer.Option("--all-metrics", help="Every figure of every pair; html has them anyway.")
]
BrokenDown = Annotated[
    list[By] | None, typer.Option("--by", help="Broken down by this; repeatable, html has all.")
]


def wanted(form: ReportFormat, all_metrics: bool, by: list[By] | None) -> "Wanted":
    """What to show of reports; a page has room for everything."""
    from indexer.reports.documents.alignment import EVERYTHING, Wanted

    if form is ReportFormat.HTML:
        return EVERYTHING
    return Wanted(all_metrics, tuple(dict.fromkeys(one.value for one in by or ())))


def require_writable(out: Path | None) -> None:
    """Refuse a file that cannot be written, before any work is done for it."""
    from lexicon.errors import InvalidInput

    if out is None:
        return
    try:
        if out.is_dir():
            raise InvalidInput(f"{out} is a folder; name a file in it")
        if not out.parent.is_dir():
            raise InvalidInput(f"there is no folder {out.parent}; make it, or name another file")
    except OSError as error:
        raise InvalidInput(f"{out} cannot be written: {error.strerror or error}") from error
