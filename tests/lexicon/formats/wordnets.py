"""Small wordnets written by hand, and how a test reads them."""

from pathlib import Path

import pytest

from lexicon.entries import ConceptEntry
from lexicon.errors import InvalidInput
from lexicon.formats import wn_lmf
from lexicon.formats.reading import Input, Rejected, Row, Skipped

LANGUAGES = ("en", "fr", "hi", "kn")

HEADER = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE LexicalResource SYSTEM "http://globalwordnet.github.io/schemas/WN-LMF-1.1.dtd">
"""
OPEN = '<LexicalResource xmlns:dc="https://globalwordnet.github.io/schemas/dc/">\n'
CLOSE = "</LexicalResource>\n"


def lexicon(name: str, language: str, content: str) -> str:
    return (
        f'<Lexicon id="{name}" label="The {name}" language="{language}" email="a@example.org" '
        f'license="https://creativecommons.org/licenses/by/4.0/" version="2024">{content}</Lexicon>'
    )


def word(entry: str, lemma: str, *synsets: str, pos: str = "n") -> str:
    senses = "".join(f'<Sense id="{entry}-{synset}" synset="{synset}"/>' for synset in synsets)
    return (
        f'<LexicalEntry id="{entry}"><Lemma writtenForm="{lemma}" partOfSpeech="{pos}"/>{senses}'
        "</LexicalEntry>"
    )


def synset(name: str, gloss: str = "", ili: str = "", more: str = 'partOfSpeech="n"') -> str:
    definition = f"<Definition>{gloss}</Definition>" if gloss else ""
    return f'<Synset id="{name}" ili="{ili}" {more}>{definition}</Synset>'


# As the Open English WordNet writes it: members are entries, and their order is not the file's.
OEWN = lexicon(
    "oewn",
    "en",
    """
    <LexicalEntry id="oewn-auto-n">
      <Lemma writtenForm="auto" partOfSpeech="n">
        <Pronunciation variety="US">ˈɔtoʊ</Pronunciation>
      </Lemma>
      <Sense id="oewn-auto__1.06.00.." synset="oewn-02961779-n" dc:identifier="auto%1:06:00::"/>
    </LexicalEntry>
    <LexicalEntry id="oewn-car-n">
      <Lemma writtenForm="car" partOfSpeech="n"/>
      <Form writtenForm="cars"/>
      <Sense id="oewn-car__1.06.00.." synset="oewn-02961779-n">
        <SenseRelation relType="derivation" target="oewn-auto__1.06.00.."/>
      </Sense>
      <Sense id="oewn-car__1.06.01.." synset="oewn-02963378-n"/>
    </LexicalEntry>
    <LexicalEntry id="oewn-railway_car-n">
      <Lemma writtenForm="railway car" partOfSpeech="n"/>
      <Sense id="oewn-railway_car__1.06.00.." synset="oewn-02963378-n"/>
    </LexicalEntry>
    <LexicalEntry id="oewn-able-a">
      <Lemma writtenForm="able" partOfSpeech="a"/>
      <Sense id="oewn-able__3.00.00.." synset="oewn-00001740-a"/>
    </LexicalEntry>
    <Synset id="oewn-02961779-n" ili="i51622" partOfSpeech="n" lexfile="noun.artifact"
            members="oewn-car-n oewn-auto-n">
      <Definition>a motor vehicle with four wheels;
        usually propelled by an internal combustion engine</Definition>
      <Definition>another definition</Definition>
      <SynsetRelation relType="hypernym" target="oewn-03796768-n"/>
      <Example>he needs a car to get to work</Example>
    </Synset>
    <Synset id="oewn-02963378-n" ili="i51631" partOfSpeech="n" lexfile="noun.artifact"
            members="oewn-railway_car__1.06.00.. oewn-car__1.06.01..">
      <Definition>a wheeled vehicle adapted to the rails of railroad</Definition>
    </Synset>
    <Synset id="oewn-00001740-a" ili="in" partOfSpeech="s" members="oewn-able-a">
      <Definition>having the necessary means</Definition>
      <ILIDefinition>having the necessary means</ILIDefinition>
    </Synset>
    <Synset id="oewn-00000000-n" ili="" partOfSpeech="n"><Definition>no word</Definition></Synset>
    """,
)
KANNADA = lexicon(
    "iwn",
    "kn",
    word("kn1", "ಕಾರು", "kn-1")
    + word("kn2", "ಮೋಟಾರು_ಕಾರು", "kn-1")
    + word("kn3", "ಸಮರ್ಥ", "kn-2", pos="a")
    + synset("kn-1", "ನಾಲ್ಕು ಚಕ್ರಗಳ ವಾಹನ", "i51622")
    + synset("kn-2", "", "in", ""),
)
CAR = ConceptEntry(
    "oewn-02961779-n",
    "noun",
    "noun.artifact",
    "a motor vehicle with four wheels; usually propelled by an internal combustion engine",
    {"en": ("car", "auto"), "kn": ("ಕಾರು", "ಮೋಟಾರು_ಕಾರು")},
    {"ili": ("i51622",)},
)


def document(*lexicons: str) -> str:
    return HEADER + OPEN + "".join(lexicons) + CLOSE


def source(tmp_path: Path, content: str | bytes) -> Input:
    path = tmp_path / "words.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Input(path)


def read(
    tmp_path: Path, content: str | bytes, languages: tuple[str, ...] = LANGUAGES
) -> list[Row[ConceptEntry] | Rejected | Skipped]:
    return list(wn_lmf.records(source(tmp_path, content), languages))


def entries(
    tmp_path: Path, content: str | bytes, languages: tuple[str, ...] = LANGUAGES
) -> list[ConceptEntry]:
    """The entries of a file in which nothing is rejected."""
    records = read(tmp_path, content, languages)
    assert not [record for record in records if isinstance(record, Rejected)]
    return [record.entry for record in records if isinstance(record, Row)]


def one(tmp_path: Path, *lexicons: str) -> ConceptEntry:
    (entry,) = entries(tmp_path, document(*lexicons))
    return entry


def refusal(tmp_path: Path, content: str | bytes) -> str:
    """The line with which both readings of the file are refused, without its path."""
    given = source(tmp_path, content)
    with pytest.raises(InvalidInput) as caught:
        list(wn_lmf.records(given, LANGUAGES))
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{given.path} ")
    return message.removeprefix(f"{given.path} ")
