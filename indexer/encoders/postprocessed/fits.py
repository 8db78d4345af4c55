"""Fits on disk: the maps of one method for one encoder, never changed once they are written.

    fitted/<identity of the base>/<method>/<digest>/fit.json            what it was fitted to
    fitted/<identity of the base>/<method>/<digest>/fit.safetensors     the maps
    fitted/<identity of the base>/<method>/newest                       which one is used

The digest is that of ``fit.json``, which holds that of the maps.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from shlex import quote

import numpy as np
from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

from indexer.generations.manifest import FileRecord
from indexer.transforms import Affine
from lexicon.disk import whole_file
from lexicon.errors import IndexBusy, ModelDamaged, ModelMissing, StoreUnavailable

RECORD = "fit.json"
MAPS = "fit.safetensors"
POINTER = "newest"
FORMAT = 1

_DIGEST = re.compile(r"[0-9a-f]{64}")


class FittedTo(BaseModel):
    """How many forms of a language, and how many pairs of theirs with English ones."""

    model_config = ConfigDict(frozen=True)

    forms: int
    pairs: int


class Record(BaseModel):
    """What a fit says about itself. ``trained_on`` is a digest of the words and pairs."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    base: str
    method: str
    dim: int
    languages: dict[str, FittedTo]
    trained_on: str
    maps: FileRecord


class Fit:
    """One fit; its maps are read when they are first needed."""

    def __init__(self, folder: Path, digest: str, record: Record, name: str) -> None:
        self.digest = digest
        self.record = record
        self._folder = folder
        self._name = name

    @cached_property
    def maps(self) -> Mapping[str, Affine]:
        """The map of each language. Raises :class:`ModelDamaged` unless every byte is right."""
        try:
            content = (self._folder / MAPS).read_bytes()
        except OSError as error:
            raise damaged(self._name, f"{MAPS}: {error.strerror}") from error
        if sha256(content).hexdigest() != self.record.maps.sha256:
            raise damaged(self._name, f"the content of {MAPS} was changed")
        try:
            held = load(content)
            return {
                code: Affine(
                    held[f"{code}.offset"].astype(np.float64),
                    held[f"{code}.matrix"].astype(np.float64) if f"{code}.matrix" in held else None,
                )
                for code in self.record.languages
            }
        except (SafetensorError, KeyError) as error:
            raise damaged(self._name, f"{MAPS} has no map of every language") from error


class Fits:
    """The fits of a method for the encoder of that identity; ``name`` is what both are called."""

    def __init__(self, home: Path, base: str, method: str, name: str) -> None:
        self.folder = home / "fitted" / base / method
        self._base = base
        self._method = method
        self._name = name

    def newest(self) -> Fit:
        """The fit in use. Raises :class:`ModelMissing` or :class:`ModelDamaged`."""
        return self.read(self._pointed()[0])

    def newer_than(self, fit: Fit) -> bool:
        """Whether another fit is in use by now."""
        try:
            return self._pointed()[0] != fit.digest
        except (ModelMissing, ModelDamaged):
            return False

    def _pointed(self) -> list[str]:
        """Digests of the fit in use and of the one before, if there was one."""
        try:
            words = (self.folder / POINTER).read_text(encoding="ascii").split()
        except FileNotFoundError:
            raise ModelMissing(
                f"encoder {self._name!r} is not fitted yet; fit and build it with: "
                f"{command(self._name)}"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise damaged(self._name, f"{POINTER} cannot be read: {error}") from error
        if not words or not all(map(_DIGEST.fullmatch, words)):
            raise damaged(self._name, f"{POINTER} names no fit")
        return words

    def read(self, digest: str) -> Fit:
        folder = self.folder / digest
        try:
            text = (folder / RECORD).read_bytes()
        except OSError as error:
            raise damaged(self._name, f"{RECORD}: {error.strerror}") from error
        if sha256(text).hexdigest() != digest:
            raise damaged(self._name, f"the content of {RECORD} was changed")
        try:
            record = Record.model_validate_json(text)
        except ValidationError as error:
            raise damaged(self._name, f"{RECORD} is of another version") from error
        found = (record.format, record.base, record.method)
        if found != (FORMAT, self._base, self._method):
            said = f"format {record.format}, {record.base}, {record.method}"
            raise damaged(self._name, f"{RECORD} is of {said}")
        return Fit(folder, digest, record, self._name)

    @contextmanager
    def fitting(self) -> Iterator["Fits"]:
        """Hold the right to fit, which :meth:`keep`, :meth:`use` and :meth:`remove` need; whoever
        comes meanwhile is refused."""
        lock = FileLock(self.folder / ".lock", timeout=0)
        with self._writing():
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire()
            except Timeout:
                raise IndexBusy(
                    f"another process is fitting encoder {self._name!r}; wait for it to end"
                ) from None
        try:
            yield self
        finally:
            lock.release()

    def keep(
        self, maps: Mapping[str, Affine], languages: Mapping[str, FittedTo], trained_on: str
    ) -> Fit:
        """Write a fit, which is not in use yet; equal ones are one."""
        tensors = {}
        for code, one in sorted(maps.items()):
            tensors[f"{code}.offset"] = one.offset
            if one.matrix is not None:
                # A quarter of the memory of a large model would else be zeros and noise.
                tensors[f"{code}.matrix"] = np.ascontiguousarray(one.matrix, dtype=np.float32)
        content = save(tensors)
        record = Record(
            base=self._base,
            method=self._method,
            dim=max(len(one.offset) for one in maps.values()),
            languages={code: languages[code] for code in sorted(maps)},
            trained_on=trained_on,
            maps=FileRecord(bytes=len(content), sha256=sha256(content).hexdigest()),
        )
        text = record.model_dump_json(indent=1).encode()
        digest = sha256(text).hexdigest()
        folder = self.folder / digest
        with self._writing():
            folder.mkdir(parents=True, exist_ok=True)
            # What a killed process left.
            for part in folder.glob("*.part"):
                part.unlink()
            # The record last: a fit that has one is whole.
            for file, written in ((MAPS, content), (RECORD, text)):
                with whole_file(folder / file) as stream:
                    stream.write(written)
        return Fit(folder, digest, record, self._name)

    def use(self, fit: Fit) -> list[str]:
        """Put a fit into use; returns the digests of the others but the one in use before."""
        with self._writing():
            try:
                before = self._pointed()
            except (ModelMissing, ModelDamaged):
                before = []
            words = list(dict.fromkeys([fit.digest, *before]))[:2]
            with whole_file(self.folder / POINTER) as stream:
                stream.write(f"{' '.join(words)}\n".encode("ascii"))
            there = [path.name for path in self.folder.iterdir() if _DIGEST.fullmatch(path.name)]
        return sorted(set(there) - set(words))

    def remove(self, digest: str) -> None:
        folder = self.folder / digest
        with suppress(OSError):
            # First, so that half a fit is none.
            (folder / RECORD).unlink(missing_ok=True)
            shutil.rmtree(folder)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreUnavailable(
                f"the folder {self.folder} cannot be written ({error.strerror or error}); "
                "make room there, or set LEXICON_HOME to a folder that can"
            ) from error


def command(name: str) -> str:
    """What fits and builds an encoder."""
    return f"lexicon index build --encoder {quote(name)}"


def damaged(name: str, why: str) -> ModelDamaged:
    return ModelDamaged(
        f"the fit of encoder {name!r} is damaged ({why}) and is not used; "
        f"fit it again with: {command(name)}"
    )
