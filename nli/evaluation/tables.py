"""An evaluation as tables of text, and such tables as Markdown, LaTeX and CSV cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.reports.formats import latex as latex_format
from indexer.reports.formats import markdown as markdown_format
from lexicon.models import NLI_LABELS
from nli.evaluation.results import Comparison, Evaluation, Interval, Report

_MODEL = "model"


@dataclass(frozen=True)
class Table:
    """Columns whose name begins with ``>`` are right-aligned."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(report: Report) -> Iterator[Table]:
    """The report's tables in the order in which they are read, as a paper has them."""
    if report.evaluations:
        yield _scores(report.evaluations)
        yield _labels(report.evaluations)
    if report.comparisons:
        yield _comparisons(report.comparisons)
    if report.published:
        yield _study(report)


def brief(report: Report) -> Iterator[Table]:
    """The same for a terminal: a table for each model, and intervals for what counts most."""
    for model in dict.fromkeys(one.model for one in report.evaluations):
        own = [one for one in report.evaluations if one.model == model]
        for table in (_scores(own), _labels(own, intervals=False)):
            yield _without_model(table, model)
    rest = list(tables(report))
    yield from rest[2 if report.evaluations else 0 :]


def markdown(table: Table) -> str:
    """A table as Markdown shows it, under its title.

    >>> print(markdown(Table("One", ("a", ">b"), (("x|y", "1"),))))
    **One**
    <BLANKLINE>
    | a | b |
    |---|--:|
    | x\\|y | 1 |
    """
    lines = [
        [column.lstrip(">") for column in table.columns],
        *([markdown_format.escaped(cell) for cell in row] for row in table.rows),
    ]
    head, *body = (f"| {' | '.join(cells)} |" for cells in lines)
    rule = "".join("|--:" if column.startswith(">") else "|---" for column in table.columns)
    return "\n".join([f"**{markdown_format.escaped(table.title)}**", "", head, f"{rule}|", *body])


def latex(table: Table) -> str:
    """A ``table`` environment with the rules of the package ``booktabs``.

    >>> print(latex(Table("One", ("a_b", ">c"), (("5%", "1"),))))
    \\begin{table}
    \\centering
    \\caption{One}
    \\begin{tabular}{lr}
    \\toprule
    a\\_b & c \\\\
    \\midrule
    5\\% & 1 \\\\
    \\bottomrule
    \\end{tabular}
    \\end{table}
    """
    columns = "".join("r" if column.startswith(">") else "l" for column in table.columns)
    head, *body = (
        " & ".join(latex_format.escaped(cell) for cell in cells) + r" \\"
        for cells in ([column.lstrip(">") for column in table.columns], *table.rows)
    )
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{latex_format.escaped(table.title)}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            head,
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
        ]
    )


def flat(row: Evaluation | Comparison) -> dict[str, object]:
    """One row of a CSV: intervals as two columns, what belongs to a label under its name."""
    found: dict[str, object] = {}
    for name, value in row.model_dump(exclude={"labels", "confusion", "transfer"}).items():
        _put(found, name, value)
    if isinstance(row, Evaluation):
        for scores in row.labels:
            for name, value in scores.model_dump(exclude={"label"}).items():
                _put(found, f"{scores.label}_{name}", value)
        for gold, counts in zip(NLI_LABELS, row.confusion, strict=True):
            for predicted, count in zip(NLI_LABELS, counts, strict=True):
                found[f"{gold}_as_{predicted}"] = count
        transfer = row.transfer
        _put(found, "transfer_efficiency", transfer.efficiency if transfer else None)
        _put(found, "transfer_efficiency_interval", transfer.interval if transfer else None)
        _put(found, "english_accuracy", transfer.english_accuracy if transfer else None)
    return found


def percent(value: float) -> str:
    """Per cent with two digits, as the study gives them.

    >>> percent(0.7483)
    '74.83'
    """
    return f"{100 * value:.2f}"


def _put(found: dict[str, object], name: str, value: object) -> None:
    if name.endswith("_interval"):
        low, high = value if isinstance(value, tuple) else (None, None)
        stem = name.removesuffix("_interval")
        found |= {f"{stem}_low": low, f"{stem}_high": high}
    else:
        found[name] = value


def _without_model(table: Table, model: str) -> Table:
    """A table of one model, which its title names."""
    place = table.columns.index(_MODEL)
    columns, *rows = (
        (*cells[:place], *cells[place + 1 :]) for cells in (table.columns, *table.rows)
    )
    return Table(f"{model}: {table.title[0].lower()}{table.title[1:]}", columns, tuple(rows))


def _within(value: float | None, interval: Interval | None) -> str:
    if value is None:
        return "–"
    return percent(value) + (
        f" ({percent(interval[0])}–{percent(interval[1])})" if interval else ""
    )


def _about(one: Evaluation | Comparison) -> str:
    languages = dict.fromkeys((one.premise_language, one.hypothesis_language))
    return f"{one.dataset}/{one.split} {'→'.join(languages)}"


def _scores(evaluations: Sequence[Evaluation]) -> Table:
    return Table(
        "Scores in per cent, with 95% intervals over premises",
        (
            "pairs of",
            _MODEL,
            ">n",
            ">accuracy",
            ">macro-F1",
            ">calibration error",
            ">truncated",
            ">of English accuracy",
        ),
        tuple(
            (
                _about(one),
                one.model,
                f"{one.pairs:,}",
                _within(one.accuracy, one.accuracy_interval),
                _within(one.macro_f1, one.macro_f1_interval),
                _within(one.calibration_error, one.calibration_error_interval),
                percent(one.truncated_share),
                _within(one.transfer.efficiency, one.transfer.interval) if one.transfer else "–",
            )
            for one in evaluations
        ),
    )


def _labels(evaluations: Sequence[Evaluation], intervals: bool = True) -> Table:
    return Table(
        "By gold label, in per cent, and how many pairs were given which label",
        (
            "pairs of",
            _MODEL,
            "gold label",
            ">n",
            ">precision",
            ">recall",
            ">F1",
            *(f">{label}" for label in NLI_LABELS),
        ),
        tuple(
            (
                _about(one),
                one.model,
                scores.label,
                f"{scores.gold:,}",
                _within(scores.precision, scores.precision_interval if intervals else None),
                _within(scores.recall, scores.recall_interval if intervals else None),
                _within(scores.f1, scores.f1_interval if intervals else None),
                *(f"{count:,}" for count in counts),
            )
            for one in evaluations
            for scores, counts in zip(one.labels, one.confusion, strict=True)
        ),
    )


def _comparisons(comparisons: Sequence[Comparison]) -> Table:
    first, second = comparisons[0].first, comparisons[0].second
    return Table(
        f"McNemar's test of {first} (1) and {second} (2)",
        (
            "pairs of",
            ">n",
            ">accuracy 1",
            ">accuracy 2",
            ">right by 1 alone",
            ">by 2 alone",
            ">p",
            "test",
        ),
        tuple(
            (
                _about(one),
                f"{one.pairs:,}",
                percent(one.first_accuracy),
                percent(one.second_accuracy),
                f"{one.first_only:,}",
                f"{one.second_only:,}",
                f"{one.p:.3g}",
                "exact" if one.exact else "chi-square",
            )
            for one in comparisons
        ),
    )


def _study(report: Report) -> Table:
    theirs = [
        (one.language, "study", one.model, one.dataset, "–", percent(one.accuracy),
         "–" if one.macro_f1 is None else percent(one.macro_f1))
        for one in report.published
    ]  # fmt: skip
    ours = [
        (one.languages, "ours", one.model, f"{one.dataset}/{one.split}", f"{one.pairs:,}",
         _within(one.accuracy, one.accuracy_interval),
         _within(one.macro_f1, one.macro_f1_interval))
        for one in report.evaluations
    ]  # fmt: skip
    languages = list(dict.fromkeys(row[0] for row in theirs))
    rows = [row for language in languages for row in (*theirs, *ours) if row[0] == language]
    return Table(
        "The study's Tables 2 and 3 beside ours",
        ("language", "from", "model", "pairs of", ">n", ">accuracy", ">macro-F1"),
        tuple(rows),
    )
