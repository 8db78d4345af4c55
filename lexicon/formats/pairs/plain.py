"""Our own layout: a TSV whose header names ``id``, ``label``, ``premise``, ``hypothesis`` and, if
it likes, ``premise_language`` and ``hypothesis_language``, in any order."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import IO

from lexicon.errors import InvalidInput
from lexicon.formats.pairs import fields
from lexicon.formats.pairs.entry import PairEntry, Reading, made
from lexicon.formats.reading import Input, Rejected, Row, Skipped

NEEDED = ("id", "label", "premise", "hypothesis")
COLUMNS = ("id", "label", "premise_language", "hypothesis_language", "premise", "hypothesis")
NO_LABEL = "-"


def records(source: Input, reading: Reading) -> Iterator[Row[PairEntry] | Rejected | Skipped]:
    """Every line after the header as a pair, a reject, or skipped as of another language."""

    def choose(header: Collection[str]) -> Sequence[str]:
        if not set(NEEDED) <= set(header):
            raise InvalidInput(
                f"{source.path}: line 1 is {str(list(header))[:200]}; needed are the columns "
                f"{', '.join(NEEDED)}"
            )
        return list(header)

    for record in fields.records(source, choose):
        if isinstance(record, Rejected):
            yield record
            continue
        values = record.values
        languages = reading.languages(
            source.path, values.get("premise_language"), values.get("hypothesis_language")
        )
        if languages is None:
            yield Skipped(record.line)
            continue
        yield made(
            record.line,
            record.text,
            values.get("id"),
            values.get("premise"),
            values.get("hypothesis"),
            languages,
            values.get("label"),
            reading.order,
        )


def write(pairs: Iterable[PairEntry], stream: IO[str]) -> int:
    """Write pairs under a header; returns how many. A pair without a gold label has ``-``."""
    stream.write("\t".join(COLUMNS) + "\n")
    count = 0
    for pair in pairs:
        cells = (
            pair.key,
            pair.label or NO_LABEL,
            pair.premise_language,
            pair.hypothesis_language,
            pair.premise,
            pair.hypothesis,
        )
        stream.write("\t".join(cells) + "\n")
        count += 1
    return count
