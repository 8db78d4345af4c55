"""``lexicon report``: alignment of every language pair."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, report_compare, report_outliers, report_runs
from cli.opened import open_service
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

if TYPE_CHECKING:
    from indexer.reports.documents.document import Document
    from indexer.reports.report import AlignmentReport, Parameters
    from indexer.service import LexiconService

app = typer.Typer(invoke_without_command=True, no_args_is_help=False)
app.command("list")(report_runs.list_)
app.command("show")(report_runs.show)
app.command("compare")(report_compare.compare)
app.command("outliers")(report_outliers.outliers)

MOST_SAMPLES = 10_000


@app.callback()
def report(
    context: typer.Context,
    encoder: Annotated[
        list[str] | None,
        typer.Option(
            "--encoder", "-e", help="Encoder, repeatable; LEXICON_ENCODER when not given."
        ),
    ] = None,
    layer: Annotated[
        str | None,
        typer.Option(
            "--layer",
            help="Of checkpoints: 0 (input) up, -1 (last) down, or all; with how long hidden "
            "states are and how they spread.",
        ),
    ] = None,
    pair: Pairs = None,
    all_metrics: AllMetrics = False,
    by: BrokenDown = None,
    table1: Annotated[
        bool,
        typer.Option(
            "--table1", help="In the layout of the study's Table 1; all encoders if none is named."
        ),
    ] = False,
    samples: Annotated[
        int | None,
        typer.Option(
            "--samples",
            min=1,
            max=MOST_SAMPLES,
            help="Bootstrap samples, 1,000 if not given; rounded up to fifties.",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, max=output.MOST, help="Of all that is drawn."),
    ] = None,
    form: ReportForm = ReportFormat.TABLE,
    out: Out = None,
) -> None:
    """Score the alignment of language pairs, with baselines and 95% intervals.

    A report of all pairs is kept in the store, where GET /v1/alignment finds it.
    """
    if context.invoked_subcommand is not None:
        _require_no_options(context)
        return
    if table1 and (pair or all_metrics or by or layer is not None):
        raise typer.BadParameter("--table1 has its own pairs and figures; leave the others out")
    from indexer.alignment.resampling import SAMPLES
    from indexer.alignment.sample import SEED
    from indexer.encoders.registry import variants
    from indexer.reports.report import Parameters
    from lexicon.settings import load_settings

    require_writable(out)
    service = open_service(load_settings())
    parameters = Parameters(
        seed=SEED if seed is None else seed,
        samples=samples or SAMPLES,
        states=layer is not None,
    )
    names = list(dict.fromkeys(encoder or ()))
    if table1:
        write(_table1(service, names, parameters), form, out)
        return
    from indexer.reports.documents.alignment import document

    chosen = [
        one
        for name in names or [service.settings.encoder]
        for one in variants(name, service.settings, layer=layer)
    ]
    made = _reports(service, list(dict.fromkeys(chosen)), pair or [], parameters)
    write(document(made, wanted(form, all_metrics, by)), form, out)
    for one in made:
        if one.evaluation == "memorised":
            output.warn(
                f"{one.encoder!r} was trained on this lexicon: these figures show what it "
                "remembers, not that the languages are aligned"
            )


def _require_no_options(context: typer.Context) -> None:
    """Options before a subcommand would be forgotten."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is not None and source.name == "COMMANDLINE":
            raise typer.BadParameter(
                f"{parameter.opts[0]} stands before {context.invoked_subcommand!r}, which does "
                "not see it; write options after it"
            )


def _reports(
    service: "LexiconService", names: list[str], pairs: list[str], parameters: "Parameters"
) -> list["AlignmentReport"]:
    from indexer.reports.report import report as score
    from indexer.reports.stored import store

    # A name that is not known must not be found out after the first report.
    for name in names:
        service.encoder(name)
    made = []
    with output.progress() as bars:
        for name in names:
            label = "pairs" if len(names) == 1 else name

            def advance(done: int, total: int, label: str = label) -> None:
                bars.advance(label, done, total)

            made.append(score(service, name, pairs, advance, parameters))
            if not pairs:
                store(service, made[-1])
    return made


def _table1(service: "LexiconService", names: list[str], parameters: "Parameters") -> "Document":
    from indexer.reports.documents.table1 import document
    from indexer.reports.table1 import table1

    with output.progress() as bars:
        return document(
            table1(
                service,
                names,
                lambda done, total: bars.advance("pairs", done, total),
                parameters,
            )
        )
