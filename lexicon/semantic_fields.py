"""The semantic fields that concepts are of."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lexicon.models import Concept

MOST = 1_000
"""Fields of an answer; of a store with more of them, the largest."""


@dataclass(frozen=True)
class SemanticField:
    """A field and how many concepts are of it."""

    field: str
    concepts: int


def semantic_fields(session: Session, most: int = MOST) -> Sequence[SemanticField]:
    """The largest fields, by size and name."""
    size = func.count()
    rows = session.execute(
        select(Concept.field, size)
        .group_by(Concept.field)
        .order_by(size.desc(), Concept.field)
        .limit(most)
    )
    return [SemanticField(*row) for row in rows]
