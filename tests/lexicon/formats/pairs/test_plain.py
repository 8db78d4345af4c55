"""Our own layout: what is written is read again."""

from io import StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lexicon.errors import InvalidInput
from lexicon.formats.pairs import plain
from lexicon.formats.pairs.entry import PairEntry, Reading, checked
from lexicon.formats.reading import Row, Skipped
from lexicon.models import NLI_LABELS
from tests.lexicon.formats.pairs.files import (
    ANY,
    ENGLISH,
    KNOWN,
    entries,
    file,
    read,
    reasons,
    tsv,
)

HEADER = ("id", "label", "premise", "hypothesis")
SAID = (*HEADER, "premise_language", "hypothesis_language")


def written(pairs: list[PairEntry]) -> str:
    stream = StringIO()
    assert plain.write(pairs, stream) == len(pairs)
    return stream.getvalue()


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    content = tsv(("hypothesis", "note", "label", "id", "premise"), ("b", "x", "neutral", "7", "a"))
    assert entries(read("plain", file(tmp_path, content))) == [
        PairEntry("7", "a", "b", "en", "en", "neutral")
    ]


def test_languages_of_the_file_win_and_choose(tmp_path: Path) -> None:
    source = file(
        tmp_path,
        tsv(
            SAID,
            ("1", "-", "a", "b", "fr", "en"),
            ("2", "", "a", "b", "de", "de"),
            ("3", "0", "a", "b", "kn", ""),
        ),
    )
    assert read("plain", source, ANY) == [
        Row(2, PairEntry("1", "a", "b", "fr", "en", None)),
        Skipped(3),
        Row(4, PairEntry("3", "a", "b", "kn", "kn", "entailment")),
    ]
    assert read("plain", source, ENGLISH) == [Skipped(2), Skipped(3), Skipped(4)]
    assert isinstance(read("plain", source, Reading(KNOWN, "fr", "en"))[0], Row)


def test_a_row_of_another_width_is_rejected(tmp_path: Path) -> None:
    content = tsv(HEADER, ("1", "neutral", "a"), ("2", "neutral", "a", "b", "c"))
    assert reasons(read("plain", file(tmp_path, content))) == [
        (2, "3 columns, not 4"),
        (3, "5 columns, not 4"),
    ]


def test_a_header_alone_has_no_pairs_and_another_is_refused(tmp_path: Path) -> None:
    assert read("plain", file(tmp_path, tsv(HEADER))) == []
    with pytest.raises(InvalidInput, match="needed are the columns id, label"):
        read("plain", file(tmp_path, tsv(HEADER[1:])))
    with pytest.raises(InvalidInput, match="needed are the columns id, label"):
        read("plain", file(tmp_path, ""))


def test_what_is_written_can_be_cut() -> None:
    pairs = [PairEntry("1", "a", '"b', "en", "fr", None)]
    assert written(pairs) == (
        "id\tlabel\tpremise_language\thypothesis_language\tpremise\thypothesis\n"
        '1\t-\ten\tfr\ta\t"b\n'
    )


_CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn"))


def _is_text(text: str) -> bool:
    try:
        checked(text, text, text, ("en", "en"), None)
    except InvalidInput:
        return False
    return True


_TEXT = st.text(_CHARACTERS | st.sampled_from("\"',; -"), min_size=1, max_size=12).filter(_is_text)
_LANGUAGE = st.sampled_from(sorted(KNOWN))
_PAIRS = st.lists(
    st.builds(
        lambda key, premise, hypothesis, languages, label: checked(
            key, premise, hypothesis, languages, label
        ),
        _TEXT,
        _TEXT,
        _TEXT,
        st.tuples(_LANGUAGE, _LANGUAGE),
        st.sampled_from((*NLI_LABELS, None)),
    ),
    max_size=4,
)


@given(_PAIRS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_again_and_written_the_same(
    tmp_path: Path, pairs: list[PairEntry]
) -> None:
    content = written(pairs)
    found = entries(read("plain", file(tmp_path, content), ANY))
    assert found == pairs
    assert written(found) == content
