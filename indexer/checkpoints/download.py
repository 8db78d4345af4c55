"""Files of a commit into a folder beside the checkpoint's, each checked against its digest."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from typing import NoReturn

from indexer.checkpoints.endpoint import Endpoint, Offered, Snapshot
from indexer.checkpoints.selection import is_weights, needed
from indexer.checkpoints.stored import Places
from indexer.generations.manifest import FileRecord
from lexicon.disk import file_digest, sync
from lexicon.errors import HubRefused, HubUnreachable, InvalidInput, ModelDamaged, StoreUnavailable

Advance = Callable[[str, int, int], None]
"""Called with the name, the bytes that are here and the bytes of the whole."""

PARTIAL = ".partial"
"""Folder of unfinished files. Each is called after its digest, so that none is ever continued
with the bytes of another revision."""


@dataclass(frozen=True)
class Wanted:
    """A file to fetch: ``digest`` is a sha256, or the sha1 of a git blob."""

    path: str
    bytes: int
    kind: str
    digest: str

    def digest_of(self, path: Path) -> str:
        return file_digest(path) if self.kind == "sha256" else blob_digest(path)

    def is_at(self, path: Path) -> bool:
        return (
            path.is_file()
            and path.stat().st_size == self.bytes
            and self.digest_of(path) == self.digest
        )


def blob_digest(path: Path) -> str:
    """What git calls the file's content: sha1 over its size and its bytes."""
    total = sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            total.update(block)
    return total.hexdigest()


def wanted(snapshot: Snapshot, repo: str) -> list[Wanted]:
    """The files that a checkpoint needs, with what the hub says they are.

    Raises :class:`InvalidInput` for a repository without weights.
    """
    offered = {file.path: file for file in snapshot.files}
    paths = needed(offered)
    if not any(is_weights(path) for path in paths):
        raise InvalidInput(
            f"{repo} has no weights that can be used (model.safetensors or pytorch_model.bin); "
            "pull a repository that has"
        )
    return [_described(offered[path], repo) for path in paths]


def _described(file: Offered, repo: str) -> Wanted:
    digest = file.sha256 or file.blob
    if file.bytes is None or digest is None:
        raise HubRefused(
            f"the hub does not say the size and the digest of {file.path} of {repo}, so nothing "
            "could prove it whole; set HF_ENDPOINT to a hub that does"
        )
    return Wanted(file.path, file.bytes, "sha256" if file.sha256 else "git blob sha1", digest)


class Download:
    """Brings the files of one commit into ``where.part``; what is there already is kept."""

    def __init__(
        self, hub: Endpoint, repo: str, commit: str, where: Places, advance: Advance
    ) -> None:
        self._hub = hub
        self._repo = repo
        self._commit = commit
        self._where = where
        self._advance = advance
        self._done = 0
        self._total = 0

    def all(self, files: list[Wanted]) -> dict[str, FileRecord]:
        """Every file, checked and on the disk, and what each one is."""
        part = self._where.part
        (part / PARTIAL).mkdir(parents=True, exist_ok=True)
        self._total = sum(file.bytes for file in files)
        missing = [file for file in files if not self._here(file)]
        self._done = self._total - sum(file.bytes for file in missing)
        self._room(sum(file.bytes - self._begun(file) for file in missing))
        self._advance(self._where.name, self._done, self._total)
        for file in missing:
            self._fetch(file)
        shutil.rmtree(part / PARTIAL)
        self._prune({file.path for file in files})
        return {
            file.path: FileRecord(
                bytes=file.bytes,
                sha256=file.digest if file.kind == "sha256" else file_digest(part / file.path),
            )
            for file in files
        }

    def _here(self, file: Wanted) -> bool:
        """Whether a file is in place, from a pull that broke off or the revision of before."""
        target, before = self._where.part / file.path, self._where.target / file.path
        if file.is_at(target):
            return True
        target.unlink(missing_ok=True)
        if not file.is_at(before):
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(before, target)
        except OSError:
            # A file system without links.
            shutil.copyfile(before, target)
            sync(target)
        return True

    def _begun(self, file: Wanted) -> int:
        partial = self._partial(file)
        return partial.stat().st_size if partial.is_file() else 0

    def _partial(self, file: Wanted) -> Path:
        return self._where.part / PARTIAL / file.digest

    def _room(self, needed: int) -> None:
        free = shutil.disk_usage(self._where.part).free
        if needed > free:
            raise StoreUnavailable(
                f"{self._where.name} needs {needed:,} more bytes in {self._where.part.parent}, "
                f"which has room for {free:,}; make room there, then run: {self._where.again}"
            )

    def _fetch(self, file: Wanted) -> None:
        partial = self._partial(file)
        begun = self._begun(file)
        if begun > file.bytes:
            partial.unlink()
            begun = 0
        if begun < file.bytes:
            self._stream(file, partial, begun)
        else:
            partial.touch()
            self._count(file.bytes)
        if (found := file.digest_of(partial)) != file.digest:
            self._discard(file, f"{file.kind} {found} instead of {file.digest}")
        sync(partial)
        target = self._where.part / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.rename(target)

    def _stream(self, file: Wanted, partial: Path, begun: int) -> None:
        with self._hub.read(self._repo, self._commit, file.path, begun) as incoming:
            if incoming.total is not None and incoming.total != file.bytes:
                self._discard(file, f"{incoming.total:,} bytes instead of {file.bytes:,}")
            size = incoming.start
            self._count(size)
            with partial.open("ab") as stream:
                stream.truncate(size)
                for block in incoming.blocks:
                    size += len(block)
                    if size > file.bytes:
                        self._discard(file, f"more than {file.bytes:,} bytes")
                    stream.write(block)
                    self._count(len(block))
        if size < file.bytes:
            raise HubUnreachable(
                f"the connection broke off after {size:,} of the {file.bytes:,} bytes of "
                f"{file.path}; check the network, then go on with: {self._where.again}"
            )

    def _discard(self, file: Wanted, why: str) -> NoReturn:
        self._partial(file).unlink(missing_ok=True)
        raise ModelDamaged(
            f"{file.path} of {self._repo} came with {why}, and was deleted; "
            f"fetch it again with: {self._where.again}"
        )

    def _count(self, size: int) -> None:
        self._done += size
        self._advance(self._where.name, self._done, self._total)

    def _prune(self, kept: set[str]) -> None:
        """Remove what an earlier pull brought of another revision."""
        part = self._where.part
        for path in sorted(part.rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path.relative_to(part).as_posix() not in kept:
                path.unlink()
