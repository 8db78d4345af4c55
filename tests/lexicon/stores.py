"""What the tests of the store share."""

from sqlalchemy import Engine, text

from lexicon import store
from lexicon.models import Language, Lexeme

GERMAN = {"code": "de", "name": "German", "autonym": "Deutsch", "script": "Latn"}


def stamp(sessions: store.Sessions, revision: str) -> None:
    """Make the store say that it is at ``revision``."""
    with sessions.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": revision})


def engine_of(sessions: store.Sessions) -> Engine:
    """The engine behind ``sessions``."""
    with sessions() as session:
        return session.connection().engine


def write(sessions: store.Sessions, fault: Exception | Lexeme | None = None) -> None:
    """Write a language, then run into ``fault``."""
    with store.writing(sessions) as session:
        session.add(Language(**GERMAN))
        session.flush()
        if isinstance(fault, Exception):
            raise fault
        if fault is not None:
            session.add(fault)
