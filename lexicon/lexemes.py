"""Lexemes: what the store derives from the way a word is written, and how a word leaves it."""

from typing import NamedTuple, cast

from sqlalchemy import Connection, Table, delete, insert, select
from sqlalchemy.sql import ColumnElement

from lexicon.folding import fold
from lexicon.languages import script_of
from lexicon.models import DepartedLexeme, Lexeme
from lexicon.normalize import search_key

_lexeme = cast(Table, Lexeme.__table__)


class Spellings(NamedTuple):
    """The columns of a lexeme that follow from its lemma."""

    search_key: str
    folded: str
    script: str


def spellings(lemma: str) -> Spellings:
    """What a lexeme keeps beside its lemma.

    >>> spellings("Éléphant")
    Spellings(search_key='éléphant', folded='elephant', script='Latn')
    """
    return Spellings(search_key(lemma), fold(lemma), script_of(lemma))


def remove_lexemes(connection: Connection, which: ColumnElement[bool]) -> int:
    """Remove lexemes, noting for every index that they are gone; returns how many went."""
    gone = select(_lexeme.c.id, _lexeme.c.language).where(which).order_by(_lexeme.c.id)
    noted = insert(DepartedLexeme).from_select(["lexeme_id", "language"], gone)
    # Without being asked to, SQLAlchemy forgets how many rows an INSERT … SELECT made.
    number = connection.execute(noted, execution_options={"preserve_rowcount": True}).rowcount
    if number:
        connection.execute(delete(_lexeme).where(which))
    return number
