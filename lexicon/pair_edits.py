"""Adding and removing single sentence pairs."""

from dataclasses import replace
from hashlib import sha256

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lexicon.errors import PairConflict, UnknownPair
from lexicon.formats.pairs.entry import PairEntry, checked
from lexicon.ingest.pair_merge import lock
from lexicon.ingest.sentences import MAX_DATASET, MAX_SPLIT
from lexicon.models import SentencePair
from lexicon.normalize import clean
from lexicon.pairs import PAIR_COLUMNS, StoredPair
from lexicon.queries import require_language


def text_key(premise: str, hypothesis: str) -> str:
    """The key of a pair that has none of its own: the same for the same texts.

    >>> text_key("It rains.", "It pours.")
    'e033adea6f5354c5'
    """
    return sha256(f"{premise}\t{hypothesis}".encode()).hexdigest()[:16]


def add(session: Session, dataset: str, split: str, entry: PairEntry) -> tuple[StoredPair, bool]:
    """Keep a pair that is from no file; returns it, and whether it is new.

    An empty key becomes :func:`text_key`, so the same pair twice is one. Raises
    :class:`PairConflict` where the key is that of another pair, :class:`UnknownLanguage`, or
    :class:`InvalidInput` for what is no text or no label.
    """
    lock(session.connection())
    for language in (entry.premise_language, entry.hypothesis_language):
        require_language(session, language)
    wanted = checked(
        entry.key or "-",
        entry.premise,
        entry.hypothesis,
        (entry.premise_language, entry.hypothesis_language),
        entry.label,
    )
    if not entry.key:
        wanted = replace(wanted, key=text_key(wanted.premise, wanted.hypothesis))
    place = {
        "dataset": clean(dataset, "data set name", MAX_DATASET),
        "split": clean(split, "split name", MAX_SPLIT),
    }
    held = _held(session, place, wanted)
    if held is not None:
        return held, False
    values = {**vars(wanted), **place}
    number = session.scalars(insert(SentencePair).returning(SentencePair.id), [values]).one()
    return StoredPair(**vars(wanted), **place, id=number), True


def remove(session: Session, number: int) -> None:
    """Remove a pair with its predictions. Raises :class:`UnknownPair`."""
    lock(session.connection())
    statement = delete(SentencePair).where(SentencePair.id == number)
    if not session.execute(statement.returning(SentencePair.id)).first():
        raise UnknownPair(number)


def _held(session: Session, place: dict[str, str], wanted: PairEntry) -> StoredPair | None:
    """The stored pair of the same identity, which must be the same pair."""
    identity = {
        **place,
        "premise_language": wanted.premise_language,
        "hypothesis_language": wanted.hypothesis_language,
        "key": wanted.key,
    }
    row = session.execute(select(*PAIR_COLUMNS).filter_by(**identity)).first()
    if row is None:
        return None
    held = StoredPair(*row)
    differ = [name for name, value in vars(wanted).items() if getattr(held, name) != value]
    if differ:
        raise PairConflict(
            f"the key {wanted.key!r} of {held.dataset}/{held.split} is that of the pair "
            f"{held.id}, which has another {' and '.join(differ)}; give another key, or remove "
            f"it first with: DELETE /v1/pairs/{held.id}"
        )
    return held
