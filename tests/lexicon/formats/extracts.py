"""Entries of Wiktionary extracts, and what is read from them."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from lexicon.entries import ConceptEntry
from lexicon.formats.reading import Input, Rejected, Row, Skipped
from lexicon.formats.wiktextract import records

SCRIPTS = {"en": "Latn", "fr": "Latn", "hi": "Deva", "kn": "Knda"}
INSTITUTION = "An institution where one can place and borrow money and take care of affairs."
EDGE = "An edge of river, lake, or other watercourse."
Record = Row[ConceptEntry] | Rejected | Skipped


def read(path: Path, *lines: object) -> list[Record]:
    """What the lines give: texts as they are, anything else as JSON."""
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    file = path / "extract.jsonl"
    file.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return list(records(Input(file), SCRIPTS))


def concepts(path: Path, *lines: object) -> list[ConceptEntry]:
    """The concepts of lines that all give some."""
    rows = read(path, *lines)
    assert all(isinstance(row, Row) for row in rows)
    return [row.entry for row in rows if isinstance(row, Row)]


def forms(path: Path, line: object) -> dict[str, dict[str, tuple[str, ...]]]:
    """The words of a line's concepts, by gloss."""
    return {one.gloss: dict(one.forms) for one in concepts(path, line)}


def reason(path: Path, line: object) -> str:
    """Why the line is rejected."""
    (record,) = read(path, line)
    assert isinstance(record, Rejected)
    return record.reason


def entry(word: str, *senses: object, **more: object) -> dict[str, Any]:
    """An English noun."""
    return {"word": word, "lang_code": "en", "pos": "noun", "senses": [*senses], **more}


def sense(gloss: str, **more: object) -> dict[str, Any]:
    return {"glosses": [gloss], **more}


def to(code: str, word: str, label: str | None = None, **more: object) -> dict[str, Any]:
    """A translation as wiktextract writes it."""
    return {"code": code, "word": word, **({} if label is None else {"sense": label}), **more}


def short(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]


BANK = entry(
    "bank",
    sense(INSTITUTION, id="en-bank-en-noun-1"),
    sense("A branch office of such an institution.", id="en-bank-en-noun-2"),
    sense(EDGE, id="en-bank-en-noun-3", translations=[to("kn", "ದಡ")]),
    translations=[
        to("fr", "banque", "institution", lang="French", tags=["feminine"]),
        to("hi", "बैंक", "institution", roman="baink"),
        to("de", "Bank", "institution"),
        to("fr", "rive", "edge of river or lake"),
        to("hi", "किनारा", "edge of river or lake"),
        to("fr", "berge", "edge of river or lake"),
        to("fr", "banc", "row of panels of switches"),
        to("kn", "ಸಾಲು"),
    ],
)
