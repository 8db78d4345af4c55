"""All that a store holds, to be compared before and after."""

from typing import Any

from sqlalchemy import select

from lexicon.models import Base
from lexicon.store import Sessions


def everything(sessions: Sessions) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, by table, in the order of the primary keys."""
    with sessions() as session:
        return {
            name: [
                tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))
            ]
            for name, table in Base.metadata.tables.items()
        }
