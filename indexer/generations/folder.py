"""Immutable index generations: staged aside, renamed into place, made live by one pointer.

    indices/<encoder identity>/<language>/<generation>/   the files and manifest.json
    indices/<encoder identity>/<language>/live            which generation answers

A process killed at any instant leaves the old generation live or the new one, never a torn one.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from indexer.encoders.protocol import EncoderSpec
from indexer.generations.manifest import FileRecord, Manifest
from indexer.generations.records import Facts, Listed, Live, Staged
from indexer.generations.sealed import (
    MANIFEST,
    manifest_of,
    parsed,
    require_digests,
    require_named,
    require_own,
    require_sizes,
    written,
)
from indexer.indices import faiss, kinds
from indexer.indices.engine import Engine, RowSearcher
from indexer.indices.faiss import FaissEngine, FaissIndex
from indexer.indices.gpu import gpu
from indexer.indices.library import library
from indexer.indices.stored import StoredIndex
from lexicon.disk import file_digest, sync
from lexicon.errors import (
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    StoreUnavailable,
)

POINTER = "live"
STAGING = ".staging-"
REMOVED = ".removed-"
GENERATION = re.compile(r"[0-9A-Za-z-]+")

MAPPED_FROM = 64 * 2**20
"""Bytes from which a generation is left on disk, and its digests are checked in the background:
less is read and checked faster than anybody waits."""


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
    """The generations under one ``indices`` folder; another store of them keeps to the same."""

    at_hand = True
    """Whether :meth:`live` asks no database."""

    def __init__(self, root: Path, device: str = "cpu") -> None:
        """``device`` other than ``cpu``: a GPU answers many queries at once, if there is one."""
        self.root = root
        self._device = device
        self._pointers: dict[tuple[str, str], tuple[Path, tuple[int, ...], Live]] = {}

    def folder(self, identity: str, language: str) -> Path:
        return self.root / identity / language

    def shards(self, identity: str) -> Path:
        """Where a build keeps what it has encoded until it is published."""
        return self.root / identity / ".encoded"

    # Reading

    def live(self, identity: str, language: str) -> Live | None:
        """Which generation answers, or None. Cheap enough to ask before every query."""
        held = self._pointers.get((identity, language))
        pointer = held[0] if held else self.folder(identity, language) / POINTER
        try:
            there = pointer.stat()
            # Another pointer is another file; one that is written over is of another time.
            facts = there.st_ino, there.st_mtime_ns, there.st_ctime_ns, there.st_size
            if held and held[1] == facts:
                return held[2]
            words = pointer.read_text(encoding="ascii").split()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise IndexDamaged(str(pointer), f"its pointer cannot be read: {error}") from error
        if len(words) != 2 or not GENERATION.fullmatch(words[0]):
            raise IndexDamaged(str(pointer), "its pointer names no generation")
        # What was put in place between the two looks is read again next time.
        live = Live(words[0], words[1])
        self._pointers[identity, language] = pointer, facts, live
        return live

    def manifest(self, identity: str, language: str) -> Manifest:
        """The live generation's manifest, checked against the pointer."""
        live = self.live(identity, language)
        if live is None:
            raise IndexMissing(identity, language, "build it with: lexicon index build")
        found, digest = self._manifest(identity, language, live.generation)
        if digest != live.manifest_sha256:
            raise IndexDamaged(live.generation, f"its {MANIFEST} was changed")
        return found

    def _manifest(self, identity: str, language: str, generation: str) -> tuple[Manifest, str]:
        path = self.folder(identity, language) / generation / MANIFEST
        try:
            text = path.read_bytes()
        except OSError as error:
            raise IndexDamaged(generation, f"no {MANIFEST}: {error.strerror}") from error
        digest = sha256(text).hexdigest()
        return parsed(text, generation), digest

    def load(self, spec: EncoderSpec, language: str) -> StoredIndex:
        """The live index of an encoder and language, its header and sizes checked; its digests
        too, unless it is so large that :attr:`StoredIndex.verified` is left to :meth:`verify`.

        Raises :class:`IndexMissing`, :class:`IndexDamaged` or :class:`IdentityMismatch`.
        """
        while True:
            before = self._before(spec.identity, language)
            try:
                return self._load(spec, language)
            except IndexDamaged:
                # It may have been replaced and removed while it was being opened.
                if self._before(spec.identity, language) == before:
                    raise

    def _load(self, spec: EncoderSpec, language: str) -> FaissIndex:
        manifest = self.manifest(spec.identity, language)
        require_own(manifest, spec.identity, language)
        folder = self.folder(spec.identity, language) / manifest.generation
        require_sizes(folder, manifest)
        large = sum(record.bytes for record in manifest.files.values()) > MAPPED_FROM
        if not large:
            require_digests(folder, manifest)
        return FaissIndex(folder, manifest, large, not large, lambda: gpu(self._device))

    def verify(self, manifest: Manifest) -> None:
        """Check every byte of a generation. Raises :class:`IndexDamaged`."""
        folder = self.folder(manifest.identity, manifest.language) / manifest.generation
        require_sizes(folder, manifest)
        require_digests(folder, manifest)

    def listed(self) -> list[Listed]:
        """Every generation that is there, by encoder, language and age."""
        found = []
        for identity in _visible(self.root):
            for home in _visible(identity):
                there: set[str] = set()
                live = None
                try:
                    there.update(_kept(home))
                    live = self.live(identity.name, home.name)
                except (IndexDamaged, StoreUnavailable) as error:
                    # A folder that cannot be read hides no other.
                    why = error.why if isinstance(error, IndexDamaged) else str(error)
                    found.append(Listed(identity.name, home.name, "", True, 0, None, why))
                if live is not None:
                    there.add(live.generation)
                found += [self._listed(home, generation, live) for generation in sorted(there)]
        return found

    def _listed(self, home: Path, generation: str, live: Live | None) -> Listed:
        identity, language = home.parent.name, home.name
        answers = live is not None and live.generation == generation
        manifest, problem = None, None
        try:
            manifest, digest = self._own(identity, language, generation)
            if live is not None and answers and live.manifest_sha256 != digest:
                problem = f"its {MANIFEST} was changed"
        except IndexDamaged as error:
            problem = error.why
        size = _size(home / generation)
        return Listed(identity, language, generation, answers, size, manifest, problem)

    def _own(self, identity: str, language: str, generation: str) -> tuple[Manifest, str]:
        """A manifest and its digest, refused when it is that of another folder."""
        manifest, digest = self._manifest(identity, language, generation)
        require_named(manifest, identity, language, generation)
        return manifest, digest

    # Writing

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
                for left in (*language.glob(f"{STAGING}*"), *language.glob(f"{REMOVED}*")):
                    shutil.rmtree(left, ignore_errors=True)
                for left in language.glob(f".{POINTER}-*"):
                    left.unlink(missing_ok=True)
            yield
        finally:
            lock.release()

    def stage(self, identity: str, language: str) -> Staged:
        """An empty folder for a generation that nobody sees yet."""
        generation = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{uuid4().hex[:8]}"
        folder = self.folder(identity, language) / f"{STAGING}{generation}"
        with writing_to(folder):
            folder.mkdir(parents=True)
        return Staged(folder, generation, identity, language)

    def require_kind(self, wanted: str) -> None:
        """Raise :class:`InvalidInput` unless there is such a kind of index."""
        kinds.choose(0, 0, wanted)

    def engine(self, staged: Staged) -> Engine:
        """What makes the index of a staged generation."""
        return FaissEngine()

    def keep(self, staged: Staged, searcher: RowSearcher) -> None:
        """Put the index that was chosen beside the other files of the generation."""
        with writing_to(staged.folder):
            faiss.write(staged.folder, searcher.index)

    def publish(self, staged: Sequence[tuple[Staged, Facts]]) -> list[Manifest]:
        """Seal staged generations with their manifests, then make all of them live at once.

        The ones that were live before are kept, older ones are removed.
        """
        sealed = [self._seal(one, facts) for one, facts in staged]
        homes = [self.folder(manifest.identity, manifest.language) for manifest, _ in sealed]
        kept = [{live.generation, self._before(one.identity, one.language)} for one, live in sealed]
        pointers = [
            self._pointer(home, live) for home, (_, live) in zip(homes, sealed, strict=True)
        ]
        # All that takes room is written: what a full disk or a kill leaves is still hidden.
        for home, (one, _) in zip(homes, staged, strict=True):
            with writing_to(home):
                one.folder.rename(home / one.generation)
                sync(home)
        self._point(pointers)
        for home, names in zip(homes, kept, strict=True):
            self._remove(home, names)
        return [manifest for manifest, _ in sealed]

    def _seal(self, staged: Staged, facts: Facts) -> tuple[Manifest, Live]:
        home = self.folder(facts.spec.identity, facts.language)
        with writing_to(home):
            files = {
                path.name: FileRecord(bytes=path.stat().st_size, sha256=file_digest(path))
                for path in sorted(staged.folder.iterdir())
            }
            manifest = manifest_of(staged, facts, files, {"faiss": library().__version__})
            text = written(manifest)
            (staged.folder / MANIFEST).write_bytes(text)
            for path in staged.folder.iterdir():
                sync(path)
            sync(staged.folder)
        return manifest, Live(staged.generation, sha256(text).hexdigest())

    def _before(self, identity: str, language: str) -> str | None:
        try:
            live = self.live(identity, language)
        except IndexDamaged:
            return None
        return None if live is None else live.generation

    def _pointer(self, home: Path, live: Live) -> Path:
        """A pointer that is not in place yet."""
        new = home / f".{POINTER}-{uuid4().hex[:8]}"
        with writing_to(home):
            new.write_text(f"{live.generation} {live.manifest_sha256}\n", encoding="ascii")
            sync(new)
        return new

    def _point(self, pointers: Sequence[Path]) -> None:
        """Put pointers in place, without anything that takes time between them: two languages of
        which one has its new generation have no neighbourhoods of each other."""
        for new in pointers:
            with writing_to(new.parent):
                new.replace(new.parent / POINTER)
        for new in pointers:
            with writing_to(new.parent):
                sync(new.parent)

    def _remove(self, home: Path, kept: set[str | None]) -> list[str]:
        gone = []
        for name in _kept(home):
            if name in kept:
                continue
            aside = home / f"{REMOVED}{name}"
            # What cannot go now goes another time.
            with suppress(OSError):
                # A part of a generation must not have its name.
                (home / name).rename(aside)
                gone.append(name)
                # Whoever has it mapped keeps it: a name goes, not what is open.
                shutil.rmtree(aside, ignore_errors=True)
        return gone

    def rollback(self, identity: str, language: str, to: str | None = None) -> Manifest:
        """Make an earlier generation live again: ``to``, or the newest that is older than the live
        one.

        It is checked whole first. Raises :class:`IndexMissing` where there is none.
        """
        home = self.folder(identity, language)
        if not home.is_dir():
            raise IndexMissing(identity, language, "build it with: lexicon index build")
        with self.building(identity):
            live = self._before(identity, language)
            there = [name for name in _kept(home) if name != live]
            older = [name for name in there if live is None or name < live]
            chosen = to or (older[-1] if older else None)
            if chosen not in there:
                known = ", ".join(there) or "none"
                raise IndexMissing(identity, language, f"other generations that are kept: {known}")
            manifest, digest = self._own(identity, language, chosen)
            self.verify(manifest)
            self._point([self._pointer(home, Live(chosen, digest))])
        return manifest

    def prune(self, identity: str, keep: int = 0) -> list[str]:
        """Remove all generations but the live one and the ``keep`` newest others; returns which
        are gone. A language of which none is live keeps all of them."""
        gone = []
        with self.building(identity):
            for home in _visible(self.root / identity):
                live = self._before(identity, home.name)
                others = [name for name in _kept(home) if name != live]
                if live is not None:
                    gone += self._remove(home, {live, *others[max(len(others) - keep, 0) :]})
        return gone

    def forget(self, identity: str) -> list[str]:
        """Remove all that an encoder has built, live or not; returns which generations are gone."""
        gone = []
        with self.building(identity), writing_to(self.root / identity):
            for home in _visible(self.root / identity):
                # First, so that nobody is led to what is going.
                (home / POINTER).unlink(missing_ok=True)
                gone += self._remove(home, set())
                with suppress(OSError):
                    home.rmdir()
            shutil.rmtree(self.shards(identity), ignore_errors=True)
        return gone


def _visible(folder: Path) -> list[Path]:
    """Folders of encoders or languages, by name; what is hidden belongs to builds."""
    return [path for path in _folders(folder) if not path.name.startswith(".")]


def _kept(home: Path) -> list[str]:
    """Names of the generations of a language, by age."""
    return [path.name for path in _folders(home) if GENERATION.fullmatch(path.name)]


def _folders(folder: Path) -> list[Path]:
    """What is in a folder and is one, by name; nothing where another process removes it."""
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise StoreUnavailable(
            f"the index folder {folder} cannot be read ({error.strerror or error}); "
            "let yourself read it, or set LEXICON_HOME to a folder that you can"
        ) from error


def _size(folder: Path) -> int:
    """Bytes of a generation's files; another process may be removing them."""
    total = 0
    with suppress(OSError):
        for path in folder.iterdir():
            total += path.stat().st_size
    return total
