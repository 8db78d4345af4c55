"""``lexicon models``: the checkpoints on this machine, and pulling more from the hub."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.output import Format

if TYPE_CHECKING:
    from indexer.checkpoints.stored import Stored
    from lexicon.settings import Settings

app = typer.Typer(help="Checkpoints of models.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A known name, or a hub id such as owner/name.")]

_COLUMNS = ("name", "repo", "state", "commit", "bytes", "pulled_at", "folder")
_MEGABYTE = 1_000_000


@app.command("list")
def list_(
    form: Annotated[
        Format, typer.Option("--format", help="How to print what is there.")
    ] = Format.TABLE,
) -> None:
    """What can be pulled by name, and what is on this machine."""
    from lexicon.settings import load_settings

    rows = _rows(load_settings())
    if form is Format.JSON:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif form is Format.CSV:
        output.write_csv(_COLUMNS, [tuple(row.values()) for row in rows])
    else:
        output.console().print(
            output.table(
                "Models",
                ("name", "repository", "state", "commit", ">bytes", "pulled"),
                [
                    (
                        str(row["name"]),
                        output.shown(row["repo"]),
                        str(row["state"]),
                        output.shown(row["commit"] and str(row["commit"])[:12]),
                        output.shown(row["bytes"]),
                        output.shown(row["pulled_at"]),
                    )
                    for row in rows
                ],
            )
        )


def _rows(settings: "Settings") -> list[dict[str, object]]:
    """A row per known or present checkpoint: ``pulled``, ``by hand`` (no record says what its
    files should be) or ``missing``."""
    from indexer.checkpoints.hub import KNOWN, folders, stored

    pulled = {one.name: one for one in stored(settings)}
    here = folders(settings)
    return [
        _row(name, KNOWN[name].id if name in KNOWN else None, pulled.get(name), name in here)
        | {"folder": str(settings.models / name) if name in here else None}
        for name in [*KNOWN, *(name for name in here if name not in KNOWN)]
    ]


def _row(name: str, repo: str | None, one: "Stored | None", here: bool) -> dict[str, object]:
    return {
        "name": name,
        "repo": one.repo if one else repo,
        "state": "pulled" if one else "by hand" if here else "missing",
        "commit": one.commit if one else None,
        "bytes": one.bytes if one else None,
        "pulled_at": one.pulled_at if one else None,
    }


@app.command()
def pull(
    name: Name,
    revision: Annotated[
        str | None,
        typer.Option("--revision", help="A branch, tag or commit; else the newest of main."),
    ] = None,
) -> None:
    """Download a checkpoint, or what is missing of it; every file is checked."""
    from indexer.checkpoints import hub
    from lexicon.settings import load_settings

    settings = load_settings()
    before = hub.stored(settings)
    with output.progress() as bars:
        made = hub.pull(
            settings,
            name,
            revision,
            lambda what, done, total: bars.advance(
                f"{what} (MB)", done // _MEGABYTE, max(total // _MEGABYTE, 1)
            ),
        )
    say = output.notes()
    if made in before:
        say.print(f"models  {made.name}: already here at commit {made.commit}")
    else:
        say.print(f"models  {made.name}: {made.bytes:,} bytes of {made.repo} at {made.commit}")


@app.command()
def verify(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One checkpoint; else all.")
    ] = None,
) -> None:
    """Compare the files of checkpoints with what was pulled; exit with 1 where they differ."""
    from indexer.checkpoints import hub
    from lexicon.settings import load_settings

    settings = load_settings()
    names = hub.folders(settings) if name is None else [hub.named(name).name]
    say = output.notes()
    if not names:
        say.print("no models are on this machine; see what there is with: lexicon models list")
    damaged = False
    for one in names:
        found = hub.verify(settings, one)
        for problem in found:
            typer.echo(f"{one}: {problem}")
        if found:
            damaged = True
            say.print(f"models  {one}: repair it with: lexicon models pull {one}")
        else:
            say.print(f"models  {one}: as it was pulled")
    if damaged:
        raise typer.Exit(1)


@app.command()
def path(name: Name) -> None:
    """Print the folder of a checkpoint."""
    from indexer.checkpoints import hub
    from lexicon.settings import load_settings

    typer.echo(hub.path(load_settings(), name))


@app.command()
def remove(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a checkpoint from this machine."""
    from indexer.checkpoints import hub
    from lexicon.settings import load_settings

    settings = load_settings()
    if not yes:
        typer.confirm(f"Remove all files of {name!r}?", abort=True, err=True)
    hub.remove(settings, name)
    output.notes().print(f"removed {hub.named(name).name}")
