"""``lexicon nli evaluate``: how right the predictions are that the store holds."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.opened import open_store
from cli.pairs import Dataset, Split

if TYPE_CHECKING:
    from nli.evaluation.results import Evaluation, Report


class EvaluationFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    LATEX = "latex"


def evaluate(
    dataset: Dataset = None,
    split: Split = None,
    language: Annotated[
        list[str] | None,
        typer.Option(
            "--language", "-l", help="Only with premise or hypothesis in this; repeatable."
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", "-m", help="Only of this classifier or identity; repeatable."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", help="Another classifier, to compare by McNemar's test."),
    ] = None,
    study: Annotated[
        bool, typer.Option("--study", help="Show the study's published figures beside ours.")
    ] = False,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", help="Draw accuracies: a file ending in .png, .svg or .html."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the draws for intervals.")] = 0,
    form: Annotated[
        EvaluationFormat, typer.Option("--format", "-f", help="How to print.")
    ] = EvaluationFormat.TABLE,
) -> None:
    """Score stored predictions against gold labels, with 95% intervals.

    Accuracy, macro-F1, precision, recall and F1 by label, confusion, calibration error, and
    accuracy as a share of that on English. With --against, two classifiers are compared instead.
    """
    from lexicon.errors import InvalidInput
    from lexicon.settings import load_settings
    from nli.evaluation import evaluate as scoring
    from nli.evaluation.results import Report
    from nli.evaluation.study import PUBLISHED

    if against is not None and (model is None or len(model) != 1):
        raise InvalidInput("--against compares two classifiers; name the first one with --model")
    if against is not None and (study or plot is not None):
        raise InvalidInput("--against goes with neither --study nor --plot; leave one of them out")
    if plot is not None:
        _require_writable(plot)
    wanted = language or []
    with open_store(load_settings())() as session:
        if against is not None and model:
            pairs = scoring.compare(session, model[0], against, dataset, split, wanted)
            report = Report(evaluations=[], comparisons=pairs)
        else:
            found = scoring.evaluate(session, dataset, split, wanted, model or [], seed)
            report = Report(evaluations=found, published=list(PUBLISHED) if study else [])
    _print(report, form)
    for note in _notes(report):
        output.warn(note)
    if plot is not None:
        _draw(report, plot)


def _print(report: "Report", form: EvaluationFormat) -> None:
    from nli.evaluation import tables

    if form is EvaluationFormat.JSON:
        print(report.model_dump_json())
    elif form is EvaluationFormat.CSV:
        rows = [tables.flat(row) for row in report.evaluations or report.comparisons]
        output.write_csv(tuple(rows[0]), (tuple(row.values()) for row in rows))
    elif form is EvaluationFormat.MARKDOWN:
        print("\n\n".join(map(tables.markdown, tables.tables(report))))
    elif form is EvaluationFormat.LATEX:
        print("\n\n".join(map(tables.latex, tables.tables(report))))
    else:
        for table in tables.brief(report):
            output.console().print(output.table(table.title, table.columns, table.rows))


def _notes(report: "Report") -> list[str]:
    from nli.evaluation.study import DIFFERS

    found = [note for one in report.evaluations for note in _left_out(one)]
    if report.published:
        found += DIFFERS
    if report.comparisons:
        found.append(
            "the test takes pairs for independent; hypotheses of one premise are not quite, so a p "
            "near .05 says little"
        )
    return found


def _left_out(one: "Evaluation") -> list[str]:
    about = f"{one.dataset}/{one.split} {one.languages}, {one.model}:"
    found = []
    if one.unpredicted:
        found.append(
            f"{about} {one.unpredicted:,} pairs have no prediction and are left out; "
            f"predict them with: lexicon nli predict --dataset {one.dataset}"
        )
    if one.unlabelled:
        found.append(f"{about} {one.unlabelled:,} pairs have no gold label and are left out")
    found += [
        f"{about} no pair has the gold label {scores.label}, whose F1 counts as 0"
        for scores in one.labels
        if not scores.gold
    ]
    return found


def _require_writable(file: Path) -> None:
    from indexer.plots.picture import Wanted, require_writable

    require_writable(Wanted(file))


def _draw(report: "Report", file: Path) -> None:
    from indexer.plots.picture import Wanted, save
    from nli.evaluation.bars import accuracy_bars

    save(accuracy_bars(report), Wanted(file))
    output.notes().print(f"drawn  {file}")
