"""Index folders in backups: the live generations, put in place whole or not at all."""

import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from lexicon.backup import indices
from lexicon.backup.whole import back_up, restore
from lexicon.errors import StoreUnavailable
from lexicon.settings import Settings
from tests.lexicon import whole

ENGLISH = Path("axis-01", "en")
REMEDY = "the store is restored, but .*; build them with: lexicon index build"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home that does not exist yet; which database it has makes no difference here."""
    return Settings(home=tmp_path / "home")


@pytest.fixture
def origin(tmp_path: Path) -> Settings:
    """A store with an index."""
    settings = Settings(home=tmp_path / "origin")
    whole.fill(settings)
    return settings


@pytest.fixture
def file(origin: Settings, tmp_path: Path) -> Path:
    """A backup of it."""
    back_up(origin, tmp_path / "lexicon.tar.gz")
    return tmp_path / "lexicon.tar.gz"


def files(settings: Settings) -> list[str]:
    """All that lies in the index folder."""
    return sorted(
        path.relative_to(settings.home).as_posix()
        for path in settings.indices.rglob("*")
        if path.is_file()
    )


def test_only_the_live_generation_comes_back(settings: Settings, file: Path) -> None:
    assert restore(settings, file).generations == 1
    assert [name for name in files(settings) if not name.endswith(".lock")] == whole.PACKED
    home = settings.indices / ENGLISH
    assert (home / "live").read_text() == f"{whole.GENERATION} 00ff\n"
    assert (home / whole.GENERATION / "index.faiss").read_text() == whole.GENERATION * 9


def test_a_generation_that_is_there_stays_and_the_pointer_moves(
    settings: Settings, file: Path
) -> None:
    home = settings.indices / ENGLISH
    (home / whole.GENERATION).mkdir(parents=True)
    (home / whole.GENERATION / "mine").touch()
    (home / "live").write_text("another 00\n")
    restore(settings, file)
    assert [path.name for path in (home / whole.GENERATION).iterdir()] == ["mine"]
    assert (home / "live").read_text() == f"{whole.GENERATION} 00ff\n"
    assert not list(home.glob(".*"))


@pytest.mark.parametrize(
    "pointer", [b"", b"one", b"missing 00", b"../en 00", b"\xff\xfe 00", b". 00"]
)
def test_a_pointer_that_names_no_generation_is_left_out(
    origin: Settings, tmp_path: Path, pointer: bytes
) -> None:
    # Nothing else may be what keeps the folder out.
    for hidden in (origin.indices / ENGLISH).glob(".*"):
        shutil.rmtree(hidden) if hidden.is_dir() else hidden.unlink()
    (origin.indices / ENGLISH / "live").write_bytes(pointer)
    report = back_up(origin, tmp_path / "file")
    assert (report.generations, report.left_out) == (0, ("axis-01/en/live",))
    assert not [name for name in whole.members(tmp_path / "file") if name.startswith("indices")]


def test_a_name_that_could_not_be_restored_is_left_out(origin: Settings, tmp_path: Path) -> None:
    (origin.indices / ENGLISH / whole.GENERATION / ".hidden").touch()
    assert back_up(origin, tmp_path / "file").left_out == ("axis-01/en/live",)
    restore(Settings(home=tmp_path / "other"), tmp_path / "file")


def test_a_generation_that_goes_away_meanwhile_is_no_backup(
    origin: Settings, tmp_path: Path
) -> None:
    def remove(what: str, done: int, _total: int) -> None:
        if what == "indices":
            (origin.indices / ENGLISH / whole.GENERATION / "sub" / "empty.npy").unlink()

    with pytest.raises(StoreUnavailable, match=r"empty\.npy cannot be read \(No such.*try again"):
        back_up(origin, tmp_path / "file", remove)
    assert not (tmp_path / "file").exists()


def test_no_index_folder_is_none_in_the_backup(settings: Settings, tmp_path: Path) -> None:
    whole.create(settings)
    assert back_up(settings, tmp_path / "file").generations == 0
    other = Settings(home=tmp_path / "other")
    assert restore(other, tmp_path / "file").generations == 0
    assert not other.indices.exists()


def test_a_build_that_is_going_on_keeps_its_folders(settings: Settings, file: Path) -> None:
    folder = settings.indices / "axis-01"
    folder.mkdir(parents=True)
    with FileLock(folder / ".lock"), pytest.raises(StoreUnavailable, match=REMEDY):
        restore(settings, file)
    assert files(settings) == ["indices/axis-01/.lock"]
    assert len(whole.content(settings)["sense"]) == 2


def test_folders_that_cannot_be_written_do_not_undo_the_store(
    settings: Settings, file: Path
) -> None:
    settings.home.mkdir()
    settings.indices.touch()
    with pytest.raises(StoreUnavailable, match=REMEDY):
        restore(settings, file)
    assert len(whole.content(settings)["sense"]) == 2


def test_a_failure_in_the_middle_leaves_nothing_aside_and_nothing_live(
    settings: Settings, file: Path
) -> None:
    def fail(what: str, _done: int, _total: int) -> None:
        if what == "indices":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(settings, file, advance=fail)
    assert files(settings) == ["indices/axis-01/.lock"]


def test_what_a_killed_restore_leaves_is_what_a_build_clears_away(
    settings: Settings, file: Path
) -> None:
    whole.killed("restore", "indices", settings, file)
    assert indices.STAGING == ".staging-"
    left = {path.name for path in (settings.indices / ENGLISH).iterdir()}
    assert left
    assert all(name.startswith(".staging-") for name in left)
    assert len(whole.content(settings)["sense"]) == 2


@pytest.mark.parametrize("member", ["axis-01/kn", "other-02/en"])
def test_an_index_that_is_not_in_the_backup_answers_no_more(
    settings: Settings, file: Path, member: str
) -> None:
    home = settings.indices / member
    home.mkdir(parents=True)
    (home / "live").write_text(f"20991231T000000-ffffffff {'0' * 64}\n")
    restore(settings, file)
    assert not (home / "live").exists()
    assert (settings.indices / ENGLISH / "live").exists()


def test_without_an_index_in_the_backup_none_answers(settings: Settings, tmp_path: Path) -> None:
    whole.create(settings)
    back_up(settings, tmp_path / "file")
    home = settings.indices / ENGLISH
    home.mkdir(parents=True)
    (home / "live").write_text(f"20991231T000000-ffffffff {'0' * 64}\n")
    restore(settings, tmp_path / "file", replace=True)
    assert not (home / "live").exists()
