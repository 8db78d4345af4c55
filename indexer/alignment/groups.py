"""Concepts that share a form are not independent: groups of them, and folds of whole groups."""

import numpy as np
from numpy.typing import NDArray

from indexer.alignment.bitext import Rows

FOLDS = 5
BLOCKS = 20
"""Parts that a jackknife leaves out, one at a time."""


def connected_groups(*columns: Rows) -> Rows:
    """The group of each place of some columns of one length, numbered from 0: places that have the
    same value in any column, or are joined by others that do, are of one group.

    The pairs of a bitext are grouped by its concepts, source rows and target rows.

    >>> concepts, forms = np.array([7, 8, 9]), np.array([0, 0, 1])
    >>> connected_groups(concepts, forms).tolist()
    [0, 0, 1]
    """
    numbered = [np.unique(column, return_inverse=True)[1] for column in columns]
    label = np.arange(len(columns[0]), dtype=np.int64)
    # Every place takes the least label of those it shares a value with until none changes;
    # following the label's own label halves the way each time.
    while len(label):
        before = label
        for ends in numbered:
            least = np.full(int(ends.max()) + 1, len(label), dtype=np.int64)
            np.minimum.at(least, ends, label)
            label = least[ends]
        label = label[label]
        if (label == before).all():
            break
    _, group = np.unique(label, return_inverse=True)
    return group.astype(np.int64)


def parts(sizes: Rows, n: int, seed: int) -> Rows:
    """Which of ``n`` parts each group goes to, (groups,), so that the parts are about as large.

    Groups are never split: one that is larger than a part makes a part of its own. The largest
    are placed first, each where there is least; equal ones in a seeded order.

    >>> parts(np.array([3, 1, 1, 1]), 2, seed=0).tolist()
    [0, 1, 1, 1]
    """
    found = np.zeros(len(sizes), dtype=np.int64)
    filled = np.zeros(n, dtype=np.int64)
    shuffled = np.random.default_rng(seed).permutation(len(sizes))
    for group in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        found[group] = filled.argmin()
        filled[found[group]] += sizes[group]
    return found


def of_rows(rows: Rows, values: Rows, n: int) -> Rows:
    """``values`` of pairs as one value for each of ``n`` rows, -1 for rows in no pair.

    Pairs of one row must agree, as their groups do.
    """
    found: NDArray[np.int64] = np.full(n, -1, dtype=np.int64)
    found[rows] = values
    return found
