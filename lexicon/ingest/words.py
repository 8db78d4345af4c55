"""Bringing concepts into the store: staged, checked, merged; idempotent, all or nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace as changed
from typing import cast

from sqlalchemy import Connection, Table, insert, select, update
from sqlalchemy.orm import Session

from lexicon.entries import ConceptEntry
from lexicon.errors import InvalidInput
from lexicon.formats.reading import Rejected, Row, Skipped
from lexicon.ingest.merge import Merge, lock_words
from lexicon.ingest.report import Advance, IngestReport, SourceEntry, unheard
from lexicon.ingest.staging import batches, count, fill, stage, staging
from lexicon.languages import SEED
from lexicon.models import Language, Source
from lexicon.store import trust_references

UNSTATED = "unstated"

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
    count(connection, *stage.sorted_tables)
    report = Merge(connection, source_id, replace).run(advance)
    report.unchanged += known
    return report


def record_source(connection: Connection, source: SourceEntry) -> int:
    """The id of the source, its facts brought up to date; what is not said stays as it was."""
    table = cast(Table, Source.__table__)
    facts = vars(source)
    held = connection.execute(select(table).where(table.c.name == source.name)).first()
    if held is None:
        said = {name: value or UNSTATED for name, value in facts.items()}
        return int(
            connection.execute(insert(table).values(said).returning(table.c.id)).scalar_one()
        )
    news = {name: value for name, value in facts.items() if value not in ("", getattr(held, name))}
    if news:
        connection.execute(update(table).where(table.c.id == held.id).values(news))
    return int(held.id)
