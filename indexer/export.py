"""Vectors for other programs: word2vec's text format, NumPy's npz and Parquet."""

import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.protocol import Encoder
from indexer.indices.live import LiveIndex
from indexer.service import LexiconService
from indexer.vectors import Vectors
from lexicon import queries
from lexicon.disk import whole_file, writing_to
from lexicon.errors import ExtraMissing, InvalidInput, StoreUnavailable

FORMATS = ("word2vec", "npz", "parquet")
SPACES = ("underscore", "skip")
STANDARD_OUTPUT = Path("-")

BLOCK = 4_096
"""Rows that are in memory as float32 at a time."""

_SPACE = re.compile(r"\s")

Advance = Callable[[int, int], None]
"""Told (rows written, rows in all)."""


@dataclass(frozen=True)
class Wanted:
    """What to write and how. ``covered`` leaves out words that the encoder only guesses;
    ``spaces`` says what becomes of them in word2vec's format, which knows none in a word."""

    form: str
    covered: bool = False
    spaces: str = "underscore"


@dataclass
class Exported:
    """Rows that were written, ``underscored`` ones of them with ``_`` for a space; and forms that
    were left out: ``guessed`` by the encoder, ``pending`` without a vector, ``gone`` since the
    index was opened, ``spaced``, and ``doubled`` by another that is the same text with ``_``."""

    rows: int = 0
    dim: int = 0
    guessed: int = 0
    pending: int = 0
    gone: int = 0
    spaced: int = 0
    underscored: int = 0
    doubled: int = 0


@dataclass
class _Rows:
    """What is written: the texts, the row of the index that each is, and its lexemes."""

    index: LiveIndex
    texts: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    lexemes: list[tuple[int, ...]] = field(default_factory=list)

    @property
    def dim(self) -> int:
        return self.index.manifest.dim

    @property
    def covered(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.index.covered[np.array(self.rows, dtype=np.int64)]
        return found

    def blocks(self, advance: Advance) -> Iterator[tuple[slice, Vectors]]:
        """Which rows, and their vectors."""
        for start in range(0, len(self.rows), BLOCK):
            some = slice(start, min(start + BLOCK, len(self.rows)))
            numbers = np.array(self.rows[some], dtype=np.int64)
            yield some, self.index.vectors(self.index.ids[numbers])
            advance(some.stop, len(self.rows))


def export(
    service: LexiconService,
    encoder: Encoder,
    language: str,
    wanted: Wanted,
    out: Path,
    overwrite: bool = False,
    advance: Advance = lambda _done, _total: None,
) -> Exported:
    """Write the vectors of a language's live index to ``out``, which appears when it is whole;
    ``-`` is standard output. Rows are those that searches have, words that came since included.

    Raises :class:`InvalidInput` for a file that cannot be written there, :class:`ExtraMissing`
    for Parquet without its extra.
    """
    if wanted.form not in FORMATS:
        raise InvalidInput(f"unknown format {wanted.form!r}; known: {', '.join(FORMATS)}")
    if wanted.spaces not in SPACES:
        raise InvalidInput(f"unknown spaces {wanted.spaces!r}; known: {', '.join(SPACES)}")
    if out == STANDARD_OUTPUT and wanted.form != "word2vec":
        raise InvalidInput(f"{wanted.form} is no text; name a file to write it to with --out")
    if wanted.form == "parquet":
        _arrow()
    if out != STANDARD_OUTPUT:
        # Before the work; and again after it.
        with writing_to(out):
            _require_free(out, overwrite)
    with service.sessions() as session:
        queries.require_language(session, language)
    index = service.index(encoder, language)
    rows, made = _rows(service, index, wanted)
    write = {"word2vec": _word2vec, "npz": _npz, "parquet": _parquet}[wanted.form]
    with _target(out, overwrite) as stream:
        write(rows, stream, advance)
    return made


def _rows(service: LexiconService, index: LiveIndex, wanted: Wanted) -> tuple[_Rows, Exported]:
    """The rows to write, by row of the index, and what is left out."""
    found = _Rows(index)
    made = Exported(dim=found.dim, pending=index.changes.pending)
    covered = index.covered
    taken: set[str] = set()
    with service.sessions() as session:
        for start in range(0, index.rows, BLOCK):
            ids = index.ids[start : start + BLOCK].tolist()
            forms = queries.forms_of_lexemes(session, ids)
            for row, lexeme in enumerate(ids, start):
                form = forms.get(lexeme)
                if form is None:
                    made.gone += 1
                elif wanted.covered and not covered[row]:
                    made.guessed += 1
                elif (text := _written(form.lemma, wanted, taken, made)) is not None:
                    found.texts.append(text)
                    found.rows.append(row)
                    found.lexemes.append(form.lexeme_ids)
    made.rows = len(found.rows)
    return found, made


def _written(lemma: str, wanted: Wanted, taken: set[str], made: Exported) -> str | None:
    """A form as the format can hold it, or None for one that is left out."""
    if wanted.form != "word2vec":
        return lemma
    text = _SPACE.sub("_", lemma)
    if text != lemma and wanted.spaces == "skip":
        made.spaced += 1
        return None
    if text in taken:
        made.doubled += 1
        return None
    taken.add(text)
    made.underscored += text != lemma
    return text


# Where it goes


def _require_free(out: Path, overwrite: bool) -> None:
    if out.is_dir():
        raise InvalidInput(f"{out} is a folder; name a file in it")
    if not out.parent.is_dir():
        raise InvalidInput(f"there is no folder {out.parent}; make it, or name another file")
    if out.exists() and not overwrite:
        raise InvalidInput(f"{out} is there already; replace it with: --overwrite")


@contextmanager
def _target(out: Path, overwrite: bool) -> Iterator[IO[bytes]]:
    """Standard output, or a file that is there when it is whole and on disk."""
    if out == STANDARD_OUTPUT:
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            # The reader has had enough.
            raise
        except OSError as error:
            raise StoreUnavailable(
                f"standard output cannot be written ({error.strerror or error}); make room there"
            ) from error
        return
    with writing_to(out), whole_file(out, lambda: _require_free(out, overwrite)) as stream:
        yield stream


# Formats


def _word2vec(rows: _Rows, stream: IO[bytes], advance: Advance) -> None:
    """``rows dim``, then ``word v1 … vd``: what MUSE, vecmap and gensim read."""
    stream.write(f"{len(rows.texts)} {rows.dim}\n".encode())
    # A unit vector's numbers lie between -1 and 1: seven places are what float32 holds.
    line = " ".join(["%s", *["%.7f"] * rows.dim]) + "\n"
    for some, vectors in rows.blocks(advance):
        for text, vector in zip(rows.texts[some], vectors, strict=True):
            stream.write((line % (text, *vector.tolist())).encode())


def _npz(rows: _Rows, stream: IO[bytes], advance: Advance) -> None:
    """``forms``, ``vectors``, ``covered`` and ``lexeme_ids``, the same row in each; of these the
    last is as wide as the form with most needs, -1 where there is none."""
    many = len(rows.texts)
    longest = max(map(len, rows.texts), default=1)
    widest = max(map(len, rows.lexemes), default=1)
    blocks = [slice(start, start + BLOCK) for start in range(0, many, BLOCK)]
    text = np.dtype(f"<U{longest}")

    def ids(some: slice) -> NDArray[np.int64]:
        held = np.full((len(rows.lexemes[some]), widest), -1, dtype="<i8")
        for row, lexemes in enumerate(rows.lexemes[some]):
            held[row, : len(lexemes)] = lexemes
        return held

    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        # Every form takes as much as the longest; nearly all of that is nothing.
        packed = zipfile.ZIP_DEFLATED
        forms = (np.array(rows.texts[some], dtype=text) for some in blocks)
        _array(archive, "forms", text, (many,), forms, packed)
        _array(archive, "covered", np.dtype(np.bool_), (many,), [rows.covered])
        numbers = np.dtype("<i8")
        _array(archive, "lexeme_ids", numbers, (many, widest), map(ids, blocks), packed)
        vectors = (block for _, block in rows.blocks(advance))
        _array(archive, "vectors", np.dtype("<f4"), (many, rows.dim), vectors)


def _array(
    archive: zipfile.ZipFile,
    name: str,
    dtype: np.dtype[Any],
    shape: tuple[int, ...],
    blocks: Iterable[NDArray[Any]],
    packed: int = zipfile.ZIP_STORED,
) -> None:
    """One array, written block by block."""
    # A date would make two files of the same vectors differ.
    member = zipfile.ZipInfo(f"{name}.npy")
    member.compress_type = packed
    with archive.open(member, "w", force_zip64=True) as stream:
        header = {"descr": dtype.str, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(stream, header)
        for block in blocks:
            stream.write(np.ascontiguousarray(block, dtype=dtype).tobytes())


def _parquet(rows: _Rows, stream: IO[bytes], advance: Advance) -> None:
    """Columns ``form``, ``vector`` (a list of fixed size), ``covered`` and ``lexeme_ids``."""
    arrow, parquet = _arrow()
    schema = arrow.schema(
        [
            arrow.field("form", arrow.string(), nullable=False),
            arrow.field("vector", arrow.list_(arrow.float32(), rows.dim), nullable=False),
            arrow.field("covered", arrow.bool_(), nullable=False),
            arrow.field("lexeme_ids", arrow.list_(arrow.int64()), nullable=False),
        ]
    )
    covered = rows.covered
    with parquet.ParquetWriter(stream, schema) as writer:
        for some, vectors in rows.blocks(advance):
            flat = arrow.array(vectors.ravel(), type=arrow.float32())
            columns = [
                arrow.array(rows.texts[some], type=arrow.string()),
                arrow.FixedSizeListArray.from_arrays(flat, rows.dim),
                arrow.array(covered[some], type=arrow.bool_()),
                arrow.array(rows.lexemes[some], type=arrow.list_(arrow.int64())),
            ]
            writer.write_batch(arrow.record_batch(columns, schema=schema))


def _arrow() -> tuple[Any, Any]:
    """pyarrow and its Parquet, or :class:`ExtraMissing`."""
    try:
        import pyarrow  # type: ignore[import-untyped]
        from pyarrow import parquet
    except ImportError:
        raise ExtraMissing("writing Parquet", "parquet") from None
    return pyarrow, parquet
