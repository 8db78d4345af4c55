"""Bringing sentence pairs into the store: staged, then merged; idempotent, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from lexicon.errors import InvalidInput, UnknownLanguage
from lexicon.formats.pairs.detect import READERS, detect
from lexicon.formats.pairs.entry import Reading
from lexicon.formats.reading import Input, Rejected, Skipped
from lexicon.ingest.pair_merge import languages, lock, merge, reject_repeated, stage
from lexicon.ingest.report import Advance, IngestReport, SourceEntry, unheard
from lexicon.ingest.staging import CHUNK, load
from lexicon.ingest.words import record_source
from lexicon.labels import order
from lexicon.models import NLI_LABELS, Language
from lexicon.normalize import clean
from lexicon.store import Sessions, about_to_write, bulk_connection

MAX_DATASET = 200
MAX_SPLIT = 32
"""Characters that the store has for the name of a split."""


@dataclass(frozen=True)
class PairImport:
    """What the caller says of a file of sentence pairs.

    ``language`` is what a file that does not say is written in, and the only language that is
    taken of a file that does; ``hypothesis_language`` the same of hypotheses, where it differs.
    ``form`` is a key of ``READERS``, None to look at the file. ``labels`` is the order in which
    the file counts labels. ``replace`` retires the pairs of the same data set, split and languages
    that the file does not have.
    """

    dataset: str
    split: str
    language: str | None = None
    hypothesis_language: str | None = None
    form: str | None = None
    labels: Sequence[str] | None = None
    replace: bool = False
    dry_run: bool = False
    licence: str = ""
    version: str = ""


def import_pairs(
    sessions: Sessions, source: Input, wanted: PairImport, advance: Advance = unheard
) -> IngestReport:
    """Make the store hold the file's pairs; returns what that changed.

    The file is read into a temporary table while others may write; only then is the store locked
    and what differs written, in one transaction. ``advance`` is told of bytes. Raises
    :class:`InvalidInput` for a file that cannot be read as a whole, and then nothing is changed.
    """
    wanted = _checked(wanted)
    name, size = source.path.name, source.size
    source = replace(source, advance=lambda done: advance(name, done, size))
    facts = SourceEntry(
        f"{wanted.dataset}/{wanted.split}", wanted.licence, wanted.version, source.sha256()
    )
    with bulk_connection(sessions) as connection:
        with connection.begin():
            known = sorted(connection.scalars(select(Language.code)))
            report = _stage(connection, source, wanted, known)
        about_to_write(connection)
        with connection.begin() as transaction:
            lock(connection)
            _merge(connection, source, wanted, facts, report)
            if wanted.dry_run:
                transaction.rollback()
    return report


def _checked(wanted: PairImport) -> PairImport:
    if wanted.form is not None and wanted.form not in READERS:
        raise InvalidInput(f"unknown format {wanted.form!r}; known: {', '.join(READERS)}")
    return replace(
        wanted,
        dataset=clean(wanted.dataset, "data set name", MAX_DATASET),
        split=clean(wanted.split, "split name", MAX_SPLIT),
        licence=clean(wanted.licence, "licence") if wanted.licence else "",
        version=clean(wanted.version, "version") if wanted.version else "",
        labels=NLI_LABELS if wanted.labels is None else order(wanted.labels),
    )


def _stage(
    connection: Connection, source: Input, wanted: PairImport, known: Sequence[str]
) -> IngestReport:
    for language in (wanted.language, wanted.hypothesis_language):
        if language is not None and language not in known:
            raise UnknownLanguage(language, list(known))
    reading = Reading(
        frozenset(known), wanted.language, wanted.hypothesis_language, wanted.labels or NLI_LABELS
    )
    report = IngestReport()
    stage.create(connection)
    count = 0
    rows: list[tuple[Any, ...]] = []
    for record in READERS[wanted.form or detect(source)](source, reading):
        if isinstance(record, Rejected):
            report.rejects.append(record)
        elif isinstance(record, Skipped):
            report.skipped += 1
        else:
            line, pair = record
            rows.append(
                (
                    count,
                    line,
                    pair.key,
                    pair.premise_language,
                    pair.hypothesis_language,
                    pair.premise,
                    pair.hypothesis,
                    pair.label,
                    None,
                    None,
                )
            )
            count += 1
            if len(rows) == CHUNK:
                load(connection, stage, rows)
                rows.clear()
    load(connection, stage, rows)
    report.rejects += reject_repeated(connection)
    report.rejects.sort(key=lambda reject: reject.line)
    return report


def _merge(
    connection: Connection,
    source: Input,
    wanted: PairImport,
    facts: SourceEntry,
    report: IngestReport,
) -> None:
    retired = languages(connection) if wanted.replace else set()
    if wanted.replace and not retired:
        raise InvalidInput(
            f"{source.path} has no pair to take, and would replace all there are; "
            "leave out --replace, or see what is wrong with the file"
        )
    number = record_source(connection, facts)
    merge(connection, wanted.dataset, wanted.split, number, retired, report)
