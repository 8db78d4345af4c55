"""Dictionaries of word pairs as MUSE has them: two words a line, by a tab or a space.

The format is that of the ground-truth dictionaries of Conneau et al., "Word Translation Without
Parallel Data" (2018). It says neither languages nor parts of speech nor senses.
"""

from collections.abc import Iterable, Iterator
from typing import IO, NamedTuple

from lexicon.entries import ConceptEntry
from lexicon.errors import InvalidInput
from lexicon.formats.reading import Input, Rejected, Row
from lexicon.normalize import clean

HEADERS = (["src", "tgt"], ["source", "target"])


class WordPair(NamedTuple):
    """A word and its translation, in the order of the file's languages."""

    first: str
    second: str


def split(line: str) -> list[str]:
    """The columns of a line: by tabs where there are any, else by white space."""
    return line.split("\t") if "\t" in line else line.split()


def records(source: Input) -> Iterator[Row[WordPair] | Rejected]:
    """Every line but a header as a pair or a reject."""
    for number, line in source.lines():
        columns = split(line)
        if number == 1 and [column.strip().lower() for column in columns] in HEADERS:
            continue
        if len(columns) != 2:
            yield Rejected.of(
                number,
                f"{len(columns)} column{'s' * (len(columns) != 1)}, not 2; "
                "separate phrases by a tab",
                line,
            )
            continue
        try:
            yield Row(number, WordPair(clean(columns[0], "word"), clean(columns[1], "word")))
        except InvalidInput as error:
            yield Rejected.of(number, error, line)


def write(
    entries: Iterable[ConceptEntry], languages: tuple[str, str], stream: IO[str]
) -> tuple[int, int]:
    """Write each distinct pair of words that share a concept, in order of appearance.

    Returns (pairs written, pairs left out because a phrase is not one word: readers of this format
    split lines at spaces).
    """
    first, second = languages
    written: set[tuple[str, str]] = set()
    left_out: set[tuple[str, str]] = set()
    for entry in entries:
        for one in entry.forms.get(first, ()):
            for other in entry.forms.get(second, ()):
                pair = (one, other)
                if " " in one or " " in other:
                    left_out.add(pair)
                elif pair not in written:
                    written.add(pair)
                    stream.write(f"{one}\t{other}\n")
    return len(written), len(left_out)
