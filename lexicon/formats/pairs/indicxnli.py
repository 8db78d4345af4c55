"""IndicXNLI: one JSON array of objects, bare or as the only value of an object."""

import json
import re
from collections.abc import Iterator
from typing import IO, Any

from lexicon.errors import InvalidInput
from lexicon.formats.pairs.entry import PairEntry, Reading, made
from lexicon.formats.reading import MAX_LINE, SHOWN, Input, Rejected, Row, Skipped

CHUNK = 2**20
"""Characters that are read at once; no element of the array may be longer than ``MAX_LINE``."""

_BLANK = re.compile(r"[ \t\r\n]*")


def records(source: Input, reading: Reading) -> Iterator[Row[PairEntry] | Rejected | Skipped]:
    """Every element of the array as a pair or a reject; the key is its place, from 0.

    Raises :class:`InvalidInput` where the file is not JSON, since what follows cannot be told.
    """
    languages = reading.given(source.path)
    with source.text() as stream:
        for row, (line, values) in enumerate(_Array(source, stream)):
            if not isinstance(values, dict):
                yield Rejected.of(line, f"element {row}: not a JSON object", _shown(values))
                continue
            record = made(
                line,
                "",
                row,
                values.get("premise"),
                values.get("hypothesis"),
                languages,
                values.get("label"),
                reading.order,
            )
            if isinstance(record, Rejected):
                record = Rejected.of(line, f"element {row}: {record.reason}", _shown(values))
            yield record


def _shown(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:  # writing meets the limit a level or two before reading
        return "nested too deeply to be shown"


class _Array:
    """The elements of the array, each with its line; a part of the file is in memory at a time."""

    def __init__(self, source: Input, stream: IO[str]) -> None:
        self._path = source.path
        self._stream = stream
        self._decoder = json.JSONDecoder()
        self._buffer = ""
        self._position = 0
        self._line = 1
        self._ended = False

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        wrapped = self._next() == "{"
        if wrapped:
            self._take("{")
            self._value()
            self._take(":")
        self._take("[")
        if self._next() == "]":
            self._take("]")
        else:
            while True:
                self._next()
                line = self._line
                yield line, self._value()
                if self._next() == "]":
                    self._take("]")
                    break
                self._take(",")
        if wrapped:
            self._take("}")
        if self._next():
            raise self._fault("more after the end of the array")

    def _next(self) -> str:
        """The next character that is not blank, not yet taken; empty at the end of the file."""
        while True:
            blank = _BLANK.match(self._buffer, self._position)
            assert blank is not None
            self._advance(blank.end())
            if self._position < len(self._buffer):
                return self._buffer[self._position]
            if not self._read():
                return ""

    def _take(self, wanted: str) -> None:
        found = self._next()
        if found != wanted:
            raise self._fault(f"{found!r} where {wanted!r} must stand" if found else "it is cut")
        self._advance(self._position + 1)

    def _value(self) -> Any:
        if not self._next():
            raise self._fault("it is cut")
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._position)
            except json.JSONDecodeError as error:
                # Cut by the end of what has been read, or no JSON at all; more text tells.
                if len(self._buffer) - self._position > MAX_LINE or not self._read():
                    raise self._fault(error.msg) from error
            except (ValueError, RecursionError) as error:
                raise self._fault(str(error)) from error
            else:
                # A number that ends where the text ends may go on.
                if end < len(self._buffer) or not self._read():
                    self._advance(end)
                    return value

    def _advance(self, position: int) -> None:
        self._line += self._buffer.count("\n", self._position, position)
        self._position = position

    def _read(self) -> bool:
        if self._ended:
            return False
        try:
            more = self._stream.read(CHUNK)
        except UnicodeError as error:
            raise self._fault("it is not UTF-8; save it as UTF-8") from error
        self._ended = not more
        self._buffer = self._buffer[self._position :] + more
        self._position = 0
        return bool(more)

    def _fault(self, why: str) -> InvalidInput:
        shown = self._buffer[self._position : self._position + SHOWN // 3]
        return InvalidInput(
            f"{self._path}: line {self._line} is not JSON of an array of objects ({why}) "
            f"at {shown!r}; fetch it again"
        )
