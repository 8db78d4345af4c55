"""Bringing concepts into the store: staged, checked, merged; idempotent, all or nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace as changed
from typing import cast

from sqlalchemy import Connection, Table, insert, select, text, update
from sqlalchemy.orm import Session

from lexicon.entries import ConceptEntry
from lexicon.errors import InvalidInput
from lexicon.formats.reading import Rejected, Row, Skipped
from lexicon.ingest.merge import Merge, lock_words
from lexicon.ingest.report import Advance, IngestReport, SourceEntry, unheard
from lexicon.ingest.staging import batches, fill, prepare, staging
from lexicon.languages import SEED
from lexicon.models import Concept, Language, Lexeme, Sense, Source
from lexicon.store import trust_references

MANY = 10_000
"""Entries after which PostgreSQL must count its tables anew; its own count comes a minute late."""

Records = Iterable[Row[ConceptEntry] | Rejected | Skipped]


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
    called with the number of entries done after each one. Raises :class:`InvalidInput` for a key
    that stands twice or belongs to another source; the caller's transaction then undoes all.
    """

    def rows() -> Records:
        for number, entry in enumerate(entries, start=1):
            yield Row(number, _counted(entry, frequencies) if frequencies else entry)
            advance(1)

    connection = session.connection()
    scripts = dict.fromkeys(session.scalars(select(Language.code)))
    with staging(connection):
        read = fill(connection, batches(rows(), scripts))
        report = merge(connection, source, replace=True)
    for reject in (*read.rejects, *report.rejects):
        raise InvalidInput(reject.reason)
    session.expire_all()
    return report


def _counted(entry: ConceptEntry, frequencies: Mapping[tuple[str, str], float]) -> ConceptEntry:
    words = ((code, lemma) for code, lemmas in entry.forms.items() for lemma in lemmas)
    known = {word: frequencies[word] for word in words if word in frequencies}
    return changed(entry, frequencies=known) if known else entry


def merge(
    connection: Connection,
    source: SourceEntry,
    replace: bool,
    advance: Advance = unheard,
    resolve: Callable[[int], int] = lambda _source: 0,
) -> IngestReport:
    """Merge what is staged under ``source``, in the caller's transaction.

    ``resolve`` is called with the source's id and may first make a stage of concepts of something
    else; it returns how many entries say nothing new.
    """
    lock_words(connection)
    trust_references(connection)
    source_id = record_source(connection, source)
    known = resolve(source_id)
    prepare(connection)
    report = Merge(connection, source_id, replace).run(advance)
    report.unchanged += known
    if report.added > MANY and connection.dialect.name == "postgresql":
        # It would search a table of a million rows as if it were still empty.
        for model in (Concept, Lexeme, Sense):
            connection.execute(text(f"ANALYZE {model.__tablename__}"))
    return report


def record_source(connection: Connection, source: SourceEntry) -> int:
    """The id of the source, its facts brought up to date."""
    table = cast(Table, Source.__table__)
    facts = vars(source)
    held = connection.execute(select(table).where(table.c.name == source.name)).first()
    if held is None:
        made = connection.execute(insert(table).values(facts)).inserted_primary_key
        assert made is not None
        return int(made[0])
    if any(getattr(held, name) != value for name, value in facts.items()):
        connection.execute(update(table).where(table.c.id == held.id).values(facts))
    return int(held.id)
