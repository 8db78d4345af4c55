"""What all readers share: how a file becomes lines, and how a line becomes an entry or a reject.

A fault of one line (ragged, wrong script, broken JSON) rejects that line; a fault that makes
the rest of the file doubtful (not UTF-8, a cut archive, a wrong header) refuses the file.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Generic, NamedTuple, TypeVar

from lexicon.disk import file_digest
from lexicon.errors import InvalidInput

MAX_LINE = 16 * 2**20
"""Bytes in a line. Whatever is longer is no line of text, and must not be read into memory."""

SHOWN = 120
"""Characters of a rejected line that are kept beside the reason."""

T = TypeVar("T")


class Row(NamedTuple, Generic[T]):
    """An entry and the line that it came from (from 1)."""

    line: int
    entry: T


class Rejected(NamedTuple):
    """A line that is no entry, why, and how it begins; ``key`` if it says which concept it is
    about, for that concept is not gone from its source."""

    line: int
    reason: str
    text: str
    key: str = ""

    @classmethod
    def of(cls, line: int, reason: Exception | str, text: str, key: str = "") -> "Rejected":
        return cls(line, str(reason), text[:SHOWN], key)


class Skipped(NamedTuple):
    """A line that is sound but not for this store, such as one of another language."""

    line: int


@dataclass(frozen=True)
class Input:
    """A file to import. ``advance`` is told the bytes of the file (as it lies on disk) read so
    far."""

    path: Path
    advance: Callable[[int], None] = lambda _bytes: None

    @property
    def size(self) -> int:
        """Bytes on disk."""
        try:
            return self.path.stat().st_size
        except OSError as error:
            raise unreadable(self.path, error) from error

    def sha256(self) -> str:
        """Digest of the file as it lies on disk: 64 hexadecimal digits."""
        try:
            return file_digest(self.path)
        except OSError as error:
            raise unreadable(self.path, error) from error

    @contextmanager
    def binary(self) -> Iterator[IO[bytes]]:
        """The file's bytes, unpacked when it is a .gz, whatever its name.

        What goes wrong while reading comes out as :class:`InvalidInput`.
        """
        try:
            with self.path.open("rb") as raw:
                packed = raw.read(2) == b"\x1f\x8b"
                raw.seek(0)
                stream: IO[bytes] = _Counted(raw, self.advance)  # type: ignore[assignment]
                if packed:
                    stream = gzip.GzipFile(fileobj=stream)  # type: ignore[assignment]
                yield stream
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InvalidInput(
                f"{self.path} is a damaged or truncated .gz ({error}); fetch it again"
            ) from error
        except OSError as error:
            raise unreadable(self.path, error) from error

    @contextmanager
    def text(self) -> Iterator[IO[str]]:
        """The file as text: UTF-8 with or without a byte order mark, or UTF-16 with one."""
        with self.binary() as stream:
            buffered = io.BufferedReader(stream, 2**18)  # type: ignore[type-var]
            head = buffered.peek(4)[:4]
            if head == b"PK\x03\x04":
                raise InvalidInput(
                    f"{self.path} is a ZIP archive or a spreadsheet; unpack it, or save it as CSV"
                )
            encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
            try:
                yield io.TextIOWrapper(buffered, encoding=encoding, newline="\n")
            except UnicodeError as error:
                raise InvalidInput(
                    f"{self.path} is not UTF-8 ({_fault(error)}); save it as UTF-8"
                ) from error

    def lines(self) -> Iterator[tuple[int, str]]:
        """(number from 1, line without its end) of every line that is not empty.

        Lines end with LF or CRLF only: a form feed or U+2028 is a character of its line.
        """
        with self.text() as stream:
            number = 0
            try:
                while line := stream.readline(MAX_LINE):
                    number += 1
                    if len(line) == MAX_LINE and line[-1] != "\n":
                        raise InvalidInput(
                            f"{self.path}: line {number} is longer than {MAX_LINE:,} characters; "
                            "this is not a list of words or sentences"
                        )
                    line = line.rstrip("\r\n")
                    if line:
                        yield number, line
            except UnicodeError as error:
                raise InvalidInput(
                    f"{self.path}: after line {number} it is not UTF-8 ({_fault(error)}); "
                    "save it as UTF-8"
                ) from error


def _fault(error: UnicodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"byte 0x{error.object[error.start]:02x}"
    return str(error)


def unreadable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(f"{path} cannot be read: {error.strerror or error}")


class _Counted(io.RawIOBase):
    """A file that tells how far it has been read."""

    def __init__(self, raw: IO[bytes], advance: Callable[[int], None]) -> None:
        self._raw = raw
        self._advance = advance
        self._done = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self._done += len(data)
        self._advance(self._done)
        return len(data)
