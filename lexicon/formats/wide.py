"""The wide layout: one concept a line, one column a language, alternatives joined by ``|``."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

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


class _Rows:
    """A csv reader whose failures name file and line."""

    def __init__(self, path: Path, reader: Any) -> None:
        self._path = path
        self._reader = reader

    @property
    def line_num(self) -> int:
        return int(self._reader.line_num)

    def __iter__(self) -> "_Rows":
        return self

    def __next__(self) -> list[str]:
        try:
            row: list[str] = next(self._reader)
            return row
        except UnicodeDecodeError as error:
            raise InvalidInput(
                f"{self._path}: after line {self._reader.line_num} it is not UTF-8 "
                f"(byte {error.start}); save it as UTF-8"
            ) from error
        except csv.Error as error:
            raise InvalidInput(f"{self._path}: line {self._reader.line_num}: {error}") from error


def read(path: Path, dialect: str = "tsv") -> Iterator[ConceptEntry]:
    """The entries of a wide file, in its order.

    Raises :class:`InvalidInput` naming file, line and column at the first row that is not one.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        rows = _Rows(path, csv.reader(stream, DIALECTS[dialect]))
        header = next(rows, [])
        fixed, languages = tuple(header[: len(FIXED)]), header[len(FIXED) :]
        if fixed != FIXED or not languages or len(set(languages)) < len(languages):
            raise InvalidInput(
                f"{path}: line 1 is {header!r}; the wide layout begins with the columns "
                f"{', '.join(FIXED)}, then one per language"
            )
        for row in rows:
            if len(row) != len(header):
                raise InvalidInput(
                    f"{path}: line {rows.line_num} has {len(row)} columns, not {len(header)}"
                )
            cells = dict(zip(languages, row[len(FIXED) :], strict=True))
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
