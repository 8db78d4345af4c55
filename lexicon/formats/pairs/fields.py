"""Files of one record a line whose fields have names: TSV with a header, or JSON Lines."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lexicon.errors import InvalidInput
from lexicon.formats.reading import Input, Rejected


class Fields(NamedTuple):
    """One record: its line (from 1), its row (from 0, the header not counted), its named values
    and the line as written."""

    line: int
    row: int
    values: Mapping[str, Any]
    text: str


def records(
    source: Input,
    choose: Callable[[Collection[str]], Sequence[str]],
    ragged: bool = False,
) -> Iterator[Fields | Rejected]:
    """The records of a file that is JSON Lines if it begins with ``{`` and TSV otherwise.

    Of a TSV, ``choose`` is given the header and returns the columns that are needed; what it
    raises refuses the file. Nothing is quoted: a ``"`` is a letter. A row of another width than
    the header is rejected, but where rows may be ``ragged`` it may end after the last column that
    is needed.
    """
    lines = source.lines()
    number, first = next(lines, (1, ""))
    if first.lstrip().startswith("{"):
        yield json_record(number, first)
        for number, line in lines:
            yield json_record(number, line)
        return
    header = header_of(first)
    if len(set(header)) < len(header):
        raise InvalidInput(f"{source.path}: line 1 names a column twice: {first[:200]!r}")
    needed = choose(header)
    width = len(header)
    least = 1 + max(header.index(name) for name in needed) if ragged else width
    for line_number, line in lines:
        cells = line.split("\t")
        if least <= len(cells) <= width:
            values = dict(zip(header, cells, strict=False))
            yield Fields(line_number, line_number - number - 1, values, line)
        else:
            yield Rejected.of(line_number, f"{len(cells)} columns, not {width}", line)


def header_of(line: str) -> list[str]:
    """The column names of a TSV's first line."""
    return [name.strip() for name in line.split("\t")]


def json_record(number: int, line: str) -> Fields | Rejected:
    """A line of JSON Lines."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Rejected.of(number, f"not JSON ({error})", line)
    if not isinstance(values, dict):
        return Rejected.of(number, "not a JSON object", line)
    return Fields(number, number - 1, values, line)
