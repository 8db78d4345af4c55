"""``lexicon words``: bringing words in and out."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from cli import imports, output, upkeep, word_edits
from cli.opened import open_store
from cli.output import Format
from cli.search import OutputFormat

if TYPE_CHECKING:
    from lexicon.entries import ConceptEntry
    from lexicon.ingest.files import WordsImport

app = typer.Typer(help="The words of the lexicon.", no_args_is_help=True)
app.command()(word_edits.add)
app.command()(word_edits.edit)
app.command()(word_edits.remove)
app.command()(word_edits.show)
app.command()(word_edits.find)


class Readable(StrEnum):
    TSV = "tsv"
    CSV = "csv"
    JSONL = "jsonl"
    MUSE = "muse"
    WIKTEXTRACT = "wiktextract"
    WN_LMF = "wn-lmf"


class Layout(StrEnum):
    WIDE = "wide"


class Writable(StrEnum):
    TSV = "tsv"
    CSV = "csv"
    JSONL = "jsonl"
    MUSE = "muse"
    WN_LMF = "wn-lmf"


First = Annotated[
    str | None, typer.Option("--from", help="Language of the first word (word pairs only).")
]
Second = Annotated[
    str | None, typer.Option("--to", help="Language of the second word (word pairs only).")
]


@app.command("import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files to import, .gz or not.")
    ],
    form: Annotated[
        Readable | None, typer.Option("--as", help="Format; else found out from the file.")
    ] = None,
    first: First = None,
    second: Second = None,
    pos: Annotated[str, typer.Option("--pos", help="Part of speech of word pairs.")] = "x",
    source: Annotated[
        str | None, typer.Option("--source", help="Name of the source; else the file's name.")
    ] = None,
    licence: Annotated[
        str | None, typer.Option("--licence", help="Recorded with the source.")
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", help="Recorded with the source.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Retire what the source had and the file has not.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    any_script: Annotated[
        bool, typer.Option("--any-script", help="Take words in another script than their language.")
    ] = False,
    new_language: Annotated[
        list[str] | None,
        typer.Option("--new-language", help="A language to add, such as de; repeatable."),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option("--rejects", help="Where rejected lines go; else FILE.rejects.tsv."),
    ] = None,
) -> None:
    """Bring files of words into the store: one transaction a file, again changes nothing."""
    from lexicon.errors import InvalidInput
    from lexicon.formats.reading import Input
    from lexicon.ingest.files import WordsImport, import_words
    from lexicon.settings import load_settings

    if len(files) > 1 and (rejects or (replace and source)):
        option = f"--rejects {rejects}" if rejects else f"--replace --source {source}"
        raise InvalidInput(f"{option} fits one file, not {len(files)}; import them one by one")
    imports.require_kept(files, rejects)
    if (first is None) != (second is None):
        raise InvalidInput("give both --from and --to, or neither")
    settings = load_settings()
    sessions = open_store(settings)
    wanted = WordsImport(
        form=form.value if form else None,
        source=source,
        licence=licence,
        version=version,
        replace=replace,
        dry_run=dry_run,
        any_script=any_script,
        languages=(first, second) if first and second else None,
        pos=pos,
        new_languages=tuple(new_language or ()),
    )
    touched = False
    for file in files:
        with output.progress() as bars:
            report = import_words(sessions, Input(file), wanted, bars.advance)
        touched = touched or report.changed
        output.notes().print(f"{file.name}: {imports.summary(report, replace)}{_dry(wanted)}")
        if report.rejects:
            imports.write_rejects(
                report.rejects, rejects or file.with_name(f"{file.name}.rejects.tsv")
            )
    if touched and not dry_run:
        upkeep.after_writing(settings)


def _dry(wanted: "WordsImport") -> str:
    return " (dry run: nothing was changed)" if wanted.dry_run else ""


@app.command()
def export(
    form: Annotated[Writable, typer.Option("--as", "--format", "-f", help="How to write.")] = (
        Writable.TSV
    ),
    layout: Annotated[
        Layout, typer.Option("--layout", help="tsv and csv: one concept a line.")
    ] = Layout.WIDE,
    first: First = None,
    second: Second = None,
    language: Annotated[
        list[str] | None, typer.Option("--language", "-l", help="Only this; repeatable.")
    ] = None,
    source: Annotated[str | None, typer.Option("--source", help="Only of this source.")] = None,
    field: Annotated[str | None, typer.Option("--field", help="Only of this field.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write; else standard output.")
    ] = None,
) -> None:
    """Write concepts with their words, by field and key; import reads all of these formats."""
    from lexicon import browse, queries
    from lexicon.errors import InvalidInput
    from lexicon.formats import jsonl, muse, wide, wn_lmf
    from lexicon.ingest.words import UNSTATED
    from lexicon.settings import load_settings

    if (form is Writable.MUSE) != (first is not None and second is not None):
        raise InvalidInput("word pairs need --from and --to, and other formats take neither")
    with open_store(load_settings())() as session:
        known = queries.languages(session)
        chosen = [queries.require_language(session, code) for code in language or known]
        held = browse.require_source(session, source) if source else None
        # A reader of ours that has had enough ends the stream in its midst.
        with (
            closing(
                browse.concept_entries(session, source, field, language and chosen)
            ) as streamed,
            output.progress() as bars,
            _stream(out) as stream,
        ):
            entries: Iterator[ConceptEntry] = streamed
            if out is not None:
                total = queries.counts(session).concepts
                entries = bars.counting("concepts", entries, total)
            if form is Writable.MUSE:
                assert first is not None
                assert second is not None
                pair = (
                    queries.require_language(session, first),
                    queries.require_language(session, second),
                )
                _, left_out = muse.write(entries, pair, stream)
                if left_out:
                    output.warn(f"{left_out:,} pairs with a phrase are left out: one word a column")
            elif form is Writable.JSONL:
                jsonl.write(entries, stream)
            elif form is Writable.WN_LMF:
                wn_lmf.write(
                    entries,
                    chosen,
                    stream,
                    name=source or "lexicon",
                    version=held.version if held else "1",
                    licence=held.licence if held else UNSTATED,
                )
            else:
                wide.write(entries, chosen, stream, form.value)


@contextmanager
def _stream(out: Path | None) -> Iterator[IO[str]]:
    """Standard output, or a file that is there when it is whole."""
    from lexicon.disk import whole_file
    from lexicon.errors import InvalidInput

    if out is None:
        yield sys.stdout
        return
    try:
        with whole_file(out) as raw:
            stream = TextIOWrapper(raw, encoding="utf-8", newline="")
            try:
                yield stream
            finally:
                # Written out, but not closed: it is synced yet.
                stream.detach()
    except OSError as error:
        raise InvalidInput(f"{out} cannot be written: {error.strerror or error}") from error


@app.command()
def sources(form: OutputFormat = Format.TABLE) -> None:
    """List where the words came from."""
    import json

    from lexicon import browse
    from lexicon.settings import load_settings

    with open_store(load_settings())() as session:
        found = browse.source_counts(session)
    columns = ("source", "licence", "version", ">concepts", ">senses", "updated")
    rows = [
        (one.name, one.licence, one.version, one.concepts, one.senses, f"{one.updated_at:%F %R}")
        for one in found
    ]
    names = [column.lstrip(">") for column in columns]
    if form is Format.JSON:
        print(json.dumps([dict(zip(names, row, strict=True)) for row in rows], ensure_ascii=False))
    elif form is Format.CSV:
        output.write_csv(names, rows)
    else:
        shown = [tuple(output.shown(value) for value in row) for row in rows]
        output.console().print(output.table("sources", columns, shown))
