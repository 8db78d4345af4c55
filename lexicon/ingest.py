"""Bringing concepts into the store: idempotent, chunk by chunk, in the caller's transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from lexicon.entries import ConceptEntry
from lexicon.errors import InvalidInput, UnknownLanguage
from lexicon.languages import SEED, script_of
from lexicon.models import Concept, Language, Lexeme, Sense, Source
from lexicon.normalize import search_key

CHUNK = 500
"""Concepts read, compared and written at a time."""

# Rows of up to three values in an IN list: SQLite takes 32,766 variables in a statement.
_LISTED = 10_000

T = TypeVar("T")
LexemeKey = tuple[str, str, str]
"""(language, lemma, part of speech)"""


@dataclass(frozen=True)
class SourceEntry:
    """What is recorded of where rows came from."""

    name: str
    licence: str
    version: str
    checksum: str


@dataclass
class IngestReport:
    """Counts of concepts."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    retired: int = 0

    def add(self, other: "IngestReport") -> None:
        self.added += other.added
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.retired += other.retired


def seed_languages(session: Session) -> None:
    """Make sure that the languages a new store starts with are there."""
    known = set(session.scalars(select(Language.code)))
    for seed in SEED:
        if seed.code not in known:
            session.add(Language(**vars(seed)))
    session.flush()


def replace_source(
    session: Session,
    source: SourceEntry,
    entries: Iterable[ConceptEntry],
    frequencies: Mapping[tuple[str, str], float] | None = None,
    advance: Callable[[int], None] = lambda _count: None,
) -> IngestReport:
    """Make the store hold exactly ``entries`` under ``source``, touching only what differs.

    Concepts of the source that ``entries`` no longer has are retired, and so are lexemes that
    nothing else uses. ``frequencies`` maps (language, lemma) to Zipf values. ``advance`` is
    called with the number of entries done after each chunk. Raises :class:`InvalidInput` for a
    key that stands twice or belongs to another source; the caller's transaction then undoes all.
    """
    record = session.scalar(select(Source).where(Source.name == source.name))
    if record is None:
        record = Source(**vars(source))
        session.add(record)
    else:
        for name, value in vars(source).items():
            setattr(record, name, value)
    session.flush()
    work = _Ingest(session, record.id, frequencies or {})
    for chunk in _chunks(entries, CHUNK):
        work.take(chunk)
        advance(len(chunk))
    work.retire()
    return work.report


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk


class _Ingest:
    """One pass over one source."""

    def __init__(
        self, session: Session, source_id: int, frequencies: Mapping[tuple[str, str], float]
    ) -> None:
        self.session = session
        self.source_id = source_id
        self.frequencies = frequencies
        self.languages = set(session.scalars(select(Language.code)))
        self.report = IngestReport()
        self.seen: dict[str, int] = {}
        self.loosened: set[int] = set()

    def take(self, chunk: Sequence[ConceptEntry]) -> None:
        for entry in chunk:
            if entry.key in self.seen:
                raise InvalidInput(f"concept {entry.key!r} stands twice; merge the two rows")
            self.seen[entry.key] = -1
            for language in entry.forms:
                if language not in self.languages:
                    raise UnknownLanguage(language, sorted(self.languages))
        added, changed = self._concepts(chunk)
        lexemes = self._lexemes(chunk)
        resensed = self._senses(chunk, lexemes)
        for entry in chunk:
            if entry.key in added:
                self.report.added += 1
            elif entry.key in changed or self.seen[entry.key] in resensed:
                self.report.updated += 1
            else:
                self.report.unchanged += 1

    def _concepts(self, chunk: Sequence[ConceptEntry]) -> tuple[set[str], set[str]]:
        """Insert and update concepts; returns the keys that were new and those that changed."""
        keys = [entry.key for entry in chunk]
        existing = {
            concept.key: concept
            for concept in self.session.scalars(select(Concept).where(Concept.key.in_(keys)))
        }
        new: list[dict[str, Any]] = []
        changed: set[str] = set()
        for entry in chunk:
            facts = {"gloss": entry.gloss, "pos": entry.pos, "field": entry.field}
            concept = existing.get(entry.key)
            if concept is None:
                new.append({"key": entry.key, "source_id": self.source_id, **facts})
                continue
            if concept.source_id != self.source_id:
                raise InvalidInput(
                    f"concept {entry.key!r} belongs to another source; give it another key"
                )
            self.seen[entry.key] = concept.id
            if any(getattr(concept, name) != value for name, value in facts.items()):
                self.session.execute(
                    update(Concept).where(Concept.id == concept.id).values(**facts)
                )
                changed.add(entry.key)
        if new:
            # Inserted and looked up: asking for the ids in order makes SQLite take one row a time.
            self.session.execute(insert(Concept), new)
            added = [row["key"] for row in new]
            for row in self.session.execute(
                select(Concept.key, Concept.id).where(Concept.key.in_(added))
            ):
                self.seen[row.key] = row.id
        return {row["key"] for row in new}, changed

    def _lexemes(self, chunk: Sequence[ConceptEntry]) -> dict[LexemeKey, int]:
        """Ids of every lexeme that the chunk names, inserting those that are missing."""
        wanted: dict[LexemeKey, None] = {
            (language, lemma, entry.pos): None
            for entry in chunk
            for language, lemmas in entry.forms.items()
            for lemma in lemmas
        }
        identity = tuple_(Lexeme.language, Lexeme.lemma, Lexeme.pos)
        found: dict[LexemeKey, int] = {}
        recounted = []
        for listed in _chunks(wanted, _LISTED):
            for held in self.session.scalars(select(Lexeme).where(identity.in_(listed))):
                found[held.language, held.lemma, held.pos] = held.id
                frequency = self.frequencies.get((held.language, held.lemma))
                if frequency is not None and frequency != held.frequency:
                    recounted.append({"id": held.id, "frequency": frequency})
        if recounted:
            self.session.execute(update(Lexeme), recounted)
        missing = [key for key in wanted if key not in found]
        new = [
            {
                "language": language,
                "lemma": lemma,
                "search_key": search_key(lemma),
                "script": script_of(lemma),
                "pos": pos,
                "frequency": self.frequencies.get((language, lemma)),
            }
            for language, lemma, pos in missing
        ]
        if new:
            self.session.execute(insert(Lexeme), new)
            for listed in _chunks(missing, _LISTED):
                for row in self.session.execute(
                    select(Lexeme.id, Lexeme.language, Lexeme.lemma, Lexeme.pos).where(
                        identity.in_(listed)
                    )
                ):
                    found[row.language, row.lemma, row.pos] = row.id
        return found

    def _senses(self, chunk: Sequence[ConceptEntry], lexemes: Mapping[LexemeKey, int]) -> set[int]:
        """Make each concept's senses those of its entry; returns the concepts that changed."""
        wanted: dict[tuple[int, int], int] = {}
        for entry in chunk:
            for language, lemmas in entry.forms.items():
                for rank, lemma in enumerate(lemmas):
                    lexeme_id = lexemes[language, lemma, entry.pos]
                    wanted[self.seen[entry.key], lexeme_id] = rank
        concept_ids = [self.seen[entry.key] for entry in chunk]
        held = {
            (row.concept_id, row.lexeme_id): row.rank
            for row in self.session.execute(
                select(Sense.concept_id, Sense.lexeme_id, Sense.rank).where(
                    Sense.concept_id.in_(concept_ids)
                )
            )
        }
        identity = tuple_(Sense.concept_id, Sense.lexeme_id)
        gone = [pair for pair in held if pair not in wanted]
        moved = [pair for pair, rank in wanted.items() if held.get(pair, rank) != rank]
        for listed in _chunks(gone, _LISTED):
            self.session.execute(delete(Sense).where(identity.in_(listed)))
            self.loosened.update(lexeme_id for _, lexeme_id in listed)
        for pair in moved:
            self.session.execute(update(Sense).where(identity == pair).values(rank=wanted[pair]))
        new = [
            {"concept_id": pair[0], "lexeme_id": pair[1], "rank": rank, "source_id": self.source_id}
            for pair, rank in wanted.items()
            if pair not in held
        ]
        if new:
            self.session.execute(insert(Sense), new)
        touched = {row["concept_id"] for row in new}
        return touched | {concept_id for concept_id, _ in (*gone, *moved)}

    def retire(self) -> None:
        """Remove the source's concepts that were not seen, then lexemes nothing uses."""
        held = self.session.execute(
            select(Concept.id, Concept.key).where(Concept.source_id == self.source_id)
        )
        gone = [row.id for row in held if row.key not in self.seen]
        for ids in _chunks(gone, _LISTED):
            self.loosened.update(
                self.session.scalars(select(Sense.lexeme_id).where(Sense.concept_id.in_(ids)))
            )
            self.session.execute(delete(Concept).where(Concept.id.in_(ids)))
        self.report.retired = len(gone)
        for ids in _chunks(sorted(self.loosened), _LISTED):
            self.session.execute(
                delete(Lexeme).where(
                    Lexeme.id.in_(ids),
                    ~select(Sense.lexeme_id).where(Sense.lexeme_id == Lexeme.id).exists(),
                )
            )
