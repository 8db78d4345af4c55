"""Two languages of a few words, made by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.alignment.bitext import Expressions, Rows
from indexer.alignment.sample import Sample, Words, folds, sample
from indexer.alignment.scoring import Directed, Symmetric, directed, symmetric
from indexer.alignment.views import Space, View
from indexer.vectors import Vectors

Sense = tuple[int, int, str]
"""A row, the concept that it expresses, as which part of speech."""


def words(
    language: str,
    senses: Sequence[Sense],
    rows: int | None = None,
    keys: Sequence[str] | None = None,
    frequency: Sequence[float] | None = None,
    tokens: Sequence[int] | None = None,
) -> Words:
    """``rows`` words, as many as the senses name unless told; word n is spelt with its language
    and number."""
    table = sorted(senses, key=lambda sense: sense[1])
    count = rows or max((sense[0] for sense in senses), default=-1) + 1
    return Words(
        language,
        Expressions(
            np.array([sense[0] for sense in table], dtype=np.int64),
            np.array([sense[1] for sense in table], dtype=np.int64),
            np.array([sense[2] for sense in table], dtype=np.str_),
        ),
        np.array(keys or [f"{language}{row}" for row in range(count)], dtype=np.str_),
        np.array(frequency or [np.nan] * count),
        None if tokens is None else np.array(tokens, dtype=np.int64),
        np.ones(count, dtype=np.bool_),
        0,
    )


def nouns(language: str, *rows_of_concepts: Sequence[int], rows: int | None = None) -> Words:
    """Concept n is expressed by the nouns ``rows_of_concepts[n]``."""
    senses = [(row, number, "noun") for number, some in enumerate(rows_of_concepts) for row in some]
    return words(language, senses, rows)


def dealt(source: Words, target: Words) -> tuple[Rows, Rows]:
    """The fold of each row of both languages."""
    first, second = folds([source.expressions, target.expressions])
    return _padded(first, source.rows), _padded(second, target.rows)


def _padded(fold: Rows, rows: int) -> Rows:
    return np.concatenate([fold, np.full(rows - len(fold), -1, dtype=np.int64)])


def sampled(source: Words, target: Words, n: int = 200, seed: int = 1) -> Sample:
    return sample(source, target, *dealt(source, target), n, seed)


@dataclass(frozen=True)
class Scored:
    """A sample, where its vectors are, and all scores of it."""

    data: Sample
    source: Space
    target: Space
    known: Symmetric
    found: Directed


def scored(source: Words, target: Words, here: Vectors, there: Vectors, n: int = 200) -> Scored:
    """Scores under an encoder that was fitted to nothing."""
    first, second = dealt(source, target)
    return scored_in(
        sampled(source, target, n), Space([View(here)], first), Space([View(there)], second)
    )


def scored_in(data: Sample, source: Space, target: Space) -> Scored:
    known = symmetric(data, source, target)
    return Scored(data, source, target, known, directed(data, source, target, known))
