"""The ``lexicon`` command: one module per group, errors as one line."""

import os
import sys
from importlib.metadata import version as installed

import typer

from cli import (
    backup,
    doctor,
    index,
    init,
    keys,
    models,
    nli,
    opened,
    pairs,
    plot,
    report,
    search,
    serve,
    status,
    vectors,
    words,
)
from lexicon.errors import LexiconError

app = typer.Typer(
    name="lexicon",
    help="A semantic lexicon of English, French, Hindi and Kannada.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(installed("semantic-lexicon"))
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    """A semantic lexicon of English, French, Hindi and Kannada."""
    context.call_on_close(opened.close)


app.command()(init.init)
app.command()(search.search)
app.command()(search.similarity)
app.add_typer(report.app, name="report")
app.command()(status.status)
app.command()(doctor.doctor)
app.command()(serve.serve)
app.command()(backup.backup)
app.command()(backup.restore)
app.add_typer(keys.app, name="keys")
app.add_typer(words.app, name="words")
app.add_typer(pairs.app, name="pairs")
app.add_typer(index.app, name="index")
app.add_typer(vectors.app, name="vectors")
app.add_typer(models.app, name="models")
app.add_typer(plot.app, name="plot")
app.add_typer(nli.app, name="nli")


INTERRUPTED = 130
"""What a shell calls a command that Ctrl-C has ended."""


def _interrupted(error: BaseException | None) -> bool:
    """Whether an error only came of obeying Ctrl-C: a database's client that is stopped in the
    middle of sending cannot take its leave of the server."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def run() -> None:
    """Entry point of the installed command."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except LexiconError as error:
        if _interrupted(error):
            print("Aborted.", file=sys.stderr)
            sys.exit(INTERRUPTED)
        print(f"lexicon: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader (head, less) has had enough. What is still buffered goes nowhere, or Python
        # would complain about it on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
