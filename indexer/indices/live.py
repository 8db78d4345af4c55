"""A generation together with the words that have come and gone since it was built."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.generations.arrays import HalfVectors, Means
from indexer.generations.manifest import Manifest, Watermark
from indexer.indices import kinds
from indexer.indices.kinds import Found, Searcher, best, exactly, make
from indexer.indices.protocol import Neighbours, nothing, require_queries
from indexer.indices.stored import StoredIndex
from indexer.vectors import LexemeIds, Vectors, unit_rows
from lexicon.errors import ExtraMissing


@dataclass(frozen=True, eq=False)
class Changes:
    """What differs between a generation and the store at ``watermark``.

    ``gone``: rows whose form has left. ``renamed``: rows whose first lexeme has left, with one
    that stays. ``aliases``: lexemes that came to forms which have a row. ``forms``: the lexemes of
    each new form, with their rows ``half`` (n, dim) and ``covered`` (n,). ``pending``: new forms
    that were left out.
    """

    watermark: Watermark
    gone: NDArray[np.int64]
    renamed: dict[int, int]
    aliases: dict[int, int]
    departed: LexemeIds
    forms: list[tuple[int, ...]]
    half: HalfVectors
    covered: NDArray[np.bool_]
    pending: int = 0

    def search(self, queries: Vectors, k: int) -> Found:
        """The k nearest of the new forms, by looking at each of them as they are stored."""
        searcher = self._searcher
        return exactly(self.half, queries, k) if searcher is None else searcher.search(queries, k)

    @cached_property
    def _searcher(self) -> Searcher | None:
        """FAISS goes through them on one thread; None where a database searches without it."""
        try:
            return Searcher("sq", {}, make("sq", self.half, {}), self.half)
        except ExtraMissing:
            return None

    @cached_property
    def vectors(self) -> Vectors:
        """(n, dim) of the new forms."""
        return unit_rows(self.half, "a new word")

    @property
    def size(self) -> int:
        """How many rows differ."""
        return len(self.gone) + len(self.forms) + self.pending


@dataclass(frozen=True, eq=False)
class LiveIndex:
    """The same contract as the generation's, over the rows that are there now.

    Rows are those of the generation that are left, in their order, then the new ones; new rows
    are compared one by one.
    """

    base: StoredIndex
    changes: Changes
    _kept: NDArray[np.int64] | None = field(init=False)
    _place: NDArray[np.int64] | None = field(init=False)
    ids: LexemeIds = field(init=False)
    covered: NDArray[np.bool_] = field(init=False)
    _more: tuple[LexemeIds, NDArray[np.int64]] = field(init=False)

    def __post_init__(self) -> None:
        base, changes = self.base, self.changes
        kept = place = None
        ids, covered = base.ids, base.covered
        if changes.renamed:
            ids = ids.copy()
            ids[list(changes.renamed)] = list(changes.renamed.values())
        if len(changes.gone):
            there = np.ones(base.rows, dtype=np.bool_)
            there[changes.gone] = False
            kept = np.flatnonzero(there)
            place = np.where(there, np.cumsum(there) - 1, -1)
            ids, covered = ids[kept], covered[kept]
        if changes.forms:
            ids = np.concatenate([ids, [form[0] for form in changes.forms]])
            covered = np.concatenate([covered, changes.covered])
        first = len(ids) - len(changes.forms)
        more = {
            lexeme: row if place is None else int(place[row])
            for lexeme, row in changes.aliases.items()
        } | {lexeme: first + row for row, form in enumerate(changes.forms) for lexeme in form}
        numbers = np.array(sorted(more), dtype=np.int64)
        rows = np.array([more[lexeme] for lexeme in numbers.tolist()], dtype=np.int64)
        for name, value in (
            ("_kept", kept),
            ("_place", place),
            ("ids", ids),
            ("covered", covered),
            ("_more", (numbers, rows)),
        ):
            object.__setattr__(self, name, value)

    @property
    def manifest(self) -> Manifest:
        """Of the generation."""
        return self.base.manifest

    @property
    def language(self) -> str:
        return self.base.language

    @property
    def generation(self) -> str:
        return self.base.generation

    @property
    def version(self) -> tuple[str, int, int]:
        """Two of the same version answer the same."""
        mark = self.changes.watermark
        return self.base.generation, mark.lexeme, mark.departed

    @property
    def rows(self) -> int:
        return len(self.ids)

    @property
    def exact(self) -> bool:
        return self.base.exact

    @property
    def quick(self) -> bool:
        """Whether one search takes no longer than about a millisecond."""
        manifest, new = self.base.manifest, len(self.changes.forms) + len(self.changes.gone)
        return kinds.quick(manifest.kind, self.base.rows + new, manifest.dim)

    def search(self, queries: Vectors, k: int) -> Neighbours:
        wanted = require_queries(queries, self.base.manifest.dim)
        width = min(k, self.rows)
        if width <= 0 or len(wanted) == 0:
            return nothing(len(wanted), max(width, 0))
        rows, cosine, stood_in = self._old(wanted, min(width, self.rows - len(self.changes.forms)))
        if self.changes.forms:
            first = self.rows - len(self.changes.forms)
            new = self.changes.search(wanted, min(width, len(self.changes.forms)))
            cosine = np.concatenate([cosine, new.cosine], axis=1)
            rows = np.concatenate([rows, new.rows + first], axis=1)
            order = np.stack([best(one, width) for one in cosine])
            cosine = np.take_along_axis(cosine, order, axis=1)
            rows = np.take_along_axis(rows, order, axis=1)
        return Neighbours(self.ids[rows], rows, cosine, stood_in)

    def _old(
        self, queries: Vectors, width: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32], str | None]:
        """Rows that were there before and still are, their scores, and who stood in."""
        if self._place is None:
            found = self.base.search(queries, width)
            return found.rows, found.cosine, found.stood_in
        stood_in = None
        rows = np.empty((len(queries), width), dtype=np.int64)
        cosine = np.empty((len(queries), width), dtype=np.float32)
        # Few have left, so a few more than wanted are enough, save where those that left stood
        # close together.
        share = len(self.changes.gone) / self.base.rows
        depth, open_ = width + 2 + int(4 * width * share), np.arange(len(queries))
        while len(open_):
            found = self.base.search(queries[open_], depth)
            stood_in = stood_in or found.stood_in
            place = self._place[found.rows]
            enough = (place >= 0).sum(axis=1) >= width
            for query in np.flatnonzero(enough):
                left = np.flatnonzero(place[query] >= 0)[:width]
                rows[open_[query]] = place[query, left]
                cosine[open_[query]] = found.cosine[query, left]
            open_ = open_[~enough]
            depth *= 4
        return rows, cosine, stood_in

    def rows_of(self, ids: LexemeIds) -> NDArray[np.int64]:
        rows = self.base.rows_of(ids)
        if len(self.changes.departed):
            rows[np.isin(ids, self.changes.departed)] = -1
        if self._place is not None:
            rows = np.where(rows >= 0, self._place[rows], -1)
        numbers, places = self._more
        if len(numbers) and len(ids):
            at = np.minimum(np.searchsorted(numbers, ids), len(numbers) - 1)
            rows = np.where(numbers[at] == ids, places[at], rows)
        return rows

    def row_of(self, lexeme: int) -> int:
        """The row of one lexeme, -1 where it is none of these."""
        if self._place is None and not len(self._more[0]) and not len(self.changes.departed):
            return self.base.words.row_of(lexeme)
        return int(self.rows_of(np.array([lexeme], dtype=np.int64))[0])

    def vectors(self, ids: LexemeIds) -> Vectors:
        rows = self.rows_of(ids)
        if (rows < 0).any():
            raise KeyError(int(ids[rows < 0][0]))
        return self.at(rows)

    def at(self, rows: NDArray[np.int64]) -> Vectors:
        """(n, dim) of these rows."""
        first = self.rows - len(self.changes.forms)
        if self._kept is None and not self.changes.forms:
            return self.base.unit(rows)
        old = rows < first
        found = np.empty((len(rows), self.base.manifest.dim), dtype=np.float32)
        numbers = rows[old] if self._kept is None else self._kept[rows[old]]
        found[old] = self.base.unit(numbers)
        found[~old] = self.changes.vectors[rows[~old] - first]
        return found

    def one(self, row: int) -> Vectors:
        """(1, dim) of one row."""
        if self._kept is None and not self.changes.forms:
            return self.base.one(row)
        return self.at(np.array([row], dtype=np.int64))

    def all_vectors(self) -> Vectors:
        old = self.base.all_vectors() if self._kept is None else self.base.unit(self._kept)
        return np.concatenate([old, self.changes.vectors]) if self.changes.forms else old

    def dense(self, means: Means, new: Means) -> Means:
        """Means of the generation's rows and of the new forms, as means of the rows here."""
        left = means if self._kept is None else means[self._kept]
        return np.concatenate([left, new]) if len(new) else left
