"""``lexicon doctor`` over installations that are made up, and this one."""

import csv
import json
import os
import subprocess
from io import StringIO
from pathlib import Path

import pytest

from indexer.doctor import checks
from indexer.doctor.checks import Check, Diagnosis
from indexer.doctor.findings import State
from tests.cli.terminal import PROGRAM, as_csv, as_json, invoke, output

WELL = Check(name="faiss", state=State.OK, found="1.15.1, AVX2 instructions")
DOUBTFUL = Check(
    name="terminal", state=State.WARNING, found="it is ascii", remedy="set PYTHONUTF8=1"
)
BROKEN = Check(
    name="store", state=State.FAILED, found="no store at /ನೀರು", remedy="run: lexicon init"
)


def finds(monkeypatch: pytest.MonkeyPatch, state: State, *made: Check) -> None:
    found = Diagnosis(state=state, checks=list(made))
    monkeypatch.setattr(checks, "examine", lambda: found)


@pytest.mark.parametrize("form", ["table", "json", "csv"])
@pytest.mark.parametrize(
    ("state", "made", "code"),
    [
        (State.OK, [WELL], 0),
        (State.WARNING, [WELL, DOUBTFUL], 0),
        (State.FAILED, [WELL, DOUBTFUL, BROKEN], 1),
    ],
)
def test_only_what_fails_is_exit_code_one(
    monkeypatch: pytest.MonkeyPatch, state: State, made: list[Check], code: int, form: str
) -> None:
    finds(monkeypatch, state, *made)
    result = invoke("doctor", "--format", form)
    assert (result.exit_code, result.stderr) == (code, "")


def test_json_has_every_check_with_what_was_found_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finds(monkeypatch, State.WARNING, WELL, DOUBTFUL)
    said = as_json("doctor")
    assert said == {
        "state": "warning",
        "checks": [
            {
                "name": "faiss",
                "state": "ok",
                "found": "1.15.1, AVX2 instructions",
                "remedy": None,
            },
            {
                "name": "terminal",
                "state": "warning",
                "found": "it is ascii",
                "remedy": "set PYTHONUTF8=1",
            },
        ],
    }
    assert json.loads(output("doctor", "--json")) == said


def test_json_is_told_of_failures_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, State.FAILED, BROKEN)
    assert json.loads(invoke("doctor", "--json").stdout)["checks"][0]["found"] == (
        "no store at /ನೀರು"
    )


def test_csv_has_a_row_per_check(monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, State.WARNING, WELL, DOUBTFUL)
    assert as_csv("doctor") == [
        {"check": "faiss", "state": "ok", "found": "1.15.1, AVX2 instructions", "remedy": ""},
        {
            "check": "terminal",
            "state": "warning",
            "found": "it is ascii",
            "remedy": "set PYTHONUTF8=1",
        },
    ]


def test_the_table_says_what_to_do_below_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, State.WARNING, WELL, DOUBTFUL)
    lines = [" ".join(line.split()) for line in output("doctor").splitlines()]
    assert lines[2:] == [
        "faiss ok 1.15.1, AVX2 instructions",
        "terminal warning it is ascii",
        "to do: set PYTHONUTF8=1",
    ]


def installed(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, "doctor", *arguments],
        env={**os.environ, "COLUMNS": "300", **variables},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_this_installation_passes(bundled_home: Path) -> None:
    done = installed("--json", LEXICON_HOME=str(bundled_home))
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said["state"] in ("ok", "warning")
    assert {check["name"]: check["state"] for check in said["checks"]}["store"] == "ok"


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_a_terminal_without_the_letters_is_told_so_without_them(tmp_path: Path, form: str) -> None:
    done = installed(
        "--format",
        form,
        LEXICON_HOME=str(tmp_path / "ನೀರು"),
        PYTHONIOENCODING="ascii",
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "set PYTHONUTF8=1" in done.stdout
    assert "create it with: lexicon init" in done.stdout
    if form == "csv":
        assert len(list(csv.DictReader(StringIO(done.stdout)))) > 5
    assert not (tmp_path / "ನೀರು").exists()
