"""Pairs to classify from files and from standard input."""

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from lexicon.errors import InvalidInput
from nli.files import opened, read_pairs
from nli.protocol import NliPair

RAIN = NliPair("It rains.", "Il pleut.")


def read(folder: Path, content: str, **languages: str) -> list[NliPair]:
    path = folder / "pairs"
    path.write_text(content, encoding="utf-8", newline="")
    return read_pairs(opened(str(path)), **languages)


@pytest.mark.parametrize(
    "content",
    [
        "It rains.\tIl pleut.\n",
        "\ufeffIt  rains. \tIl pleut.\r\n\r\n",
        "hypothesis\tpremise\nIl pleut.\tIt rains.\n",
        "id\tlabel\tpremise\thypothesis\n7\tneutral\tIt rains.\tIl pleut.\n",
        '{"premise": "It rains.", "hypothesis": "Il pleut.", "label": 0}\n',
    ],
)
def test_a_pair_a_line_however_it_is_written(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == [RAIN]


def test_languages_are_those_of_the_file_unless_they_are_given(tmp_path: Path) -> None:
    content = "premise\thypothesis\tpremise_language\nIt rains.\tIl pleut.\ten\nಮಳೆ\tIt rains.\t\n"
    found = read(tmp_path, content, hypothesis_language="fr")
    assert [pair.premise_language for pair in found] == ["en", None]
    assert [pair.hypothesis_language for pair in found] == ["fr", "fr"]


def test_standard_input_is_read_as_a_file_is(monkeypatch: pytest.MonkeyPatch) -> None:
    piped = SimpleNamespace(buffer=io.BytesIO(b"It rains.\tIl pleut.\na\tb\tc\n"))
    monkeypatch.setattr(sys, "stdin", piped)
    with pytest.raises(InvalidInput, match=r"^standard input: line 2: 3 columns, not 2$"):
        read_pairs(opened("-"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "holds no pair; write a premise and a hypothesis a line"),
        ("premise\thypothesis\n", "holds no pair"),
        ("It rains.\n", "line 1 has 1 columns and names no premise and hypothesis"),
        ("id\tsentence1\tsentence2\n", "line 1 has 3 columns and names no premise"),
        ("a\tb\nc\n", "line 2: 1 columns, not 2"),
        ("a\tb\nc\t \n", "line 2: empty hypothesis ' '"),
        ("a\tb\n\x00c\td\n", "line 2: premise '\\x00c' holds the character U+0000"),
        ('{"premise": "a"}\n', "line 1: no hypothesis"),
        ('{"premise": 1, "hypothesis": "b"}\n', "line 1: the premise is not text"),
        ('{"premise": "a", "hypothesis": "b"}\n{\n', "line 2: not JSON"),
        ("a\t" + "b" * 100_001, "line 1: hypothesis of 100,001 characters"),
    ],
)
def test_what_is_no_pair_refuses_the_file_by_its_line(
    tmp_path: Path, content: str, said: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(tmp_path, content)
    assert str(refused.value).startswith(str(tmp_path / "pairs"))
    assert said in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_pairs(opened(str(tmp_path / "none")))
