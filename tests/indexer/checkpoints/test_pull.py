"""Pulling: what arrives, what is left alone, what is replaced."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from filelock import FileLock

from indexer.checkpoints import hub as checkpoints
from indexer.checkpoints.stored import places
from lexicon.errors import InvalidInput, ModelBusy, ModelMissing, StoreUnavailable
from lexicon.settings import Settings
from tests.indexer.checkpoints.hub_server import FILES, REPO, TAKEN, WEIGHTS, Hub, commit_of


def lying(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_checkpoint_arrives_with_the_files_it_needs_and_a_record(
    hub: Hub, settings: Settings
) -> None:
    made = checkpoints.pull(settings, "labse")
    here = lying(settings.models / "labse")
    record = json.loads(here.pop("checkpoint.json"))
    assert here == {path: FILES[path] for path in TAKEN}
    assert record["files"] == {
        path: {"bytes": len(FILES[path]), "sha256": sha256(FILES[path]).hexdigest()}
        for path in TAKEN
    }
    assert (record["repo"], record["revision"], record["commit"]) == (REPO, "main", commit_of(1))
    assert made.bytes == sum(len(FILES[path]) for path in TAKEN)
    assert checkpoints.stored(settings) == [made]
    assert checkpoints.path(settings, "labse") == checkpoints.path(settings, REPO) == made.folder
    assert checkpoints.verify(settings, "labse") == []
    # Only the checkpoint and the lock; nothing is in progress.
    assert {path.name for path in settings.models.iterdir()} == {"labse", ".labse.lock"}


def test_files_are_asked_for_by_commit_not_by_branch(hub: Hub, settings: Settings) -> None:
    checkpoints.pull(settings, "labse")
    assert all(f"/resolve/{commit_of(1)}/" in one.path for one in hub.asked[1:])


def test_progress_counts_bytes_up_to_all_of_them(hub: Hub, settings: Settings) -> None:
    told: list[tuple[str, int, int]] = []
    made = checkpoints.pull(settings, "labse", advance=lambda *one: told.append(one))
    assert told[0] == ("labse", 0, made.bytes)
    assert told[-1] == ("labse", made.bytes, made.bytes)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_the_same_commit_is_not_pulled_twice(hub: Hub, settings: Settings) -> None:
    made = checkpoints.pull(settings, "labse")
    hub.asked.clear()
    assert checkpoints.pull(settings, "labse") == made
    assert len(hub.asked) == 1
    assert hub.paths() == []


def test_a_commit_that_is_here_needs_no_network(
    hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = checkpoints.pull(settings, "labse")
    hub.asked.clear()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert checkpoints.pull(settings, "labse", commit_of(1)) == made
    assert hub.asked == []


def test_another_commit_replaces_it_and_only_what_changed_is_fetched(
    hub: Hub, settings: Settings
) -> None:
    checkpoints.pull(settings, "labse")
    changed = {**FILES, "config.json": b'{"model_type": "xlm"}'}
    del changed["modules.json"]
    hub.commits[commit_of(2)] = changed
    hub.revisions["main"] = commit_of(2)
    hub.asked.clear()
    assert checkpoints.pull(settings, "labse").commit == commit_of(2)
    assert hub.paths() == ["config.json"]
    assert checkpoints.verify(settings, "labse") == []
    assert not (settings.models / "labse" / "modules.json").exists()
    assert {path.name for path in settings.models.iterdir()} == {"labse", ".labse.lock"}


def test_a_revision_is_pinned_to_its_commit(hub: Hub, settings: Settings) -> None:
    hub.commits[commit_of(2)] = {**FILES, "config.json": b"{}"}
    hub.revisions |= {"refs/pr/7": commit_of(2)}
    assert checkpoints.pull(settings, "labse", "refs/pr/7").commit == commit_of(2)
    assert checkpoints.pull(settings, "labse", commit_of(1)).commit == commit_of(1)


def test_pulling_again_repairs_what_was_changed(hub: Hub, settings: Settings) -> None:
    folder = checkpoints.pull(settings, "labse").folder
    folder.joinpath("config.json").write_bytes(b'{"model_type": "evil"}')
    folder.joinpath("stray.txt").write_bytes(b"")
    hub.asked.clear()
    checkpoints.pull(settings, "labse")
    assert hub.paths() == ["config.json"]
    assert checkpoints.verify(settings, "labse") == []


def test_a_damaged_record_is_pulled_anew(hub: Hub, settings: Settings) -> None:
    folder = checkpoints.pull(settings, "labse").folder
    folder.joinpath("checkpoint.json").write_text("{", encoding="utf-8")
    assert checkpoints.stored(settings) == []
    assert "lexicon models pull labse" in checkpoints.verify(settings, "labse")[0]
    hub.asked.clear()
    checkpoints.pull(settings, "labse")
    assert checkpoints.verify(settings, "labse") == []
    assert hub.paths() == []


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda folder: (folder / WEIGHTS).unlink(), "model.safetensors: missing"),
        (
            lambda folder: (folder / "modules.json").write_bytes(b"[1]"),
            "modules.json: 3 bytes instead of 2",
        ),
        (
            lambda folder: (folder / "modules.json").write_bytes(b"{}"),
            (
                f"modules.json: sha256 {sha256(b'{}').hexdigest()} "
                f"instead of {sha256(b'[]').hexdigest()}"
            ),
        ),
        (
            lambda folder: (
                (folder / "2_Dense").mkdir() or (folder / "2_Dense" / "x.bin").write_bytes(b"")
            ),
            "2_Dense/x.bin: was not pulled",
        ),
    ],
)
def test_verifying_names_what_differs(
    hub: Hub, settings: Settings, damage: object, problem: str
) -> None:
    folder = checkpoints.pull(settings, "labse").folder
    assert callable(damage)
    damage(folder)
    assert checkpoints.verify(settings, "labse") == [problem]


def test_a_folder_put_there_by_hand_is_used_but_never_replaced(
    hub: Hub, settings: Settings
) -> None:
    folder = settings.models / "labse"
    folder.mkdir(parents=True)
    assert checkpoints.path(settings, "labse") == folder
    assert "checkpoint.json" in checkpoints.verify(settings, "labse")[0]
    with pytest.raises(StoreUnavailable, match=r"by hand.*lexicon models remove labse"):
        checkpoints.pull(settings, "labse")
    assert hub.asked == []


def test_a_link_is_replaced_and_removed_but_not_what_it_leads_to(
    hub: Hub, settings: Settings, tmp_path: Path
) -> None:
    folder = checkpoints.pull(settings, "labse").folder
    folder.rename(tmp_path / "shared")
    before = lying(tmp_path / "shared")
    folder.symlink_to(tmp_path / "shared")
    hub.commits[commit_of(2)] = {**FILES, "config.json": b"{}"}
    checkpoints.pull(settings, "labse", commit_of(2))
    assert not folder.is_symlink()
    checkpoints.remove(settings, "labse")
    folder.symlink_to(tmp_path / "shared")
    checkpoints.remove(settings, "labse")
    assert not folder.is_symlink()
    assert lying(tmp_path / "shared") == before


def test_removing_takes_everything(hub: Hub, settings: Settings) -> None:
    checkpoints.pull(settings, "labse")
    checkpoints.remove(settings, "labse")
    assert {path.name for path in settings.models.iterdir()} == {".labse.lock"}
    for refused in (checkpoints.remove, checkpoints.path, checkpoints.verify):
        with pytest.raises(ModelMissing, match="lexicon models"):
            refused(settings, "labse")


def test_two_pulls_of_one_checkpoint_do_not_meet(hub: Hub, settings: Settings) -> None:
    settings.models.mkdir(parents=True)
    with FileLock(settings.models / ".labse.lock"), pytest.raises(ModelBusy, match="'labse'"):
        checkpoints.pull(settings, "labse")


def test_a_replacement_that_was_killed_half_way_is_undone(hub: Hub, settings: Settings) -> None:
    made = checkpoints.pull(settings, "labse")
    made.folder.rename(places(settings, "labse").old)
    hub.asked.clear()
    assert checkpoints.pull(settings, "labse") == made
    assert hub.paths() == []


def test_a_replacement_that_was_killed_at_its_end_is_finished(hub: Hub, settings: Settings) -> None:
    made = checkpoints.pull(settings, "labse")
    old = places(settings, "labse").old
    old.mkdir()
    assert checkpoints.pull(settings, "labse") == made
    assert not old.exists()


def test_a_repository_without_weights_is_refused(hub: Hub, settings: Settings) -> None:
    hub.commits[commit_of(1)] = {"config.json": b"{}", "model.gguf": b"gguf"}
    with pytest.raises(InvalidInput, match="no weights"):
        checkpoints.pull(settings, "labse")
    assert hub.paths() == []


def test_pickled_weights_are_taken_where_there_are_no_others(hub: Hub, settings: Settings) -> None:
    del hub.commits[commit_of(1)][WEIGHTS]
    folder = checkpoints.pull(settings, "labse").folder
    assert (folder / "pytorch_model.bin").read_bytes() == FILES["pytorch_model.bin"]


def test_an_empty_file_and_two_of_the_same_content_arrive(hub: Hub, settings: Settings) -> None:
    same = {"added.json": b"", "merges.txt": b"", "a.json": b"{}", "b.json": b"{}"}
    hub.commits[commit_of(1)] |= same
    here = lying(checkpoints.pull(settings, "labse").folder)
    assert {path: here[path] for path in same} == same


@pytest.mark.parametrize("revision", ["", "a\nb", "x" * 251])
def test_what_is_no_revision_is_refused(hub: Hub, settings: Settings, revision: str) -> None:
    with pytest.raises(InvalidInput, match="not a branch"):
        checkpoints.pull(settings, "labse", revision)
    assert hub.asked == []
