"""``lexicon report outliers``: translations that encoders put far apart."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.opened import open_service
from cli.output import Format
from cli.search import OutputFormat

if TYPE_CHECKING:
    from indexer.reports.outliers import Outliers


def outliers(
    pair: Annotated[str, typer.Option("--pair", help="Directed pair such as en-kn.")],
    encoder: Annotated[
        list[str] | None,
        typer.Option(
            "-e",
            "--encoder",
            help="Encoder whose opinion counts; repeatable. All that are indexed if left out, "
            "but for those that remember the lexicon.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option("-n", "--limit", help="Pairs to list.")] = 50,
    form: OutputFormat = Format.TABLE,
) -> None:
    """List the translations that all encoders put far apart: what to look at first for errors.

    Beside each stands the form that they would rather have seen.
    """
    from indexer.reports.outliers import outliers as find
    from lexicon.settings import load_settings

    service = open_service(load_settings())
    made = find(service, pair, encoder or (), limit)
    if form is Format.JSON:
        print(made.model_dump_json())
    elif form is Format.CSV:
        columns = ("concept", "gloss", "source", "target", "rank", "likelier", *made.encoders)
        output.write_csv(
            columns,
            [
                (
                    one.concept,
                    one.gloss,
                    one.source_form,
                    one.target_form,
                    one.rank,
                    one.likelier.form if one.likelier else None,
                    *(one.percentiles[name] for name in made.encoders),
                )
                for one in made.outliers
            ],
        )
    else:
        _show(made)


def _show(made: "Outliers") -> None:
    columns = (made.source, made.target, ">percentile", ">rank", "likelier", "meaning")
    rows = [
        (
            one.source_form,
            one.target_form,
            f"{max(one.percentiles.values()):.2f}",
            f"{one.rank:,.0f}",
            one.likelier.form if one.likelier else "–",
            one.gloss,
        )
        for one in made.outliers
    ]
    title = (
        f"{made.source}→{made.target} by {', '.join(made.encoders)}: "
        f"the {len(rows)} farthest apart of {made.pairs:,} pairs"
    )
    output.console().print(output.table(title, columns, rows))
    for name, reason in made.unusable.items():
        output.warn(f"{name!r} was not asked: {reason}")
    if made.memorised:
        output.warn(
            f"{', '.join(made.memorised)} remembers these pairs and cannot doubt them; index "
            "another encoder for a second opinion, such as labse"
        )
