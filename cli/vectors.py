"""``lexicon vectors``: vectors for other programs."""

from enum import StrEnum
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.opened import open_service

if TYPE_CHECKING:
    from indexer.export import Exported

app = typer.Typer(help="Vectors of words.", no_args_is_help=True)


class Writable(StrEnum):
    WORD2VEC = "word2vec"
    NPZ = "npz"
    PARQUET = "parquet"


class Spaces(StrEnum):
    UNDERSCORE = "underscore"
    SKIP = "skip"


@app.command()
def export(
    language: Annotated[str, typer.Option("--language", "-l", help="Whose words to write.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="File to write; - for standard output (word2vec).")
    ],
    encoder: Annotated[
        str | None, typer.Option("--encoder", "-e", help="Whose vectors; else the default one's.")
    ] = None,
    form: Annotated[
        Writable, typer.Option("--as", help="word2vec is what MUSE, vecmap and gensim read.")
    ] = Writable.WORD2VEC,
    spaces: Annotated[
        Spaces, typer.Option("--spaces", help="Of forms in word2vec: written as _, or left out.")
    ] = Spaces.UNDERSCORE,
    covered: Annotated[
        bool, typer.Option("--covered", help="Leave out words that the encoder only guesses.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file if it is there.")
    ] = False,
) -> None:
    """Write the vectors of a language's words, those that came since the build included."""
    from indexer.export import Wanted
    from indexer.export import export as write
    from lexicon.settings import load_settings

    service = open_service(load_settings())
    chosen = service.encoder(encoder)
    with output.progress() as bars:
        made = write(
            service,
            chosen,
            language,
            Wanted(form.value, covered, spaces.value),
            out,
            overwrite,
            lambda done, total: bars.advance(f"{chosen.spec.name} {language}", done, total),
        )
    where = "standard output" if str(out) == "-" else out
    output.notes().print(
        f"vectors {where}: {made.rows:,} forms of {language} in {made.dim:,} dimensions"
    )
    _tell(made, chosen.spec.name)


def _tell(made: "Exported", encoder: str) -> None:
    """What was left out or written otherwise."""
    again = f"lexicon index build --encoder {quote(encoder)}"
    said = (
        (made.underscored, "written with _ for a space (or left out, with --spaces skip)"),
        (made.spaced, "left out, with a space"),
        (made.doubled, "left out, the same text as another once _ stands for a space"),
        (made.guessed, f"left out, not in the vocabulary of {encoder!r}"),
        (made.gone, "left out, removed from the lexicon meanwhile"),
        (made.pending, f"left out, without a vector until the next build ({again})"),
    )
    for many, how in said:
        if many:
            output.warn(f"{how}: {many:,} form{'s' * (many != 1)}")
