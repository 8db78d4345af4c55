"""The tiny lexicon loaded under a source, and what the store then holds."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from lexicon import browse, store
from lexicon.entries import ConceptEntry
from lexicon.ingest.report import IngestReport, SourceEntry
from lexicon.ingest.words import replace_source, seed_languages
from lexicon.models import Lexeme
from tests.conftest import TINY

WATER, SHORE, MONEY, RUN = TINY
SOURCE = SourceEntry("tiny", "CC0-1.0", "1", "-")
OTHER = SourceEntry("other", "CC0-1.0", "1", "-")


def load(
    sessions: store.Sessions,
    entries: Iterable[ConceptEntry],
    source: SourceEntry = SOURCE,
    **options: Any,
) -> IngestReport:
    """Replace ``source`` in a transaction of its own."""
    with store.writing(sessions) as session:
        seed_languages(session)
        return replace_source(session, source, entries, **options)


def words(sessions: store.Sessions) -> set[tuple[str, str, str]]:
    """(language, lemma, part of speech) of every lexeme."""
    with sessions() as session:
        rows = session.execute(select(Lexeme.language, Lexeme.lemma, Lexeme.pos))
        return {(row.language, row.lemma, row.pos) for row in rows}


def entries(sessions: store.Sessions) -> dict[str, ConceptEntry]:
    """What the store holds, by key."""
    with sessions() as session:
        return {entry.key: entry for entry in browse.concept_entries(session)}


def by_key(rows: Sequence[ConceptEntry]) -> dict[str, ConceptEntry]:
    return {entry.key: entry for entry in rows}
