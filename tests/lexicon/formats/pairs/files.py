"""Files of sentence pairs in tests, and what a reader makes of them."""

import gzip
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lexicon.formats.pairs.detect import READERS
from lexicon.formats.pairs.entry import PairEntry, Reading
from lexicon.formats.reading import Input, Rejected, Row, Skipped

KNOWN = frozenset(("en", "fr", "hi", "kn"))
ENGLISH = Reading(KNOWN, "en")
ANY = Reading(KNOWN)


def file(folder: Path, content: str | bytes, name: str = "pairs.tsv") -> Input:
    """A file with exactly this content; packed when its name says so."""
    path = folder / name
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return Input(path)


def tsv(*rows: Sequence[str]) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)


def json_lines(*values: Any) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def read(
    form: str, source: Input, reading: Reading = ENGLISH
) -> list[Row[PairEntry] | Rejected | Skipped]:
    return list(READERS[form](source, reading))


def entries(records: Iterable[Row[PairEntry] | Rejected | Skipped]) -> list[PairEntry]:
    """The entries of records of which none was rejected or skipped."""
    found = []
    for record in records:
        assert isinstance(record, Row), record
        found.append(record.entry)
    return found


def reasons(records: Iterable[Row[PairEntry] | Rejected | Skipped]) -> list[tuple[int, str]]:
    """(line, reason) of every reject."""
    return [(r.line, r.reason) for r in records if isinstance(r, Rejected)]
