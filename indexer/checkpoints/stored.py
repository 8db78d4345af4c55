"""Checkpoints on this machine: a folder each under ``models``, with a record of what was pulled.

models/<name>/                  the files and checkpoint.json
models/.<name>.part/            what a pull that broke off has so far
models/.<name>.old/             what is being replaced or removed
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from pathlib import Path
from shlex import quote

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from indexer.checkpoints.digests import RECORD
from indexer.checkpoints.known import named
from indexer.generations.manifest import FileRecord
from lexicon.disk import file_digest
from lexicon.errors import ModelBusy, ModelDamaged, ModelMissing, StoreUnavailable
from lexicon.settings import Settings


class Record(BaseModel):
    """Where the files of a checkpoint came from, and what they were when they came."""

    model_config = ConfigDict(frozen=True)

    repo: str
    revision: str
    commit: str
    files: dict[str, FileRecord]
    pulled_at: str


@dataclass(frozen=True)
class Stored:
    """A checkpoint that was pulled; ``commit`` is 40 hexadecimal digits."""

    name: str
    repo: str
    commit: str
    bytes: int
    pulled_at: str
    folder: Path


@dataclass(frozen=True)
class Places:
    """Where the checkpoint of one name lies, and what stands beside it meanwhile."""

    name: str
    target: Path
    part: Path
    old: Path
    lock: Path
    again: str
    """The command that fetches or repairs it."""


def places(settings: Settings, name: str, revision: str | None = None) -> Places:
    folder, name = settings.models, named(name).name
    chosen = "" if revision is None else f" --revision {quote(revision)}"
    return Places(
        name,
        folder / name,
        folder / f".{name}.part",
        folder / f".{name}.old",
        folder / f".{name}.lock",
        f"lexicon models pull {name}{chosen}",
    )


def stored(settings: Settings) -> list[Stored]:
    """Everything that was pulled, by name; folders without a readable record are left out."""
    found = []
    for name in folders(settings):
        try:
            found.append(read_stored(settings.models / name))
        except (ModelMissing, ModelDamaged):
            continue
    return found


def folders(settings: Settings) -> list[str]:
    """Names of all folders of models, pulled or put there by hand; [] when there are none."""
    try:
        entries = sorted(settings.models.iterdir())
    except OSError:
        return []
    return [path.name for path in entries if path.is_dir() and not path.name.startswith(".")]


def path(settings: Settings, name: str) -> Path:
    """The folder of a checkpoint, or :class:`ModelMissing` with the command that pulls it."""
    where = places(settings, name)
    if not where.target.is_dir():
        raise ModelMissing(
            f"model {where.name!r} is not on this machine; get it with: {where.again}"
        )
    return where.target


def verify(settings: Settings, name: str) -> list[str]:
    """What is wrong with a checkpoint's files, a line each; [] when they are as they were pulled.

    Raises :class:`ModelMissing` when there is no such folder.
    """
    folder = path(settings, name)
    try:
        return problems(folder, read_record(folder))
    except (ModelMissing, ModelDamaged) as error:
        return [str(error)]


def problems(folder: Path, record: Record) -> list[str]:
    """How the files of ``folder`` differ from ``record``: every byte is read."""
    found = []
    for name, wanted in sorted(record.files.items()):
        try:
            if (size := (folder / name).stat().st_size) != wanted.bytes:
                found.append(f"{name}: {size:,} bytes instead of {wanted.bytes:,}")
            elif (digest := file_digest(folder / name)) != wanted.sha256:
                found.append(f"{name}: sha256 {digest} instead of {wanted.sha256}")
        except FileNotFoundError:
            found.append(f"{name}: missing")
        except OSError as error:
            found.append(f"{name}: cannot be read ({error.strerror or error})")
    known = {folder / name for name in record.files} | {folder / RECORD}
    found += [
        f"{extra.relative_to(folder).as_posix()}: was not pulled"
        for extra in sorted(folder.rglob("*"))
        # Hidden files are the desktop's, and no loader reads them.
        if not extra.is_dir() and extra not in known and not extra.name.startswith(".")
    ]
    return found


def read_record(folder: Path) -> Record:
    """The record of a folder. Raises :class:`ModelMissing` when it has none, and
    :class:`ModelDamaged` when it cannot be read."""
    try:
        return Record.model_validate_json((folder / RECORD).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise ModelMissing(
            f"{folder} has no {RECORD}, so nothing says what its files should be; "
            f"remove it with: lexicon models remove {folder.name}"
        ) from None
    except (OSError, ValidationError) as error:
        why = error.strerror or str(error) if isinstance(error, OSError) else "it is not one"
        raise ModelDamaged(
            f"{folder / RECORD} cannot be read ({why}); "
            f"pull it again with: lexicon models pull {folder.name}"
        ) from error


def read_stored(folder: Path) -> Stored:
    """What a folder holds by its record, which :func:`read_record` reads."""
    record = read_record(folder)
    size = sum(file.bytes for file in record.files.values())
    return Stored(folder.name, record.repo, record.commit, size, record.pulled_at, folder)


def remove(settings: Settings, name: str) -> None:
    """Delete a checkpoint and what a broken pull left of it; :class:`ModelMissing` if neither."""
    where = places(settings, name)
    with holding(where):
        restore(where)
        if not (where.target.exists() or where.target.is_symlink() or where.part.exists()):
            raise ModelMissing(
                f"model {where.name!r} is not on this machine, so nothing was removed; "
                "see what is with: lexicon models list"
            )
        if where.target.is_symlink() or where.target.exists():
            # Renamed first: a removal that is killed must not leave half a model behind.
            where.target.rename(where.old)
            discard(where.old)
        if where.part.exists():
            discard(where.part)


@contextmanager
def holding(where: Places) -> Iterator[None]:
    """Hold the right to change one checkpoint, and say what cannot be written there."""
    lock = FileLock(where.lock, timeout=0)
    with writing_to(where):
        where.target.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout:
            raise ModelBusy(
                f"another process is pulling or removing {where.name!r}; wait for it to end"
            ) from None
        try:
            yield
        finally:
            lock.release()


@contextmanager
def writing_to(where: Places) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        folder = where.target.parent
        if error.errno in (ENOSPC, EDQUOT):
            raise StoreUnavailable(
                f"the disk of {folder} is full; make room there, then go on with: {where.again}"
            ) from error
        raise StoreUnavailable(
            f"the folder {folder} cannot be written ({error.strerror or error}); set "
            f"LEXICON_HOME to a folder that can, then run: {where.again}"
        ) from error


def restore(where: Places) -> None:
    """Undo what a process killed while it replaced or removed the checkpoint left behind."""
    if where.old.is_symlink() or where.old.exists():
        if where.target.exists():
            discard(where.old)
        else:
            where.old.rename(where.target)


def discard(folder: Path) -> None:
    """Delete a folder, or a link to one and not what it leads to."""
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder)
