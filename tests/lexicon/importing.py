"""Small files of words, how a test imports them, and what every import must leave behind."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import and_, exists, func, select, text

from lexicon import browse, store
from lexicon.entries import ConceptEntry
from lexicon.formats import jsonl, wide, wn_lmf
from lexicon.formats.reading import Input
from lexicon.ingest.files import WordsImport, import_words
from lexicon.ingest.report import IngestReport
from lexicon.ingest.words import seed_languages
from lexicon.models import Base, Concept, Lexeme, Sense, Source

CODES = ("en", "fr", "hi", "kn")
Counts = dict[str, int]


def seed(sessions: store.Sessions) -> store.Sessions:
    with store.writing(sessions) as session:
        seed_languages(session)
    return sessions


def file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def written(entries: Sequence[ConceptEntry], form: str, codes: Sequence[str] = CODES) -> str:
    """The entries as a file of one of the formats that can hold them."""
    stream = io.StringIO()
    if form == "jsonl":
        jsonl.write(entries, stream)
    elif form == "wn-lmf":
        wn_lmf.write(entries, codes, stream, name="lexicon", version="1", licence="CC0-1.0")
    else:
        wide.write(entries, codes, stream, form)
    return stream.getvalue()


def run(sessions: store.Sessions, path: Path, **options: Any) -> IngestReport:
    """Import a file; the store must be sound afterwards, whatever came of it."""
    try:
        return import_words(sessions, Input(path), WordsImport(**options))
    finally:
        require_sound(sessions)


def table(sessions: store.Sessions, path: Path, rows: str, **options: Any) -> IngestReport:
    """Import rows of the wide layout, written with commas and spaces for the eye."""
    cells = (",".join(cell.strip() for cell in row.split(",")) for row in rows.strip().split("\n"))
    return run(sessions, file(path, "words.csv", "\n".join(cells) + "\n"), **options)


def counts(report: IngestReport) -> Counts:
    """What a report counts, zeros left out."""
    names = ("added", "updated", "unchanged", "retired", "rejected", "skipped")
    return {name: number for name in names if (number := getattr(report, name))}


def reasons(report: IngestReport) -> list[tuple[int, str]]:
    return [(reject.line, reject.reason) for reject in report.rejects]


def held(sessions: store.Sessions) -> dict[str, dict[str, str]]:
    """The words of every concept by key and language, alternatives joined by ``|``."""
    with sessions() as session:
        return {
            entry.key: {code: "|".join(lemmas) for code, lemmas in entry.forms.items()}
            for entry in browse.concept_entries(session)
        }


def owners(sessions: store.Sessions) -> dict[str, str]:
    """The source of every concept by key."""
    with sessions() as session:
        rows = session.execute(
            select(Concept.key, Source.name).join(Source, Source.id == Concept.source_id)
        )
        return {row.key: row.name for row in rows}


def lemmas(sessions: store.Sessions) -> set[str]:
    """Every lexeme as ``language:lemma``."""
    with sessions() as session:
        rows = session.execute(select(Lexeme.language, Lexeme.lemma))
        return {f"{row.language}:{row.lemma}" for row in rows}


def exported(sessions: store.Sessions, form: str) -> str:
    with sessions() as session:
        return written(list(browse.concept_entries(session)), form)


def require_sound(sessions: store.Sessions) -> None:
    """Every reference leads somewhere, and no concept or lexeme is left without a sense."""
    with sessions() as session:
        if session.get_bind().dialect.name == "sqlite":
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        for one in Base.metadata.tables.values():
            for constraint in one.foreign_key_constraints:
                pairs = [(key.parent, key.column) for key in constraint.elements]
                found = exists().where(and_(*(parent == column for parent, column in pairs)))
                there = and_(*(parent.is_not(None) for parent, _ in pairs))
                dangling = select(func.count()).select_from(one).where(there, ~found)
                assert session.scalar(dangling) == 0, constraint.name
        for model, column in ((Concept, Sense.concept_id), (Lexeme, Sense.lexeme_id)):
            idle = (
                select(func.count()).select_from(model).where(~exists().where(column == model.id))
            )
            assert session.scalar(idle) == 0, f"{model.__tablename__} without a sense"
