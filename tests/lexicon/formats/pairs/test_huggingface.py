"""JSON Lines and Parquet as Hugging Face serves them."""

import sys
from pathlib import Path
from typing import Any

import pytest

from lexicon.errors import ExtraMissing, InvalidInput
from lexicon.formats.pairs import huggingface
from lexicon.formats.pairs.entry import PairEntry, Reading
from lexicon.formats.reading import Input, Row, Skipped
from tests.lexicon.formats.pairs.files import (
    ANY,
    ENGLISH,
    KNOWN,
    entries,
    file,
    json_lines,
    read,
    reasons,
)

ROWS = [
    {"premise": "a", "hypothesis": "b", "label": 0},
    {"premise": "c", "hypothesis": "d", "label": -1},
    {"premise": "e", "hypothesis": "f", "label": 2},
]
FOUND = [
    PairEntry("0", "a", "b", "en", "en", "entailment"),
    PairEntry("1", "c", "d", "en", "en", None),
    PairEntry("2", "e", "f", "en", "en", "contradiction"),
]
ALL = {
    "premise": {"de": "ja", "en": "yes", "fr": "oui", "hi": "हाँ"},
    "hypothesis": {"language": ["fr", "de", "en"], "translation": ["non", "nein", "no"]},
    "label": 2,
}


def parquet(folder: Path, rows: list[dict[str, Any]], name: str = "pairs.parquet") -> Input:
    """A Parquet file of these rows."""
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet as written  # type: ignore[import-untyped]

    written.write_table(arrow.Table.from_pylist(rows), folder / name)
    return Input(folder / name)


def lines(folder: Path, rows: list[dict[str, Any]], name: str = "pairs.jsonl") -> Input:
    return file(folder, json_lines(*rows), name)


@pytest.fixture(params=[lines, parquet])
def made(request: pytest.FixtureRequest) -> Any:
    """Makes a file of rows, in one of the two forms."""
    return request.param


def test_rows_are_keyed_by_their_number(tmp_path: Path, made: Any) -> None:
    assert entries(read("huggingface", made(tmp_path, ROWS))) == FOUND


@pytest.mark.parametrize("name", ["idx", "id", "pairID"])
def test_rows_are_keyed_by_the_id_that_they_have(tmp_path: Path, made: Any, name: str) -> None:
    rows = [{**row, name: 10 + number} for number, row in enumerate(ROWS)]
    found = entries(read("huggingface", made(tmp_path, rows)))
    assert [entry.key for entry in found] == ["10", "11", "12"]


def test_labels_are_words_or_counted_in_the_order_that_is_given(tmp_path: Path, made: Any) -> None:
    reading = Reading(KNOWN, "en", order=("contradiction", "neutral", "entailment"))
    found = entries(read("huggingface", made(tmp_path, ROWS), reading))
    assert [entry.label for entry in found] == ["contradiction", None, "entailment"]
    rows = [{**row, "label": "Contradictory"} for row in ROWS]
    found = entries(read("huggingface", made(tmp_path, rows)))
    assert {entry.label for entry in found} == {"contradiction"}


def test_all_languages_give_a_pair_for_each_that_is_wanted(tmp_path: Path, made: Any) -> None:
    source = made(tmp_path, [ALL])
    assert sorted(map(str, entries(read("huggingface", source, ANY)))) == [
        str(PairEntry("0", "oui", "non", "fr", "fr", "contradiction")),
        str(PairEntry("0", "yes", "no", "en", "en", "contradiction")),
    ]
    assert entries(read("huggingface", source, Reading(KNOWN, "hi", "en"))) == [
        PairEntry("0", "हाँ", "no", "hi", "en", "contradiction")
    ]
    assert read("huggingface", source, Reading(KNOWN, "kn")) == [Skipped(1)]


def test_rows_that_say_their_language_are_taken_or_skipped(tmp_path: Path, made: Any) -> None:
    rows = [{**ROWS[0], "language": language} for language in ("de", "fr")]
    taken = PairEntry("1", "a", "b", "fr", "fr", "entailment")
    assert read("huggingface", made(tmp_path, rows), ANY) == [Skipped(1), Row(2, taken)]


def test_translations_without_their_languages_are_rejected(tmp_path: Path) -> None:
    broken: list[Any] = [None, "no", {"language": ["en"], "translation": []}, {"language": "en"}]
    rows = [{**ALL, "hypothesis": hypothesis} for hypothesis in broken]
    found = reasons(read("huggingface", lines(tmp_path, rows), ANY))
    reason = "the hypothesis has not as many translations as languages"
    assert found == [(line, reason) for line in (1, 2, 3, 4)]


def test_a_broken_row_is_rejected_and_the_next_read(tmp_path: Path, made: Any) -> None:
    rows = [{**ROWS[0], "label": 7}, {**ROWS[0], "premise": None}, ROWS[2]]
    records = read("huggingface", made(tmp_path, rows))
    assert [(line, reason[:19]) for line, reason in reasons(records)] == [
        (1, "unknown NLI label 7"),
        (2, "no premise"),
    ]
    assert records[2] == Row(3, FOUND[2])


def test_rows_of_a_divided_file_do_not_meet(tmp_path: Path, made: Any) -> None:
    keys = [
        [entry.key for entry in entries(read("huggingface", made(tmp_path, ROWS, name)))]
        for name in (
            "train-00000-of-00002.parquet",
            "train-00001-of-00002.parquet",
            "train-00000-of-00001.parquet",
        )
    ]
    assert keys == [["0.0", "0.1", "0.2"], ["1.0", "1.1", "1.2"], ["0", "1", "2"]]


def test_parquet_is_read_in_parts_and_tells_how_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface, "BATCH", 2)
    source = parquet(tmp_path, ROWS)
    told: list[int] = []
    entries(read("huggingface", Input(source.path, told.append), ENGLISH))
    assert told[-2:] == [source.size * 2 // 3, source.size]


@pytest.mark.parametrize("cut", [4, 10, 200, -1])
def test_damaged_parquet_is_refused(tmp_path: Path, cut: int) -> None:
    source = parquet(tmp_path, ROWS)
    source.path.write_bytes(source.path.read_bytes()[:cut])
    with pytest.raises(InvalidInput, match="cannot be read as Parquet"):
        read("huggingface", source)


def test_parquet_of_other_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="has the columns a; needed are premise, hypothesis"):
        read("huggingface", parquet(tmp_path, [{"a": 1}]))


def test_without_pyarrow_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = parquet(tmp_path, ROWS)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExtraMissing, match=r"semantic-lexicon\[parquet\]"):
        read("huggingface", source)


def test_what_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="neither Parquet nor JSON Lines"):
        read("huggingface", file(tmp_path, "premise\thypothesis\tlabel\n"))
