"""JSON lines: what is written is read again byte for byte, and a bad line is named."""

import gzip
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexicon.entries import PARTS_OF_SPEECH, ConceptEntry
from lexicon.errors import InvalidInput
from lexicon.formats import jsonl
from lexicon.formats.reading import Input, Rejected, Row
from lexicon.normalize import clean
from tests.conftest import TINY

LINE = (
    '{"concept": "water.noun.1", "pos": "noun", "field": "water", "gloss": "clear liquid", '
    '"forms": {"en": ["water"], "fr": ["eau", "flotte"]}}'
)
WATER = ConceptEntry(
    "water.noun.1", "noun", "water", "clear liquid", {"en": ("water",), "fr": ("eau", "flotte")}
)
FULL_LINE = (
    LINE[:-1] + ', "external": {"ili": ["i84891"], "wikidata": ["Q283"]}, "unsensed": true, '
    '"frequencies": {"en": {"water": 5.4}, "fr": {"flotte": 3.0}}}'
)
FULL = ConceptEntry(
    WATER.key,
    WATER.pos,
    WATER.field,
    WATER.gloss,
    WATER.forms,
    {"ili": ("i84891",), "wikidata": ("Q283",)},
    True,
    {("en", "water"): 5.4, ("fr", "flotte"): 3.0},
)


def read(tmp_path: Path, content: str | bytes) -> list[Row[ConceptEntry] | Rejected]:
    """The records of a file with exactly this content."""
    path = tmp_path / "words.jsonl"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(jsonl.records(Input(path)))


def reason(tmp_path: Path, line: str) -> str:
    """Why the file's only line is rejected."""
    (record,) = read(tmp_path, line + "\n")
    assert isinstance(record, Rejected)
    assert (record.line, record.text) == (1, line[:120])
    return record.reason


def changed(**changes: Any) -> str:
    """The line of water with some keys given other values."""
    return json.dumps(json.loads(LINE) | changes)


def written(*entries: ConceptEntry) -> str:
    stream = StringIO()
    assert jsonl.write(entries, stream) == len(entries)
    return stream.getvalue()


def test_a_line_is_a_concept(tmp_path: Path) -> None:
    assert read(tmp_path, LINE) == [Row(1, WATER)]


def test_everything_a_concept_can_say_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, FULL_LINE) == [Row(1, FULL)]


def test_only_what_says_something_is_written() -> None:
    assert written(WATER, FULL) == f"{LINE}\n{FULL_LINE}\n"


def test_letters_are_written_as_themselves_and_languages_sorted() -> None:
    water = TINY[0]
    backwards = ConceptEntry(
        water.key,
        water.pos,
        water.field,
        water.gloss,
        dict(sorted(water.forms.items(), reverse=True)),
    )
    assert written(backwards) == (
        '{"concept": "water.noun.1", "pos": "noun", "field": "water", "gloss": "clear liquid", '
        '"forms": {"en": ["water"], "fr": ["eau"], "kn": ["ನೀರು", "ಜಲ"]}}\n'
    )


def test_schemes_are_sorted() -> None:
    backwards = dict(sorted(FULL.external.items(), reverse=True))
    assert written(replace(FULL, external=backwards)) == f"{FULL_LINE}\n"


def test_empty_lines_are_passed_over_but_counted(tmp_path: Path) -> None:
    assert read(tmp_path, f"\n{LINE}\r\n\n{LINE}") == [Row(2, WATER), Row(4, WATER)]


def test_a_bad_line_does_not_end_the_file(tmp_path: Path) -> None:
    records = read(tmp_path, f"{LINE}\n{{\n{LINE}\n")
    assert [type(record) for record in records] == [Row, Rejected, Row]
    assert [record.line for record in records] == [1, 2, 3]


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbf" + LINE.encode()) == [Row(1, WATER)]


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    assert read(tmp_path, gzip.compress(LINE.encode())) == [Row(1, WATER)]


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"words\.jsonl.* is not UTF-8"):
        read(tmp_path, LINE.replace("eau", "thé").encode("latin-1"))


def test_escapes_and_other_orders_of_keys_are_read(tmp_path: Path) -> None:
    line = json.dumps(dict(reversed(json.loads(LINE).items()))).replace("eau", "\\u0065au")
    assert read(tmp_path, line) == [Row(1, WATER)]


def test_forms_are_made_canonical_and_kept_once(tmp_path: Path) -> None:
    line = changed(forms={"fr": ["e\u0301te\u0301", " été "]}, frequencies={"fr": {" été": 5}})
    (record,) = read(tmp_path, line)
    assert isinstance(record, Row)
    assert record.entry.forms == {"fr": ("été",)}
    assert record.entry.frequencies == {("fr", "été"): 5.0}


def test_identifiers_are_kept_once(tmp_path: Path) -> None:
    (record,) = read(tmp_path, changed(external={"ili": ["i1", " i1", "i2"], "wikidata": []}))
    assert isinstance(record, Row)
    assert record.entry.external == {"ili": ("i1", "i2")}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("water", "not JSON (Expecting value, column 1); write one object a line"),
        (LINE[:-1], "not JSON (Expecting ',' delimiter, column 138); "),
        (LINE + LINE, "not JSON (Extra data, column 139); "),
        ("[]", "a list, not an object; write one object a line"),
        ("null", "null, not an object; "),
        ("true", "true or false, not an object; "),
        ("[" * 100_000, "nested too deeply; "),
        ('{"forms":' * 100_000, "nested too deeply; "),
        ("1" * 5_000, "not JSON that can be read (Exceeds the limit "),
        ('{"a": NaN}', "NaN is not a number of JSON; "),
        ('{"pos": "x", "pos": "x"}', "the key 'pos' stands twice in one object; keep one"),
        ("{}", "no key 'concept'; needed: concept, pos, field, gloss, forms"),
    ],
)
def test_what_is_no_object_is_rejected(tmp_path: Path, line: str, why: str) -> None:
    assert reason(tmp_path, line).startswith(why)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"frequency": {}}, "unknown key 'frequency'; known: concept, pos, field, gloss, forms, "),
        ({"k" * 200: 1}, f"unknown key '{'k' * 80}'; "),
        ({"concept": 1}, "concept is a number; write a text in quotes"),
        ({"concept": " "}, "empty concept key ' '; "),
        ({"pos": "nonn"}, "unknown part of speech 'nonn'; known: noun, "),
        ({"pos": ["noun"]}, "pos is a list; "),
        ({"gloss": None}, "gloss is null; "),
        ({"forms": ["water"]}, "forms is a list; write an object"),
        ({"forms": {}}, "concept 'water.noun.1' has no word in any language; "),
        ({"forms": {"en": []}}, "concept 'water.noun.1' has no word in any language; "),
        ({"forms": {"en": "water"}}, "forms of 'en' is a text; write a list of texts"),
        ({"forms": {"en": [{}]}}, "forms of 'en' is an object; write a text in quotes"),
        ({"forms": {"en": ["a|b"]}}, "en form 'a|b' holds '|', "),
        ({"forms": {"en": ["a\x00"]}}, "en form 'a\\x00' holds the character U+0000, "),
        ({"forms": {"en": ["\ud800"]}}, "en form '\\ud800' holds the character U+D800, "),
        ({"forms": {"\ud800": ["a"]}}, "key in forms '\\ud800' holds the character U+D800, "),
        ({"forms": {"en": ["a"], " en": ["b"]}}, "the key 'en' stands twice in one object; "),
        ({"external": {"ili": "i1"}}, "external of 'ili' is a text; write a list of texts"),
        ({"external": {"ili": [1]}}, "external of 'ili' is a number; "),
        ({"unsensed": 1}, "unsensed is a number; write true or false"),
        ({"frequencies": []}, "frequencies is a list; "),
        ({"frequencies": {"en": 5}}, "frequencies of 'en' is a number; write an object"),
        ({"frequencies": {"en": {"eau": 5}}}, "frequency of 'eau', which is no form of 'en' here"),
        ({"frequencies": {"en": {"water": "5"}}}, "frequency of 'water' is a text; write a number"),
        ({"frequencies": {"en": {"water": True}}}, "frequency of 'water' is true or false; "),
        ({"frequencies": {"en": {"water": -0.1}}}, "frequency of 'water' is -0.1; a Zipf value "),
        ({"frequencies": {"en": {"water": 10.1}}}, "frequency of 'water' is 10.1; a Zipf value "),
        ({"frequencies": {"en": {"water": 10**400}}}, f"frequency of 'water' is 1{'0' * 19}; "),
    ],
)
def test_a_bad_value_is_named_with_its_key(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    assert reason(tmp_path, changed(**changes)).startswith(why)


@pytest.mark.parametrize("number", ["Infinity", "-Infinity", "1e999"])
def test_a_frequency_without_end_is_rejected(tmp_path: Path, number: str) -> None:
    line = changed(frequencies={"en": {"water": 5.25}}).replace("5.25", number)
    assert reason(tmp_path, line).split(" ")[0] in (number, "frequency")


@pytest.mark.parametrize("zipf", [0, 10])
def test_the_ends_of_the_scale_are_frequencies(tmp_path: Path, zipf: int) -> None:
    (record,) = read(tmp_path, changed(frequencies={"en": {"water": zipf}}))
    assert isinstance(record, Row)
    assert record.entry.frequencies == {("en", "water"): float(zipf)}


def _is_text(text: str) -> bool:
    try:
        return clean(text) == text
    except InvalidInput:
        return False


_CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn"))
_TEXT = st.text(_CHARACTERS | st.sampled_from("\"'\\,{}"), min_size=1, max_size=12).filter(_is_text)
_FORM = _TEXT.filter(lambda text: "|" not in text)
_FORMS = st.dictionaries(
    st.sampled_from(("en", "fr", "hi", "kn")),
    st.lists(_FORM, min_size=1, max_size=3, unique=True).map(tuple),
    min_size=1,
)
_EXTERNAL = st.dictionaries(
    _TEXT, st.lists(_TEXT, min_size=1, max_size=2, unique=True).map(tuple), max_size=2
)


@st.composite
def _entries(draw: st.DrawFn) -> ConceptEntry:
    forms = draw(_FORMS)
    words = [(language, lemma) for language, lemmas in forms.items() for lemma in lemmas]
    return ConceptEntry(
        draw(_TEXT),
        draw(st.sampled_from(PARTS_OF_SPEECH)),
        draw(_TEXT),
        draw(_TEXT),
        forms,
        draw(_EXTERNAL),
        draw(st.booleans()),
        draw(st.dictionaries(st.sampled_from(words), st.floats(0, 10), max_size=2)),
    )


@settings(deadline=None, derandomize=True, database=None, max_examples=60)
@given(entries=st.lists(_entries(), max_size=3))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, entries: list[ConceptEntry]
) -> None:
    text = written(*entries)
    records = read(tmp_path_factory.getbasetemp(), text)
    assert records == [Row(number, entry) for number, entry in enumerate(entries, 1)]
    assert written(*(record.entry for record in records if isinstance(record, Row))) == text


@settings(deadline=None, derandomize=True, database=None, max_examples=100)
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from((*jsonl.REQUIRED, *jsonl.OPTIONAL, "en")), inner, max_size=8
            )
        ),
    )
)
def test_no_value_raises(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    (record,) = read(tmp_path_factory.getbasetemp(), json.dumps(value))
    assert isinstance(record, Rejected) or value["forms"]
