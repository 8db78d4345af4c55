"""``lexicon report compare``: two encoders on the words that both cover."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.opened import open_service
from cli.output import Format
from cli.search import OutputFormat

if TYPE_CHECKING:
    from indexer.reports.compare import Comparison, Difference

COLUMNS = ("source", "target", "part", "metric", "first", "second", "difference", "low", "high")


def compare(
    first: Annotated[str, typer.Argument(help="An encoder.")],
    second: Annotated[str, typer.Argument(help="The encoder to compare it with.")],
    pair: Annotated[
        list[str] | None, typer.Option("--pair", help="Directed pair such as en-kn; repeatable.")
    ] = None,
    form: OutputFormat = Format.TABLE,
) -> None:
    """Compare two encoders by a paired bootstrap, on the words that both cover.

    Positive differences are in favour of the second.
    """
    from indexer.reports import compare as comparing
    from lexicon.settings import load_settings

    service = open_service(load_settings())
    with output.progress() as bars:
        made = comparing.compare(
            service,
            first,
            second,
            pair or (),
            lambda done, total: bars.advance("pairs", done, total),
        )
    if form is Format.JSON:
        print(made.model_dump_json())
    elif form is Format.CSV:
        output.write_csv((*COLUMNS, "p", "n"), _long(made))
    else:
        _show(made)


def _long(made: "Comparison") -> list[tuple[object, ...]]:
    """One row per figure."""
    return [
        (
            pair.source,
            pair.target,
            part,
            metric,
            found.first,
            found.second,
            found.difference,
            found.low,
            found.high,
            found.p,
            found.n,
        )
        for pair in made.pairs
        for part, figures in (("all", pair.all), ("distinct", pair.distinct))
        for metric, found in figures.items()
        if found is not None
    ]


def _show(made: "Comparison") -> None:
    columns = ("pair", ">forms", ">P@1", ">", ">gain", ">95%", ">p", ">CSLS gain", ">95%", ">p")
    rows = [
        (
            f"{pair.source}→{pair.target}",
            f"{pair.forms:,}",
            *_both(pair.distinct["p_at_1"]),
            *_gain(pair.distinct["p_at_1"]),
            *_gain(pair.distinct["csls_p_at_1"]),
        )
        for pair in made.pairs
    ]
    title = f"{made.second} against {made.first}, without identical spellings and names"
    output.console().print(output.table(title, columns, rows))
    for name, evaluation in zip((made.first, made.second), made.evaluations, strict=True):
        if evaluation == "memorised":
            output.warn(
                f"{name!r} was trained on this lexicon: what it remembers is compared with what "
                "the other one knows"
            )


def _both(found: "Difference | None") -> tuple[str, str]:
    if found is None:
        return "–", "–"
    return output.number(found.first), output.number(found.second)


def _gain(found: "Difference | None") -> tuple[str, str, str]:
    if found is None:
        return "–", "–", "–"
    bounds = f"{_signed(found.low)} to {_signed(found.high)}"
    return _signed(found.difference), bounds, "–" if found.p is None else f"{found.p:.3f}"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.3f}"
