"""``lexicon doctor``: what is wrong with an installation, and what to do about it."""

import io
import json
import sys
from typing import Annotated

import typer

from cli import output
from cli.output import Format
from cli.search import OutputFormat

_COLUMNS = ("check", "state", "found", "remedy")


def doctor(
    form: OutputFormat = Format.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Check engines, GPU, store, disk and terminal; exit with 1 where something fails.

    Warnings do not change the exit code. Engines are imported in a process of their own, which
    takes some seconds.
    """
    from indexer.doctor.checks import examine
    from indexer.doctor.findings import State

    found = examine()
    rows = [(check.name, check.state.value, check.found, check.remedy) for check in found.checks]
    # One of the checks is that the terminal lacks letters, and folders may be named in them.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    if as_json or form is Format.JSON:
        typer.echo(json.dumps(found.model_dump(mode="json"), indent=2))
    elif form is Format.CSV:
        output.write_csv(_COLUMNS, rows)
    else:
        output.console().print(
            output.table(
                "Installation",
                _COLUMNS[:3],
                [
                    (name, state, told if remedy is None else f"{told}\nto do: {remedy}")
                    for name, state, told, remedy in rows
                ],
            )
        )
    if found.state is State.FAILED:
        raise typer.Exit(1)
