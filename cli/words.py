"""``lexicon words``: the lexicon itself."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

app = typer.Typer(help="The words of the lexicon.", no_args_is_help=True)


class Layout(StrEnum):
    WIDE = "wide"


class FileFormat(StrEnum):
    TSV = "tsv"
    CSV = "csv"


@app.command()
def export(
    layout: Annotated[
        Layout, typer.Option("--layout", help="wide: one concept a line, one column a language.")
    ] = Layout.WIDE,
    form: Annotated[FileFormat, typer.Option("--format", "-f", help="How to write.")] = (
        FileFormat.TSV
    ),
) -> None:
    """Write all concepts to standard output; alternatives are joined by |."""
    from lexicon import queries
    from lexicon.formats import wide
    from lexicon.settings import load_settings
    from lexicon.store import open_store

    with open_store(load_settings())() as session:
        languages = queries.languages(session)
        wide.write(queries.concept_entries(session), languages, sys.stdout, form.value)
