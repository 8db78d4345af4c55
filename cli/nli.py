"""``lexicon nli``: does the premise entail the hypothesis, contradict it, or neither?"""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli import nli_evaluate, nli_train, output
from cli.nli_options import Labels, MaxLength, Model, Numbers, opened, tell
from cli.opened import open_store
from cli.output import Format
from cli.pairs import Dataset, Language, Split

if TYPE_CHECKING:
    from nli.protocol import NliClassifier, NliPair, NliScores

app = typer.Typer(help="Natural language inference.", no_args_is_help=True)

AT_A_TIME = 1_024
"""Pairs of a file that are classified before they are printed."""

SHOWN = 200
"""Characters of a text in a table."""

_COLUMNS = (
    "label",
    "entailment",
    "neutral",
    "contradiction",
    "truncated",
    "covered",
    "premise",
    "hypothesis",
)


@app.command()
def classify(
    premise: Annotated[
        str | None, typer.Argument(help="What is given; - reads pairs from standard input.")
    ] = None,
    hypothesis: Annotated[str | None, typer.Argument(help="What may follow from it.")] = None,
    file: Annotated[
        str | None, typer.Option("--file", help="Pairs, one a line; - for standard input.")
    ] = None,
    premise_language: Annotated[
        str | None, typer.Option("--premise-language", help="en, fr, hi, kn; else told by words.")
    ] = None,
    hypothesis_language: Annotated[
        str | None, typer.Option("--hypothesis-language", help="The same of hypotheses.")
    ] = None,
    model: Model = None,
    labels: Labels = None,
    max_length: MaxLength = None,
    precision: Numbers = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to print.")] = Format.TABLE,
) -> None:
    """Say what a premise means for a hypothesis: entailment, neutral or contradiction.

    A line of a file is a premise and a hypothesis apart by a tab, or JSON, or named by the file's
    header. JSON of --file is one object a line.
    """
    from lexicon.settings import load_settings
    from nli import files
    from nli.protocol import NliPair

    if (source := _source(premise, hypothesis, file)) is not None:
        pairs = files.read_pairs(files.opened(source), premise_language, hypothesis_language)
    else:
        pairs = [NliPair(premise or "", hypothesis or "", premise_language, hypothesis_language)]
    classifier = opened(load_settings(), model, labels, max_length, precision)
    answers = _answers(classifier, pairs)
    if form is Format.JSON:
        for _, found in answers:
            print(json.dumps(_object(found, classifier.spec.identity), ensure_ascii=False))
    elif form is Format.CSV:
        rows = ((*_row(found), pair.premise, pair.hypothesis) for pair, found in answers)
        output.write_csv(_COLUMNS, rows)
    else:
        output.console().print(
            output.table(
                classifier.spec.name,
                ("label", ">entailment", ">neutral", ">contradiction", "", *_COLUMNS[-2:]),
                (_cells(pair, found) for pair, found in answers),
            )
        )
    tell(classifier)


@app.command()
def predict(
    dataset: Dataset = None,
    split: Split = None,
    language: Language = None,
    model: Model = None,
    labels: Labels = None,
    max_length: MaxLength = None,
    precision: Numbers = None,
) -> None:
    """Classify stored pairs and keep what is said; those that are classified are left alone.

    What was stopped goes on where it was.
    """
    from lexicon.settings import load_settings
    from nli import predict as predicting

    settings = load_settings()
    sessions = open_store(settings)
    classifier = opened(settings, model, labels, max_length, precision)
    with output.progress() as bars:
        made = predicting.predict(
            sessions,
            classifier,
            dataset,
            split,
            language,
            lambda done, total: bars.advance("pairs", done, total),
        )
    output.notes().print(
        f"pairs  {made.pairs:,}: {made.held:,} had a prediction, {made.added:,} have one now "
        f"({made.rate:,.1f}/s), {made.truncated:,} of them truncated"
    )
    tell(classifier)


app.command()(nli_evaluate.evaluate)
app.command()(nli_train.train)


app.command()(nli_evaluate.evaluate)
app.command()(nli_train.train)


def _source(premise: str | None, hypothesis: str | None, file: str | None) -> str | None:
    """The file to read, ``-`` for standard input; None where the pair is in the command."""
    if (premise, hypothesis, file) == ("-", None, None):
        return "-"
    if file is None and hypothesis is not None:
        return None
    if file is None or premise is not None:
        raise typer.BadParameter("give either PREMISE and HYPOTHESIS or --file, one of them")
    return file


def _answers(
    classifier: "NliClassifier", pairs: "Sequence[NliPair]"
) -> "Iterator[tuple[NliPair, NliScores]]":
    for start in range(0, len(pairs), AT_A_TIME):
        some = pairs[start : start + AT_A_TIME]
        yield from zip(some, classifier.classify(some), strict=True)


def _object(found: "NliScores", identity: str) -> dict[str, object]:
    return {
        "label": found.label,
        "scores": {
            "entailment": found.entailment,
            "neutral": found.neutral,
            "contradiction": found.contradiction,
        },
        "truncated": found.truncated,
        "covered": found.covered,
        "model": identity,
    }


def _row(found: "NliScores") -> tuple[str, ...]:
    return (
        found.label,
        *(f"{one:.6f}" for one in (found.entailment, found.neutral, found.contradiction)),
        str(found.truncated).lower(),
        "" if found.covered is None else f"{found.covered:.3f}",
    )


def _cells(pair: "NliPair", found: "NliScores") -> tuple[str, ...]:
    numbers = (output.number(one) for one in (found.entailment, found.neutral, found.contradiction))
    remarks = ["truncated"] if found.truncated else []
    if found.covered is not None and found.covered < 1:
        remarks.append(f"{found.covered:.0%} known")
    texts = (_short(pair.premise), _short(pair.hypothesis))
    return (found.label, *numbers, ", ".join(remarks), *texts)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
