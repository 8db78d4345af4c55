"""Which rows of two languages are translations of each other, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.indices.protocol import VectorIndex
from lexicon.queries import SenseTriple

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Expressions:
    """Which row expresses which concept as which part of speech: three arrays of one length.

    Sorted by concept; a form that is two lexemes of one concept stands once per part of speech.
    """

    row: Rows
    concept: Rows
    pos: NDArray[np.str_]


def expressions(index: VectorIndex, senses: Sequence[SenseTriple]) -> tuple[Expressions, int]:
    """The senses as rows of ``index``, and how many senses have no row there."""
    lexemes = np.array([sense.lexeme_id for sense in senses], dtype=np.int64)
    concepts = np.array([sense.concept_id for sense in senses], dtype=np.int64)
    pos = np.array([sense.pos for sense in senses], dtype=np.str_)
    rows = index.rows_of(lexemes)
    there = rows >= 0
    return Expressions(rows[there], concepts[there], pos[there]), int((~there).sum())


@dataclass(frozen=True)
class Bitext:
    """Every (source row, target row) of every concept, sorted by concept."""

    concept: Rows
    source: Rows
    target: Rows

    @property
    def concepts(self) -> int:
        return len(np.unique(self.concept))


def bitext(source: Expressions, target: Expressions) -> Bitext:
    """The product of both languages' forms within each concept that both express."""
    order = np.argsort(target.concept, kind="stable")
    concepts = target.concept[order]
    first = np.searchsorted(concepts, source.concept, side="left")
    last = np.searchsorted(concepts, source.concept, side="right")
    times = last - first
    origin = np.repeat(np.arange(len(source.row)), times)
    step = np.arange(len(origin)) - np.repeat(np.cumsum(times) - times, times)
    partner = order[first[origin] + step]
    triples = np.stack([source.concept[origin], source.row[origin], target.row[partner]], axis=1)
    unique = np.unique(triples, axis=0)
    return Bitext(unique[:, 0], unique[:, 1], unique[:, 2])


def random_pairs(
    source: Expressions, target: Expressions, pairs: Bitext, n: int, seed: int
) -> tuple[Rows, Rows]:
    """About ``n`` seeded (source row, target row) of one part of speech sharing no concept.

    Fewer come back when few exist; nothing when every pair of a part of speech is a translation.
    """
    here = np.zeros(len(source.row), dtype=np.int64)
    there = np.zeros(len(target.row), dtype=np.int64)
    drawn = random_expressions(source, target, pairs, n, seed, here, there)
    return source.row[drawn[0]], target.row[drawn[1]]


def random_expressions(
    source: Expressions,
    target: Expressions,
    pairs: Bitext,
    n: int,
    seed: int,
    source_fold: Rows,
    target_fold: Rows,
) -> tuple[Rows, Rows]:
    """As :func:`random_pairs`, but as places in the expressions, each pair within one fold."""
    random = np.random.default_rng(seed)
    nothing = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    if not len(source.row) or not len(target.row):
        return nothing
    _, number = np.unique(np.concatenate([source.pos, target.pos]), return_inverse=True)
    folds = 1 + int(max(source_fold.max(), target_fold.max()))
    kind = number * folds + np.concatenate([source_fold, target_fold])
    source_kind, target_kind = np.split(kind, [len(source.row)])
    order = np.argsort(target_kind, kind="stable")
    first = np.searchsorted(target_kind[order], source_kind, side="left")
    last = np.searchsorted(target_kind[order], source_kind, side="right")
    usable = np.flatnonzero(last > first)
    if not len(usable):
        return nothing
    width = int(target.row.max()) + 1
    translations = np.unique(pairs.source * width + pairs.target)
    # Translations are rare among random pairs, so a few spares make up for those thrown out.
    drawn = usable[random.integers(len(usable), size=n + n // 8 + 8)]
    offset = (random.random(len(drawn)) * (last - first)[drawn]).astype(np.int64)
    partner = order[first[drawn] + offset]
    keep = ~np.isin(source.row[drawn] * width + target.row[partner], translations)
    return drawn[keep][:n], partner[keep][:n]
