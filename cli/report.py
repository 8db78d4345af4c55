"""``lexicon report``: alignment of every language pair."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.output import Format
from cli.search import EncoderName, OutputFormat

if TYPE_CHECKING:
    from indexer.alignment.report import AlignmentReport


def report(
    encoder: EncoderName = None,
    pair: Annotated[
        list[str] | None, typer.Option("--pair", help="Directed pair such as en-kn; repeatable.")
    ] = None,
    form: OutputFormat = Format.TABLE,
) -> None:
    """Score the alignment of language pairs, with baselines and 95% intervals.

    A report of all pairs is kept in the store, where GET /v1/alignment finds it.
    """
    from indexer.alignment import report as alignment
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
        alignment.store(service, made)
    if form is Format.JSON:
        print(made.model_dump_json())
    elif form is Format.CSV:
        said = [pair.model_dump() for pair in made.pairs]
        output.write_csv(tuple(_flat(said[0])), [tuple(_flat(row).values()) for row in said])
    else:
        _show(made)


def _flat(row: dict[str, object]) -> dict[str, object]:
    """Intervals as two columns."""
    flat: dict[str, object] = {}
    for name, value in row.items():
        if name.endswith("_interval"):
            low, high = value if isinstance(value, tuple) else (None, None)
            stem = name.removesuffix("_interval")
            flat |= {f"{stem}_low": low, f"{stem}_high": high}
        else:
            flat[name] = value
    return flat


def _show(made: "AlignmentReport") -> None:
    columns = (
        "pair",
        ">n",
        ">cosine",
        ">random",
        ">gap",
        ">P@1",
        ">95%",
        ">P@5",
        ">P@10",
        ">out of",
    )
    rows = []
    for pair in made.pairs:
        low, high = pair.p_at_1_interval or (None, None)
        rows.append(
            (
                f"{pair.source}→{pair.target}",
                f"{pair.n:,}",
                output.number(pair.cosine_mean),
                output.number(pair.random_cosine_mean),
                output.number(pair.gap),
                output.number(pair.p_at_1),
                f"{output.number(low)}–{output.number(high)}",
                output.number(pair.p_at_5),
                output.number(pair.p_at_10),
                f"{pair.candidates:,}",
            )
        )
    title = f"alignment under {made.encoder}, evaluation: {made.evaluation}"
    output.console().print(output.table(title, columns, rows))
    if made.evaluation == "memorised":
        output.warn(
            f"{made.encoder!r} was trained on this lexicon: these figures show what it remembers, "
            "not that the languages are aligned"
        )
