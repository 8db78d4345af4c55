"""The labelled pairs that the classifier is taught and measured with."""

from collections.abc import Sequence
from pathlib import Path

from lexicon.errors import InvalidInput
from lexicon.formats.pairs.detect import READERS, detect
from lexicon.formats.pairs.entry import PairEntry, Reading
from lexicon.formats.reading import Input, Row
from nli.embedded.build.glosses import LANGUAGES

KNOWN = ("en", *LANGUAGES)


def labelled(path: Path, language: str) -> list[PairEntry]:
    """The pairs of a file that have a gold label, in any format that ``lexicon`` imports.

    Raises :class:`InvalidInput` for a file that has none.
    """
    if language not in KNOWN:
        raise InvalidInput(f"unknown language {language!r}; known: {', '.join(KNOWN)}")
    source = Input(path)
    records = READERS[detect(source)](source, Reading(KNOWN, language))
    found = [row.entry for row in records if isinstance(row, Row) and row.entry.label is not None]
    if not found:
        raise InvalidInput(f"{path} has no labelled pair in {language!r}; give another file")
    return found


def halves(pairs: Sequence[PairEntry]) -> tuple[list[int], list[int]]:
    """Places of pairs with even and with odd ids: one half to choose by, the other to report."""
    parity = [
        int(pair.key) % 2 if pair.key.isdecimal() else place % 2 for place, pair in enumerate(pairs)
    ]
    chosen = [place for place, odd in enumerate(parity) if not odd]
    reported = [place for place, odd in enumerate(parity) if odd]
    return chosen, reported
