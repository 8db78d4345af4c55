"""XNLI, SNLI and MultiNLI as published."""

from pathlib import Path

import pytest

from lexicon.errors import InvalidInput
from lexicon.formats.pairs.entry import PairEntry, Reading
from lexicon.formats.reading import Row, Skipped
from tests.lexicon.formats.pairs.files import (
    ANY,
    ENGLISH,
    KNOWN,
    entries,
    file,
    json_lines,
    read,
    reasons,
    tsv,
)

XNLI = ("language", "gold_label", "sentence1", "sentence2", "promptID", "pairID", "genre")
DEV = tsv(
    XNLI,
    ("de", "neutral", "Und er sagte", "Er rief", "1", "1", "facetoface"),
    ("en", "neutral", 'And he said, "Mama', "He called", "1", "1", "facetoface"),
    ("hi", "contradiction", "और उसने कहा", "उसने नहीं कहा।", "1", "2", "facetoface"),
)


def test_the_languages_of_the_store_are_taken_and_others_skipped(tmp_path: Path) -> None:
    assert read("xnli", file(tmp_path, DEV), ANY) == [
        Skipped(2),
        Row(3, PairEntry("1", 'And he said, "Mama', "He called", "en", "en", "neutral")),
        Row(4, PairEntry("2", "और उसने कहा", "उसने नहीं कहा।", "hi", "hi", "contradiction")),
    ]


def test_one_language_is_taken_when_one_is_asked_for(tmp_path: Path) -> None:
    records = read("xnli", file(tmp_path, DEV), Reading(KNOWN, "hi"))
    assert [type(record) for record in records] == [Skipped, Skipped, Row]


def test_a_quote_does_not_swallow_the_lines_after_it(tmp_path: Path) -> None:
    rows = [("en", "neutral", f'"{number}', "b", "1", str(number), "g") for number in range(3)]
    found = entries(read("xnli", file(tmp_path, tsv(XNLI, *rows)), ANY))
    assert [entry.premise for entry in found] == ['"0', '"1', '"2']


def test_json_lines_say_the_same(tmp_path: Path) -> None:
    values = [dict(zip(XNLI, line.split("\t"), strict=True)) for line in DEV.splitlines()[1:]]
    lines = read("xnli", file(tmp_path, json_lines(*values), "xnli.jsonl"), ANY)
    columns = read("xnli", file(tmp_path, DEV), ANY)
    assert [record[1:] for record in lines] == [record[1:] for record in columns]
    assert [record.line for record in lines] == [1, 2, 3]


def test_snli_has_no_language_and_may_have_no_gold_label(tmp_path: Path) -> None:
    header = ("gold_label", "sentence1_parse", "sentence1", "sentence2", "captionID", "pairID")
    path = file(
        tmp_path,
        tsv(
            (*header, "label1", "label2"),
            ("-", "(ROOT)", "Two women", "Sisters", "4.jpg#2", "4.jpg#2r1n", "neutral", ""),
            ("entailment", "(ROOT)", "Two women", "People", "4.jpg#2", "4.jpg#2r1e", "entailment"),
        ),
    )
    assert entries(read("xnli", path)) == [
        PairEntry("4.jpg#2r1n", "Two women", "Sisters", "en", "en", None),
        PairEntry("4.jpg#2r1e", "Two women", "People", "en", "en", "entailment"),
    ]


def test_a_file_without_a_language_needs_one_given(tmp_path: Path) -> None:
    content = tsv(("gold_label", "sentence1", "sentence2", "pairID"), ("neutral", "a", "b", "1"))
    source = file(tmp_path, content)
    with pytest.raises(InvalidInput, match=r"does not say which language .* --language"):
        read("xnli", source, ANY)
    crossed = entries(read("xnli", source, Reading(KNOWN, "fr", "en")))
    assert [(e.premise_language, e.hypothesis_language) for e in crossed] == [("fr", "en")]


def test_a_translated_training_set_is_keyed_by_its_rows(tmp_path: Path) -> None:
    content = tsv(
        ("premise", "hypo", "label"), ("a", "b", "contradictory"), ("c",), ("d", "e", "-")
    )
    records = read("xnli", file(tmp_path, content, "multinli.train.fr.tsv.gz"))
    assert records[0] == Row(2, PairEntry("0", "a", "b", "en", "en", "contradiction"))
    assert reasons(records) == [(3, "1 columns, not 3")]
    assert records[2] == Row(4, PairEntry("2", "d", "e", "en", "en", None))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (("en", "maybe", "a", "b", "1", "1", "g"), "unknown NLI label 'maybe'"),
        (("en", "neutral", "", "b", "1", "1", "g"), "empty premise ''"),
        (("en", "neutral", "a", "b", "1"), "5 columns, not 7"),
        (("en", "neutral", "a", "b", "c", "1", "1", "g"), "8 columns, not 7"),
        (("en", "neutral", "a", "b", "1", " ", "g"), "empty key ' '"),
    ],
)
def test_a_broken_line_is_rejected_and_the_next_read(
    tmp_path: Path, line: tuple[str, ...], why: str
) -> None:
    good = ("en", "neutral", "a", "b", "1", "9", "g")
    records = read("xnli", file(tmp_path, tsv(XNLI, line, good)), ANY)
    [(number, reason)] = reasons(records)
    assert number == 2
    assert reason.startswith(why)
    assert isinstance(records[1], Row)


def test_broken_json_is_rejected_by_its_line(tmp_path: Path) -> None:
    good = '{"gold_label": "neutral", "sentence1": "a", "sentence2": "b", "pairID": 7}\n'
    bad = '{"gold_label": \n[1]\n{"gold_label": "neutral"}\n' + "[" * 100_000 + "\n"
    records = read("xnli", file(tmp_path, good + bad + good), ENGLISH)
    assert isinstance(records[0], Row)
    assert records[0].entry.key == "7"
    assert [line for line, _ in reasons(records)] == [2, 3, 4, 5]
    assert [reason for _, reason in reasons(records)][1:3] == ["not a JSON object", "no premise"]
    assert isinstance(records[-1], Row)


def test_a_header_that_says_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"line 1 is .*needed are the columns sentence1"):
        read("xnli", file(tmp_path, "a\tb\n"))
    with pytest.raises(InvalidInput, match="names a column twice"):
        read("xnli", file(tmp_path, "premise\thypo\tlabel\tlabel\n"))
