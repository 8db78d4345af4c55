"""Classifying stored pairs: what is done is kept, and what is left can be done at any time."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lexicon import predictions
from lexicon.errors import InvalidInput
from lexicon.pairs import StoredPair
from lexicon.predictions import Prediction
from lexicon.store import Sessions, writing
from nli.protocol import NliClassifier, NliPair, NliScores

FEWEST = 256
MOST = 8_192
"""Pairs that are classified and then kept together: the more, the fuller the batches of one
length, and the more work is lost by a kill."""

BRIEF = 5.0
"""Seconds; while so many pairs take less, twice as many are taken at a time."""

Advance = Callable[[int, int], None]
"""Told how many pairs have a prediction, of how many."""


def _unheard(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class PredictReport:
    """``pairs`` are those that were asked for: ``held`` had a prediction under the identity
    ``checkpoint`` before, ``added`` have one now, of which ``truncated`` were cut."""

    checkpoint: str
    pairs: int
    held: int
    added: int
    truncated: int
    seconds: float

    @property
    def rate(self) -> float:
        """Pairs a second.

        >>> PredictReport("m-1", pairs=9, held=1, added=8, truncated=0, seconds=2.0).rate
        4.0
        """
        return self.added / self.seconds if self.seconds else 0.0


def predict(
    sessions: Sessions,
    classifier: NliClassifier,
    dataset: str | None = None,
    split: str | None = None,
    language: str | None = None,
    advance: Advance = _unheard,
) -> PredictReport:
    """Give every pair of the selection a prediction under the classifier's identity.

    Pairs that have one are left alone, so a run that was killed goes on where it was. Two at
    once add each prediction once. Raises :class:`InvalidInput` when there is no such pair.
    """
    started = time.perf_counter()
    checkpoint = classifier.spec.identity
    held, pairs = _progress(sessions, checkpoint, dataset, split, language)
    advance(held, pairs)
    added = truncated = passed_over = after = 0
    size = FEWEST
    while True:
        begun = time.perf_counter()
        with sessions() as session:
            some = predictions.unpredicted(
                session, checkpoint, dataset, split, language, size, after
            )
        if not some and not passed_over:
            break
        if not some:
            # Their text changed meanwhile, or another process was faster.
            after = passed_over = 0
            continue
        after = some[-1].id
        answers = _answers(classifier, some)
        with writing(sessions) as session:
            new = predictions.write(session, checkpoint, answers)
        passed_over += len(some) - len(new)
        added += len(new)
        truncated += sum(said.truncated for pair, said in answers if pair.id in new)
        advance(held + added, max(pairs, held + added))
        if time.perf_counter() - begun < BRIEF:
            size = min(2 * size, MOST)
    seconds = time.perf_counter() - started
    return PredictReport(checkpoint, pairs, held, added, truncated, seconds)


def require_pairs(
    sessions: Sessions, dataset: str | None, split: str | None, language: str | None
) -> None:
    """Raise :class:`InvalidInput` when the selection holds no pair."""
    _progress(sessions, "", dataset, split, language)


def _progress(
    sessions: Sessions,
    checkpoint: str,
    dataset: str | None,
    split: str | None,
    language: str | None,
) -> tuple[int, int]:
    with sessions() as session:
        held, pairs = predictions.progress(session, checkpoint, dataset, split, language)
    if not pairs:
        raise InvalidInput("no stored pair is like that; see what there is: lexicon pairs list")
    return held, pairs


def _answers(
    classifier: NliClassifier, pairs: Sequence[StoredPair]
) -> list[tuple[StoredPair, Prediction]]:
    asked = [
        NliPair(pair.premise, pair.hypothesis, pair.premise_language, pair.hypothesis_language)
        for pair in pairs
    ]
    return [
        (pair, _prediction(scores))
        for pair, scores in zip(pairs, classifier.classify(asked), strict=True)
    ]


def _prediction(scores: NliScores) -> Prediction:
    return Prediction(scores.entailment, scores.neutral, scores.contradiction, scores.truncated)
