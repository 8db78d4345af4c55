"""How benchmarks show their figures: facts beside them, and sections of the document by name."""

import json
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from benchmarks import alone, results


def show(name: str, cell: str, json_file: Path | None = None, **said: int) -> None:
    results.show(
        name, "Title", ("a", "b"), [("1", cell)], [1, 2], ("numpy",), json_file, True, **said
    )


def test_figures_come_with_the_machine_versions_seed_and_date(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(results, "DOCUMENT", tmp_path / "benchmarks.md")
    for seed, said in ((results.SEED, {}), (7, {"seed": 7})):
        show("one", "x", tmp_path / "figures.json", **said)
        told = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
        assert set(told) == {"machine", "versions", "seed", "date", "figures"}
        assert (told["seed"], told["figures"]) == (seed, [1, 2])
        assert "cores" in told["machine"]
        assert set(told["versions"]) == {"python", "numpy"}


def test_a_section_is_written_in_its_place_and_no_other_is_touched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    document = tmp_path / "benchmarks.md"
    monkeypatch.setattr(results, "DOCUMENT", document)
    show("one", "first")
    # The name of one begins that of the other.
    show("one 1000", "second")
    show("two", "third")
    show("one", "fourth")
    text = document.read_text(encoding="utf-8")
    assert text.startswith("# Benchmarks\n")
    places = [text.index(f"| 1 | {cell} |") for cell in ("fourth", "second", "third")]
    assert places == sorted(places)
    assert "first" not in text
    assert text.count("<!-- ") == 6


def test_memory_is_that_of_a_process_of_its_own() -> None:
    held = bytearray(300 << 20)
    small, large = (alone.peak_mib("tests.benchmarks.holding", str(mib)) for mib in (1, 200))
    assert 5 < small < 200
    assert 190 < large - small < 210
    assert len(held) > 0


def test_a_process_that_fails_has_no_memory_to_tell() -> None:
    with pytest.raises(CalledProcessError):
        alone.peak_mib("tests.benchmarks.holding", "nothing")
