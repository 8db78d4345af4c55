"""``lexicon index list``: the generations that are kept."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.opened import open_service
from cli.output import Format
from cli.search import OutputFormat

if TYPE_CHECKING:
    from indexer.housekeeping import Entry
    from indexer.service import LexiconService

Encoders = Annotated[
    list[str] | None,
    typer.Option("--encoder", "-e", help="Only of this encoder, by name or identity; repeatable."),
]
Languages = Annotated[
    list[str] | None, typer.Option("--language", "-l", help="Only of this language; repeatable.")
]

MEGABYTE = 1_000_000
_COLUMNS = (
    "encoder",
    "identity",
    "language",
    "generation",
    "live",
    "rows",
    "kind",
    "parameters",
    "recall",
    "megabytes",
    "created",
    "problem",
)


def service() -> "LexiconService":
    from lexicon.settings import load_settings

    return open_service(load_settings())


def list_(
    encoder: Encoders = None, language: Languages = None, form: OutputFormat = Format.TABLE
) -> None:
    """Every generation that is kept, and which of them answer."""
    from indexer.housekeeping import entries

    rows = [_row(one) for one in entries(service(), encoder, language)]
    if form is Format.JSON:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif form is Format.CSV:
        output.write_csv(_COLUMNS, [_flat(row) for row in rows])
    else:
        columns = (
            *("encoder", "language", "generation", "live", ">rows", "kind", ">recall", ">MB"),
            *("created", "problem"),
        )
        # Narrow terminals have no room for a column that says nothing.
        width = len(columns) if any(row["problem"] for row in rows) else len(columns) - 1
        shown = [_shown(row)[:width] for row in rows]
        output.console().print(output.table("Generations", columns[:width], shown))


def _row(one: "Entry") -> dict[str, object]:
    item, manifest = one.item, one.item.manifest
    return {
        "encoder": one.encoder,
        "identity": item.identity,
        "language": item.language,
        "generation": item.generation or None,
        "live": item.live,
        "rows": manifest.rows if manifest else None,
        "kind": manifest.kind if manifest else None,
        "parameters": manifest.parameters if manifest else None,
        "recall": manifest.recall if manifest else None,
        "megabytes": round(item.bytes / MEGABYTE, 3),
        "created": manifest.created_at if manifest else None,
        "problem": item.problem,
    }


def _flat(row: dict[str, object]) -> tuple[object, ...]:
    return tuple((row | {"parameters": _parameters(row)}).values())


def _parameters(row: dict[str, object]) -> str:
    given = row["parameters"]
    if not isinstance(given, dict):
        return ""
    return " ".join(f"{name}={value}" for name, value in given.items())


def _shown(row: dict[str, object]) -> tuple[str, ...]:
    recall = row["recall"]
    return (
        str(row["encoder"]),
        str(row["language"]),
        output.shown(row["generation"]),
        "live" if row["live"] else "",
        output.shown(row["rows"]),
        f"{output.shown(row['kind'])} {_parameters(row)}".rstrip(),
        output.number(recall) if isinstance(recall, float) else output.shown(None),
        f"{row['megabytes']:,.1f}",
        output.shown(row["created"])[:16].replace("T", " "),
        str(row["problem"] or ""),
    )
