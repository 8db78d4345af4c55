"""WN-LMF: what is written is a sound wordnet and is read again."""

from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wn import lmf
from wn.validate import validate

from lexicon.entries import PARTS_OF_SPEECH, ConceptEntry
from lexicon.errors import InvalidInput
from lexicon.formats import wn_lmf
from lexicon.formats.reading import Input
from lexicon.normalize import clean
from tests.conftest import TINY
from tests.lexicon.formats.wordnets import (
    KANNADA,
    LANGUAGES,
    OEWN,
    document,
    entries,
    read,
    source,
)


def written(*given: ConceptEntry, languages: tuple[str, ...] = LANGUAGES) -> str:
    stream = StringIO()
    wn_lmf.write(given, languages, stream, "Tiny", "1", "CC0-1.0")
    return stream.getvalue()


def test_a_file_says_what_it_is(tmp_path: Path) -> None:
    facts = wn_lmf.source_facts(source(tmp_path, document(OEWN, KANNADA)))
    assert facts == ("oewn", "https://creativecommons.org/licenses/by/4.0/", "2024")


def test_a_file_without_a_lexicon_says_nothing(tmp_path: Path) -> None:
    assert wn_lmf.source_facts(source(tmp_path, document())) is None
    assert read(tmp_path, document()) == []


def test_what_is_written_is_a_sound_wordnet(tmp_path: Path) -> None:
    path = tmp_path / "tiny.xml"
    assert wn_lmf.write(TINY, ["en", "fr", "hi", "kn"], path, "Tiny Words", "1", "CC0-1.0") == 4
    resource = lmf.load(path, progress_handler=None)
    assert resource["lmf_version"] == "1.1"
    found = [(one["id"], one["language"], one["label"]) for one in resource["lexicons"]]
    assert found == [
        ("Tiny-Words-en", "en", "Tiny Words"),
        ("Tiny-Words-fr", "fr", "Tiny Words"),
        ("Tiny-Words-kn", "kn", "Tiny Words"),
    ]
    for each in resource["lexicons"]:
        report = validate(each, progress_handler=None)
        assert {code: check["items"] for code, check in report.items() if check["items"]} == {}
    english = resource["lexicons"][0]
    # One entry for both meanings of "bank".
    assert [entry["lemma"]["writtenForm"] for entry in english["entries"]] == [  # type: ignore[index, typeddict-item]
        "water", "bank", "shore", "run",
    ]  # fmt: skip
    assert wn_lmf.source_facts(Input(path)) == ("Tiny-Words-en", "CC0-1.0", "1")
    assert entries(tmp_path, path.read_bytes()) == list(TINY)


def test_a_synset_can_be_read_by_eye() -> None:
    entry = ConceptEntry(
        'a "b" & c', "propn", "f", "a < b", {"kn": ("ನೀರು",)}, {"ili": ("i1",)}, unsensed=True
    )
    assert (
        '    <Synset id="Tiny-kn-c666a8e3c917c2f99" ili="i1" partOfSpeech="n" '
        'members="Tiny-kn-sd92a00783cb382b6" lexfile="f" dc:identifier="a &quot;b&quot; &amp; c" '
        'dc:type="propn" note="unsensed">\n'
        '      <Definition language="en">a &lt; b</Definition>\n'
        "    </Synset>\n"
    ) in written(entry)


def test_a_concept_comes_back_in_its_place_though_the_first_lexicon_lacks_it(
    tmp_path: Path,
) -> None:
    given = [
        ConceptEntry("b", "noun", "f", "g", {"kn": ("ಬ",)}),
        ConceptEntry("a", "noun", "f", "g", {"en": ("a",)}),
        ConceptEntry("c", "noun", "f", "g", {"fr": ("c",), "kn": ("ಕ",)}),
    ]
    text = written(*given)
    assert entries(tmp_path, text) == given
    # English holds the places of b and c.
    assert [line.count('lexicalized="false"') for line in text.split("<Lexicon ")] == [0, 2, 0, 0]


def test_concepts_without_a_word_in_the_languages_are_left_out(tmp_path: Path) -> None:
    given = [
        ConceptEntry("a", "noun", "f", "g", {"fr": ("a",)}),
        ConceptEntry("b", "noun", "f", "g", {"en": ("b",), "fr": ("b",)}),
    ]
    assert wn_lmf.write(given, ["en"], StringIO(), "Tiny", "1", "CC0-1.0") == 1
    assert entries(tmp_path, written(*given, languages=("en",))) == [
        ConceptEntry("b", "noun", "f", "g", {"en": ("b",)})
    ]


def test_concepts_of_ours_that_share_an_ili_stay_apart(tmp_path: Path) -> None:
    given = [
        ConceptEntry("a", "noun", "f", "g", {"fr": ("a",)}, {"ili": ("i1", "i2")}),
        ConceptEntry("b", "noun", "f", "g", {"en": ("b",)}, {"ili": ("i1",)}),
        ConceptEntry("c", "noun", "f", "g", {"en": ("c",)}, {"wikidata": ("Q1",), "ili": ("in",)}),
    ]
    assert entries(tmp_path, written(*given)) == given


@pytest.mark.parametrize("name", ["", "2024 words", "ಪದಗಳು", 'a"<b>&'])
def test_any_name_makes_an_id_of_xml(tmp_path: Path, name: str) -> None:
    path = tmp_path / "named.xml"
    wn_lmf.write(TINY, ["en", "kn"], path, name, "1", "CC0-1.0")
    for each in lmf.load(path, progress_handler=None)["lexicons"]:
        assert each["label"] == name
        assert each["id"].isascii()
        assert each["id"][0].isalpha()
    assert [entry.key for entry in entries(tmp_path, path.read_bytes())] == [e.key for e in TINY]


def _is_text(text: str) -> bool:
    try:
        return clean(text) == text
    except InvalidInput:
        return False


_CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn"))
_TEXT = st.text(_CHARACTERS | st.sampled_from("\"'<>&;+%="), min_size=1, max_size=12).filter(
    _is_text
)
_FORM = _TEXT.filter(lambda text: "|" not in text)
_FORMS = st.dictionaries(
    st.sampled_from(LANGUAGES),
    st.lists(_FORM, min_size=1, max_size=3, unique=True).map(tuple),
    min_size=1,
)
_EXTERNAL = st.dictionaries(
    st.just("ili") | _TEXT,
    st.lists(st.sampled_from(("i1", "i2", "in")) | _TEXT, min_size=1, max_size=2, unique=True).map(
        tuple
    ),
    max_size=2,
)
_ENTRIES = st.lists(
    st.builds(
        ConceptEntry,
        _TEXT,
        st.sampled_from(PARTS_OF_SPEECH),
        _TEXT,
        _TEXT,
        _FORMS,
        _EXTERNAL,
        st.booleans(),
    ),
    max_size=4,
    unique_by=lambda entry: entry.key,
)


@settings(deadline=None, derandomize=True, database=None, max_examples=100)
@given(given=_ENTRIES)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, given: list[ConceptEntry]
) -> None:
    text = written(*given)
    found = entries(tmp_path_factory.getbasetemp(), text)
    assert found == given
    assert written(*found) == text
