"""Parts of a sample: by part of speech, semantic field, frequency and token count."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.alignment.sample import Sample, Subset

MOST_FIELDS = 100
"""Fields that are broken down, the largest first."""

_BANDS = ((0.0, "below 3"), (3.0, "3 to 4"), (4.0, "4 to 5"), (5.0, "5 and above"))
"""Zipf frequencies from which each band begins."""

_TOKENS = ("1", "2", "3", "4 and more")


def band(frequency: float) -> str:
    """The band of a Zipf frequency.

    >>> band(3.2), band(float("nan"))
    ('3 to 4', 'unknown')
    """
    if np.isnan(frequency):
        return "unknown"
    return next(name for least, name in reversed(_BANDS) if frequency >= least or not least)


def tokens_of(count: int) -> str:
    """
    >>> tokens_of(1), tokens_of(7)
    ('1', '4 and more')
    """
    return _TOKENS[min(max(count, 1), len(_TOKENS)) - 1]


def strata(data: Sample, fields: Mapping[int, str]) -> dict[str, Subset]:
    """The parts of a sample by ``kind=value``, sorted by kind and value: ``pos``, ``field``,
    ``frequency`` and ``tokens`` of the source word. ``fields`` are those of concepts by id.

    A form counts in the stratum of each of its concepts. A random pair is in the stratum of its
    source word.
    """
    words, pairs = data.source, data.pairs
    drawn = words.expressions.row[data.random_source]
    meant = words.expressions.concept[data.random_source]
    concepts, place = np.unique(words.expressions.concept, return_index=True)
    pos_of = dict(zip(concepts.tolist(), words.expressions.pos[place].tolist(), strict=True))
    bands = np.array([band(one) for one in words.frequency], dtype=np.str_)
    kinds: dict[str, tuple[NDArray[np.str_], NDArray[np.str_]]] = {
        "field": (_looked_up(pairs.concept, fields), _looked_up(meant, fields)),
        "frequency": (bands[pairs.source], bands[drawn]),
        "pos": (_looked_up(pairs.concept, pos_of), words.expressions.pos[data.random_source]),
    }
    if words.tokens is not None:
        counts = np.array([tokens_of(one) for one in words.tokens.tolist()], dtype=np.str_)
        kinds["tokens"] = (counts[pairs.source], counts[drawn])
    found = {}
    for kind, (of_pair, of_random) in kinds.items():
        values, sizes = np.unique(of_pair, return_counts=True)
        if kind == "field":
            values = np.sort(values[np.argsort(-sizes, kind="stable")[:MOST_FIELDS]])
        for value in values.tolist():
            found[f"{kind}={value}"] = data.of_pairs(of_pair == value, of_random == value)
    return found


def _looked_up(concepts: NDArray[np.int64], said: Mapping[int, str]) -> NDArray[np.str_]:
    names: Sequence[str] = [said.get(one, "") for one in concepts.tolist()]
    return np.array(names, dtype=np.str_)
