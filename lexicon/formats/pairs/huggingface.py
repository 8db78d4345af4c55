"""Data sets as Hugging Face serves them: JSON Lines or Parquet with ``premise``, ``hypothesis``
and ``label``.

In the layout ``all_languages`` the premise is ``{language: text}`` and the hypothesis
``{"language": [...], "translation": [...]}``.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

from lexicon.errors import ExtraMissing, InvalidInput
from lexicon.formats.pairs import fields
from lexicon.formats.pairs.entry import PairEntry, Reading, made
from lexicon.formats.pairs.fields import Fields
from lexicon.formats.reading import Input, Rejected, Row, Skipped, unreadable

MAGIC = b"PAR1"
NEEDED = ("premise", "hypothesis", "label")
KEYS = ("pairID", "id", "idx")
BATCH = 1_000
"""Rows of a Parquet file that are in memory at once, beside the pages they lie in."""

_SHARD = re.compile(r"-(\d{5})-of-(\d{5})\.")


def records(source: Input, reading: Reading) -> Iterator[Row[PairEntry] | Rejected | Skipped]:
    """Every row as a pair, as one pair per wanted language, as a reject, or skipped.

    The key is the row's ``pairID``, ``id`` or ``idx``, else its number from 0. Rows of the parts
    of a divided file (``train-00001-of-00004.parquet``) are numbered ``1.0``, ``1.1``, ….
    """
    with source.binary() as stream:
        packed = stream.read(len(MAGIC)) == MAGIC
    prefix = _shard(source.path)
    for record in _parquet(source) if packed else fields.records(source, _no_header(source)):
        if isinstance(record, Rejected):
            yield record
            continue
        values = record.values
        said = next((values[name] for name in KEYS if values.get(name) is not None), None)
        key = f"{prefix}{record.row}" if said is None else said
        if isinstance(values.get("premise"), dict):
            yield from _translations(record, key, reading)
            continue
        languages = reading.languages(source.path, values.get("language"))
        if languages is None:
            yield Skipped(record.line)
            continue
        yield made(
            record.line,
            record.text or str(dict(values)),
            key,
            values.get("premise"),
            values.get("hypothesis"),
            languages,
            values.get("label"),
            reading.order,
        )


def _shard(path: Path) -> str:
    found = _SHARD.search(path.name)
    return f"{int(found[1])}." if found and int(found[2]) > 1 else ""


def _no_header(source: Input) -> Callable[[Collection[str]], Sequence[str]]:
    def choose(header: Collection[str]) -> Sequence[str]:
        raise InvalidInput(
            f"{source.path} is neither Parquet nor JSON Lines; "
            f"it begins with {str(list(header))[:80]}"
        )

    return choose


def _translations(
    record: Fields, key: object, reading: Reading
) -> Iterator[Row[PairEntry] | Rejected | Skipped]:
    values = record.values
    text = record.text or str(dict(values))
    premises = values["premise"]
    hypotheses = _by_language(values.get("hypothesis"))
    if hypotheses is None:
        reason = "the hypothesis has not as many translations as languages"
        yield Rejected.of(record.line, reason, text)
        return
    wanted = [
        (language, other)
        for language in premises
        for other in ([reading.hypothesis_language] if reading.hypothesis_language else [language])
        if reading.wants(language, other) and other in hypotheses
    ]
    if not wanted:
        yield Skipped(record.line)
    for language, other in wanted:
        yield made(
            record.line,
            text,
            key,
            premises[language],
            hypotheses[other],
            (language, other),
            values.get("label"),
            reading.order,
        )


def _by_language(hypothesis: object) -> Mapping[str, object] | None:
    if not isinstance(hypothesis, dict):
        return None
    languages, texts = hypothesis.get("language"), hypothesis.get("translation")
    if not isinstance(languages, list) or not isinstance(texts, list):
        return None
    if len(languages) != len(texts) or not all(isinstance(name, str) for name in languages):
        return None
    return dict(zip(languages, texts, strict=True))


def _parquet(source: Input) -> Iterator[Fields]:
    try:
        import pyarrow as arrow  # type: ignore[import-untyped]
        from pyarrow import parquet
    except ImportError:
        raise ExtraMissing(f"reading {source.path}, which is Parquet,", "parquet") from None
    size = source.size
    row = 0
    try:
        with parquet.ParquetFile(source.path) as file:
            total = max(file.metadata.num_rows, 1)
            there = set(file.schema_arrow.names)
            if not set(NEEDED) <= there:
                raise InvalidInput(
                    f"{source.path} has the columns {', '.join(sorted(there))}; needed are "
                    f"{', '.join(NEEDED)}"
                )
            columns = [name for name in (*NEEDED, *KEYS, "language") if name in there]
            for batch in file.iter_batches(batch_size=BATCH, columns=columns):
                for values in batch.to_pylist():
                    yield Fields(row + 1, row, values, "")
                    row += 1
                source.advance(size * row // total)
    except (arrow.ArrowException, UnicodeError) as error:
        why = str(error).partition("\n")[0]
        raise InvalidInput(
            f"{source.path} cannot be read as Parquet ({why}); unpack it or fetch it again"
        ) from error
    except OSError as error:
        raise unreadable(source.path, error) from error
