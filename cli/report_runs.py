"""``lexicon report list`` and ``lexicon report show``: the reports that are kept."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.opened import open_service
from cli.output import Format
from cli.report_options import (
    AllMetrics,
    BrokenDown,
    Out,
    Pairs,
    ReportForm,
    ReportFormat,
    require_writable,
    wanted,
)
from cli.report_output import write
from cli.search import OutputFormat

if TYPE_CHECKING:
    from indexer.reports.stored import StoredReport

FEW = 3
"""Pairs that a table names; of more it gives the number."""


def list_(form: OutputFormat = Format.TABLE) -> None:
    """The reports that are kept, the newest first."""
    from indexer.reports.stored import runs
    from lexicon.settings import load_settings

    found = runs(open_service(load_settings()))
    if form is Format.JSON:
        print(json.dumps([run.model_dump() for run in found]))
        return
    if form is Format.CSV:
        columns = ("run", "encoder", "identity", "evaluation", "created_at", "pairs")
        rows = [run.model_dump() | {"pairs": " ".join(run.pairs)} for run in found]
        output.write_csv(columns, [[row[name] for name in columns] for row in rows])
        return
    shown = [
        (
            str(run.run),
            run.encoder,
            run.evaluation,
            run.created_at[:16].replace("T", " "),
            ", ".join(run.pairs) if len(run.pairs) <= FEW else f"{len(run.pairs)} pairs",
        )
        for run in found
    ]
    output.console().print(
        output.table("reports", (">run", "encoder", "evaluation", "created", "pairs"), shown)
    )
    if not found:
        output.warn("no report is stored yet; make one with: lexicon report")


def show(
    run: Annotated[
        list[int],
        typer.Argument(
            metavar="RUN...", min=1, max=output.MOST, help="Numbers as lexicon report list says."
        ),
    ],
    pair: Pairs = None,
    all_metrics: AllMetrics = False,
    by: BrokenDown = None,
    form: ReportForm = ReportFormat.TABLE,
    out: Out = None,
) -> None:
    """Stored reports, several side by side."""
    from indexer.reports.documents.alignment import document
    from indexer.reports.stored import numbered
    from lexicon.settings import load_settings

    require_writable(out)
    service = open_service(load_settings())
    found = [_only(numbered(service, one), pair) for one in dict.fromkeys(run)]
    write(document(found, wanted(form, all_metrics, by)), form, out)
    for report in found:
        if report.stale:
            output.warn(f"there is a newer report of {report.encoder!r} than run {report.run}")


def _only(report: "StoredReport", pairs: list[str] | None) -> "StoredReport":
    """The report with these pairs, in that order."""
    from lexicon.errors import InvalidInput

    known = {f"{pair.source}-{pair.target}": pair for pair in report.pairs}
    for name in pairs or ():
        if name not in known:
            raise InvalidInput(
                f"report {report.run} has no pair {name!r}; it has: {', '.join(known)}"
            )
    chosen = [known[name] for name in dict.fromkeys(pairs or known)]
    return report.model_copy(update={"pairs": chosen})
