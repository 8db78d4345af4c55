"""Importing a file of words: from its bytes to a summary, in one transaction."""

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, insert, select

from lexicon import cldr
from lexicon.entries import require_pos
from lexicon.errors import InvalidInput, UnknownLanguage
from lexicon.formats import muse, words
from lexicon.formats.reading import Input
from lexicon.ingest import dictionary, staging
from lexicon.ingest.merge import lock_words
from lexicon.ingest.process import elsewhere
from lexicon.ingest.report import Advance, IngestReport, SourceEntry, unheard
from lexicon.ingest.staging import Batch
from lexicon.ingest.words import merge
from lexicon.models import Language
from lexicon.normalize import clean
from lexicon.store import Sessions, about_to_write, bulk_connection

LARGE = 8 * 2**20
"""Bytes from which a second process is worth its start."""


@dataclass(frozen=True)
class WordsImport:
    """How a file is imported.

    ``form`` is its format, found out when None; ``source`` the name that its rows are recorded
    under, by default the file's name without endings. ``replace`` retires what the source had and
    the file has not. ``any_script`` lets words pass that are not in their language's script.
    ``languages`` and ``pos`` are what a dictionary of word pairs does not say itself.
    ``new_languages`` are added to the store's.
    """

    form: str | None = None
    source: str | None = None
    licence: str | None = None
    version: str | None = None
    replace: bool = False
    dry_run: bool = False
    any_script: bool = False
    languages: tuple[str, str] | None = None
    pos: str = "x"
    new_languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Reading:
    """What the reading process is told."""

    path: Path
    form: str
    scripts: Mapping[str, str]
    languages: tuple[str, str] | None
    any_script: bool

    def __call__(self) -> Generator[Batch]:
        done = 0

        def count(read: int) -> None:
            nonlocal done
            done = read

        file = Input(self.path, count)
        wanted = {code: None if self.any_script else self.scripts[code] for code in self.scripts}
        if self.languages is not None:
            return dictionary.batches(muse.records(file), self.languages, wanted, lambda: done)
        records = words.records(file, self.form, self.scripts)
        return staging.batches(records, wanted, lambda: done)


def import_words(
    sessions: Sessions, file: Input, request: WordsImport, advance: Advance = unheard
) -> IngestReport:
    """Bring a file's concepts into the store, or nothing of it.

    Raises :class:`InvalidInput` when the file as a whole cannot be read; lines that cannot are in
    the report. With ``dry_run`` the report is that of an import, and the store as it was.
    """
    form = request.form or words.detect(file)
    source = _source(file, form, request)
    with bulk_connection(sessions, trusted=True) as connection:
        with connection.begin():
            scripts = _scripts(connection)
            new = [cldr.language(code) for code in request.new_languages if code not in scripts]
            scripts |= {language.code: language.script for language in new}
            languages = _pair(form, request, scripts)
            more = list(dictionary.tables.values()) if languages else []
            staging.create(connection, *more)
            reading = _Reading(file.path, form, scripts, languages, request.any_script)
            # Closed here: on Ctrl-C the interpreter would end before the process that reads has.
            with closing(elsewhere(reading) if file.size > LARGE else reading()) as found:
                read = staging.fill(
                    connection,
                    found,
                    lambda done: advance("reading", done, file.size),
                    staging.stage.tables | dictionary.tables,
                )
            if request.replace and read.rejects and not _any_taken(connection, languages):
                raise InvalidInput(
                    f"{file.path}: no line can be taken ({read.rejects[0].reason}); with --replace "
                    "everything of the source would go; mend the file, or remove the source"
                )
        about_to_write(connection)
        with connection.begin() as transaction:
            lock_words(connection)
            # Another import may have brought them while this one read its file.
            missing = {one.code: vars(one) for one in new if one.code not in _scripts(connection)}
            if missing:
                connection.execute(insert(Language), list(missing.values()))

            def resolve(source_id: int) -> int:
                if languages is None:
                    return 0
                return dictionary.Resolution(connection, source_id, languages, request.pos).run()

            report = merge(connection, source, request.replace, advance, resolve)
            if request.dry_run:
                transaction.rollback()
    read.add(report)
    return read


def _any_taken(connection: Connection, languages: tuple[str, str] | None) -> bool:
    table = staging.concepts if languages is None else dictionary.pairs
    taken = select(table.c.entry).where(table.c.state == staging.PENDING)
    return connection.execute(taken.limit(1)).first() is not None


def _pair(form: str, request: WordsImport, scripts: Mapping[str, str]) -> tuple[str, str] | None:
    """The languages of a dictionary of pairs; None for formats that name theirs."""
    if form != words.MUSE:
        if request.languages:
            raise InvalidInput(f"the format {form} names its languages; leave --from and --to out")
        return None
    if request.languages is None:
        raise InvalidInput(
            "a dictionary of word pairs does not name its languages; add --from and --to"
        )
    first, second = request.languages
    for code in (first, second):
        if code not in scripts:
            raise UnknownLanguage(code, sorted(scripts))
    if first == second:
        raise InvalidInput(f"--from and --to are both {first!r}; choose two languages")
    require_pos(request.pos)
    return request.languages


def _scripts(connection: Connection) -> dict[str, str]:
    return dict(connection.execute(select(Language.code, Language.script)).all())


def _source(file: Input, form: str, request: WordsImport) -> SourceEntry:
    """What the request says of the source, else what the file does."""
    said = words.facts(file, form)
    return SourceEntry(
        clean(request.source or (said.name if said else "") or stem(file), "source name"),
        _stated(request.licence or (said.licence if said else ""), "licence"),
        _stated(request.version or (said.version if said else ""), "version"),
        file.sha256(),
    )


def _stated(text: str, what: str) -> str:
    return clean(text, what) if text else ""


def stem(file: Input) -> str:
    """The file's name without the endings that say how it is written."""
    name = file.path.name
    for ending in (".gz", ".tsv", ".csv", ".txt", ".jsonl", ".json", ".xml"):
        name = name.removesuffix(ending)
    return name
