"""The lexicon that ships with the package: our own rows and the names of the CLDR."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from lexicon import cldr, frequencies, queries
from lexicon.entries import ConceptEntry, digest
from lexicon.errors import InvalidInput
from lexicon.formats import wide
from lexicon.ingest.report import IngestReport, SourceEntry
from lexicon.ingest.words import replace_source, seed_languages
from lexicon.store import Sessions, writing

NAME = "semantic-lexicon"
LICENCE = "CC-BY-4.0"
VERSION = "1"


def files() -> list[Path]:
    """One TSV file per semantic field, named after it."""
    return sorted((Path(__file__).parent / "data").glob("*.tsv"))


def entries() -> Iterator[ConceptEntry]:
    """The rows written for this project, field by field."""
    for path in files():
        yield from wide.read(path)


def everything() -> Iterator[ConceptEntry]:
    """What ``lexicon init`` loads: our rows, then the CLDR's names."""
    yield from entries()
    yield from cldr.entries()


def everything_digest() -> str:
    """Digest of :func:`everything`; the embedded encoder records which one it learnt."""
    return digest(everything())


def load(
    sessions: Sessions, advance: Callable[[int, int], None] = lambda _done, _total: None
) -> IngestReport:
    """Make the store hold the bundled lexicon of this release: one transaction, idempotent.

    A source that is already there with the same content is not touched, so that corrections made
    in the store last until a release that changes it. ``advance`` is told (concepts done, in all).
    """
    wanted = [
        (NAME, LICENCE, VERSION, list(entries())),
        ("CLDR", cldr.LICENCE, cldr.version(), list(cldr.entries())),
    ]
    total = sum(len(rows) for *_, rows in wanted)
    done = 0
    report = IngestReport()

    def count(more: int) -> None:
        nonlocal done
        done += more
        advance(done, total)

    zipf = frequencies.load()
    with writing(sessions) as session:
        seed_languages(session)
        for name, licence, version, rows in wanted:
            # Frequencies travel with the words: new ones are a reason to look at all rows again.
            checksum = sha256((digest(rows) + frequencies.digest()).encode()).hexdigest()
            source = SourceEntry(name, licence, version, checksum)
            held = queries.source(session, name)
            if held is not None and (held.checksum, held.version) == (checksum, version):
                report.unchanged += len(rows)
                count(len(rows))
                continue
            try:
                report.add(replace_source(session, source, rows, zipf, count))
            except InvalidInput as error:
                raise InvalidInput(
                    f"the bundled lexicon cannot be loaded: {error}, then import its file again "
                    "with --replace"
                ) from error
    return report
