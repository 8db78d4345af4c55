"""What an evaluation says, as it is printed and as JSON."""

from pydantic import BaseModel, ConfigDict

Interval = tuple[float, float]


class Result(BaseModel):
    model_config = ConfigDict(frozen=True)


class LabelScores(Result):
    """Of the ``gold`` pairs that have a label and the ``predicted`` ones that were given it."""

    label: str
    gold: int
    predicted: int
    precision: float
    precision_interval: Interval
    recall: float
    recall_interval: Interval
    f1: float
    f1_interval: Interval


class Transfer(Result):
    """Accuracy as a share of English accuracy on the same data set and split. ``paired``: premises
    were drawn together with their translations, because equal keys have equal gold labels."""

    efficiency: float | None
    interval: Interval | None
    english_accuracy: float
    english_pairs: int
    paired: bool


class Evaluation(Result):
    """One classifier on the pairs of one data set, split and languages.

    Scores are over ``pairs``, those with a gold label and a prediction; ``unpredicted`` and
    ``unlabelled`` ones are left out, and ``premises`` are what intervals are drawn over.
    ``truncated`` counts predictions that did not read a whole pair. Rows of ``confusion`` are gold
    labels, columns predicted ones, both in the order of ``labels``.
    """

    dataset: str
    split: str
    premise_language: str
    hypothesis_language: str
    model: str
    pairs: int
    premises: int
    unpredicted: int
    unlabelled: int
    truncated: int
    truncated_share: float
    accuracy: float
    accuracy_interval: Interval
    macro_f1: float
    macro_f1_interval: Interval
    calibration_error: float
    calibration_error_interval: Interval
    labels: list[LabelScores]
    confusion: list[list[int]]
    transfer: Transfer | None

    @property
    def languages(self) -> str:
        """``fr``, or ``fr→kn`` where premise and hypothesis differ."""
        if self.premise_language == self.hypothesis_language:
            return self.premise_language
        return f"{self.premise_language}→{self.hypothesis_language}"


class Comparison(Result):
    """McNemar's test of two classifiers on the ``pairs`` that both predicted and that have a gold
    label. ``first_only`` are right by the first alone; ``exact`` tells the binomial test from
    chi-square."""

    dataset: str
    split: str
    premise_language: str
    hypothesis_language: str
    first: str
    second: str
    pairs: int
    first_accuracy: float
    second_accuracy: float
    first_only: int
    second_only: int
    p: float
    exact: bool


class Published(Result):
    """A figure of the study, which gives no intervals. ``macro_f1`` is None where it gives none."""

    model: str
    dataset: str
    language: str
    accuracy: float
    macro_f1: float | None


class Report(Result):
    evaluations: list[Evaluation]
    comparisons: list[Comparison] = []
    published: list[Published] = []
