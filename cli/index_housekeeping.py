"""``lexicon index verify``, ``prune`` and ``rollback``: looking after generations."""

from collections.abc import Sequence
from itertools import groupby
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.index_list import MEGABYTE, Encoders, Languages, service

if TYPE_CHECKING:
    from indexer.housekeeping import Damage, Entry
    from indexer.service import LexiconService


def verify(
    encoder: Encoders = None,
    language: Languages = None,
    every: Annotated[
        bool, typer.Option("--all", help="Not only those that answer: the kept ones as well.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Build damaged ones again from the store.")
    ] = False,
) -> None:
    """Read every byte of the generations that answer; exit with 1 where something is damaged."""
    from indexer.housekeeping import damages, entries

    opened = service()
    chosen = [one for one in entries(opened, encoder, language) if every or one.item.live]
    say = output.notes()
    if not chosen:
        say.print("no index is there to verify; build one with: lexicon index build")
        return
    with output.progress() as bars:
        found = damages(
            opened, chosen, lambda done, total: bars.advance("verify (MB)", done, total)
        )
    say.print(f"index   verified {_many(chosen)}")
    if found and repair:
        _name(found)
        if _rebuild(opened, found):
            chosen = [one for one in entries(opened, encoder, language) if every or one.item.live]
            found = damages(opened, chosen)
            say.print(f"index   after the repair, {len(found):,} of {_many(chosen)} damaged")
    if found:
        if not repair:
            _name(found)
        for one in found:
            say.print(f"index   {_where(one.entry)}: {_remedy(opened, one.entry)}")
        raise typer.Exit(1)


def _many(chosen: "Sequence[Entry]") -> str:
    size = sum(one.item.bytes for one in chosen) / MEGABYTE
    return f"{len(chosen):,} generation{'s' * (len(chosen) != 1)} ({size:,.1f} MB)"


def _where(entry: "Entry") -> str:
    return f"{entry.encoder} {entry.item.language}"


def _name(found: "Sequence[Damage]") -> None:
    for one in found:
        typer.echo(f"{_where(one.entry)}: {one.entry.name}: {one.why}")


def _rebuild(opened: "LexiconService", found: "Sequence[Damage]") -> bool:
    """Build what is damaged, answers and can be built; whether there was any."""
    from cli.index import build_with_progress
    from indexer.housekeeping import builder
    from lexicon.errors import LexiconError

    wanted: dict[str, set[str]] = {}
    for one in found:
        if one.entry.item.live:
            try:
                builder(opened, one.entry)
            except LexiconError:
                # What keeps it is said at the end, with the remedy.
                continue
            wanted.setdefault(one.entry.encoder, set()).add(one.entry.item.language)
    for name, languages in wanted.items():
        build_with_progress(opened, opened.encoder(name), sorted(languages))
    return bool(wanted)


def _remedy(opened: "LexiconService", entry: "Entry") -> str:
    from indexer.housekeeping import builder
    from lexicon.errors import LexiconError

    chosen = f"--encoder {quote(entry.encoder)}"
    if not entry.item.live:
        return f"it does not answer; remove it with: lexicon index prune {chosen}"
    try:
        builder(opened, entry)
    except LexiconError as error:
        removal = "" if entry.known else f"; remove it with: lexicon index prune --unknown {chosen}"
        return f"it cannot be rebuilt ({error}){removal}"
    return f"rebuild it with: lexicon index verify --repair {chosen}"


def prune(
    encoder: Encoders = None,
    keep: Annotated[
        int,
        typer.Option("--keep", min=0, max=output.MOST, help="Older ones to keep, by language."),
    ] = 0,
    unknown: Annotated[
        bool,
        typer.Option(
            "--unknown", help="Also all that encoders built which the store knows no more."
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be removed, and remove nothing.")
    ] = False,
) -> None:
    """Remove generations that do not answer any more.

    Whoever is reading one goes on reading it.
    """
    from indexer.housekeeping import entries, superfluous

    opened = service()
    found = entries(opened, encoder)
    say = output.notes()
    stuck = False
    removed: list[Entry] = []
    for identity, group in groupby(found, key=lambda one: one.item.identity):
        held = list(group)
        known = held[0].known
        if not known and not unknown:
            output.warn(
                f"{held[0].encoder}: the store does not know this encoder; remove its "
                f"{_many(held)} with: lexicon index prune --unknown"
            )
            continue
        going = superfluous(held, keep) if known else [one for one in held if one.item.generation]
        if known:
            _tell_kept(held)
        if not dry_run:
            names = set(
                opened.generations.prune(identity, keep)
                if known
                else opened.generations.forget(identity)
            )
            left = [one for one in going if one.item.generation not in names]
            going = [one for one in held if one.item.generation in names]
            stuck = stuck or bool(left)
            for one in left:
                output.warn(
                    f"{_where(one)}: {one.name} could not be removed; "
                    "see who owns its folder, and prune again"
                )
        removed += going
        for _, gone in groupby(going, key=_where):
            _tell_gone(list(gone), dry_run)
    if dry_run:
        say.print(f"index   {_many(removed)} would be removed (dry run: nothing was changed)")
    else:
        say.print(f"index   {_many(removed)} removed")
    if stuck:
        raise typer.Exit(1)


def _tell_kept(held: "Sequence[Entry]") -> None:
    for _, group in groupby(held, key=_where):
        mine = list(group)
        if not any(one.item.live and one.item.generation for one in mine):
            output.warn(
                f"{_where(mine[0])}: none of its generations answers, so all are kept; "
                f"build one with: lexicon index build --encoder {quote(mine[0].encoder)}"
            )


def _tell_gone(gone: "Sequence[Entry]", dry_run: bool) -> None:
    names = ", ".join(one.item.generation for one in gone)
    verb = "would remove" if dry_run else "removed"
    output.notes().print(f"index   {_where(gone[0])}: {verb} {_many(gone)}: {names}")


def rollback(
    language: Annotated[str, typer.Option("--language", "-l", help="Language to roll back.")],
    encoder: Annotated[
        str | None, typer.Option("--encoder", "-e", help="Its encoder; else the default one.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", help="A generation of the list; else the newest older one."),
    ] = None,
) -> None:
    """Let an earlier generation answer again, once all of it has been checked.

    Words that came since are found as well; lexicon index build brings it forward again.
    """
    from indexer.housekeeping import roll_back

    opened = service()
    chosen = opened.encoder(encoder)
    name = chosen.spec.name
    made = roll_back(opened, chosen, language, to)
    before = f", in place of {made.before}" if made.before else ""
    say = output.notes()
    say.print(
        f"index   {name} {language}: {made.manifest.generation} of {made.manifest.created_at} "
        f"answers again ({made.manifest.rows:,} forms){before}"
    )
    if made.came:
        verb = "form has" if made.came == 1 else "forms have"
        say.print(f"index   {name} {language}: {made.came:,} {verb} come since then")
    if made.pending:
        output.warn(
            f"{made.pending:,} of them have no vector and are not found; take them in with: "
            f"lexicon index build --encoder {quote(name)}"
        )
