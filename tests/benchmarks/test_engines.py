"""Engines over the same rows: each finds the nearest, in a process that speaks JSON."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks.engines import __main__ as engines
from benchmarks.engines import made, speaking
from benchmarks.engines.others import NAMES, Chroma, Exact, Flat, TunedTxtai, Txtai, engine
from benchmarks.engines.ours import Ours
from benchmarks.index import SHOWN

ROWS = 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = tmp_path_factory.mktemp("engines")
    engines.prepare(there, ROWS)
    return there


@pytest.mark.parametrize("kind", [Exact, Flat, Ours])
def test_engines_find_the_nearest_of_all_and_of_a_language(folder: Path, kind: Any) -> None:
    searched: speaking.Engine = kind(folder)
    searched.build()
    searched.open()
    for limited in (False, True):
        search = searched.limited if limited else searched.search
        found = [search(place, engines.K) for place in range(20)]
        assert engines.recall(found, engines.truth(folder, limited)[:20]) >= 0.99
    first = set(speaking.of_first_language(folder).tolist())
    assert 0 < len(first) < ROWS / 2
    assert set(searched.limited(0, 10)) <= first


def test_recall_is_the_share_of_the_true_first_ones() -> None:
    true = np.array([[1, 2], [3, 4]])
    assert engines.recall([[2, 1], [3, 9]], true) == 0.75
    assert engines.recall([[], [5, 6]], true) == 0.0


def test_a_process_answers_line_by_line_and_says_what_it_took(folder: Path) -> None:
    log = folder / "process.log"
    with engines.Process("numpy", folder, Path(sys.executable), log) as process:
        assert process.ask(60, do="build")["found"] is None
        process.ask(60, do="open")
        told = process.ask(60, do="search", k=3, limited=False)
    assert np.shape(told["found"]) == (SHOWN, 3)
    assert told["cpu_s"] > 0
    assert told["wall_s"] > 0
    assert told["peak_mib"] >= told["rss_mib"] > 10


def test_who_is_not_done_in_time_is_left_out_by_name(folder: Path) -> None:
    log = folder / "late.log"
    costs, left_out = engines.built(["numpy"], folder, Path(sys.executable), 0, log)
    assert (costs, left_out) == ({}, {"numpy": "more than 0"})
    assert engines.builds(9, costs, left_out) == [("9", "numpy", "more than 0", "", "", "", "")]


def test_builds_take_turns_in_folders_of_their_own_unless_they_take_long(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, bool]] = []

    class Asked(engines.Process):
        def __init__(self, name: str, place: Path, *_: Path) -> None:
            self.name = name
            asked.append((name, place == folder))
            assert {one.name for one in place.glob("*.npy")} >= {"rows.npy", "languages.npy"}

        def __exit__(self, *_: object) -> None:
            pass

        def ask(self, patience: float, **said: object) -> dict[str, Any]:
            turn = sum(name == self.name for name, _ in asked)
            seconds = 61.0 if self.name == "slow" else turn
            return {"wall_s": seconds, "cpu_s": 2 * seconds, "peak_mib": 5}

    monkeypatch.setattr(engines, "Process", Asked)
    names = ["ours", "slow", "quick"]
    costs, left_out = engines.built(names, folder, folder, 1, folder, 3)
    again = [("quick", False), ("ours", False), ("ours", False), ("quick", False)]
    assert asked == [("ours", True), ("slow", True), ("quick", True), *again]
    assert left_out == {}
    assert engines.builds(9, costs, {}) == [
        ("9", "ours", "2.00", "4.00", "2.00–6.00", "1.000", "5"),
        ("9", "slow", "61.00", "122.00", "once", "0.016", "5"),
        ("9", "quick", "2.00", "4.00", "2.00–6.00", "1.000", "5"),
    ]
    assert [one.name for one in folder.iterdir() if one.is_dir() and one.name[:3] == "tmp"] == []


def test_who_does_not_answer_in_time_is_not_asked_again_and_said_to_be_left_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = folder / "silent.log"
    engines.built(["numpy", "ours"], folder, Path(sys.executable), 60, log)
    python = Path(sys.executable)
    with (
        engines.Process("ours", folder, python, log) as ours,
        engines.Process("numpy", folder, python, log) as late,
    ):
        ask = late.ask
        monkeypatch.setattr(late, "ask", lambda _patience, **said: ask(0, **said))
        told = engines.searched([ours, late], 2)
        assert late._process.poll() is not None
    assert len(told["ours"][False]["runs"]) == 2
    said = f"more than 900 s for {SHOWN}"
    assert told["numpy"] == {"left out": said}
    told["ours"][False]["recall"] = 1.0
    ours_row, late_row = engines.searches(9, told, False)
    assert ours_row[:2] == ("9", "ours")
    assert late_row == ("9", "numpy", said, "", "", "", "", "")


def test_who_fails_says_why(folder: Path, tmp_path: Path) -> None:
    with (
        engines.Process("numpy", tmp_path, Path(sys.executable), tmp_path / "log") as process,
        pytest.raises(SystemExit, match=r"numpy failed: FileNotFoundError.*queries\.npy"),
    ):
        process.ask(60, do="build")


def test_everybody_is_asked_for_what_it_can_do() -> None:
    asked = {name: [engines._asked_for(name, one) for one in (False, True)] for name in NAMES}
    assert asked == {
        "numpy": [True, True],
        "FAISS Flat": [True, True],
        "txtai": [True, False],
        "txtai, .99": [True, False],
        "txtai, exact": [True, False],
        "txtai, SQL": [False, True],
        "chromadb": [True, True],
    }


def test_names_are_of_engines_as_their_documentation_has_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("benchmarks.engines.others.import_module", _Library)
    kinds = [type(engine(name, tmp_path)) for name in NAMES]
    assert kinds == [Exact, Flat, Txtai, TunedTxtai, Txtai, Txtai, Chroma]
    exact = engine("txtai, exact", tmp_path)
    assert isinstance(exact, Txtai)
    assert exact.said["faiss"] == {"components": "IDMap,Flat"}


class _Probing:
    """Finds the first rows from so many probes on, and those after them before."""

    def __init__(self, enough: int, nlist: int) -> None:
        self.enough = enough
        self.backend = SimpleNamespace(nprobe=2, nlist=nlist)
        self.config: dict[str, Any] = {"backend": "faiss"}

    def search(self, asked: np.ndarray, k: int) -> list[list[tuple[int, float]]]:
        self.backend.nprobe = self.config.get("faiss", {}).get("nprobe", 2)
        away = 0 if self.backend.nprobe >= self.enough else 1
        return [[(int(row) + away, 0.0) for row in range(k)] for _ in asked]


@pytest.mark.parametrize(("enough", "nlist", "probes"), [(2, 64, 2), (7, 64, 8), (100, 9, 11)])
def test_txtai_is_tuned_until_it_finds_enough_or_there_is_no_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, enough: int, nlist: int, probes: int
) -> None:
    # Every query's nearest ten are the first rows.
    np.save(tmp_path / speaking.ROWS, np.diag(np.linspace(1, 0.1, 12)).astype(np.float16))
    np.save(tmp_path / speaking.HELD_OUT, np.ones((3, 12), dtype=np.float16))
    monkeypatch.setattr("benchmarks.engines.others.import_module", _Library)
    monkeypatch.setattr(Txtai, "open", lambda _: None)
    tuned = TunedTxtai(tmp_path, "txtai, .99", None, content=False)
    tuned.index = SimpleNamespace(ann=_Probing(enough, nlist))
    tuned.open()
    assert tuned.index.ann.backend.nprobe == probes


@pytest.mark.parametrize("many", [40, 400])
def test_made_rows_are_unit_rows_around_the_same_centres_however_many_are_drawn(many: int) -> None:
    rows = made.like_words(1_200, 1, 1_200).astype(np.float32)
    asked = made.like_words(many, 2, 1_200).astype(np.float32)
    assert rows.shape == (1_200, made.DIM)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    assert not np.array_equal(rows[:many], asked)
    nearest = (asked @ rows.T).max(axis=1)
    # Around centres of their own they would be strangers to all rows.
    assert np.median(nearest) > 0.45
    strangers = made.like_words(many, 2, 120_000).astype(np.float32)
    assert np.median((strangers @ rows.T).max(axis=1)) < 0.4


class _Library:
    """Of any name, with any function."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **said: said


def test_ratios_are_those_of_the_same_turn() -> None:
    def run(*cpu: float) -> dict[Any, Any]:
        runs = [{"cpu_s": one, "wall_s": 2 * one} for one in cpu]
        return {"rss_mib": 7.0, False: {"runs": runs, "recall": 0.5}}

    told = {"ours": run(1, 2, 9), "other": run(2, 4, 9), "txtai, SQL": {"rss_mib": 1.0}}
    ours, other = engines.searches(1_000, told, False)
    assert ours == ("1,000", "ours", "2.000", "1.000–9.000", "4.000", "1.000", "0.500", "7")
    assert other[5] == "0.500"
    assert engines.searches(1_000, {"other": run(1)}, False)[0][5] == ""


def test_an_answer_is_of_as_many_queries_as_there_are(folder: Path) -> None:
    one = Exact(folder)
    assert speaking.answer(one, {"do": "build"}, 4)["found"] is None
    speaking.answer(one, {"do": "open"}, 4)
    for limited in (False, True):
        asked = json.loads(json.dumps({"do": "search", "k": 2, "limited": limited}))
        assert np.shape(speaking.answer(one, asked, 4)["found"]) == (4, 2)
