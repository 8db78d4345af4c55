"""``lexicon backup`` and ``lexicon restore``: the whole store as one file."""

from pathlib import Path
from typing import Annotated

import typer

from cli import output


def backup(
    file: Annotated[Path, typer.Argument(help="The backup to write, such as lexicon.tar.gz.")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file if it is there.")
    ] = False,
) -> None:
    """Write the store's rows and live indices into one file.

    Others may go on reading and writing; the file holds what there was at one moment.
    """
    from lexicon.backup.whole import back_up
    from lexicon.settings import load_settings

    with output.progress() as bars:
        made = back_up(load_settings(), file, bars.advance, overwrite)
    for pointer in made.left_out:
        output.warn(f"{pointer} names no index that is there; build it with: lexicon index build")
    output.notes().print(
        f"backup  {made.file}: {made.rows:,} rows, {made.generations:,} indices, "
        f"{made.bytes:,} bytes, schema revision {made.revision}"
    )


def restore(
    file: Annotated[Path, typer.Argument(help="The backup to read.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete the rows that the store holds.")
    ] = False,
) -> None:
    """Put a backup's rows and indices into the store, which is created if it is missing.

    The whole file is checked first; the rows change in one transaction.
    """
    from lexicon.backup.whole import restore as restore_into
    from lexicon.settings import load_settings

    settings = load_settings()
    with output.progress() as bars:
        made = restore_into(settings, file, replace, bars.advance)
    output.notes().print(
        f"restore {settings.home}: {made.rows:,} rows, {made.generations:,} indices "
        f"from {made.file}"
    )
