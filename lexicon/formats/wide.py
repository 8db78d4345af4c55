"""The wide layout: one concept a line, one column a language, alternatives joined by ``|``."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from lexicon.entries import ALTERNATIVES, ConceptEntry, checked
from lexicon.errors import InvalidInput
from lexicon.formats.reading import MAX_LINE, Input, Rejected, Row

FIXED = ("concept", "pos", "field", "gloss")


class _Tsv(csv.Dialect):
    # Cells hold neither tabs nor line ends (``normalize.clean`` sees to it), so nothing is quoted
    # and the file can be read with cut, awk or a spreadsheet alike.
    delimiter = "\t"
    lineterminator = "\n"
    quoting = csv.QUOTE_NONE
    quotechar = None


class _Csv(csv.excel):
    lineterminator = "\n"


DIALECTS: dict[str, type[csv.Dialect]] = {"tsv": _Tsv, "csv": _Csv}


def read(path: Path, dialect: str = "tsv") -> Iterator[ConceptEntry]:
    """The entries of a wide file that must be sound, in its order.

    Raises :class:`InvalidInput` naming file, line and column at the first row that is not one.
    """
    for record in records(Input(path), dialect):
        if isinstance(record, Rejected):
            raise InvalidInput(f"{path}: line {record.line}: {record.reason}")
        yield record.entry


def records(source: Input, dialect: str = "tsv") -> Iterator[Row[ConceptEntry] | Rejected]:
    """Every line after the header as an entry or a reject.

    Raises :class:`InvalidInput` for a header that is not one and for quotes that never close.
    """
    rows = _tab_separated(source) if dialect == "tsv" else _quoted(source)
    _, header = next(rows, (1, []))
    languages = checked_header(source.path, header)
    width = len(header)
    for number, row in rows:
        if len(row) != width:
            reason = f"{len(row)} column{'s' * (len(row) != 1)}, not {width}"
            yield Rejected.of(number, reason, "\t".join(row), row[0])
            continue
        key, pos, field, gloss = row[: len(FIXED)]
        try:
            yield Row(
                number,
                checked(
                    key, pos, field, gloss, dict(zip(languages, row[len(FIXED) :], strict=True))
                ),
            )
        except InvalidInput as error:
            yield Rejected.of(number, error, "\t".join(row), key)


def checked_header(path: Path, header: Sequence[str]) -> list[str]:
    """The language codes of a header, or :class:`InvalidInput`."""
    fixed, languages = tuple(header[: len(FIXED)]), list(header[len(FIXED) :])
    if fixed != FIXED or not languages or len(set(languages)) < len(languages):
        raise InvalidInput(
            f"{path}: line 1 is {str(header)[:200]}; the wide layout begins with the columns "
            f"{', '.join(FIXED)}, then one per language"
        )
    return languages


def _tab_separated(source: Input) -> Iterator[tuple[int, list[str]]]:
    for number, line in source.lines():
        yield number, line.split("\t")


def _quoted(source: Input) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(MAX_LINE)
    with source.text() as stream:
        reader = csv.reader(stream, DIALECTS["csv"], strict=True)
        while True:
            start = reader.line_num + 1
            try:
                row = next(reader, None)
            except csv.Error as error:
                raise InvalidInput(
                    f"{source.path}: line {start}: {error}; quote cells that hold commas, and "
                    "double the quotes inside them"
                ) from error
            if row is None:
                return
            if row:
                yield start, row


def write(
    entries: Iterable[ConceptEntry],
    languages: Sequence[str],
    stream: IO[str],
    dialect: str = "tsv",
) -> int:
    """Write entries under a header of ``languages``; returns how many rows."""
    writer = csv.writer(stream, DIALECTS[dialect])
    writer.writerow((*FIXED, *languages))
    count = 0
    for entry in entries:
        cells = (ALTERNATIVES.join(entry.forms.get(language, ())) for language in languages)
        writer.writerow((entry.key, entry.pos, entry.field, entry.gloss, *cells))
        count += 1
    return count
