"""Imports side by side: each way leaves the same words, and the table compares turn by turn."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import import_words
from tests.lexicon.importing import held, require_sound

ROWS = 40
LANGUAGES = ["en", "kn"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    lines = ["concept\tpos\tfield\tgloss\ten\tkn"]
    lines += ["\t".join(row) for row in import_words.rows(ROWS, LANGUAGES)]
    made = tmp_path / "made.tsv"
    made.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return made


@pytest.mark.parametrize("how", ["ours", "executemany", "COPY"])
@pytest.mark.parametrize("server", [False, True], ids=["sqlite", "postgresql"])
def test_every_way_leaves_the_same_words_and_says_what_it_took(
    how: str, server: bool, file: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url: str | None = request.getfixturevalue("postgres_url") if server else None
    sessions = import_words.open_at(str(tmp_path / "home"), url)
    found = import_words.STEPS[how](sessions, file, LANGUAGES)
    assert found["rows"] == ROWS
    assert found["seconds"] > 0
    assert found["cpu_s"] > 0
    expected = {
        row[0]: dict(zip(LANGUAGES, row[4:], strict=True))
        for row in import_words.rows(ROWS, LANGUAGES)
    }
    assert held(sessions) == expected
    require_sound(sessions)
    asked = import_words.lookup(sessions, file, LANGUAGES)
    assert asked["rows"] == 2 * ROWS
    assert min(asked["word_ms"], asked["prefix_ms"]) > 0
    sessions.kw["bind"].dispose()


def test_ways_take_turns_and_only_ours_is_looked_up(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    asked: list[str] = []

    def step(name: str, *_: Any) -> dict[str, float]:
        asked.append(name)
        return {"rows": 10, "seconds": 1}

    monkeypatch.setattr(import_words, "step", step)
    found = import_words.compared("postgresql", lambda: "url", file, "en", 2)
    assert asked == ["ours", "lookup", "executemany", "COPY", "COPY", "executemany", "ours"]
    assert {name: len(some) for name, some in found.items()} == {
        "ours": 2, "lookup": 1, "executemany": 2, "COPY": 2,
    }  # fmt: skip


def test_ratios_are_of_the_same_turn() -> None:
    def run(seconds: float, cpu: float) -> dict[str, float]:
        return {"rows": 1_000, "seconds": seconds, "cpu_s": cpu, "peak_mib": seconds * 10}

    found = {
        "ours": [run(1, 2), run(10, 20), run(2, 4)],
        "executemany": [run(2, 2), run(20, 20), run(8, 1)],
        "lookup": [{"word_ms": 0.5, "prefix_ms": 0.25}],
    }
    assert import_words.rows_of("sqlite", found) == [
        ("sqlite", "ours", "500", "100–1,000", "1.00", "4.0", "1.00", "100", "0.50", "0.25"),
        ("sqlite", "executemany", "125", "50–500", "2.00", "2.0", "1.00", "200", "", ""),
    ]


def test_a_step_is_a_process(file: Path, tmp_path: Path) -> None:
    found = import_words.step("ours", tmp_path / "home", None, file, ",".join(LANGUAGES))
    assert found["rows"] == ROWS
    assert 20 < found["peak_mib"] < 1_000
