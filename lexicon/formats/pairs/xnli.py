"""XNLI, SNLI and MultiNLI as their authors published them.

One layout for all: columns ``sentence1``, ``sentence2``, ``gold_label``, ``pairID`` and more, as
TSV or JSON Lines; only XNLI has a column ``language``. XNLI's machine-translated training sets
have the columns ``premise``, ``hypo``, ``label`` and no ids.
"""

from collections.abc import Collection, Iterator, Sequence

from lexicon.errors import InvalidInput
from lexicon.formats.pairs import fields
from lexicon.formats.pairs.entry import PairEntry, Reading, made
from lexicon.formats.reading import Input, Rejected, Row, Skipped

ORIGINAL = ("sentence1", "sentence2", "gold_label")
TRANSLATED = ("premise", "hypo", "label")
OPTIONAL = ("language", "pairID")


def records(source: Input, reading: Reading) -> Iterator[Row[PairEntry] | Rejected | Skipped]:
    """Every line after the header as a pair, a reject, or skipped as of another language."""

    def choose(header: Collection[str]) -> Sequence[str]:
        for layout in (ORIGINAL, TRANSLATED):
            if set(layout) <= set(header):
                return [*layout, *(name for name in OPTIONAL if name in header)]
        raise InvalidInput(
            f"{source.path}: line 1 is {str(list(header))[:200]}; needed are the columns "
            f"{', '.join(ORIGINAL)} or {', '.join(TRANSLATED)}"
        )

    # SNLI leaves out the labels of annotators that a row does not have.
    for record in fields.records(source, choose, ragged=True):
        if isinstance(record, Rejected):
            yield record
            continue
        values = record.values
        languages = reading.languages(source.path, values.get("language"))
        if languages is None:
            yield Skipped(record.line)
            continue
        key = values.get("pairID")
        names = TRANSLATED if "hypo" in values else ORIGINAL
        premise, hypothesis, label = (values.get(name) for name in names)
        yield made(
            record.line,
            record.text,
            record.row if key is None else key,
            premise,
            hypothesis,
            languages,
            label,
            reading.order,
        )
