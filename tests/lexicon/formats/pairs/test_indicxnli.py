"""IndicXNLI: one JSON array."""

import json
from pathlib import Path
from typing import Any

import pytest

from lexicon.errors import InvalidInput
from lexicon.formats.pairs import indicxnli
from lexicon.formats.pairs.entry import PairEntry, Reading
from lexicon.formats.reading import Row
from tests.lexicon.formats.pairs.files import ANY, KNOWN, entries, file, read, reasons

KANNADA = Reading(KNOWN, "kn")
ROWS = [
    {"premise": "ನೀರು", "hypothesis": "ಜಲ", "label": 0},
    {"premise": "ದಡ", "hypothesis": "ಓಡು", "label": 2},
]
FOUND = [
    PairEntry("0", "ನೀರು", "ಜಲ", "kn", "kn", "entailment"),
    PairEntry("1", "ದಡ", "ಓಡು", "kn", "kn", "contradiction"),
]


@pytest.fixture(params=[1, 7, 2**20])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the file is cut into parts, it says the same."""
    monkeypatch.setattr(indicxnli, "CHUNK", request.param)


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize("value", [ROWS, {"xnli": ROWS}])
@pytest.mark.parametrize(("indent", "ascii_only"), [(None, True), (4, False)])
def test_an_array_bare_or_wrapped_is_keyed_by_place(
    tmp_path: Path, value: Any, indent: int | None, ascii_only: bool
) -> None:
    content = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert entries(read("indicxnli", file(tmp_path, content), KANNADA)) == FOUND


@pytest.mark.usefixtures("chunk")
def test_broken_elements_are_rejected_by_line_and_place(tmp_path: Path) -> None:
    content = (
        f'[{json.dumps(ROWS[0])},\n3,\n{{"premise": "ನೀರು"}},\n["\\ud800"]\n,12,'
        f"{json.dumps(ROWS[1])}]\n"
    )
    records = read("indicxnli", file(tmp_path, content), KANNADA)
    assert reasons(records) == [
        (2, "element 1: not a JSON object"),
        (3, "element 2: no hypothesis"),
        (4, "element 3: not a JSON object"),
        (5, "element 4: not a JSON object"),
    ]
    assert isinstance(records[-1], Row)
    assert records[-1].entry.key == "5"


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize("content", ["[]", " [ ]\n", '{"xnli": []}'])
def test_an_empty_array_has_no_pairs(tmp_path: Path, content: str) -> None:
    assert read("indicxnli", file(tmp_path, content), KANNADA) == []


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize(
    "content",
    [
        *("", "{", "[", '[{"a": 1}', "[1,]", "[1 2]", '{"a": [], "b": []}', "[] []", "[1]x"),
        *('["abc', "[nul]", '{"a": 1}', '{[1]:"a"}', "[" * 5_000, "[" + "9" * 5_000 + "]"),
    ],
)
def test_what_is_not_an_array_of_objects_is_refused(tmp_path: Path, content: str) -> None:
    source = file(tmp_path, content)
    with pytest.raises(InvalidInput) as caught:
        read("indicxnli", source, KANNADA)
    assert str(caught.value).startswith(f"{source.path}: line 1 is not JSON of an array")


def test_a_file_that_is_not_utf_8_or_is_cut_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="not UTF-8"):
        read("indicxnli", file(tmp_path, b'["\xff"]'), KANNADA)
    source = file(tmp_path, json.dumps(ROWS), "xnli_kn.json.gz")
    source.path.write_bytes(source.path.read_bytes()[:-12])
    with pytest.raises(InvalidInput, match=r"damaged or truncated \.gz"):
        read("indicxnli", source, KANNADA)


def test_an_array_without_end_is_not_read_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indicxnli, "MAX_LINE", 1_000)
    monkeypatch.setattr(indicxnli, "CHUNK", 100)
    with pytest.raises(InvalidInput, match="Unterminated string"):
        read("indicxnli", file(tmp_path, '["' + "a" * 5_000), KANNADA)


def test_the_language_must_be_given(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="--language"):
        read("indicxnli", file(tmp_path, "[]"), ANY)
