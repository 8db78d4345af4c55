"""What two languages are scored on: pairs that translate, random pairs, groups and folds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.alignment.bitext import Bitext, Expressions, Rows, bitext, random_expressions
from indexer.alignment.groups import BLOCKS, FOLDS, connected_groups, of_rows, parts
from indexer.alignment.ranking import Queries

RANDOM_PAIRS = 10_000
SEED = 20_260
NAMES = "propn"

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Words:
    """The words of one language as a report needs them, whatever their vectors.

    ``key`` (rows,) is what two spellings of a word have in common; ``frequency`` (rows,) is on the
    Zipf scale, NaN where unknown; ``tokens`` (rows,) how many tokens the encoder makes of each,
    None when it does not say; ``covered`` (rows,) whether it knows the word; ``left_out`` how many
    senses have no vector.
    """

    language: str
    expressions: Expressions
    key: NDArray[np.str_]
    frequency: NDArray[np.float64]
    tokens: Rows | None
    covered: Mask
    left_out: int

    @property
    def rows(self) -> int:
        return len(self.key)


@dataclass(frozen=True)
class Sample:
    """The pairs of two languages, source to target; :meth:`turned` is the same the other way.

    ``group``, ``fold`` and ``alike`` are by pair of ``pairs``; ``random_source`` and
    ``random_target`` are places in the words' expressions.
    """

    source: Words
    target: Words
    pairs: Bitext
    group: Rows
    fold: Rows
    alike: Mask
    random_source: Rows
    random_target: Rows

    def turned(self) -> "Sample":
        swapped = Bitext(self.pairs.concept, self.pairs.target, self.pairs.source)
        return Sample(
            self.target,
            self.source,
            swapped,
            self.group,
            self.fold,
            self.alike,
            self.random_target,
            self.random_source,
        )

    @cached_property
    def groups(self) -> int:
        return int(self.group.max()) + 1 if len(self.group) else 0

    @cached_property
    def block(self) -> Rows:
        """(groups,) the block of each group, for a jackknife."""
        return parts(np.bincount(self.group, minlength=self.groups), BLOCKS, SEED)

    @cached_property
    def concept_count(self) -> int:
        return len(np.unique(self.pairs.concept))

    # Forms that are asked for: each source form that has a translation, ascending

    @cached_property
    def forms(self) -> Rows:
        """Source rows, (forms,), ascending."""
        return np.unique(self.pairs.source)

    @cached_property
    def queries(self) -> Queries:
        """The right target rows of each of ``forms``."""
        translations = np.unique(np.stack([self.pairs.source, self.pairs.target], axis=1), axis=0)
        _, counts = np.unique(translations[:, 0], return_counts=True)
        return Queries(translations[:, 1], counts.astype(np.int64))

    @cached_property
    def form_group(self) -> Rows:
        return of_rows(self.pairs.source, self.group, self.source.rows)[self.forms]

    @cached_property
    def form_fold(self) -> Rows:
        return of_rows(self.pairs.source, self.fold, self.source.rows)[self.forms]

    def asked(self, some: Sequence[int]) -> Rows:
        """Places of the forms of some folds."""
        return np.flatnonzero(np.isin(self.form_fold, some))

    # The random pairs

    @cached_property
    def random_rows(self) -> tuple[Rows, Rows]:
        return (
            self.source.expressions.row[self.random_source],
            self.target.expressions.row[self.random_target],
        )

    @cached_property
    def random_groups(self) -> tuple[Rows, Rows]:
        source, target = self.random_rows
        return (
            of_rows(self.pairs.source, self.group, self.source.rows)[source],
            of_rows(self.pairs.target, self.group, self.target.rows)[target],
        )

    @cached_property
    def random_fold(self) -> Rows:
        return of_rows(self.pairs.source, self.fold, self.source.rows)[self.random_rows[0]]

    # Subsets

    @cached_property
    def names(self) -> Rows:
        """Concepts that are names."""
        some = self.source.expressions
        return np.unique(some.concept[some.pos == NAMES])

    @cached_property
    def distinct(self) -> "Subset":
        """Without identical spellings and without names.

        A form with a translation that is spelt like it is left out whole: it could be found
        without any alignment.
        """
        pairs = ~self.alike & ~np.isin(self.pairs.concept, self.names)
        spelt_alike = np.isin(self.forms, self.pairs.source[self.alike])
        some = self.source.expressions
        return Subset(
            pairs,
            np.isin(self.forms, self.pairs.source[pairs]) & ~spelt_alike,
            some.pos[self.random_source] != NAMES,
        )

    @cached_property
    def everything(self) -> "Subset":
        return Subset(
            np.ones(len(self.group), dtype=bool),
            np.ones(len(self.forms), dtype=bool),
            np.ones(len(self.random_source), dtype=bool),
        )

    def of_pairs(self, pairs: Mask, random: Mask) -> "Subset":
        """These pairs, and every form that has one of them."""
        return Subset(pairs, np.isin(self.forms, self.pairs.source[pairs]), random)


@dataclass(frozen=True)
class Subset:
    """A part of a sample: (pairs,), (forms,) and (random pairs,) masks."""

    pairs: Mask
    forms: Mask
    random: Mask


def folds(languages: Sequence[Expressions], seed: int = SEED) -> list[Rows]:
    """The fold of each row of each language, -1 for rows that express nothing: concepts that share
    a form of any language are in one fold, so that all pairs can use the same folds."""
    if not languages:
        return []
    concept = np.concatenate([one.concept for one in languages])
    ends, first = [], 0
    for one in languages:
        ends.append(one.row + first)
        first += int(one.row.max(initial=-1)) + 1
    row = np.concatenate(ends)
    group = connected_groups(concept, row)
    groups = int(group.max()) + 1 if len(group) else 0
    fold = parts(np.bincount(group, minlength=groups), FOLDS, seed)[group]
    found, start = [], 0
    for one in languages:
        rows = int(one.row.max(initial=-1)) + 1
        found.append(of_rows(one.row, fold[start : start + len(one.row)], rows))
        start += len(one.row)
    return found


def sample(
    source: Words,
    target: Words,
    source_fold: Rows,
    target_fold: Rows,
    n: int = RANDOM_PAIRS,
    seed: int = SEED,
) -> Sample:
    """All pairs of two languages, grouped, and ``n`` random pairs.

    Random pairs are of one part of speech, share no concept, and lie within one fold, so that
    whatever is fitted without that fold has seen neither word. None is taken twice, and their words
    are of different groups wherever there are such.
    """
    pairs = bitext(source.expressions, target.expressions)
    group = connected_groups(pairs.concept, pairs.source, pairs.target)
    # Only words that both languages express are in a group.
    here = np.flatnonzero(np.isin(source.expressions.row, pairs.source))
    there = np.flatnonzero(np.isin(target.expressions.row, pairs.target))
    drawn = random_expressions(
        _some(source.expressions, here),
        _some(target.expressions, there),
        pairs,
        n,
        seed,
        source_fold[source.expressions.row[here]],
        target_fold[target.expressions.row[there]],
    )
    made = Sample(
        source,
        target,
        pairs,
        group,
        source_fold[pairs.source],
        source.key[pairs.source] == target.key[pairs.target],
        here[drawn[0]],
        there[drawn[1]],
    )
    once = np.zeros(len(drawn[0]), dtype=bool)
    once[np.unique(np.stack(made.random_rows, axis=1), axis=0, return_index=True)[1]] = True
    apart = once & (made.random_groups[0] != made.random_groups[1])
    kept = apart if apart.any() else once
    return replace(
        made, random_source=made.random_source[kept], random_target=made.random_target[kept]
    )


def _some(expressions: Expressions, places: Rows) -> Expressions:
    return Expressions(
        expressions.row[places], expressions.concept[places], expressions.pos[places]
    )
