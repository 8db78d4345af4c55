"""``lexicon status`` over the tiny world."""

from importlib.metadata import version

import pytest

from indexer import status
from indexer.service import LexiconService
from lexicon.entries import checked
from lexicon.store import SCHEMA_REVISION
from tests.cli.terminal import as_csv, as_json, invoke, output
from tests.conftest import TINY, AxisEncoder, fill


def generations(service: LexiconService) -> dict[str, str]:
    return service.live_generations(service.encoder("axis"))


def test_json_counts_the_store(tiny: LexiconService) -> None:
    said = as_json("status")
    assert said["home"] == str(tiny.settings.home)
    assert said["store"] == {
        "url": f"sqlite:///{tiny.settings.home}/lexicon.sqlite3",
        "revision": SCHEMA_REVISION,
        "concepts": 4,
        "senses": 14,
        "lexemes": {"en": 4, "fr": 4, "kn": 5},
        "forms": {"en": 4, "fr": 4, "kn": 5},
        "sources": [{"name": "tiny", "licence": "CC0-1.0", "version": "1"}],
    }


def test_json_names_the_live_generations(tiny: LexiconService, axis: AxisEncoder) -> None:
    assert as_json("status")["encoders"] == [
        {
            "name": "axis",
            "identity": axis.spec.identity,
            "default": True,
            "problem": None,
            "indices": [
                {
                    "language": language,
                    "state": "current",
                    "generation": generations(tiny)[language],
                    "rows": rows,
                    "uncovered": 0,
                    "missing": 0,
                    "kind": "sq",
                    "recall": 1.0,
                    "changes": 0,
                }
                for language, rows in (("en", 4), ("fr", 4), ("kn", 5))
            ],
        }
    ]


def test_json_has_versions_and_known_encoders(tiny: LexiconService) -> None:
    said = as_json("status")
    assert said["known_encoders"] == ["bloom-1b7", "bloom-560m", "embedded", "labse"]
    assert said["versions"]["semantic-lexicon"] == version("semantic-lexicon")
    assert said["versions"]["numpy"] == version("numpy")


def test_csv_has_a_row_per_index(tiny: LexiconService) -> None:
    held = generations(tiny)
    assert as_csv("status") == [
        {
            "encoder": "axis",
            "language": language,
            "rows": rows,
            "uncovered": "0",
            "missing": "0",
            "generation": held[language],
            "state": "current",
        }
        for language, rows in (("en", "4"), ("fr", "4"), ("kn", "5"))
    ]


def test_the_table_shows_store_and_indices(tiny: LexiconService) -> None:
    lines = [" ".join(line.split()) for line in output("status").splitlines()]
    assert f"home {tiny.settings.home}" in lines
    assert "concepts 4, 14 senses" in lines
    assert "forms en 4, fr 4, kn 5" in lines
    assert "sources tiny 1 (CC0-1.0)" in lines
    assert (
        "encoders bloom-1b7, bloom-560m, embedded, labse, or a sentence-transformers folder"
        in lines
    )
    assert f"axis kn 5 0 0 {generations(tiny)['kn']} current" in lines


def test_words_that_have_left_leave_their_indices_current(tiny: LexiconService) -> None:
    fill(tiny.sessions, TINY[:3])
    found = [(row["state"], row["rows"], row["missing"]) for row in as_csv("status")]
    assert found == [("current", rows, "0") for rows in ("3", "3", "4")]
    (encoder,) = as_json("status")["encoders"]
    assert [index["changes"] for index in encoder["indices"]] == [1, 1, 1]


def test_new_words_are_counted_as_having_no_vector(tiny: LexiconService) -> None:
    sea = checked("sea.noun.1", "noun", "water", "salt water", {"en": "sea|ocean|water"})
    fill(tiny.sessions, [*TINY, sea])
    found = {row["language"]: (row["rows"], row["missing"]) for row in as_csv("status")}
    assert found == {"en": ("4", "2"), "fr": ("4", "0"), "kn": ("5", "0")}
    states = [row["state"] for row in as_csv("status")]
    assert states == ["stale; update it with: lexicon index build", "current", "current"]


def test_a_damaged_index_is_told_and_the_others_stay_current(tiny: LexiconService) -> None:
    (pointer,) = tiny.settings.indices.glob("*/kn/live")
    pointer.write_text("nonsense")
    states = {row["language"]: row["state"] for row in as_csv("status")}
    assert (states["en"], states["fr"]) == ("current", "current")
    assert states["kn"].endswith("is not used; rebuild it with: lexicon index build")


def test_a_missing_index_has_no_rows_and_a_remedy(tiny: LexiconService) -> None:
    (pointer,) = tiny.settings.indices.glob("*/kn/live")
    pointer.unlink()
    (row,) = (row for row in as_csv("status") if row["language"] == "kn")
    assert (row["rows"], row["missing"], row["generation"]) == ("0", "5", "")
    assert row["state"].endswith("build it with: lexicon index build --encoder axis")


@pytest.mark.parametrize("form", ["table", "csv"])
def test_a_default_encoder_that_is_unknown_is_told_beside_the_others(
    tiny: LexiconService, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setenv("LEXICON_ENCODER", "word2vec")
    monkeypatch.setenv("COLUMNS", "400")
    result = invoke("status", "--format", form)
    assert result.exit_code == 0
    assert (
        "unknown encoder 'word2vec'; known: bloom-1b7, bloom-560m, embedded, labse" in result.stdout
    )
    assert generations(tiny)["kn"] in result.stdout


def test_an_empty_store_has_no_index_to_show(tiny: LexiconService) -> None:
    fill(tiny.sessions, ())
    said = as_json("status")
    assert (said["store"]["concepts"], said["store"]["forms"]) == (0, {})
    assert said["encoders"][0]["indices"] == []
    assert output("status")


def test_what_is_wrong_with_the_installation_is_told(
    tiny: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "problems", lambda _installed: ["two wheels share one name"])
    assert as_json("status")["problems"] == ["two wheels share one name"]
    assert invoke("status").stderr == "note: two wheels share one name\n"
