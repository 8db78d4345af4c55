"""Pulls that break off, bring other bytes or fill the disk: nothing half goes live."""

import errno
import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest

from indexer.checkpoints import download
from indexer.checkpoints import hub as checkpoints
from lexicon.errors import HubUnreachable, ModelDamaged, StoreUnavailable
from lexicon.settings import Settings
from tests.indexer.checkpoints.hub_server import FILES, REPO, TAKEN, WEIGHTS, Hub, commit_of
from tests.indexer.checkpoints.pulling import AGAIN, refusal


def test_a_pull_that_breaks_off_is_continued_at_the_byte(hub: Hub, settings: Settings) -> None:
    hub.breaks[WEIGHTS] = 5_000
    line = refusal(HubUnreachable, settings)
    assert f"5,000 of the {len(FILES[WEIGHTS]):,} bytes of model.safetensors" in line
    assert line.endswith(AGAIN)
    assert not (settings.models / "labse").exists()
    hub.breaks.clear()
    hub.asked.clear()
    told: list[tuple[str, int, int]] = []
    made = checkpoints.pull(settings, "labse", advance=lambda *one: told.append(one))
    # The files before it were finished, this one was begun.
    assert hub.paths() == [WEIGHTS, "modules.json", "tokenizer.json"]
    assert hub.asked[1].headers["Range"] == "bytes=5000-"
    assert checkpoints.verify(settings, "labse") == []
    assert told[-1] == ("labse", made.bytes, made.bytes)


def test_a_hub_without_ranges_sends_the_file_anew(hub: Hub, settings: Settings) -> None:
    hub.breaks[WEIGHTS] = 5_000
    refusal(HubUnreachable, settings)
    hub.breaks.clear()
    hub.ranges = False
    told: list[tuple[str, int, int]] = []
    made = checkpoints.pull(settings, "labse", advance=lambda *one: told.append(one))
    assert checkpoints.verify(settings, "labse") == []
    assert told[-1] == ("labse", made.bytes, made.bytes)


def test_what_another_commit_left_unfinished_is_not_continued(hub: Hub, settings: Settings) -> None:
    hub.breaks[WEIGHTS] = 5_000
    refusal(HubUnreachable, settings)
    hub.breaks.clear()
    other = {**FILES, WEIGHTS: FILES[WEIGHTS][::-1]}
    del other["config.json"]
    hub.commits[commit_of(2)] = other
    hub.asked.clear()
    folder = checkpoints.pull(settings, "labse", commit_of(2)).folder
    assert all("Range" not in one.headers for one in hub.asked)
    assert (folder / WEIGHTS).read_bytes() == other[WEIGHTS]
    assert checkpoints.verify(settings, "labse") == []


def test_the_old_commit_stays_until_the_new_one_is_whole(hub: Hub, settings: Settings) -> None:
    made = checkpoints.pull(settings, "labse")
    hub.commits[commit_of(2)] = {**FILES, WEIGHTS: FILES[WEIGHTS][::-1]}
    hub.breaks[WEIGHTS] = 5_000
    assert refusal(HubUnreachable, settings, commit_of(2)).endswith(
        f"{AGAIN} --revision {commit_of(2)}"
    )
    assert checkpoints.stored(settings) == [made]
    assert checkpoints.verify(settings, "labse") == []


@pytest.mark.parametrize("path", [WEIGHTS, "config.json"])
def test_other_bytes_than_described_are_deleted(hub: Hub, settings: Settings, path: str) -> None:
    hub.served[path] = FILES[path][::-1]
    line = refusal(ModelDamaged, settings)
    assert line.startswith(f"{path} of {REPO} came with")
    assert line.endswith(f"fetch it again with: {AGAIN}")
    if path == WEIGHTS:
        found, wanted = sha256(FILES[path][::-1]).hexdigest(), sha256(FILES[path]).hexdigest()
        assert f"sha256 {found} instead of {wanted}" in line
    left = [one for one in (settings.models / ".labse.part").rglob("*") if one.is_file()]
    assert not any(one.read_bytes() == hub.served[path] for one in left)
    hub.served.clear()
    checkpoints.pull(settings, "labse")
    assert checkpoints.verify(settings, "labse") == []


@pytest.mark.parametrize("size", [100, 100_000])
def test_another_size_than_described_is_refused(hub: Hub, settings: Settings, size: int) -> None:
    hub.served[WEIGHTS] = bytes(size)
    line = refusal(ModelDamaged, settings)
    assert f"{size:,} bytes instead of {len(FILES[WEIGHTS]):,}" in line


def test_a_part_longer_than_the_file_that_is_served_is_not_kept(
    hub: Hub, settings: Settings
) -> None:
    hub.breaks[WEIGHTS] = 5_000
    refusal(HubUnreachable, settings)
    hub.breaks.clear()
    hub.served[WEIGHTS] = bytes(100)
    assert "100 bytes instead" in refusal(ModelDamaged, settings)
    hub.served.clear()
    checkpoints.pull(settings, "labse")


@pytest.mark.parametrize("shift", [-1, 1])
def test_another_part_than_the_one_asked_for_is_not_appended(
    hub: Hub, settings: Settings, shift: int
) -> None:
    hub.breaks[WEIGHTS] = 5_000
    refusal(HubUnreachable, settings)
    hub.breaks.clear()
    hub.shift = shift
    checkpoints.pull(settings, "labse")
    assert checkpoints.verify(settings, "labse") == []


def test_bytes_without_an_announced_end_are_counted(hub: Hub, settings: Settings) -> None:
    hub.unannounced.add(WEIGHTS)
    hub.served[WEIGHTS] = FILES[WEIGHTS] + b"x"
    assert "more than 8,192 bytes" in refusal(ModelDamaged, settings)
    hub.served[WEIGHTS] = FILES[WEIGHTS][:-1]
    assert "after 8,191 of the 8,192 bytes" in refusal(HubUnreachable, settings)
    hub.served.clear()
    checkpoints.pull(settings, "labse")


@pytest.mark.parametrize("extra", [b"", b"x"])
def test_a_part_that_is_as_long_as_the_file_or_longer(
    hub: Hub, settings: Settings, extra: bytes
) -> None:
    partial = settings.models / ".labse.part" / download.PARTIAL
    partial.mkdir(parents=True)
    partial.joinpath(sha256(FILES[WEIGHTS]).hexdigest()).write_bytes(FILES[WEIGHTS] + extra)
    checkpoints.pull(settings, "labse")
    assert (WEIGHTS in hub.paths()) == bool(extra)
    assert checkpoints.verify(settings, "labse") == []


def test_a_file_system_without_links_gets_copies(
    hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.EPERM, "no links")

    checkpoints.pull(settings, "labse")
    hub.commits[commit_of(2)] = {**FILES, "config.json": b"{}"}
    monkeypatch.setattr(os, "link", none)
    hub.asked.clear()
    checkpoints.pull(settings, "labse", commit_of(2))
    assert hub.paths() == ["config.json"]
    assert checkpoints.verify(settings, "labse") == []


def test_the_old_commit_is_put_back_when_the_new_one_cannot_be_put_in_its_place(
    hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints.pull(settings, "labse")
    hub.commits[commit_of(2)] = {**FILES, "config.json": b"{}"}
    rename = Path.rename

    def refused(self: Path, target: Path) -> Path:
        if self.name == ".labse.part":
            raise OSError(errno.EACCES, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refused)
    assert "Permission denied" in refusal(StoreUnavailable, settings, commit_of(2))
    assert checkpoints.verify(settings, "labse") == []


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_too_little_room_is_found_out_before_anything_is_fetched(
    hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: _Usage(9, 8, 1))
    line = refusal(StoreUnavailable, settings)
    assert f"needs {sum(len(FILES[path]) for path in TAKEN):,} more bytes" in line
    assert hub.paths() == []


def test_a_disk_that_fills_up(
    hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(download, "sync", full)
        line = refusal(StoreUnavailable, settings)
    assert "is full; make room there, then go on with: lexicon models pull labse" in line
    checkpoints.pull(settings, "labse")
    assert checkpoints.verify(settings, "labse") == []


def test_a_folder_that_cannot_be_written(hub: Hub, settings: Settings) -> None:
    settings.home.mkdir()
    settings.models.write_bytes(b"")
    assert "set LEXICON_HOME" in refusal(StoreUnavailable, settings)
