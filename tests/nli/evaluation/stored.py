"""Stored pairs of four premises with three hypotheses each, and predictions of them."""

from collections.abc import Callable, Sequence

from lexicon import predictions, store
from lexicon.models import NLI_LABELS, SentencePair
from lexicon.pairs import StoredPair, every_pair
from lexicon.predictions import Prediction
from lexicon.store import Sessions

PREMISES = 4
Answer = Callable[[StoredPair], str]


def right(pair: StoredPair) -> str:
    return pair.label or "neutral"


def constant(_pair: StoredPair) -> str:
    return "entailment"


def turned(pair: StoredPair) -> str:
    """Never the gold label."""
    return NLI_LABELS[(NLI_LABELS.index(right(pair)) + 1) % 3]


def firsts(count: int) -> Answer:
    """Right about the pairs with the first ``count`` keys, and never about others."""
    return lambda pair: right(pair) if int(pair.key) < count else turned(pair)


def add_pairs(
    sessions: Sessions,
    language: str = "en",
    hypothesis_language: str | None = None,
    dataset: str = "xnli",
    split: str = "test",
    labels: Sequence[str | None] = NLI_LABELS,
    first_key: int = 0,
) -> None:
    """Pairs with keys from ``first_key`` on, whose labels go round."""
    with store.writing(sessions) as session:
        session.add_all(
            SentencePair(
                dataset=dataset,
                split=split,
                key=str(first_key + number),
                premise=f"premise {number // 3} in {language}",
                hypothesis=f"hypothesis {number}",
                premise_language=language,
                hypothesis_language=hypothesis_language or language,
                label=labels[number % len(labels)],
            )
            for number in range(3 * PREMISES)
        )


def predict(
    sessions: Sessions,
    model: str,
    answer: Answer,
    language: str | None = None,
    sure: float = 1.0,
    most: int | None = None,
    truncated: bool = False,
    dataset: str | None = None,
) -> None:
    """Have ``model`` predict the pairs of a language, ``sure`` of each answer; at most ``most``."""
    with sessions() as session:
        pairs = list(every_pair(session, dataset, None, language))[:most]
    answers = [(pair, _said(answer(pair), sure, truncated)) for pair in pairs]
    with store.writing(sessions) as session:
        predictions.write(session, model, answers)


def _said(label: str, sure: float, truncated: bool) -> Prediction:
    entailment, neutral, contradiction = (
        sure if one == label else (1 - sure) / 2 for one in NLI_LABELS
    )
    return Prediction(entailment, neutral, contradiction, truncated)
