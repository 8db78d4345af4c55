"""Which format a file of sentence pairs has, by what is in it."""

import json
import re
from collections.abc import Callable, Iterator

from lexicon.errors import InvalidInput
from lexicon.formats.pairs import huggingface, indicxnli, plain, xnli
from lexicon.formats.pairs.entry import PairEntry, Reading
from lexicon.formats.pairs.fields import header_of
from lexicon.formats.reading import Input, Rejected, Row, Skipped

Reader = Callable[[Input, Reading], Iterator[Row[PairEntry] | Rejected | Skipped]]

READERS: dict[str, Reader] = {
    "xnli": xnli.records,
    "huggingface": huggingface.records,
    "indicxnli": indicxnli.records,
    "plain": plain.records,
}

SEEN = 2**16
"""Characters from the beginning of a file that decide."""

_WRAPPED_ARRAY = re.compile(r'\{\s*"(?!premise"|hypothesis")[^"\\]*"\s*:\s*\[')

_BY_COLUMNS = (
    ("xnli", frozenset(xnli.ORIGINAL)),
    ("xnli", frozenset(xnli.TRANSLATED)),
    ("plain", frozenset(plain.NEEDED)),
)
_BY_FIELDS = (
    ("xnli", frozenset(xnli.ORIGINAL)),
    ("xnli", frozenset(xnli.TRANSLATED)),
    ("huggingface", frozenset(huggingface.NEEDED)),
)


def detect(source: Input) -> str:
    """The name of the file's format, a key of ``READERS``.

    Raises :class:`InvalidInput` naming the known formats for a file that is none of them.
    """
    with source.binary() as stream:
        if stream.read(len(huggingface.MAGIC)) == huggingface.MAGIC:
            return "huggingface"
    with source.text() as stream:
        beginning = stream.read(SEEN).lstrip()
    found = _in_text(beginning)
    if found is None:
        shown = f"it begins with {beginning[:60]!r}" if beginning else "it is empty"
        raise InvalidInput(
            f"{source.path} is of no known format ({shown}); name one with --as: "
            f"{', '.join(READERS)}"
        )
    return found


def _in_text(beginning: str) -> str | None:
    if beginning.startswith("[") or _WRAPPED_ARRAY.match(beginning):
        return "indicxnli"
    first = beginning.partition("\n")[0].rstrip("\r")
    layouts = _BY_COLUMNS
    names = set(header_of(first))
    if first.startswith("{"):
        layouts = _BY_FIELDS
        try:
            names = set(json.loads(first))
        except (ValueError, RecursionError):
            return None
    return next((name for name, layout in layouts if layout <= names), None)
