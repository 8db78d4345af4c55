"""``lexicon report``: alignment of every language pair."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.output import Format
from cli.search import EncoderName, OutputFormat

if TYPE_CHECKING:
    from indexer.reports.report import AlignmentReport, PairReport, ReportedFigure

app = typer.Typer(
    help="Alignment of language pairs, with baselines and 95% intervals.",
    invoke_without_command=True,
    no_args_is_help=False,
)


@app.callback()
def report(
    context: typer.Context,
    encoder: EncoderName = None,
    pair: Annotated[
        list[str] | None, typer.Option("--pair", help="Directed pair such as en-kn; repeatable.")
    ] = None,
    form: OutputFormat = Format.TABLE,
) -> None:
    """Score the alignment of language pairs, with baselines and 95% intervals.

    A report of all pairs is kept in the store, where GET /v1/alignment finds it.
    """
    if context.invoked_subcommand is not None:
        return
    from indexer.reports import report as alignment
    from indexer.reports import stored
    from indexer.service import open_service
    from lexicon.settings import load_settings

    service = open_service(load_settings())
    with output.progress() as bars:
        made = alignment.report(
            service,
            encoder,
            pair or (),
            lambda done, total: bars.advance("pairs", done, total),
        )
    if not pair:
        stored.store(service, made)
    if form is Format.JSON:
        print(made.model_dump_json())
    elif form is Format.CSV:
        output.write_csv(_CSV, [row for one in made.pairs for row in _long(one)])
    else:
        _show(made)


_CSV = ("source", "target", "stratum", "metric", "value", "low", "high", "n")


def _long(pair: "PairReport") -> list[tuple[object, ...]]:
    """One row per figure."""
    strata = {"all": pair.all, "distinct": pair.distinct, **pair.strata}
    return [
        (pair.source, pair.target, stratum, metric, one.value, one.low, one.high, one.n)
        for stratum, figures in strata.items()
        for metric, one in figures.items()
        if one is not None
    ]


def _interval(figure: "ReportedFigure | None") -> str:
    if figure is None or figure.low is None:
        return "–"
    return f"{output.number(figure.low)}–{output.number(figure.high)}"


def _show(made: "AlignmentReport") -> None:
    columns = (
        "pair",
        ">n",
        ">cosine",
        ">random",
        ">AUC",
        ">centred",
        ">P@1",
        ">95%",
        ">distinct",
        ">CSLS",
        ">out of",
        "verdict",
    )
    rows = []
    for pair in made.pairs:
        said = {key: None if one is None else one.value for key, one in pair.all.items()}
        distinct = pair.distinct["p_at_1"]
        rows.append(
            (
                f"{pair.source}→{pair.target}",
                f"{pair.concepts:,}",
                output.number(said["cosine_mean"]),
                output.number(said["random_cosine_mean"]),
                output.number(said["auc"]),
                output.number(said["centred_gap"]),
                output.number(said["p_at_1"]),
                _interval(pair.all["p_at_1"]),
                output.number(None if distinct is None else distinct.value),
                output.number(said["csls_p_at_1"]),
                f"{pair.candidates:,}",
                pair.verdict or made.evaluation,
            )
        )
    title = f"alignment under {made.encoder}, evaluation: {made.evaluation}"
    output.console().print(output.table(title, columns, rows))
    if made.evaluation == "memorised":
        output.warn(
            f"{made.encoder!r} was trained on this lexicon: these figures show what it remembers, "
            "not that the languages are aligned"
        )
