"""What ``training.json`` says: how a checkpoint came about and what it scored."""

from importlib.metadata import version
from platform import python_version

from pydantic import BaseModel, ConfigDict

from nli.training.examples import FileFacts
from nli.training.recipe import Recipe
from nli.training.run import RunRecord

NAME = "training.json"


class Begun(BaseModel):
    """All that decides the weights. A run goes on only where every bit of it is the same.
    ``base`` is a hub id or the name of a folder."""

    model_config = ConfigDict(frozen=True)

    recipe: Recipe
    base: str
    base_revision: str
    train: FileFacts
    dev: FileFacts
    precision: str
    device: str


class Member(BaseModel):
    """A checkpoint that the published weights are the mean of, or are."""

    model_config = ConfigDict(frozen=True)

    seed: int
    step: int
    dev_accuracy: float


class DevScores(BaseModel):
    """The published checkpoint on the development set, with 95% intervals over premises."""

    model_config = ConfigDict(frozen=True)

    pairs: int
    premises: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    macro_f1: float
    macro_f1_interval: tuple[float, float]
    calibration_error: float
    confusion: list[list[int]]


class TrainingRecord(BaseModel):
    """``labels`` is the order of the outputs; ``in_both`` counts development pairs that were
    learnt from as well. It names no times, so that the same training gives the same file."""

    model_config = ConfigDict(frozen=True)

    begun: Begun
    labels: tuple[str, ...]
    remarks: tuple[str, ...]
    train_truncated: int
    dev_truncated: int
    in_both: int
    runs: list[RunRecord]
    members: list[Member]
    dev: DevScores
    versions: dict[str, str]

    @property
    def best(self) -> Member:
        """The single checkpoint that scored best on the development set."""
        every = [
            (one.rank, run.seed, one.step, one.dev_accuracy)
            for run in self.runs
            for one in run.evaluations
        ]
        _, seed, step, accuracy = max(every, key=lambda one: (one[0], -one[1]))
        return Member(seed=seed, step=step, dev_accuracy=accuracy)


def versions() -> dict[str, str]:
    """Of all that could change a weight."""
    packages = ("semantic-lexicon", "torch", "transformers", "tokenizers", "numpy")
    return {"python": python_version(), **{name: version(name) for name in packages}}
