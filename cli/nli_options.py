"""What the commands of ``lexicon nli`` have in common: which classifier, and what is said of it."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output

if TYPE_CHECKING:
    from lexicon.settings import Settings
    from nli.protocol import NliClassifier


class Precision(StrEnum):
    AUTO = "auto"
    FP32 = "fp32"
    BF16 = "bf16"
    FP16 = "fp16"
    INT8 = "int8"


Model = Annotated[
    str | None, typer.Option("--model", "-m", help="Classifier; LEXICON_NLI when not given.")
]
Labels = Annotated[
    str | None,
    typer.Option("--labels", help="What labels 0, 1 and 2 of the checkpoint are, by commas."),
]
MaxLength = Annotated[
    int | None,
    typer.Option("--max-length", help="Tokens of a pair that are read; 128 when not given."),
]
Numbers = Annotated[
    Precision | None, typer.Option("--precision", help="What the checkpoint computes in.")
]


def opened(
    settings: "Settings",
    model: str | None,
    labels: str | None = None,
    max_length: int | None = None,
    precision: Precision | None = None,
) -> "NliClassifier":
    """The classifier that the options name."""
    from nli.options import named
    from nli.registry import open_classifier

    numbers = precision.value if precision is not None else None
    return open_classifier(named(model or settings.nli, labels, max_length, numbers), settings)


def tell(classifier: "NliClassifier") -> None:
    """Name the classifier on standard error, with what one ought to know of it."""
    from nli.registry import notes

    output.notes().print(f"model  {classifier.spec.identity}")
    for note in notes(classifier):
        output.warn(note)
