"""Hostile and damaged XML goes no further."""

import gzip
from pathlib import Path

import pytest

from lexicon.errors import InvalidInput
from lexicon.formats import wn_lmf, xml_prolog
from lexicon.formats.reading import Input
from tests.lexicon.formats.wordnets import (
    CAR,
    CLOSE,
    HEADER,
    KANNADA,
    LANGUAGES,
    OEWN,
    OPEN,
    document,
    entries,
    lexicon,
    refusal,
    source,
    synset,
    word,
)


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(document(OEWN, KANNADA).encode(), mtime=0),
        b"\xef\xbb\xbf" + document(OEWN, KANNADA).encode(),
        document(OEWN, KANNADA).replace("\n", "\r\n").encode(),
        document(OEWN, KANNADA).replace("?>\n", "?>\n<!-- a wordnet -->\n\n").encode(),
        document(OEWN, KANNADA).replace("?>\n<!DOCTYPE", "?><!DOCTYPE\n").encode(),
        document(OEWN, KANNADA).replace("http:", "https:").encode(),
        document(OEWN, KANNADA).replace("LMF-1.1", "LMF-relaxed-1.4").encode(),
    ],
)  # fmt: skip
def test_other_beginnings_of_the_same_document_are_read(tmp_path: Path, content: bytes) -> None:
    assert entries(tmp_path, content)[0] == CAR


def test_what_was_read_of_the_file_is_told(tmp_path: Path) -> None:
    path = source(tmp_path, document(OEWN)).path
    told: list[int] = []
    list(wn_lmf.records(Input(path, told.append), LANGUAGES))
    assert told[-1] == path.stat().st_size


BOMB = HEADER.replace(
    '.dtd">', '.dtd" [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>'
)
EXTERNAL = HEADER.replace('.dtd">', '.dtd" [<!ENTITY x SYSTEM "file:///etc/passwd">]>')
PARAMETER = HEADER.replace('.dtd">', '.dtd" [<!ENTITY % p SYSTEM "http://127.0.0.1/p">%p;]>')
UNPARSED = HEADER.replace(
    '.dtd">', '.dtd" [<!NOTATION n SYSTEM "n"><!ENTITY u SYSTEM "u" NDATA n>]>'
)


@pytest.mark.parametrize(
    ("header", "name"), [(BOMB, "a"), (EXTERNAL, "x"), (PARAMETER, "p"), (UNPARSED, "u")]
)
def test_entities_are_refused_before_anything_is_expanded(
    tmp_path: Path, header: str, name: str
) -> None:
    content = header + OPEN + lexicon("w", "en", word("e", "&c;", "s") + synset("s")) + CLOSE
    refused = (
        f"declares XML entities, which are refused ('{name}'); write the characters themselves"
    )
    assert refusal(tmp_path, content) == refused
    assert refusal(tmp_path, gzip.compress(content.encode())) == refused
    with pytest.raises(InvalidInput, match="which are refused"):
        wn_lmf.source_facts(source(tmp_path, content))


def test_an_undeclared_entity_loses_no_letter_in_silence(tmp_path: Path) -> None:
    content = document(lexicon("w", "fr", "\n" + word("e", "th&eacute;", "s") + synset("s")))
    assert refusal(tmp_path, content) == (
        "is not well-formed XML in UTF-8 (line 5: undefined entity); fetch or write it again"
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (document(OEWN)[:-20], "is not well-formed XML in UTF-8 (line 44: "),
        (document(OEWN)[:1200], "is not well-formed XML in UTF-8 (line "),
        (HEADER, "is not well-formed XML in UTF-8 (line 3: no element found); "),
        ("", "is not well-formed XML in UTF-8 (line 1: no element found); "),
        ("water\teau\n", "is not well-formed XML in UTF-8 (line 1: syntax error); "),
        (document(OEWN).encode("utf-16"), "is not well-formed XML in UTF-8 (line 3: "),
        (document(KANNADA.replace("kn1", "é")).encode("latin-1", "replace"), "is not well-formed "),
        (document(OEWN) + "<more/>", "is not well-formed XML in UTF-8 (line "),
        (gzip.compress(document(OEWN).encode(), mtime=0)[:-30], "is a damaged or truncated .gz ("),
        ("<html/>", "is not WN-LMF (DOCTYPE '', element 'html'); give a file of WN-LMF 1.0, 1.1, "),
        (document(OEWN).replace("LexicalResource", "Resource"), "is not WN-LMF (DOCTYPE "),
        (document(OEWN).replace("LMF-1.1", "LMF-9.9"), "is not WN-LMF (DOCTYPE 'http://"),
        (OPEN + CLOSE, "is not WN-LMF (DOCTYPE '', "),
        (
            document(OEWN.replace('email="a@example.org"', "")),
            "is not sound WN-LMF 1.1 (<Lexicon> missing required attribute: email); validate it ",
        ),
        (
            document(OEWN.replace('writtenForm="able"', "")),
            "is not sound WN-LMF 1.1 (an attribute or element is missing); validate it ",
        ),
        (
            document(OEWN.replace("<Pronunciation", "<Sound").replace("Pronunciation>", "Sound>")),
            "is not sound WN-LMF 1.1 (unexpected element at line 7: Sound); validate it ",
        ),
        (
            document(OEWN.replace("<Example>", "<Sound/><Example>")).replace("?>\n", "?>\n\n\n"),
            "is not sound WN-LMF 1.1 (unexpected element at line 35: Sound); validate it ",
        ),
        (
            document(OEWN.replace("<SenseRelation", "<Count>many</Count><SenseRelation")),
            "is not sound WN-LMF 1.1 (invalid literal for int() with base 10: 'many'); ",
        ),
        (document(OEWN.replace("<LexicalEntry", '<LexicalEntry forms=""', 1)), "is not sound WN-"),
        (document(OEWN.replace("<Synset id", '<Synset definitions="a" id')), "is not sound WN-LMF"),
        (document(OEWN.replace("<Lexicon id", '<Lexicon entries="a" id')), "is not sound WN-LMF"),
        (HEADER + OPEN.replace(">", ' lexicons="a">') + CLOSE, "is not sound WN-LMF 1.1 ("),
        (document(OEWN.replace("dc:identifier", "dd:identifier")), "is not well-formed XML"),
        (
            document(OEWN.replace(">\n", '>\n<Extends id="oewn" version="1"/>', 1)).replace(
                "Lexicon ", "LexiconExtension "
            ).replace("</Lexicon>", "</LexiconExtension>"),
            "holds the lexicon extension 'oewn', which only changes another lexicon; ",
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_not_sound_is_refused_in_a_line(
    tmp_path: Path, content: str | bytes, why: str
) -> None:
    assert refusal(tmp_path, content).startswith(why)


def test_a_document_without_end_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xml_prolog, "MAX_DOCUMENT", 100_000)
    content = gzip.compress(document(OEWN, " " * 100_000).encode())
    assert len(content) < 10_000
    assert refusal(tmp_path, content) == "unpacks to more than 100,000 bytes; split it"


def test_a_prolog_without_end_is_not_read(tmp_path: Path) -> None:
    content = gzip.compress((HEADER + "<!-- " + " " * 2**22).encode())
    assert refusal(tmp_path, content).startswith("has no content in its first 1,048,576 bytes")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read: No such file"):
        list(wn_lmf.records(Input(tmp_path / "none.xml"), LANGUAGES))
