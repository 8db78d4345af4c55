"""Index folders as trees of files: into a backup and out of it, without knowing an index.

indices/<encoder identity>/<language>/<generation>/...   immutable once it has its name
indices/<encoder identity>/<language>/live               the generation that answers

Indices in PostgreSQL are not in a backup; after a restore they answer no more.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout
from sqlalchemy import Connection, text

from lexicon.backup.archive import POINTER, Advance, Manifest, Reader, Writer, may_hold
from lexicon.disk import sync
from lexicon.errors import BackupDamaged, BackupRefused, StoreUnavailable

ROOT = "indices/"
STAGING = ".staging-"
"""What a build clears away, should it be left behind."""

_GENERATION = re.compile(r"[0-9A-Za-z-]+")


@dataclass(frozen=True)
class Live:
    """A pointer, what it says, and the files of the generation that it names."""

    pointer: Path
    text: bytes
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Found:
    """What is live at one moment, its bytes, and the pointers that name no generation."""

    live: tuple[Live, ...]
    bytes: int
    left_out: tuple[str, ...]


def find(root: Path) -> Found:
    """Every live generation; older ones and half-built ones stay out."""
    live: list[Live] = []
    left_out: list[str] = []
    with _reading(root):
        for pointer in sorted(root.glob(f"*/*/{POINTER}")):
            text = pointer.read_bytes()
            files = _files(root, pointer, text)
            if files:
                live.append(Live(pointer, text, files))
            else:
                left_out.append(pointer.relative_to(root).as_posix())
        size = sum(path.stat().st_size for one in live for path in one.files)
    return Found(tuple(live), size, tuple(left_out))


def pack(root: Path, found: Found, target: Writer, advance: Advance) -> None:
    """Write generations, each followed by its pointer."""
    done = 0
    for one in found.live:
        for path in one.files:
            with _reading(path):
                stream = path.open("rb")
            with stream:
                size = path.stat().st_size
                target.add(_member(root, path), stream, size)
            done += size
            advance("indices", min(done, found.bytes), found.bytes)
        # As it was then: by now it may name another generation.
        target.add(_member(root, one.pointer), BytesIO(one.text), len(one.text))


def _files(root: Path, pointer: Path, text: bytes) -> tuple[Path, ...]:
    """The files of the generation that a pointer names; none where it names none."""
    words = text.split()
    name = words[0].decode("ascii", "replace") if len(words) == 2 else ""
    if not _GENERATION.fullmatch(name):
        return ()
    files = tuple(sorted(path for path in (pointer.parent / name).rglob("*") if path.is_file()))
    # What could not be restored is not backed up.
    return files if all(may_hold(_member(root, path)) for path in (*files, pointer)) else ()


def _member(root: Path, path: Path) -> str:
    return ROOT + path.relative_to(root).as_posix()


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(
            f"the index file {path} cannot be read ({error.strerror or error}); "
            "if an index was being built, try again"
        ) from error


@dataclass(frozen=True)
class Unpacked:
    """Where the members of a backup go: aside first."""

    root: Path
    staged: dict[Path, Path] = field(default_factory=dict)
    pointers: dict[Path, bytes] = field(default_factory=dict)

    def take(self, name: str, chunks: Iterator[bytes]) -> None:
        identity, language, first, *rest = name.removeprefix(ROOT).split("/")
        home = self.root / identity / language
        if not rest:
            self.pointers[home / POINTER] = b"".join(chunks)
            return
        aside = home / f"{STAGING}{first}-{uuid4().hex[:8]}"
        path = self.staged.setdefault(home / first, aside).joinpath(*rest)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as stream:
            for data in chunks:
                stream.write(data)
        sync(path)

    def publish(self) -> None:
        """Rename the generations into place, then point to them. One that is there already
        stays: what it holds never changes once it has its name."""
        for generation, aside in self.staged.items():
            for folder in (*(path for path in aside.rglob("*") if path.is_dir()), aside):
                sync(folder)
            if not generation.exists():
                aside.rename(generation)
                sync(generation.parent)
        for pointer, content in self.pointers.items():
            new = pointer.with_name(f".{POINTER}-{uuid4().hex[:8]}")
            new.write_bytes(content)
            sync(new)
            new.replace(pointer)
            sync(pointer.parent)

    def clear(self) -> None:
        for aside in self.staged.values():
            shutil.rmtree(aside, ignore_errors=True)


def retire(connection: Connection) -> None:
    """Let no index in the database answer: it knows the words that were there before."""
    if connection.dialect.name == "postgresql":
        there = connection.scalar(text("SELECT to_regclass('lexicon_vectors.live') IS NOT NULL"))
        if there:
            connection.execute(text("DELETE FROM lexicon_vectors.live"))


def unpack(root: Path, source: Reader, manifest: Manifest, advance: Advance) -> int:
    """Put the backup's generations in their places; returns how many are live by it.

    What else was live answers no more: it may know words that the restored store does not.
    """
    sizes = {
        name: member.bytes for name, member in manifest.members.items() if name.startswith(ROOT)
    }
    unpacked = Unpacked(root)
    done = 0
    try:
        for pointer in root.glob(f"*/*/{POINTER}"):
            if _member(root, pointer) not in sizes:
                pointer.unlink(missing_ok=True)
                sync(pointer.parent)
        with _building(root, {name.split("/")[1] for name in sizes}):
            for name, stream in source.members():
                if name in sizes:
                    unpacked.take(name, source.chunks(stream))
                    done += sizes[name]
                    advance("indices", done, sum(sizes.values()))
            unpacked.publish()
    except (OSError, Timeout, BackupDamaged, BackupRefused) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise StoreUnavailable(
            f"the store is restored, but its indices in {root} are not ({reason}); "
            "build them with: lexicon index build"
        ) from error
    finally:
        unpacked.clear()
    return len(unpacked.pointers)


@contextmanager
def _building(root: Path, identities: set[str]) -> Iterator[None]:
    """Hold the right to build for these encoders: a build would clear our folders away."""
    with ExitStack() as held:
        for identity in sorted(identities):
            folder = root / identity
            folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(FileLock(folder / ".lock", timeout=0))
        yield
