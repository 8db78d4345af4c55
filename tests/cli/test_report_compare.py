"""``lexicon report compare`` and ``outliers`` over the tiny lexicon under two encoders."""

import pytest

from indexer.build import build
from indexer.service import LexiconService
from tests.cli.terminal import as_csv, as_json, invoke, output, refusal, usage_error
from tests.conftest import AxisEncoder
from tests.indexer.worlds import register

CROOKED = {
    "en": AxisEncoder().table["en"],
    "kn": AxisEncoder().table["kn"],
    "fr": {**AxisEncoder().table["fr"], "eau": [0, 0, 0, 1], "courir": [1, 0, 0, 0]},
}
"""French *eau* lies where *run* does, and *courir* where *water* does."""


@pytest.fixture
def two(tiny: LexiconService, monkeypatch: pytest.MonkeyPatch) -> LexiconService:
    crooked = AxisEncoder(CROOKED, name="crooked", model_id="tests/crooked")
    build(tiny.sessions, tiny.generations, register(monkeypatch, crooked))
    return tiny


def test_comparing_in_every_format(two: LexiconService) -> None:
    made = as_json("report", "compare", "crooked", "axis", "--pair", "en-fr")
    assert (made["first"], made["second"]) == ("crooked", "axis")
    (pair,) = made["pairs"]
    gain = pair["all"]["p_at_1"]
    assert (gain["first"], gain["second"], gain["difference"], gain["n"]) == (0.5, 1.0, 0.5, 4)
    rows = as_csv("report", "compare", "crooked", "axis", "--pair", "en-fr")
    (row,) = [one for one in rows if (one["part"], one["metric"]) == ("all", "p_at_1")]
    assert (row["source"], row["target"], row["difference"], row["n"]) == ("en", "fr", "0.5", "4")
    shown = output("report", "compare", "crooked", "axis")
    assert "axis against crooked, without identical spellings and names" in shown
    # Of Hindi neither has a word.
    assert "en→fr" in shown
    assert "hi" not in shown


def test_a_pair_without_words_has_dashes(two: LexiconService) -> None:
    made = as_json("report", "compare", "crooked", "axis", "--pair", "en-kn")
    assert made["pairs"][0]["all"]["p_at_1"]["difference"] == 0
    assert "+0.000" in output("report", "compare", "crooked", "axis", "--pair", "en-kn")


def test_comparing_with_one_that_remembers_says_so(
    tiny: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    knowing = AxisEncoder(name="knowing", model_id="tests/knowing", trained_on="this")
    build(tiny.sessions, tiny.generations, register(monkeypatch, knowing))
    said = invoke("report", "compare", "axis", "knowing", "--pair", "en-fr")
    assert "'knowing' was trained on this lexicon" in said.stderr
    assert "'axis' was trained" not in said.stderr


def test_comparing_what_cannot_be(two: LexiconService) -> None:
    assert refusal("report", "compare", "axis", "axis") == (
        "'axis' and 'axis' are one encoder; name two"
    )
    assert "unknown encoder 'nobody'" in refusal("report", "compare", "axis", "nobody")
    assert "pair 'en-xx'" in refusal("report", "compare", "axis", "crooked", "--pair", "en-xx")
    assert "Missing argument" in usage_error("report", "compare", "axis")


def test_outliers_in_every_format(two: LexiconService) -> None:
    arguments = ("report", "outliers", "--pair", "en-fr", "-e", "crooked")
    made = as_json(*arguments, "-n", "2")
    assert made["encoders"] == ["crooked"]
    wrong = {one["source_form"]: one for one in made["outliers"]}
    assert set(wrong) == {"water", "run"}
    assert wrong["water"]["likelier"]["form"] == "courir"
    assert wrong["run"]["target_form"] == "courir"
    rows = as_csv(*arguments, "-n", "2")
    assert {row["source"]: row["likelier"] for row in rows} == {"water": "courir", "run": "eau"}
    assert all(float(row["crooked"]) < 100 for row in rows)
    shown = output(*arguments)
    assert "en→fr by crooked: the 5 farthest apart of 5 pairs" in shown
    assert shown.index("water") < shown.index("shore")


def test_outliers_by_all_that_are_indexed(
    two: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    knowing = AxisEncoder(name="knowing", model_id="tests/knowing", trained_on="this")
    build(two.sessions, two.generations, register(monkeypatch, knowing))
    assert as_json("report", "outliers", "--pair", "en-fr")["encoders"] == ["axis", "crooked"]
    said = invoke("report", "outliers", "--pair", "en-fr", "-e", "knowing")
    assert "knowing remembers these pairs and cannot doubt them" in said.stderr
    monkeypatch.delitem(__import__("indexer.encoders.registry", fromlist=["x"]).NAMED, "crooked")
    said = invoke("report", "outliers", "--pair", "en-fr")
    assert "'crooked' was not asked: unknown encoder 'crooked'" in said.stderr


def test_outliers_of_nothing(two: LexiconService) -> None:
    assert "Missing option '--pair'" in usage_error("report", "outliers")
    assert refusal("report", "outliers", "--pair", "en-fr", "-n", "0") == "limit 0 is less than 1"
