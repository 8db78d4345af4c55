"""Which format a file has, by what is in it."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lexicon.errors import InvalidInput
from lexicon.formats.pairs.detect import READERS, detect
from lexicon.formats.reading import Rejected, Row, Skipped
from tests.lexicon.formats.pairs.files import ENGLISH, file, json_lines, tsv

PAIR = {"premise": "a", "hypothesis": "b", "label": 0}
KNOWN_FILES = [
    ("xnli", tsv(("language", "gold_label", "sentence1", "sentence2", "pairID"))),
    ("xnli", tsv(("gold_label", "sentence1", "sentence2"), ("neutral", "a", "b"))),
    ("xnli", tsv(("premise", "hypo", "label"))),
    ("xnli", json_lines({"gold_label": "neutral", "sentence1": "a", "sentence2": "b"})),
    ("plain", tsv(("id", "label", "premise", "hypothesis"))),
    ("plain", "hypothesis\tpremise\tlabel\tid\tpremise_language\r\n"),
    ("huggingface", json_lines(PAIR, PAIR)),
    ("huggingface", json_lines({**PAIR, "idx": 3})),
    ("huggingface", "PAR1…"),
    ("indicxnli", json.dumps([PAIR])),
    ("indicxnli", json.dumps({"xnli": [PAIR]})),
    ("indicxnli", "\n" + json.dumps({"xnli": [PAIR]}, indent=2)),
]


@pytest.mark.parametrize(("form", "content"), KNOWN_FILES)
@pytest.mark.parametrize("name", ["pairs", "pairs.gz"])
def test_content_tells_whatever_the_name(
    tmp_path: Path, form: str, content: str, name: str
) -> None:
    assert detect(file(tmp_path, content, name)) == form


def test_the_encoding_does_not_matter(tmp_path: Path) -> None:
    content = tsv(("id", "label", "premise", "hypothesis"))
    for encoding in ("utf-8-sig", "utf-16"):
        assert detect(file(tmp_path, content.encode(encoding))) == "plain"


@pytest.mark.parametrize(
    "content",
    [
        *("", "\n", "hello", "a\tb\n", "{", "{}", '{"premise": ["a"]}', '"[', "3"),
        *("id,label,premise,hypothesis", "premise\thypothesis\n"),
    ],
)
def test_what_is_not_known_names_what_is(tmp_path: Path, content: str) -> None:
    source = file(tmp_path, content)
    with pytest.raises(InvalidInput) as caught:
        detect(source)
    said = str(caught.value)
    assert said.startswith(f"{source.path} is of no known format (")
    assert said.endswith("name one with --as: xnli, huggingface, indicxnli, plain")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    source = file(tmp_path, "")
    source.path.unlink()
    with pytest.raises(InvalidInput, match="cannot be read: No such file"):
        detect(source)


_BEGINNINGS = st.sampled_from([content for _, content in KNOWN_FILES if "PAR1" not in content])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["premise", "hypothesis", "label", "idx"]), inner)
    ),
    max_leaves=6,
)


@given(
    st.sampled_from(sorted(READERS)),
    st.binary(max_size=80)
    | st.tuples(_BEGINNINGS, st.text(max_size=60)).map(lambda parts: "".join(parts).encode())
    | st.lists(_JSON, max_size=4).map(lambda rows: json_lines(*rows).encode())
    | st.lists(_JSON, max_size=4).map(lambda rows: json.dumps(rows).encode()),
    st.sampled_from(["pairs.tsv", "pairs.gz"]),
)
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_content_is_more_than_rejected_or_refused(
    tmp_path: Path, form: str, content: bytes, name: str
) -> None:
    source = file(tmp_path, content, name)
    with suppress(InvalidInput):
        detect(source)
    with suppress(InvalidInput):
        for record in READERS[form](source, ENGLISH):
            assert isinstance(record, Row | Rejected | Skipped)
            assert record.line >= 1
