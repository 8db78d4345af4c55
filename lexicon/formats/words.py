"""The formats that words come in: one name each, found out from what a file holds."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice

from lexicon.entries import ConceptEntry
from lexicon.errors import InvalidInput
from lexicon.formats import jsonl, muse, wide, wiktextract, wn_lmf
from lexicon.formats.reading import Input, Rejected, Row, Skipped
from lexicon.formats.wn_lmf import Facts

MUSE = "muse"
READABLE = ("tsv", "csv", "jsonl", "muse", "wiktextract", "wn-lmf")
WRITABLE = ("tsv", "csv", "jsonl", "muse", "wn-lmf")

SNIFFED = 5
"""Lines that a format is found out from."""


def records(
    source: Input, form: str, scripts: Mapping[str, str]
) -> Iterator[Row[ConceptEntry] | Rejected | Skipped]:
    """What a file of a format other than pairs holds; ``scripts`` by language of the store."""
    if form in wide.DIALECTS:
        return wide.records(source, form)
    if form == "jsonl":
        return jsonl.records(source)
    if form == "wn-lmf":
        return wn_lmf.records(source, scripts)
    return wiktextract.records(source, scripts)


def facts(source: Input, form: str) -> Facts | None:
    """What the file says about itself as a source."""
    return wn_lmf.source_facts(source) if form == "wn-lmf" else None


def detect(source: Input) -> str:
    """The format of a file, whatever its name, or :class:`InvalidInput` naming the known ones."""
    with source.text() as stream:
        head = stream.read(4_096).lstrip()
    if not head:
        raise InvalidInput(f"{source.path} is empty; nothing was imported")
    if head.startswith("<"):
        return "wn-lmf"
    lines = [line for _, line in islice(source.lines(), SNIFFED)]
    if head.startswith("{"):
        return _json_lines(source, lines[0])
    for name, separator in (("tsv", "\t"), ("csv", ",")):
        if [cell.strip('"') for cell in lines[0].split(separator)][:2] == list(wide.FIXED[:2]):
            return name
    if all(len(muse.split(line)) == 2 for line in lines):
        return MUSE
    raise _unknown(source)


def _json_lines(source: Input, line: str) -> str:
    try:
        first = json.loads(line)
    except (ValueError, RecursionError):
        # One broken line does not say what the others are; its beginning does.
        first = {key: None for key in ("concept", "lang_code", "redirect") if f'"{key}"' in line}
    if "concept" in first:
        return "jsonl"
    if {"lang_code", "redirect", "senses"} & set(first):
        return "wiktextract"
    raise _unknown(source)


def _unknown(source: Input) -> InvalidInput:
    return InvalidInput(
        f"{source.path}: the format cannot be told from what it holds; "
        f"name it with --as: {', '.join(READABLE)}"
    )
