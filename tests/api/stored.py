"""Whether a store is what it was."""

from sqlalchemy import func, select

from lexicon import changes
from lexicon.models import Base
from lexicon.store import Sessions


def fingerprint(sessions: Sessions) -> dict[str, int | str]:
    """Rows of every table, and the edition of the words."""
    with sessions() as session:
        rows: dict[str, int | str] = {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
        return {**rows, "edition": changes.edition(session)}
