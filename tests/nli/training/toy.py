"""A world in which premise and hypothesis decide together, small enough to be learnt in seconds.

A premise has a cat or a dog, a hypothesis a house or a book; a dog and a book weaken what is said,
so that cat and house entail, dog and book contradict, and the rest is neutral. Whoever sees the
hypothesis alone is right half of the time.
"""

import random
from pathlib import Path
from typing import Any, NamedTuple

from lexicon.models import NLI_LABELS
from lexicon.settings import Settings
from nli.training.recipe import checked
from nli.training.records import TrainingRecord
from nli.training.run import Evaluated
from nli.training.train import Request, train
from tests.nli.tiny import make_bloom, make_xlmr

Row = tuple[str, str, str]
"""Label, premise, hypothesis."""

FILLERS = ("the", "is", "an", "happy", "person", "animal", "sun", "water")
LOUD = 0.2
"""Of the tiny checkpoints' weights, which are made so large that training could not move them."""


def rows(count: int, seed: int) -> list[Row]:
    """``count`` pairs of all three labels."""
    draw = random.Random(seed)
    found = []
    for number in range(count):
        dog, book = number % 2, number // 2 % 2
        words = ("cat", "dog")[dog], ("house", "book")[book]
        premise, hypothesis = (
            " ".join([draw.choice(FILLERS), word, *draw.sample(FILLERS, draw.randint(1, 2))])
            for word in words
        )
        found.append((NLI_LABELS[dog + book], premise, hypothesis))
    return found


def write(path: Path, pairs: list[Row]) -> Path:
    """A file in the plain layout, its pairs numbered from 0."""
    lines = ["id\tlabel\tpremise\thypothesis"]
    lines += ["\t".join((str(number), *row)) for number, row in enumerate(pairs)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def make_base(folder: Path, kind: str = "xlmr") -> Path:
    """A checkpoint without a head, as masked language models come."""
    from safetensors.numpy import load_file, save_file

    whole = {"xlmr": make_xlmr, "bloom": make_bloom}[kind](folder)
    weights = load_file(whole / "model.safetensors")
    body = {
        name: one * LOUD if one.ndim > 1 else one
        for name, one in weights.items()
        if not name.startswith(("classifier.", "score."))
    }
    save_file(body, whole / "model.safetensors", metadata={"format": "pt"})
    return whole


class Silent:
    """A watch that keeps what it is told."""

    def __init__(self) -> None:
        self.evaluations: list[Evaluated] = []
        self.steps: list[tuple[str, int]] = []

    def advance(self, name: str, done: int, total: int) -> None:
        self.steps.append((name, done))

    def evaluated(self, seed: int, scores: Evaluated, planned: int) -> None:
        self.evaluations.append(scores)


class Killed(BaseException):
    """What no handler of the program expects, as little as a power cut."""


class Moment(NamedTuple):
    """When a bar comes to ``done``, or when the checkpoint of that step is scored."""

    bar: str
    done: int
    scoring: bool = False


class Killing(Silent):
    """A watch under which everything ends at one moment."""

    def __init__(self, moment: Moment) -> None:
        super().__init__()
        self._moment = moment

    def advance(self, name: str, done: int, total: int) -> None:
        super().advance(name, done, total)
        if Moment(name, done) == self._moment:
            raise Killed

    def evaluated(self, seed: int, scores: Evaluated, planned: int) -> None:
        super().evaluated(seed, scores, planned)
        if Moment(f"seed {seed}", scores.step, scoring=True) == self._moment:
            raise Killed


def trained(
    settings: Settings,
    base: Path,
    folder: Path,
    watch: Any = None,
    pairs: list[Row] | None = None,
    dev: list[Row] | None = None,
    name: str = "out",
    fresh: bool = False,
    **changes: Any,
) -> TrainingRecord:
    """What training says of a checkpoint that it put at ``folder / name``."""
    train_file = write(folder / "train.tsv", rows(96, 0) if pairs is None else pairs)
    dev_file = write(folder / "dev.tsv", rows(40, 1) if dev is None else dev)
    recipe = checked(**{
        "base": str(base),
        "language": "en",
        "lr": 5e-3,
        "epochs": 1,
        "batch": 16,
        "max_length": 32,
        "evaluations": 3,
        "average_of": 2,
        **changes,
    })  # fmt: skip
    request = Request(recipe, train_file, dev_file, folder / name, fresh)
    return train(settings, request, watch or Silent())
