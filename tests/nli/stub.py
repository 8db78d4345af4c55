"""A classifier that needs no weights, and a store for it to classify."""

from collections.abc import Sequence

from sqlalchemy import insert

from lexicon import store
from lexicon.models import NLI_LABELS, SentencePair
from lexicon.store import Sessions
from nli.protocol import NliPair, NliScores, NliSpec
from nli.texts import tidy

SPEC = NliSpec(
    name="stub",
    model_id="tests/stub",
    revision="1",
    labels=NLI_LABELS,
    precision="fp32",
    max_length=128,
    kind="checkpoint",
)


class StubNli:
    """Entailment where the hypothesis has the premise's first letter, else neutral if both have as
    many words, else contradiction; texts of more than nine words are cut.

    Counts the pairs that it was asked of.
    """

    spec = SPEC

    def __init__(self) -> None:
        self.asked = 0

    def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
        self.asked += len(pairs)
        return [_said(pair) for pair in tidy(pairs)]


def _said(pair: NliPair) -> NliScores:
    one, two = pair.premise.split(), pair.hypothesis.split()
    cut = max(len(one), len(two)) > 9
    if pair.premise[0] == pair.hypothesis[0]:
        return NliScores(0.75, 0.125, 0.125, cut)
    if len(one) == len(two):
        return NliScores(0.25, 0.5, 0.25, cut)
    return NliScores(0.0, 0.125, 0.875, cut)


ROWS = (
    ("entailment", "a dog", "an animal"),
    ("neutral", "a dog", "the cat"),
    ("contradiction", "a dog", "not here at all"),
    (None, "one " * 10, "two"),
)
"""Gold label, premise, hypothesis; all of them right, the last without a label and cut."""


def add_pairs(
    sessions: Sessions,
    count: int = len(ROWS),
    dataset: str = "xnli",
    split: str = "test",
    languages: tuple[str, str] = ("en", "en"),
) -> list[int]:
    """Keep ``count`` pairs, ``ROWS`` again and again; returns their ids."""
    rows = (ROWS[number % len(ROWS)] for number in range(count))
    values: list[dict[str, str | None]] = [
        {
            "dataset": dataset,
            "split": split,
            "key": str(number),
            "label": label,
            "premise": premise.strip(),
            "hypothesis": hypothesis,
            "premise_language": languages[0],
            "hypothesis_language": languages[1],
        }
        for number, (label, premise, hypothesis) in enumerate(rows)
    ]
    with store.writing(sessions) as session:
        return sorted(session.scalars(insert(SentencePair).returning(SentencePair.id), values))
