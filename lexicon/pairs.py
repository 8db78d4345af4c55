"""Every read of the stored sentence pairs, each a named function."""

from collections.abc import Generator
from dataclasses import dataclass, fields

from sqlalchemy import ColumnElement, and_, case, collate, exists, func, or_, select
from sqlalchemy.orm import Session

from lexicon.formats.pairs.entry import PairEntry
from lexicon.labels import gold
from lexicon.models import NLI_LABELS, NliPrediction, SentencePair

CHUNK = 2_000
"""Pairs on their way from the database to who reads all of them."""


@dataclass(frozen=True)
class StoredPair(PairEntry):
    """A pair with where it stands in the store."""

    id: int
    dataset: str
    split: str


PAIR_COLUMNS = [getattr(SentencePair, field.name) for field in fields(StoredPair)]
"""What a stored pair is made of, in its order."""


def chosen(
    dataset: str | None, split: str | None, language: str | None
) -> list[ColumnElement[bool]]:
    """The conditions of a selection; ``language`` is that of the premise or of the hypothesis."""
    pair = SentencePair
    conditions = []
    if dataset is not None:
        conditions.append(pair.dataset == dataset)
    if split is not None:
        conditions.append(pair.split == split)
    if language is not None:
        either = or_(pair.premise_language == language, pair.hypothesis_language == language)
        conditions.append(either)
    return conditions


@dataclass(frozen=True)
class PairCount:
    """How many pairs of a data set, split and languages have one label, None for no gold label."""

    dataset: str
    split: str
    premise_language: str
    hypothesis_language: str
    label: str | None
    pairs: int


def list_pairs(
    session: Session,
    dataset: str | None = None,
    split: str | None = None,
    language: str | None = None,
    label: str | None = None,
    limit: int = 20,
    after: int = 0,
    against: str | None = None,
) -> list[StoredPair]:
    """At most ``limit`` pairs by ascending id, beginning behind the id ``after``.

    ``language`` is that of the premise or of the hypothesis; the label ``-`` asks for pairs
    without one; ``against`` for pairs of which the classifier of that identity predicts another
    than their gold label.
    """
    statement = select(*PAIR_COLUMNS)
    if against is None:
        statement = statement.where(*chosen(dataset, split, language))
    else:
        which = _in_turn(session, dataset, split, language)
        statement = statement.where(*which, _contradicted(against))
    if label is not None:
        statement = statement.where(SentencePair.label.is_not_distinct_from(gold(label)))
    rows = session.execute(
        statement.where(SentencePair.id > after).order_by(SentencePair.id).limit(limit)
    )
    return [StoredPair(*row) for row in rows]


def find_pair(session: Session, number: int) -> StoredPair | None:
    """The pair with the id ``number``."""
    row = session.execute(select(*PAIR_COLUMNS).where(SentencePair.id == number)).first()
    return None if row is None else StoredPair(*row)


def every_pair(
    session: Session,
    dataset: str | None = None,
    split: str | None = None,
    language: str | None = None,
) -> Generator[StoredPair]:
    """All pairs, ordered by data set, split, languages and key; a part is in memory at a time. Who
    stops early closes it before the session."""
    which = chosen(dataset, split, language)
    statement = select(*PAIR_COLUMNS).where(*which).order_by(*_identity(session))
    for row in session.execute(statement.execution_options(yield_per=CHUNK)):
        yield StoredPair(*row)


def pair_counts(
    session: Session,
    dataset: str | None = None,
    split: str | None = None,
    language: str | None = None,
) -> list[PairCount]:
    """How many pairs there are of every data set, split, languages and label, in that order."""
    columns = (
        SentencePair.dataset,
        SentencePair.split,
        SentencePair.premise_language,
        SentencePair.hypothesis_language,
        SentencePair.label,
    )
    statement = select(*columns, func.count()).where(*chosen(dataset, split, language))
    counts = [PairCount(*row) for row in session.execute(statement.group_by(*columns))]
    return sorted(counts, key=_place)


def _in_turn(
    session: Session, dataset: str | None, split: str | None, language: str | None
) -> list[ColumnElement[bool]]:
    """The conditions of :func:`chosen` for going through pairs by id, between the first and the
    last of the data set: its index would give all of them before a page is full."""
    pair = SentencePair
    which = chosen(None, split, language)
    if dataset is not None:
        ends = select(func.min(pair.id), func.max(pair.id)).where(pair.dataset == dataset)
        first, last = session.execute(ends).one()
        # No index is of a dataset with something behind it.
        which += [pair.id >= (first or 0), pair.id <= (last or 0), pair.dataset + "" == dataset]
    return which


def _contradicted(checkpoint: str) -> ColumnElement[bool]:
    """Whether a pair has a prediction of ``checkpoint`` and a gold label, and both differ."""
    said = NliPrediction
    entailment, neutral, contradiction = (getattr(said, label) for label in NLI_LABELS)
    # As Prediction.label has it: of equal probabilities, the first label counts.
    label = case(
        (and_(entailment >= neutral, entailment >= contradiction), NLI_LABELS[0]),
        (neutral >= contradiction, NLI_LABELS[1]),
        else_=NLI_LABELS[2],
    )
    # No join: pairs are gone through in their order, and predictions looked up.
    return exists().where(
        said.pair_id == SentencePair.id,
        said.checkpoint == checkpoint,
        label != SentencePair.label,
    )


def _place(count: PairCount) -> tuple[str, ...]:
    return (
        count.dataset,
        count.split,
        count.premise_language,
        count.hypothesis_language,
        count.label or "",
    )


def _identity(session: Session) -> list[ColumnElement[str]]:
    # By code point in every database, so that exports are the same everywhere.
    pair = SentencePair
    collation = "C" if session.get_bind().dialect.name == "postgresql" else "BINARY"
    columns = (pair.dataset, pair.split, pair.premise_language, pair.hypothesis_language, pair.key)
    return [collate(column, collation) for column in columns]
