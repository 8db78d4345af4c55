"""The store, the disk and the locks, here and where they are broken."""

import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from filelock import Timeout

from indexer.doctor import home
from indexer.doctor.findings import State
from lexicon import store
from lexicon.settings import Settings
from lexicon.store import SCHEMA_REVISION, Sessions


def test_a_store_at_the_current_schema_is_well(sessions: Sessions, settings: Settings) -> None:
    found = home.store_state(settings)
    assert found.state is State.OK
    assert found.found.endswith(f"lexicon.sqlite3 at schema revision {SCHEMA_REVISION}")
    assert home.store_files(settings).state is State.OK


def test_a_store_that_is_missing_is_made_with_init_and_nothing_is_created(
    settings: Settings,
) -> None:
    found = home.store_state(settings)
    assert (found.state, found.remedy) == (State.FAILED, "create it with: lexicon init")
    assert home.store_files(settings).state is State.OK
    assert home.file_locks(settings).state is State.OK
    assert not settings.home.exists()


def test_a_store_of_another_schema_is_upgraded_with_init(
    sessions: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "SCHEMA_REVISION", "9999")
    assert home.store_state(settings).remedy == "upgrade it with: lexicon init"


def test_a_database_that_is_none_is_named(settings: Settings) -> None:
    wrong = settings.model_copy(update={"database_url": "somewhere"})
    for look in (home.store_state, home.store_files):
        found = look(wrong)
        assert found.state is State.FAILED
        assert "'somewhere' is not a database URL" in found.found
        assert str(found.remedy).startswith("write one such as")


def test_a_database_server_has_no_files(postgres_url: str, settings: Settings) -> None:
    served = settings.model_copy(update={"database_url": postgres_url})
    assert home.store_state(served).state is State.OK
    assert home.store_files(served).found == "the store is not a file"


@pytest.mark.parametrize("name", ["lexicon.sqlite3", "lexicon.sqlite3-wal", "home"])
def test_files_that_cannot_be_written_are_named(
    sessions: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (settings.home / "lexicon.sqlite3-wal").touch()
    # A superuser may write everywhere, whatever a file's rights say.
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path).name != name)
    found = home.store_files(settings)
    assert found.state is State.FAILED
    assert f"{name} cannot be written" in found.found


Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(
    ("free", "state"), [(2**30, State.OK), (2**30 - 1, State.WARNING), (0, State.WARNING)]
)
def test_less_than_a_gibibyte_of_space_is_a_warning(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, free: int, state: State
) -> None:
    asked = []

    def usage(path: Path) -> Usage:
        asked.append(path)
        return Usage(2**40, 2**40 - free, free)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    found = home.disk_space(settings)
    assert found.state is state
    assert f"GiB free for indices ({settings.indices})" in found.found
    # Neither folder exists yet.
    assert asked == [settings.home.parent] * 2


def test_locks_work_here_and_leave_nothing_behind(settings: Settings) -> None:
    store.make_home(settings)
    assert home.file_locks(settings).state is State.OK
    assert list(settings.home.iterdir()) == []


class NoLock:
    """A lock that every caller gets, as on a network file system that ignores them."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


class BrokenLock(NoLock):
    error: Exception

    def __enter__(self) -> None:
        raise self.error


def broken(error: Exception) -> type[NoLock]:
    return type("Broken", (BrokenLock,), {"error": error})


@pytest.mark.parametrize(
    ("lock", "words"),
    [
        (NoLock, "keeps nobody out"),
        (broken(OSError(37, "No locks available")), "No locks available"),
        (broken(NotImplementedError("FileSystem does not support flock")), "support flock"),
        (broken(Timeout("a file")), "cannot be locked"),
        (broken(PermissionError(13, "Permission denied")), "cannot be written"),
    ],
)
def test_locks_that_do_not_work_have_failed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, lock: type[NoLock], words: str
) -> None:
    store.make_home(settings)
    monkeypatch.setattr(home, "FileLock", lock)
    found = home.file_locks(settings)
    assert found.state is State.FAILED
    assert words in found.found
    assert "LEXICON_HOME" in str(found.remedy)


MOUNTS = """\
/dev/vda / ext4 rw 0 0
nas:/all /srv nfs4 rw 0 0
/dev/vdb /srv/my\\040disk xfs rw 0 0
tmpfs /srv/both tmpfs rw 0 0
nas:/both /srv/both cifs rw 0 0
nonsense
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/me", "ext4"),
        ("/srv", "nfs4"),
        ("/srvant", "ext4"),
        ("/srv/lexicon", "nfs4"),
        ("/srv/my disk/lexicon", "xfs"),
        ("/srv/both/x", "cifs"),
    ],
)
def test_the_file_system_of_a_folder_is_that_of_the_nearest_mount(folder: str, kind: str) -> None:
    assert home.mounted_as(Path(folder), MOUNTS) == kind
    assert home.mounted_as(Path(folder), "") is None


def test_sqlite_on_a_network_file_system_is_a_warning(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.make_home(settings)
    monkeypatch.setattr(home, "_file_system", lambda _folder: "nfs4")
    found = home.file_locks(settings)
    assert found.state is State.WARNING
    assert "nfs4 is a network file system" in found.found
    served = settings.model_copy(update={"database_url": "postgresql+psycopg://me@db/words"})
    assert home.file_locks(served).state is State.OK
