"""``lexicon keys``: who may use the HTTP service."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli.opened import open_store
from cli.output import Format, console, notes, table, write_csv

if TYPE_CHECKING:
    from lexicon.keys import StoredKey

app = typer.Typer(help="Keys of the HTTP service.", no_args_is_help=True)

COLUMNS = ("name", "prefix", "scope", "state", "created_at", "expires_at", "revoked_at")


class Scope(StrEnum):
    READ = "read"
    WRITE = "write"


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is, or what it is for.")],
    scope: Annotated[Scope, typer.Option("--scope", help="What it opens.")] = Scope.READ,
    expires: Annotated[
        int | None,
        typer.Option("--expires", min=1, max=36_500, help="Days until it ends; never if left out."),
    ] = None,
) -> None:
    """Make a key and print it, this once: the store keeps no more than its digest."""
    from lexicon import keys
    from lexicon.settings import load_settings
    from lexicon.store import writing

    until = None if expires is None else datetime.now(UTC) + timedelta(days=expires)
    with writing(open_store(load_settings())) as session:
        made, key = keys.create(session, name, scope.value, until)
    end = "" if until is None else f", until {until:%Y-%m-%d}"
    notes().print(f"{made.name}: may {made.scope}{end}; this is shown once, keep it safe")
    print(key)


@app.command("list")
def list_(
    form: Annotated[Format, typer.Option("--format", help="table, json or csv.")] = Format.TABLE,
) -> None:
    """Every key there has been, by its prefix."""
    import json

    from lexicon import keys
    from lexicon.settings import load_settings

    with open_store(load_settings())() as session:
        rows = [_row(key) for key in keys.list_keys(session)]
    if form is Format.JSON:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif form is Format.CSV:
        write_csv(COLUMNS, [list(row.values()) for row in rows])
    else:
        shown = ([value or "–" for value in row.values()] for row in rows)
        console().print(table("Keys", COLUMNS, shown))


@app.command()
def revoke(
    name: Annotated[str, typer.Argument(metavar="NAME-OR-PREFIX", help="Which key.")],
) -> None:
    """End a key. Services that run take notice within two seconds."""
    from lexicon import keys
    from lexicon.settings import load_settings
    from lexicon.store import writing

    with writing(open_store(load_settings())) as session:
        ended = keys.revoke(session, name)
    notes().print(f"{ended.name} ({ended.prefix}): revoked")


def _row(key: "StoredKey") -> dict[str, str | None]:
    return {
        "name": key.name,
        "prefix": key.prefix,
        "scope": key.scope,
        "state": key.state(datetime.now(UTC)),
        "created_at": _written(key.created_at),
        "expires_at": _written(key.expires_at),
        "revoked_at": _written(key.revoked_at),
    }


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
