"""What classifiers said of the stored sentence pairs: every read and the one write."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, insert, select
from sqlalchemy.orm import Session

from lexicon.ingest.pair_merge import lock
from lexicon.models import NLI_LABELS, NliPrediction, SentencePair
from lexicon.moments import in_utc
from lexicon.pairs import CHUNK, PAIR_COLUMNS, StoredPair, chosen


@dataclass(frozen=True)
class Prediction:
    """Three probabilities of one pair under one classifier's identity."""

    entailment: float
    neutral: float
    contradiction: float
    truncated: bool

    @property
    def label(self) -> str:
        """The likeliest label; of equal ones the first of entailment, neutral, contradiction."""
        return max(NLI_LABELS, key=lambda label: float(getattr(self, label)))


@dataclass(frozen=True)
class StoredPrediction(Prediction):
    """A prediction with whose it is, and when it was made, in UTC."""

    checkpoint: str
    predicted_at: datetime


@dataclass(frozen=True)
class PredictionCount:
    """How many pairs of a data set, split and languages a classifier has predicted, of how many."""

    dataset: str
    split: str
    premise_language: str
    hypothesis_language: str
    checkpoint: str
    predicted: int
    pairs: int


_VALUES = [getattr(NliPrediction, field.name) for field in fields(Prediction)]


def unpredicted(
    session: Session,
    checkpoint: str,
    dataset: str | None = None,
    split: str | None = None,
    language: str | None = None,
    limit: int = CHUNK,
    after: int = 0,
) -> list[StoredPair]:
    """At most ``limit`` pairs that ``checkpoint`` has not predicted, by ascending id, beginning
    behind the id ``after``."""
    rows = session.execute(
        select(*PAIR_COLUMNS)
        .where(*chosen(dataset, split, language), ~_predicted(checkpoint))
        .where(SentencePair.id > after)
        .order_by(SentencePair.id)
        .limit(limit)
    )
    return [StoredPair(*row) for row in rows]


def progress(
    session: Session,
    checkpoint: str,
    dataset: str | None = None,
    split: str | None = None,
    language: str | None = None,
) -> tuple[int, int]:
    """(pairs that ``checkpoint`` has predicted, pairs there are)."""
    which = chosen(dataset, split, language)
    pairs = select(func.count()).select_from(SentencePair).where(*which)
    done = pairs.where(_predicted(checkpoint))
    return int(session.scalar(done) or 0), int(session.scalar(pairs) or 0)


def write(
    session: Session, checkpoint: str, answers: Sequence[tuple[StoredPair, Prediction]]
) -> frozenset[int]:
    """Keep what ``checkpoint`` said of the pairs, in the caller's transaction; returns the ids of
    those whose prediction is new.

    A pair that has one keeps it. One that has left or has another text by now gets none: what was
    said was of the text that it had.
    """
    connection = session.connection()
    # An import may be about to give a pair another text.
    lock(connection)
    numbers = [pair.id for pair, _ in answers]
    now = _texts(session, numbers)
    held = _held(session, checkpoint, numbers)
    rows = [
        {"pair_id": pair.id, "checkpoint": checkpoint, **_values(prediction)}
        for pair, prediction in answers
        if now.get(pair.id) == (pair.premise, pair.hypothesis) and pair.id not in held
    ]
    if rows:
        session.execute(insert(NliPrediction), rows)
    return frozenset(int(row["pair_id"]) for row in rows)


def predictions(
    session: Session,
    checkpoint: str,
    dataset: str | None = None,
    split: str | None = None,
    language: str | None = None,
) -> Iterator[tuple[StoredPair, Prediction]]:
    """All pairs that ``checkpoint`` has predicted, by ascending id; a part is in memory at a
    time."""
    statement = (
        select(*PAIR_COLUMNS, *_VALUES)
        .join(NliPrediction, NliPrediction.pair_id == SentencePair.id)
        .where(*chosen(dataset, split, language), NliPrediction.checkpoint == checkpoint)
        .order_by(SentencePair.id)
    )
    width = len(PAIR_COLUMNS)
    for row in session.execute(statement.execution_options(yield_per=CHUNK)):
        yield StoredPair(*row[:width]), Prediction(*row[width:])


def of_pairs(
    session: Session, numbers: Collection[int], checkpoint: str | None = None
) -> dict[int, list[StoredPrediction]]:
    """The predictions of the pairs with these ids, each by identity, or those of one identity."""
    found: dict[int, list[StoredPrediction]] = {number: [] for number in numbers}
    statement = select(
        NliPrediction.pair_id, *_VALUES, NliPrediction.checkpoint, NliPrediction.predicted_at
    ).where(NliPrediction.pair_id.in_(numbers))
    if checkpoint is not None:
        statement = statement.where(NliPrediction.checkpoint == checkpoint)
    order = NliPrediction.pair_id, NliPrediction.checkpoint
    for row in session.execute(statement.order_by(*order)):
        said = StoredPrediction(*row[1:])
        found[row[0]].append(replace(said, predicted_at=in_utc(said.predicted_at)))
    return found


def checkpoints(session: Session) -> list[str]:
    """The identities that have predicted any pair, sorted."""
    found: list[str] = []
    # From one to the next in the index: going through all predictions would take long.
    following = select(func.min(NliPrediction.checkpoint))
    said = session.scalar(following)
    while said is not None:
        found.append(said)
        said = session.scalar(following.where(NliPrediction.checkpoint > said))
    return sorted(found)


def prediction_counts(
    session: Session,
    dataset: str | None = None,
    split: str | None = None,
    language: str | None = None,
) -> list[PredictionCount]:
    """How far each classifier has come with every data set, split and languages, in that order;
    those it has not begun are left out."""
    groups = (
        SentencePair.dataset,
        SentencePair.split,
        SentencePair.premise_language,
        SentencePair.hypothesis_language,
    )
    which = chosen(dataset, split, language)
    pairs = {
        tuple(row[:-1]): row[-1]
        for row in session.execute(select(*groups, func.count()).where(*which).group_by(*groups))
    }
    done = session.execute(
        select(*groups, NliPrediction.checkpoint, func.count())
        .join(NliPrediction, NliPrediction.pair_id == SentencePair.id)
        .where(*which)
        .group_by(*groups, NliPrediction.checkpoint)
    )
    counts = [PredictionCount(*row, pairs=pairs[tuple(row[:4])]) for row in done]
    return sorted(counts, key=astuple)


def _predicted(checkpoint: str) -> ColumnElement[bool]:
    return exists().where(
        NliPrediction.pair_id == SentencePair.id, NliPrediction.checkpoint == checkpoint
    )


def _texts(session: Session, numbers: Sequence[int]) -> Mapping[int, tuple[str, str]]:
    """The texts that pairs have now; nobody may remove one before the transaction ends."""
    pair = SentencePair
    rows = session.execute(
        select(pair.id, pair.premise, pair.hypothesis)
        .where(pair.id.in_(numbers))
        .order_by(pair.id)
        .with_for_update(read=True)
    )
    return {number: (premise, hypothesis) for number, premise, hypothesis in rows}


def _held(session: Session, checkpoint: str, numbers: Sequence[int]) -> frozenset[int]:
    statement = select(NliPrediction.pair_id).where(
        NliPrediction.checkpoint == checkpoint, NliPrediction.pair_id.in_(numbers)
    )
    return frozenset(session.scalars(statement))


def _values(prediction: Prediction) -> dict[str, float | bool]:
    return {field.name: getattr(prediction, field.name) for field in fields(Prediction)}
