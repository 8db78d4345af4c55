"""How many words and concepts each language has: counted once in every edition of the words."""

import threading
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lexicon.changes import edition
from lexicon.models import Language, Lexeme, Sense


@dataclass(frozen=True)
class LanguageTally:
    """A language; ``concepts`` are those that have a word in it."""

    code: str
    name: str
    autonym: str
    script: str
    words: int
    concepts: int


@dataclass(frozen=True)
class _Counted:
    edition: str
    words: dict[str, int]
    concepts: dict[str, int]


class Tallies:
    """Counting takes a second where there are 200,000 senses, so that it is not done twice."""

    def __init__(self) -> None:
        self._held: _Counted | None = None
        self._lock = threading.Lock()

    def languages(self, session: Session) -> list[LanguageTally]:
        """Every language by code."""
        rows = session.execute(
            select(Language.code, Language.name, Language.autonym, Language.script)
        ).all()
        counted = self._counted(session)
        return [
            LanguageTally(*row, counted.words.get(row.code, 0), counted.concepts.get(row.code, 0))
            for row in sorted(rows)
        ]

    def _counted(self, session: Session) -> _Counted:
        # Read before what is counted: words that come in between are counted again.
        now = edition(session)
        with self._lock:
            if self._held is None or self._held.edition != now:
                self._held = _Counted(now, _words(session), _concepts(session))
            return self._held


def _words(session: Session) -> dict[str, int]:
    return dict(
        session.execute(select(Lexeme.language, func.count()).group_by(Lexeme.language)).all()
    )


def _concepts(session: Session) -> dict[str, int]:
    spoken = (
        select(Lexeme.language, Sense.concept_id)
        .join(Sense, Sense.lexeme_id == Lexeme.id)
        .distinct()
        .subquery()
    )
    return dict(
        session.execute(select(spoken.c.language, func.count()).group_by(spoken.c.language)).all()
    )
