"""Immutable index generations: staged aside, renamed into place, made live by one pointer.

    indices/<encoder identity>/<language>/<generation>/   the files and manifest.json
    indices/<encoder identity>/<language>/live            which generation answers

A process killed at any instant leaves the old generation live or the new one, never a torn one.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout
from pydantic import ValidationError

from indexer.encoders.protocol import EncoderSpec, file_digest
from indexer.indices.faiss import FaissIndex, library
from indexer.manifest import FORMAT, FileRecord, Manifest
from lexicon.errors import (
    IdentityMismatch,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    StoreUnavailable,
)

MANIFEST = "manifest.json"
POINTER = "live"
STAGING = ".staging-"
GENERATION = re.compile(r"[0-9A-Za-z-]+")


@dataclass(frozen=True)
class Live:
    """The pointer: a generation and the digest of its manifest."""

    generation: str
    manifest_sha256: str


@dataclass(frozen=True)
class Staged:
    """A generation being written."""

    folder: Path
    generation: str


@dataclass(frozen=True)
class Facts:
    """What the builder knows of a generation and its files do not say."""

    spec: EncoderSpec
    language: str
    rows: int
    covered: int
    kind: str
    form_digest: str
    neighbourhoods: dict[str, str]


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Say what cannot be written and what to do, whatever the system calls it."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(
            f"the index folder {folder} cannot be written ({error.strerror or error}); "
            "make room there, or set LEXICON_HOME to a folder that can"
        ) from error


class Generations:
    """The generations under one ``indices`` folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, identity: str, language: str) -> Path:
        return self.root / identity / language

    def live(self, identity: str, language: str) -> Live | None:
        """Which generation answers, or None. Cheap enough to ask before every query."""
        pointer = self.folder(identity, language) / POINTER
        try:
            words = pointer.read_text(encoding="ascii").split()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise IndexDamaged(str(pointer), f"its pointer cannot be read: {error}") from error
        if len(words) != 2 or not GENERATION.fullmatch(words[0]):
            raise IndexDamaged(str(pointer), "its pointer names no generation")
        return Live(words[0], words[1])

    def shards(self, identity: str) -> Path:
        """Where a build keeps what it has encoded until it is published."""
        return self.root / identity / ".encoded"

    def manifest(self, identity: str, language: str) -> Manifest:
        """The live generation's manifest, checked against the pointer."""
        live = self.live(identity, language)
        if live is None:
            raise IndexMissing(identity, language, "build it with: lexicon index build")
        path = self.folder(identity, language) / live.generation / MANIFEST
        try:
            text = path.read_bytes()
        except OSError as error:
            raise IndexDamaged(live.generation, f"no {MANIFEST}: {error.strerror}") from error
        if sha256(text).hexdigest() != live.manifest_sha256:
            raise IndexDamaged(live.generation, f"its {MANIFEST} was changed")
        try:
            manifest = Manifest.model_validate_json(text)
        except ValidationError as error:
            raise IndexDamaged(live.generation, f"its {MANIFEST} is not one") from error
        if manifest.format != FORMAT:
            raise IndexDamaged(live.generation, f"format {manifest.format}, not {FORMAT}")
        return manifest

    def load(self, spec: EncoderSpec, language: str) -> FaissIndex:
        """The live index of an encoder and language, every byte checked.

        Raises :class:`IndexMissing`, :class:`IndexDamaged` or :class:`IdentityMismatch`.
        """
        manifest = self.manifest(spec.identity, language)
        if manifest.identity != spec.identity:
            raise IdentityMismatch(manifest.generation, manifest.identity, spec.identity)
        if manifest.language != language:
            raise IndexDamaged(manifest.generation, f"it is of language {manifest.language!r}")
        folder = self.folder(spec.identity, language) / manifest.generation
        for name, record in manifest.files.items():
            path = folder / name
            try:
                size = path.stat().st_size
                if size != record.bytes:
                    raise IndexDamaged(
                        manifest.generation, f"{name} has {size:,} bytes, not {record.bytes:,}"
                    )
                found = file_digest(path)
            except OSError as error:
                raise IndexDamaged(manifest.generation, f"{name}: {error.strerror}") from error
            if found != record.sha256:
                raise IndexDamaged(manifest.generation, f"the content of {name} was changed")
        return FaissIndex(folder, manifest)

    @contextmanager
    def building(self, identity: str, timeout: float = 0) -> Iterator[None]:
        """Hold the right to build for an encoder; a second builder is refused."""
        folder = self.root / identity
        lock = FileLock(folder / ".lock", timeout=timeout)
        with writing_to(folder):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire()
            except Timeout:
                raise IndexBusy(
                    f"another process is building the indices of {identity}; wait for it to end"
                ) from None
        try:
            # What a killed build left behind.
            for language in folder.iterdir():
                for left in language.glob(f"{STAGING}*"):
                    shutil.rmtree(left, ignore_errors=True)
                for left in language.glob(f".{POINTER}-*"):
                    left.unlink(missing_ok=True)
            yield
        finally:
            lock.release()

    def stage(self, identity: str, language: str) -> Staged:
        """An empty folder for a generation that nobody sees yet."""
        generation = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"
        folder = self.folder(identity, language) / f"{STAGING}{generation}"
        with writing_to(folder):
            folder.mkdir(parents=True)
        return Staged(folder, generation)

    def publish(self, staged: Staged, facts: Facts) -> Manifest:
        """Seal a staged generation with its manifest and make it live; the one that was live
        before is kept, older ones are removed."""
        files = {
            path.name: FileRecord(bytes=path.stat().st_size, sha256=file_digest(path))
            for path in sorted(staged.folder.iterdir())
        }
        manifest = Manifest(
            format=FORMAT,
            generation=staged.generation,
            encoder=facts.spec.name,
            identity=facts.spec.identity,
            spec=asdict(facts.spec),
            language=facts.language,
            rows=facts.rows,
            dim=facts.spec.dim,
            covered=facts.covered,
            kind=facts.kind,
            form_digest=facts.form_digest,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            versions={
                "semantic-lexicon": version("semantic-lexicon"),
                "numpy": version("numpy"),
                "faiss": library().__version__,
            },
            neighbourhoods=facts.neighbourhoods,
            files=files,
        )
        text = manifest.model_dump_json(indent=1).encode()
        home = self.folder(facts.spec.identity, facts.language)
        with writing_to(home):
            (staged.folder / MANIFEST).write_bytes(text)
            for path in staged.folder.iterdir():
                _sync(path)
            _sync(staged.folder)
            staged.folder.rename(home / staged.generation)
            _sync(home)
            before = self._before(facts.spec.identity, facts.language)
            self._point(home, Live(staged.generation, sha256(text).hexdigest()))
        for path in home.iterdir():
            if path.is_dir() and path.name not in (staged.generation, before):
                shutil.rmtree(path, ignore_errors=True)
        return manifest

    def _before(self, identity: str, language: str) -> str | None:
        try:
            live = self.live(identity, language)
        except IndexDamaged:
            return None
        return None if live is None else live.generation

    def _point(self, home: Path, live: Live) -> None:
        new = home / f".{POINTER}-{uuid4().hex[:8]}"
        new.write_text(f"{live.generation} {live.manifest_sha256}\n", encoding="ascii")
        _sync(new)
        new.replace(home / POINTER)
        _sync(home)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
