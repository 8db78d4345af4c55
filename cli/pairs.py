"""``lexicon pairs``: premise/hypothesis pairs of sentences."""

import json
import re
import sys
from collections import Counter
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.imports import require_kept, summary, write_rejects
from cli.opened import open_store
from cli.output import MOST, Format, console, notes, progress, table, write_csv
from lexicon.errors import InvalidInput

app = typer.Typer(help="Pairs of sentences: premise and hypothesis.", no_args_is_help=True)

_SUFFIXES = (".gz", ".tsv", ".txt", ".json", ".jsonl", ".parquet")
_SPLIT = re.compile(r"(?<![a-z])(train|dev|validation|test)(?![a-z])", re.IGNORECASE)
_UNCHANGED = " (dry run: nothing was changed)"

Dataset = Annotated[str | None, typer.Option("--dataset", help="Only of this data set.")]
Split = Annotated[str | None, typer.Option("--split", help="Only of this split.")]
Language = Annotated[
    str | None,
    typer.Option("--language", "-l", help="Only with a premise or hypothesis in this language."),
]


@app.command("import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="XNLI, SNLI, MultiNLI, IndicXNLI, …")
    ],
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="Name of the data set; else the file's name.")
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            "--split", help="Name of the split; else the one in the file's name, else test."
        ),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(
            "--language",
            "-l",
            help="What the file is written in, or all that is taken of a file of many languages.",
        ),
    ] = None,
    hypothesis_language: Annotated[
        str | None,
        typer.Option("--hypothesis-language", help="The same of hypotheses, where it differs."),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--as", help="xnli, huggingface, indicxnli or plain; else by what is in it."),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            "--labels", help="What labels 0, 1 and 2 are: entailment,neutral,contradiction."
        ),
    ] = None,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Remove pairs of the data set, split and languages that the file does not have.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    rejects: Annotated[
        Path | None,
        typer.Option("--rejects", help="Where rejected lines go; else to FILE.rejects.tsv."),
    ] = None,
    licence: Annotated[str, typer.Option("--licence", help="Recorded with the source.")] = "",
    version: Annotated[str, typer.Option("--version", help="Recorded with the source.")] = "",
) -> None:
    """Bring files of sentence pairs into the store, .gz or not; again changes nothing."""
    from lexicon.formats.reading import Input
    from lexicon.ingest.sentences import PairImport, import_pairs
    from lexicon.settings import load_settings

    targets = [(dataset or dataset_of(file), split or split_of(file)) for file in files]
    require_kept(files, rejects)
    _require_apart(files, targets, rejects, replace)
    sessions = open_store(load_settings())
    for file, (name, part) in zip(files, targets, strict=True):
        wanted = PairImport(
            name,
            part,
            language=language,
            hypothesis_language=hypothesis_language,
            form=form,
            labels=labels.split(",") if labels else None,
            replace=replace,
            dry_run=dry_run,
            licence=licence,
            version=version,
        )
        with progress() as bars:
            report = import_pairs(sessions, Input(file), wanted, bars.advance)
        notes().print(f"{file.name}: {summary(report, replace)}{_UNCHANGED if dry_run else ''}")
        if report.rejects:
            write_rejects(report.rejects, rejects or file.with_name(f"{file.name}.rejects.tsv"))


@app.command()
def export(
    dataset: Dataset = None,
    split: Split = None,
    language: Language = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; else standard output.")
    ] = None,
) -> None:
    """Write the pairs of one data set and split as TSV that import reads again."""
    from lexicon.formats.pairs import plain
    from lexicon.pairs import every_pair, pair_counts
    from lexicon.settings import load_settings

    with open_store(load_settings())() as session:
        counts = pair_counts(session, dataset, split, language)
        there = sorted({(count.dataset, count.split) for count in counts})
        if len(there) != 1:
            # An id says which pair it is within one data set and split only.
            raise InvalidInput(
                "no pair is like that; see what there is with: lexicon pairs list"
                if not there
                else "the pairs are of several data sets and splits "
                f"({', '.join('/'.join(names) for names in there)}); "
                "choose one with --dataset and --split"
            )
        # A reader of ours that has had enough ends the stream in its midst.
        with closing(every_pair(session, *there[0], language)) as pairs:
            if out is None:
                plain.write(pairs, sys.stdout)
                return
            try:
                with out.open("w", encoding="utf-8", newline="\n") as stream:
                    written = plain.write(pairs, stream)
            except OSError as error:
                raise InvalidInput(
                    f"{out} cannot be written ({error.strerror}); name another with --out"
                ) from error
        notes().print(f"{out}: {written:,} pairs")


@app.command("list")
def list_(
    dataset: Dataset = None,
    split: Split = None,
    language: Language = None,
    label: Annotated[
        str | None, typer.Option("--label", help="Only with this gold label; - for none.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 20,
    after: Annotated[
        int, typer.Option("--after", min=0, help="Begin behind the pair with this id.")
    ] = 0,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to print.")] = Format.TABLE,
) -> None:
    """Show stored pairs in the order in which they came."""
    from lexicon.pairs import list_pairs
    from lexicon.settings import load_settings

    with open_store(load_settings())() as session:
        pairs = list_pairs(
            session, dataset, split, language, label, min(limit, MOST), min(after, MOST)
        )
    columns = (
        "id",
        "dataset",
        "split",
        "key",
        "label",
        "premise_language",
        "hypothesis_language",
        "premise",
        "hypothesis",
    )
    rows = [{name: asdict(pair)[name] for name in columns} for pair in pairs]
    if form is Format.JSON:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif form is Format.CSV:
        write_csv(columns, (tuple(row.values()) for row in rows))
    elif not rows:
        console().print("No pair is like that.")
    else:
        cells = (["–" if value is None else str(value) for value in row.values()] for row in rows)
        headings = [name.replace("_", " ") for name in columns]
        console().print(table("Sentence pairs", headings, cells))


def dataset_of(file: Path) -> str:
    """The file's name without what says how it is packed and written.

    >>> dataset_of(Path("xnli.dev.tsv.gz"))
    'xnli.dev'
    """
    name = file.name
    while name.lower().endswith(_SUFFIXES) and name.rpartition(".")[0]:
        name = name.rpartition(".")[0]
    return name


def split_of(file: Path) -> str:
    """The split that the file's name speaks of, else ``test``.

    >>> split_of(Path("xnli_train9k_fr.tsv"))
    'train'
    """
    found = _SPLIT.search(file.name)
    return found[0].lower() if found else "test"


def _require_apart(
    files: list[Path], targets: list[tuple[str, str]], rejects: Path | None, replace: bool
) -> None:
    if rejects is not None and len(files) > 1:
        raise InvalidInput(
            f"--rejects {rejects} is one file for {len(files)}; leave it out, and each gets its own"
        )
    (name, split), count = Counter(targets).most_common(1)[0]
    if replace and count > 1:
        raise InvalidInput(
            f"--replace with {count} files for {name}/{split}: each would remove what another "
            "brought; import them one by one without it, or name them apart"
        )
