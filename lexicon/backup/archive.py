"""The file of a backup: a gzip-compressed tar whose manifest names every member's digest.

tables/<name>.jsonl                             one row a line, in foreign-key order
indices/<identity>/<language>/<generation>/...  the live generations
indices/<identity>/<language>/live              which generation answers
manifest.json                                   last, so that a cut file has none
"""

import gzip
import io
import json
import os
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, BinaryIO

from pydantic import BaseModel

from lexicon.disk import whole_file
from lexicon.errors import BackupDamaged, BackupRefused, BackupTooNew

FORMAT = 1
MANIFEST = "manifest.json"
POINTER = "live"
CHUNK = 1 << 20
LEVEL = 3
"""Of compression: 6 takes twice as long for text and saves 4%."""

Advance = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""

_TABLE = re.compile(r"tables/[a-z0-9_]+\.jsonl")
_POINTER = re.compile(rf"indices/[^/]+/[^/]+/{POINTER}")
_FILE = re.compile(rf"indices/[^/]+/[^/]+/(?!{POINTER}/)[0-9A-Za-z-]+/.+")
_DAMAGE = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError, OverflowError)


class Member(BaseModel, frozen=True):
    bytes: int
    sha256: str


class TableRecord(BaseModel, frozen=True):
    """A table and the names of its columns, in the order in which a line gives their values."""

    name: str
    columns: tuple[str, ...]
    rows: int

    @property
    def member(self) -> str:
        return f"tables/{self.name}.jsonl"


class Facts(BaseModel, frozen=True):
    """Where a backup came from. ``settings`` names no secret."""

    package: str
    revision: str
    created_at: str
    database: str
    settings: dict[str, str]


class Manifest(Facts, frozen=True):
    format: int
    tables: tuple[TableRecord, ...]
    members: dict[str, Member]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


def may_hold(name: str) -> bool:
    """Whether a backup has members of that name: none leads out of the folder it is written to.

    >>> may_hold("indices/embedded-01/fr/live"), may_hold("indices/../fr/live")
    (True, False)
    """
    parts = name.split("/")
    if any(not part or part.startswith(".") or "\\" in part or "\0" in part for part in parts):
        return False
    return name == MANIFEST or any(pattern.fullmatch(name) for pattern in (_TABLE, _POINTER, _FILE))


class _Hashing:
    """A stream that knows the digest of what was read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.digest.update(data)
        return data


class Writer:
    """Members, one after the other, and at the end the manifest of them all."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._members: dict[str, Member] = {}

    def add(self, name: str, stream: IO[bytes], size: int) -> None:
        # Of nobody and of no time: the same content is the same member.
        info = tarfile.TarInfo(name)
        info.size = size
        hashing = _Hashing(stream)
        self._tar.addfile(info, hashing)
        self._members[name] = Member(bytes=size, sha256=hashing.digest.hexdigest())

    def seal(self, facts: Facts, tables: tuple[TableRecord, ...]) -> None:
        manifest = Manifest(
            format=FORMAT, tables=tables, members=self._members, **facts.model_dump()
        )
        text = manifest.model_dump_json(indent=1).encode()
        self.add(MANIFEST, io.BytesIO(text), len(text))


@contextmanager
def written(file: Path, overwrite: bool) -> Iterator[Writer]:
    """Write ``file``: it appears, or replaces what is there, when it is whole and on disk."""
    try:
        _require_free(file, overwrite)
        with (
            whole_file(file, lambda: _require_free(file, overwrite)) as raw,
            gzip.GzipFile("", "wb", LEVEL, raw, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            yield Writer(tar)
    except OSError as error:
        raise BackupRefused(
            f"the backup {file} cannot be written ({error.strerror or error}); "
            "make room there, or write it to a folder that can"
        ) from error


def _require_free(file: Path, overwrite: bool) -> None:
    if file.is_dir():
        raise BackupRefused(f"{file} is a folder; name a file in it")
    if file.exists() and not overwrite:
        raise BackupRefused(f"{file} is there already; replace it with: --overwrite")


@contextmanager
def opened(file: Path) -> Iterator["Reader"]:
    """Read ``file``; what is read later is the same file that was verified, whatever its name
    means by then."""
    try:
        raw = file.open("rb")
    except FileNotFoundError:
        raise BackupRefused(f"there is no file {file}; name a backup that is there") from None
    except OSError as error:
        raise _unreadable(file, error) from error
    with raw:
        yield Reader(file, raw)


def _unreadable(file: Path, error: OSError) -> BackupRefused:
    return BackupRefused(
        f"the backup {file} cannot be read ({error.strerror or error}); "
        "name one that can, or copy it from where it was written"
    )


class Reader:
    """The members of a backup, as often as asked for, each in turn."""

    def __init__(self, file: Path, raw: BinaryIO) -> None:
        self.file = file
        self._raw = raw

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except _DAMAGE as error:
            raise self.damaged(str(error) or type(error).__name__) from error
        except OSError as error:
            raise _unreadable(self.file, error) from error

    def members(self) -> Iterator[tuple[str, IO[bytes]]]:
        """Every member and what it holds, to be read before the next one."""
        with self._reading():
            self._raw.seek(0)
            with gzip.GzipFile(fileobj=self._raw) as unpacked:
                with tarfile.open(fileobj=unpacked, mode="r|") as tar:
                    for info in tar:
                        if not may_hold(info.name):
                            raise self.damaged(f"no backup has a member {info.name!r}")
                        content = tar.extractfile(info) if info.isreg() else None
                        if content is None or info.issparse():
                            raise self.damaged(f"its member {info.name!r} is not a plain file")
                        yield info.name, content
                # The checksum of everything is at the very end.
                while unpacked.read(CHUNK):
                    pass

    def chunks(self, stream: IO[bytes]) -> Iterator[bytes]:
        """What a member holds, a piece at a time."""
        with self._reading():
            while data := stream.read(CHUNK):
                yield data

    def lines(self, stream: IO[bytes]) -> Iterator[Any]:
        """The JSON value of every line of a member."""
        with self._reading():
            for line in stream:
                yield json.loads(line)

    def damaged(self, why: str) -> BackupDamaged:
        return BackupDamaged(self.file, " ".join(why.split()))

    def verify(self, advance: Advance) -> Manifest:
        """The manifest, after every byte was found to be what was written."""
        found: dict[str, Member] = {}
        text = bytearray()
        total = os.fstat(self._raw.fileno()).st_size
        for name, stream in self.members():
            if name in found or MANIFEST in found:
                raise self.damaged(f"it holds {name!r} too often or too late")
            digest, size = sha256(), 0
            for data in self.chunks(stream):
                digest.update(data)
                size += len(data)
                if name == MANIFEST:
                    text += data
                advance("check", self._raw.tell(), total)
            found[name] = Member(bytes=size, sha256=digest.hexdigest())
        if found.pop(MANIFEST, None) is None:
            raise self.damaged(f"it has no {MANIFEST}")
        manifest = self._parsed(bytes(text))
        for name in found | manifest.members:
            if found.get(name) != manifest.members.get(name):
                raise self.damaged(f"its {name} is not what was written")
        if [name for name in found if _TABLE.fullmatch(name)] != [
            table.member for table in manifest.tables
        ]:
            raise self.damaged("its tables are not those that its manifest lists")
        return manifest

    def _parsed(self, text: bytes) -> Manifest:
        try:
            form = json.loads(text)["format"]
            if isinstance(form, int) and form > FORMAT:
                raise BackupTooNew(self.file, f"format {form}", f"format {FORMAT}")
            if form != FORMAT:
                raise self.damaged(f"its format is {form!r}")
            return Manifest.model_validate_json(text)
        except (ValueError, TypeError, KeyError) as error:
            raise self.damaged(f"its {MANIFEST} is not one") from error
