"""Pairs to classify, read from a file or from standard input."""

import io
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from lexicon.errors import InvalidInput
from lexicon.formats.pairs.fields import Fields, header_of, json_record
from lexicon.formats.reading import Input, Rejected
from nli.protocol import NliPair
from nli.texts import tidy

_NEEDED = ("premise", "hypothesis")
_LANGUAGES = ("premise_language", "hypothesis_language")


@dataclass(frozen=True)
class StandardInput(Input):
    """What is piped in, under a name that says so."""

    path: Path = Path("standard input")

    @contextmanager
    def binary(self) -> Iterator[IO[bytes]]:
        yield io.BytesIO(sys.stdin.buffer.read())


def opened(name: str) -> Input:
    """The file called ``name``, or standard input for ``-``."""
    return StandardInput() if name == "-" else Input(Path(name))


def read_pairs(
    source: Input, premise_language: str | None = None, hypothesis_language: str | None = None
) -> list[NliPair]:
    """The pairs of a file, every one checked; a language that is given goes for all of them.

    JSON Lines, TSV with a header that names ``premise`` and ``hypothesis``, or two texts a line
    apart by a tab. Raises :class:`InvalidInput` naming the line.
    """
    given = {"premise_language": premise_language, "hypothesis_language": hypothesis_language}
    pairs = [_pair(source, record, given) for record in _records(source)]
    if not pairs:
        raise InvalidInput(f"{source.path} holds no pair; write a premise and a hypothesis a line")
    return pairs


def _records(source: Input) -> Iterator[Fields | Rejected]:
    lines = source.lines()
    number, first = next(lines, (1, ""))
    if first.lstrip().startswith("{"):
        yield json_record(number, first)
        for number, line in lines:
            yield json_record(number, line)
        return
    header = header_of(first)
    if not set(_NEEDED) <= set(header):
        if first and len(header) != len(_NEEDED):
            raise InvalidInput(
                f"{source.path}: line 1 has {len(header)} columns and names no premise and "
                "hypothesis; write the two apart by a tab, or a header that names them"
            )
        header = list(_NEEDED)
        if first:
            yield _cells(number, first, header)
    for number, line in lines:
        yield _cells(number, line, header)


def _cells(number: int, line: str, header: list[str]) -> Fields | Rejected:
    cells = line.split("\t")
    if len(cells) != len(header):
        return Rejected.of(number, f"{len(cells)} columns, not {len(header)}", line)
    return Fields(number, number - 1, dict(zip(header, cells, strict=True)), line)


def _pair(source: Input, record: Fields | Rejected, given: Mapping[str, str | None]) -> NliPair:
    try:
        if isinstance(record, Rejected):
            raise InvalidInput(record.reason)
        values = record.values
        premise, hypothesis = (_text(values.get(name), name) for name in _NEEDED)
        languages = (given[name] or values.get(name) or None for name in _LANGUAGES)
        return tidy([NliPair(premise, hypothesis, *languages)])[0]
    except InvalidInput as error:
        raise InvalidInput(f"{source.path}: line {record.line}: {error}") from error


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"no {what}" if value is None else f"the {what} is not text")
    return value
