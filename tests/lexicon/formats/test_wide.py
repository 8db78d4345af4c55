"""The wide layout: what is written is read again, and a bad row is named."""

from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexicon.entries import PARTS_OF_SPEECH, ConceptEntry
from lexicon.errors import InvalidInput
from lexicon.formats import wide
from lexicon.formats.reading import Input, Rejected, Row
from lexicon.normalize import clean
from tests.conftest import TINY

HEADER = "concept\tpos\tfield\tgloss\ten\tfr\n"
ROW = "water.noun.1\tnoun\twater\tclear liquid\twater\teau\n"
WATER = ConceptEntry(
    "water.noun.1", "noun", "water", "clear liquid", {"en": ("water",), "fr": ("eau",)}
)


def file(tmp_path: Path, content: str | bytes) -> Path:
    """A file with exactly this content."""
    path = tmp_path / "words.tsv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(path: Path, dialect: str = "tsv") -> str:
    """The message with which the file is refused."""
    with pytest.raises(InvalidInput) as caught:
        list(wide.read(path, dialect))
    return str(caught.value)


def test_a_file_is_read_in_its_order(tmp_path: Path) -> None:
    path = file(tmp_path, HEADER + "b\tadv\tf\tg\tso|thus\t\n" + ROW)
    assert list(wide.read(path)) == [
        ConceptEntry("b", "adv", "f", "g", {"en": ("so", "thus")}),
        WATER,
    ]


def test_a_file_with_a_header_alone_has_no_entries(tmp_path: Path) -> None:
    assert list(wide.read(file(tmp_path, HEADER))) == []


def test_line_ends_of_other_systems_are_read(tmp_path: Path) -> None:
    assert list(wide.read(file(tmp_path, (HEADER + ROW).replace("\n", "\r\n")))) == [WATER]


def test_the_last_line_needs_no_line_end(tmp_path: Path) -> None:
    assert list(wide.read(file(tmp_path, (HEADER + ROW).rstrip("\n")))) == [WATER]


def test_tsv_quotes_nothing(tmp_path: Path) -> None:
    path = file(tmp_path, HEADER + 'k\tnoun\tf\tthe "sea, wide"\t"salt\twater"\n')
    assert list(wide.read(path)) == [
        ConceptEntry("k", "noun", "f", 'the "sea, wide"', {"en": ('"salt',), "fr": ('water"',)})
    ]


def test_what_is_written_can_be_counted_and_cut(tmp_path: Path) -> None:
    stream = StringIO()
    assert wide.write(TINY, ["en", "hi", "kn"], stream) == 4
    assert stream.getvalue() == (
        "concept\tpos\tfield\tgloss\ten\thi\tkn\n"
        "water.noun.1\tnoun\twater\tclear liquid\twater\t\tನೀರು|ಜಲ\n"
        "bank.noun.1\tnoun\tlandscape\tland beside a river\tbank|shore\t\tದಡ\n"
        "bank.noun.2\tnoun\tmoney\thouse that keeps money\tbank\t\tಬ್ಯಾಂಕ್\n"
        "run.verb.1\tverb\tmotion\tto move fast on foot\trun\t\tಓಡು\n"
    )


def test_csv_quotes_what_needs_it() -> None:
    stream = StringIO()
    entry = ConceptEntry("k", "noun", "f", 'large, "wide"', {"en": ("sea",)})
    assert wide.write([entry], ["en"], stream, "csv") == 1
    assert stream.getvalue() == ('concept,pos,field,gloss,en\nk,noun,f,"large, ""wide""",sea\n')


def test_nothing_is_written_as_a_header() -> None:
    stream = StringIO()
    assert wide.write([], ["en"], stream) == 0
    assert stream.getvalue() == "concept\tpos\tfield\tgloss\ten\n"


@pytest.mark.parametrize(
    "header",
    ["", "water\teau\n", "concept\tpos\tfield\tgloss\n", "pos\tconcept\tfield\tgloss\ten\n"],
)
def test_another_layout_is_refused_with_the_columns_it_needs(tmp_path: Path, header: str) -> None:
    path = file(tmp_path, header)
    found = header.rstrip("\n").split("\t") if header else []
    assert refusal(path) == (
        f"{path}: line 1 is {found!r}; the wide layout begins with the columns "
        "concept, pos, field, gloss, then one per language"
    )


@pytest.mark.parametrize(
    ("row", "columns"), [("k\n", 1), ("k\tnoun\tf\tg\ta\n", 5), (ROW.replace("\n", "\tx\n"), 7)]
)
def test_a_row_of_another_width_is_named_by_its_line(
    tmp_path: Path, row: str, columns: int
) -> None:
    path = file(tmp_path, HEADER + ROW + row)
    assert refusal(path) == f"{path}: line 3: {columns} column{'s' * (columns != 1)}, not 6"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("k\tnonn\tf\tg\ta\tb\n", "unknown part of speech 'nonn'; known: noun, "),
        ("k\tnoun\tf\tg\t\t \n", "concept 'k' has no word in any language; give at least one"),
        ("k\tnoun\tf\tg\ta|\tb\n", "empty en form ''; "),
        ("k\tnoun\tf\tg\ta\tb\x00\n", "fr form 'b\\x00' holds the character U+0000, "),
        (f"k\tnoun\tf\t{'g' * 1001}\ta\tb\n", "gloss of 1,001 characters "),
    ],
)
def test_a_bad_cell_is_named_by_line_and_column(tmp_path: Path, row: str, why: str) -> None:
    path = file(tmp_path, HEADER + ROW + row)
    assert refusal(path).startswith(f"{path}: line 3: {why}")


def test_the_rows_before_a_bad_one_are_read(tmp_path: Path) -> None:
    rows = wide.read(file(tmp_path, HEADER + ROW + "k\n"))
    assert next(rows) == WATER
    with pytest.raises(InvalidInput, match="line 3: 1 column, not 6"):
        next(rows)


@pytest.mark.parametrize("dialect", ["tsv", "csv"])
def test_blank_lines_are_skipped_and_counted(tmp_path: Path, dialect: str) -> None:
    text = "\n" + HEADER + "\n\r\n" + ROW + "\n" + ROW.replace("noun\t", "nonn\t") + "\n"
    path = file(tmp_path, text if dialect == "tsv" else text.replace("\t", ","))
    found = list(wide.records(Input(path), dialect))
    assert found[0] == Row(5, WATER)
    assert [(bad.line, bad.reason[:28]) for bad in found[1:] if isinstance(bad, Rejected)] == [
        (7, "unknown part of speech 'nonn")
    ]
    assert len(found) == 2


@pytest.mark.parametrize("dialect", ["tsv", "csv"])
def test_a_bad_row_among_good_ones_is_rejected_alone(tmp_path: Path, dialect: str) -> None:
    text = HEADER + "k\tnoun\tf\tg\ta\n" + ROW + "k\tnoun\tf\tg\t\t\n"
    path = file(tmp_path, text if dialect == "tsv" else text.replace("\t", ","))
    assert list(wide.records(Input(path), dialect)) == [
        Rejected(2, "5 columns, not 6", "k\tnoun\tf\tg\ta", "k"),
        Row(3, WATER),
        Rejected(
            4,
            "concept 'k' has no word in any language; give at least one",
            "k\tnoun\tf\tg\t\t",
            "k",
        ),
    ]


def test_of_a_long_bad_row_only_the_beginning_is_kept(tmp_path: Path) -> None:
    [bad] = wide.records(Input(file(tmp_path, HEADER + "x" * 10_000 + "\n")))
    assert bad == Rejected(2, "1 column, not 6", "x" * 120, "x" * 10_000)


def test_quotes_that_never_close_refuse_the_file(tmp_path: Path) -> None:
    text = (HEADER + ROW + 'k\tnoun\tf\t"g\ta\tb\n').replace("\t", ",")
    path = file(tmp_path, text)
    assert refusal(path, "csv") == (
        f"{path}: line 3: unexpected end of data; quote cells that hold commas, and "
        "double the quotes inside them"
    )


def test_the_line_of_a_quoted_csv_row_is_its_first(tmp_path: Path) -> None:
    text = 'concept,pos,field,gloss,en\nk,noun,f,"two\nlines",a\nk,nonn,f,"two\nlines",a\n'
    assert "line 4: unknown part of speech 'nonn'" in refusal(file(tmp_path, text), "csv")


def test_a_language_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, HEADER.replace("fr", "en") + ROW)
    assert refusal(path).startswith(f"{path}: line 1")


def test_a_file_that_is_not_utf_8_is_refused_by_name(tmp_path: Path) -> None:
    path = file(tmp_path, (HEADER + ROW.replace("eau", "thé")).encode("latin-1"))
    assert refusal(path).startswith(f"{path}: ")


def test_a_cell_beyond_the_limit_of_the_reader_is_refused_by_line(tmp_path: Path) -> None:
    path = file(tmp_path, HEADER + ROW.replace("eau", "e" * 140_000))
    assert refusal(path).startswith(f"{path}: line 2")


def _is_text(text: str) -> bool:
    try:
        return clean(text) == text
    except InvalidInput:
        return False


_CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn"))
_TEXT = st.text(_CHARACTERS | st.sampled_from("\"',;\t"), min_size=1, max_size=12).filter(_is_text)
_FORM = _TEXT.filter(lambda text: "|" not in text)
_LANGUAGES = ("en", "fr", "hi", "kn")
_FORMS = st.dictionaries(
    st.sampled_from(_LANGUAGES),
    st.lists(_FORM, min_size=1, max_size=3, unique=True).map(tuple),
    min_size=1,
)
_ENTRIES = st.lists(
    st.builds(ConceptEntry, _TEXT, st.sampled_from(PARTS_OF_SPEECH), _TEXT, _TEXT, _FORMS),
    max_size=3,
)


@pytest.mark.parametrize("dialect", ["tsv", "csv"])
@settings(deadline=None, derandomize=True, database=None, max_examples=60)
@given(entries=_ENTRIES)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, dialect: str, entries: list[ConceptEntry]
) -> None:
    path = tmp_path_factory.getbasetemp() / f"round-trip.{dialect}"
    with path.open("w", encoding="utf-8", newline="") as stream:
        assert wide.write(entries, _LANGUAGES, stream, dialect) == len(entries)
    assert list(wide.read(path, dialect)) == entries
