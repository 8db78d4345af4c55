"""All that a store holds, to be compared before and after."""

from typing import Any

from sqlalchemy import select

from lexicon.models import Base, WordEdition
from lexicon.store import Sessions


def everything(sessions: Sessions) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, by table, in the order of the primary keys; but for the edition,
    which is another one even where a writer found nothing to change."""
    with sessions() as session:
        return {
            name: [
                tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))
            ]
            for name, table in Base.metadata.tables.items()
            if name != WordEdition.__tablename__
        }
