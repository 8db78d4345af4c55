"""The wide layout: one concept a line, one column a language, alternatives joined by ``|``."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from lexicon.entries import ALTERNATIVES, ConceptEntry, checked
from lexicon.errors import InvalidInput

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
    """The entries of a wide file, in its order.

    Raises :class:`InvalidInput` naming file, line and column at the first row that is not one.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream, DIALECTS[dialect])
        header = next(rows, [])
        if tuple(header[: len(FIXED)]) != FIXED or len(header) == len(FIXED):
            raise InvalidInput(
                f"{path}: line 1 is {header!r}; the wide layout begins with the columns "
                f"{', '.join(FIXED)}, then one per language"
            )
        for row in rows:
            if len(row) != len(header):
                raise InvalidInput(
                    f"{path}: line {rows.line_num} has {len(row)} columns, not {len(header)}"
                )
            cells = dict(zip(header[len(FIXED) :], row[len(FIXED) :], strict=True))
            key, pos, field, gloss = row[: len(FIXED)]
            try:
                yield checked(key, pos, field, gloss, cells)
            except InvalidInput as error:
                raise InvalidInput(f"{path}: line {rows.line_num}: {error}") from error


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
