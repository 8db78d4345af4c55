"""Every check at once, of installations that are made up, and of this one."""

from pathlib import Path
from typing import Any

import pytest

from indexer.doctor import checks
from indexer.doctor.checks import Check
from indexer.doctor.findings import State, failed, ok, together, warning
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.indexer.doctor.engines import ONE_WHEEL, SOUND


def faked(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """A sound CPU installation, without starting a process."""
    fakes = {"probe": lambda: SOUND, "driver": lambda: None, "versions": lambda: ONE_WHEEL}
    for name, fake in (fakes | {"distributions": dict} | changes).items():
        monkeypatch.setattr(checks, name, fake)


NAMES = [
    *("python", "FAISS wheels", "faiss", "GPU", "CUDA", "OpenMP"),
    *("store", "store files", "disk space", "file locks", "terminal"),
]


def by_name(found: checks.Diagnosis) -> dict[str, Check]:
    return {check.name: check for check in found.checks}


def test_this_installation_is_sound(
    sessions: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXICON_HOME", str(settings.home))
    found = checks.examine()
    assert [check.name for check in found.checks] == NAMES
    assert found.state is not State.FAILED
    told = by_name(found)
    for name in ("python", "FAISS wheels", "store", "store files", "file locks"):
        assert told[name].state is State.OK, told[name]
    assert told["faiss"].found.startswith("1.")
    # What there is to do is said exactly where something is not well.
    assert all((check.remedy is None) == (check.state is State.OK) for check in found.checks)


def test_a_sound_installation_is_ok(
    sessions: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    faked(monkeypatch)
    monkeypatch.setenv("LEXICON_HOME", str(settings.home))
    monkeypatch.setattr(checks, "terminal", lambda _encoding: ok("any"))
    found = checks.examine()
    assert {check.name: check.state for check in found.checks} == dict.fromkeys(NAMES, State.OK)
    assert found.state is State.OK


def raising(*_: object) -> Any:
    raise RuntimeError("out of\nluck")


@pytest.mark.parametrize(
    "name",
    [
        *("python", "faiss_wheels", "faiss", "gpu", "cuda", "openmp"),
        *("store_state", "store_files", "disk_space", "file_locks", "terminal"),
        *("probe", "driver", "versions", "distributions"),
    ],
)
def test_a_check_that_fails_itself_is_told_and_the_others_go_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    faked(monkeypatch, **{name: raising})
    monkeypatch.setenv("LEXICON_HOME", str(settings.home))
    found = checks.examine()
    assert [check.name for check in found.checks] == NAMES
    assert "the check itself failed (RuntimeError: out of luck)" in [
        check.found for check in found.checks
    ]


def test_settings_that_cannot_be_read_leave_the_other_checks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faked(monkeypatch)
    monkeypatch.setenv("LEXICON_DEVICE", "tpu")
    found = checks.examine()
    assert found.state is State.FAILED
    told = by_name(found)
    assert list(told) == [*NAMES[:6], "settings", "terminal"]
    assert told["settings"].state is State.FAILED
    assert "LEXICON_DEVICE='tpu'" in told["settings"].found
    assert told["settings"].remedy


def test_names_in_broken_bytes_are_told_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faked(monkeypatch)
    monkeypatch.setenv("LEXICON_HOME", str(tmp_path / "h\udcffome"))
    assert "h\\udcffome" in checks.examine().model_dump_json().replace("\\\\", "\\")


def test_two_findings_are_as_bad_as_the_worse() -> None:
    found = together([warning("a", "do x"), ok("b"), failed("c", "do x")])
    assert found == (State.FAILED, "a; b; c", "do x")
