"""The store, the disk and the locks of the home folder."""

import os
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock, Timeout

from indexer.doctor.findings import Finding, failed, from_error, ok, together, warning
from lexicon import store
from lexicon.errors import LexiconError
from lexicon.settings import Settings

LEAST_SPACE = 2**30
NETWORK_FILE_SYSTEMS = (
    *("9p", "afs", "ceph", "cifs", "lustre", "nfs", "nfs4", "smb3", "smbfs"),
    *("fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"),
)


def store_state(settings: Settings) -> Finding:
    """Whether the store can be reached and has this version's schema."""
    try:
        sessions = store.open_store(settings)
    except LexiconError as error:
        return from_error(error)
    store.close(sessions)
    return ok(f"{store.location(settings)} at schema revision {store.SCHEMA_REVISION}")


def _store_file(settings: Settings) -> Path | None:
    """SQLite's file, or None for a server and for a database in memory."""
    url = store.database_url(settings)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def store_files(settings: Settings) -> Finding:
    """Whether SQLite may write to its file, its log and their folder."""
    try:
        file = _store_file(settings)
    except LexiconError as error:
        return from_error(error)
    if file is None:
        return ok("the store is not a file")
    if not file.exists():
        return ok(f"not checked: there is no {file}")
    beside = [file.with_name(file.name + end) for end in ("-wal", "-shm")]
    # Not by opening them: closing a file would take SQLite's own locks on it away.
    refused = [
        str(path)
        for path in (file, *beside, file.absolute().parent)
        if path.exists() and not os.access(path, os.W_OK)
    ]
    if refused:
        return failed(
            f"{', '.join(refused)} cannot be written",
            "give this user the right to write there, or set LEXICON_HOME to another folder",
        )
    return ok(f"{file} can be written")


def _nearest(folder: Path) -> Path:
    """The folder, or what there is of the way to it."""
    return next((path for path in (folder, *folder.parents) if path.exists()), folder)


def disk_space(settings: Settings) -> Finding:
    """How much is free for the store and for the indices."""
    told = []
    for name, folder in (("home", settings.home), ("indices", settings.indices)):
        free = shutil.disk_usage(_nearest(folder)).free
        found = f"{free / 2**30:,.1f} GiB free for {name} ({folder})"
        told.append(
            ok(found)
            if free >= LEAST_SPACE
            else warning(found, "make room, or set LEXICON_HOME to a folder on another disk")
        )
    return together(told)


def mounted_as(folder: Path, mounts: str) -> str | None:
    """The type of the file system that a folder is on, from the text of ``/proc/self/mounts``.

    >>> mounted_as(Path("/srv/lexicon"), "/dev/sda / ext4 rw 0 0\\nnas:/x /srv nfs4 rw 0 0")
    'nfs4'
    """
    best: tuple[int, str] | None = None
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1]))
        # The last of those that are mounted at one point covers the others.
        if folder.is_relative_to(point) and (best is None or len(point.parts) >= best[0]):
            best = (len(point.parts), fields[2])
    return None if best is None else best[1]


def _file_system(folder: Path) -> str | None:
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="backslashreplace")
        return mounted_as(folder.resolve(), mounts)
    except OSError:
        return None


def file_locks(settings: Settings) -> Finding:
    """Whether a lock in the home folder keeps a second one out."""
    home = settings.home
    if not home.is_dir():
        return ok(f"not checked: there is no folder {home}")
    remedy = "set LEXICON_HOME to a folder on a disk of this machine"
    try:
        with TemporaryDirectory(prefix=".doctor-", dir=home) as folder:
            kept_out = _keeps_out(Path(folder, ".lock"))
    except PermissionError as error:
        return failed(
            f"{home} cannot be written ({error.strerror})",
            "give this user the right to write there, or set LEXICON_HOME to another folder",
        )
    except (OSError, NotImplementedError, Timeout) as error:
        return failed(f"files in {home} cannot be locked ({error})", remedy)
    if not kept_out:
        return failed(f"a lock in {home} keeps nobody out", remedy)
    kind = _file_system(home)
    if kind in NETWORK_FILE_SYSTEMS and _store_file(settings) is not None:
        return warning(
            f"locks work in {home}, but {kind} is a network file system, on which SQLite is safe "
            "for one machine only",
            f"{remedy}, or use PostgreSQL (LEXICON_DATABASE_URL)",
        )
    return ok(f"locks work in {home}" + (f" ({kind})" if kind else ""))


def _keeps_out(file: Path) -> bool:
    with FileLock(file, timeout=0):
        try:
            with FileLock(file, timeout=0):
                return False
        except Timeout:
            return True
