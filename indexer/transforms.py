"""Maps that are fitted to vectors and change what their cosines mean, over arrays.

Each takes unit rows and gives an :class:`Affine`; arithmetic is in float64. What most words share
(a mean, a few strong directions) makes every cosine high whatever the words mean; these take it
out.

Centring and whitening need only the sums that :class:`Moments` holds. Sums subtract, so that a
cross-validation takes a fold away from the whole and never reads the other rows again.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from indexer.vectors import Vectors
from lexicon.errors import InvalidInput

Doubles: TypeAlias = NDArray[np.float64]
Rows: TypeAlias = NDArray[np.int64]

LEAST = 1e-6
"""A row that a map leaves shorter than this is rounding error: unit float32 rows are not more
exact. Matrices here stretch nothing (their largest singular value is 1), so that it means the same
for all of them."""

_BLOCK = 8_192


@dataclass(frozen=True)
class Affine:
    """``(x - offset) @ matrix``, then unit length: ``offset`` (dim,), ``matrix`` (dim, dim) or
    None for the identity."""

    offset: Doubles
    matrix: Doubles | None = None

    def apply(self, vectors: Vectors) -> Vectors:
        """The mapped rows, (n, dim) unit float32; a row without a direction as in :meth:`marked`.

        >>> up = Affine(np.array([0.0, -1.0]))
        >>> print(up.apply(np.array([[1, 0]], dtype=np.float32)))
        [[0.70710677 0.70710677]]
        """
        return self.marked(vectors)[0]

    def marked(self, vectors: Vectors) -> tuple[Vectors, NDArray[np.bool_]]:
        """The mapped rows, and which of them have a direction of their own, (n,).

        A row that the map takes to zero, such as one equal to the mean, has none. It comes back as
        it came in: along what was taken out of all others, so that it is near none of them.
        """
        found = np.array(vectors, dtype=np.float32, order="C")
        directed = np.empty(len(found), dtype=bool)
        for start in range(0, len(found), _BLOCK):
            block = slice(start, start + _BLOCK)
            rows = found[block] - self.offset
            if self.matrix is not None:
                rows = rows @ self.matrix
            lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
            directed[block] = has = lengths >= LEAST
            found[block][has] = rows[has] / lengths[has, None]
        return found, directed


@dataclass(frozen=True)
class Moments:
    """Of ``n`` rows: their sum (dim,) and the sum of their outer products (dim, dim)."""

    n: int
    total: Doubles
    second: Doubles

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.n + other.n, self.total + other.total, self.second + other.second)

    def __sub__(self, other: "Moments") -> "Moments":
        """Of the rows that are not among the other's, which must all be rows of this one."""
        return Moments(self.n - other.n, self.total - other.total, self.second - other.second)

    @property
    def mean(self) -> Doubles:
        """(dim,). Raises :class:`InvalidInput` where there are no rows."""
        if self.n < 1:
            raise InvalidInput("no rows have no mean; fit on at least one vector")
        return self.total / self.n

    @property
    def covariance(self) -> Doubles:
        """(dim, dim), divided by n.

        >>> moments(np.array([[1, 0], [-1, 0]], dtype=np.float32)).covariance.tolist()
        [[1.0, 0.0], [0.0, 0.0]]
        """
        mean = self.mean
        return self.second / self.n - np.outer(mean, mean)


def moments(vectors: Vectors) -> Moments:
    """The sums over ``vectors``, (n, dim)."""
    dim = vectors.shape[1]
    total, second = np.zeros(dim), np.zeros((dim, dim))
    for start in range(0, len(vectors), _BLOCK):
        rows = vectors[start : start + _BLOCK].astype(np.float64)
        total += rows.sum(axis=0)
        second += rows.T @ rows
    return Moments(len(vectors), total, second)


def centring(vectors: Vectors) -> Affine:
    """Takes the mean of ``vectors`` out.

    >>> centring(np.array([[1, 0], [0, 1]], dtype=np.float32)).offset.tolist()
    [0.5, 0.5]
    """
    return Affine(Moments(len(vectors), vectors.sum(axis=0, dtype=np.float64), np.zeros(0)).mean)


def centring_of(sums: Moments) -> Affine:
    """As :func:`centring`."""
    return Affine(sums.mean)


def whitening(vectors: Vectors) -> Affine:
    """Takes the mean out and evens the spread in all directions, turning the space no more than it
    must (ZCA: the inverse square root of the covariance).

    The covariance is shrunk towards a sphere (:func:`shrinkage`), so that fewer rows than
    dimensions will do. Rows that are all the same have no spread and are only centred.
    """
    return whitening_of(moments(vectors))


def whitening_of(sums: Moments) -> Affine:
    """As :func:`whitening`.

    >>> rows = np.array([[0.8, 0.6], [0.8, -0.6], [-0.8, 0.6], [-0.8, -0.6]], dtype=np.float32)
    >>> whitening_of(moments(np.tile(rows, (25, 1)))).matrix.round(4).tolist()
    [[0.8092, 0.0], [0.0, 1.0]]
    """
    covariance = sums.covariance
    dim = len(covariance)
    sphere = float(np.trace(covariance)) / dim
    if sphere < LEAST**2:
        return Affine(sums.mean)
    rho = shrinkage(covariance, sums.n)
    values, directions = np.linalg.eigh(covariance)
    # Rounding leaves a value that is 0 a little below.
    spread = (1 - rho) * np.maximum(values, 0.0) + rho * sphere
    return Affine(sums.mean, (directions * np.sqrt(spread[0] / spread)) @ directions.T)


def shrinkage(covariance: Doubles, n: int) -> float:
    """How much of a covariance of ``n`` rows to give up for a sphere of the same trace, in (0, 1].

    Oracle approximating shrinkage: Chen, Wiesel, Eldar & Hero 2010, "Shrinkage algorithms for MMSE
    covariance estimation", equation 23.

    >>> shrinkage(np.diag([3.0, 1.0]), 9)
    0.8888888888888888
    """
    dim = len(covariance)
    squares = float(np.square(covariance).sum())
    square = float(np.trace(covariance)) ** 2
    above = (1 - 2 / dim) * squares + square
    below = (n + 1 - 2 / dim) * (squares - square / dim)
    return min(1.0, above / below) if below > 0 else 1.0


def top_directions(dim: int) -> int:
    """How many directions all-but-the-top removes: one per hundred dimensions, at least one
    (Mu & Viswanath 2018, section 3)."""
    return max(1, dim // 100)


def all_but_the_top(vectors: Vectors, directions: int | None = None) -> Affine:
    """Takes the mean out, and the first principal directions of what is left.

    Mu & Viswanath 2018, "All-but-the-top: simple and effective postprocessing for word
    representations"; :func:`top_directions` unless told.
    """
    return abtt_of(moments(vectors), directions)


def abtt_of(sums: Moments, directions: int | None = None) -> Affine:
    """As :func:`all_but_the_top`.

    >>> rows = np.array([[0.8, 0.6], [0.8, -0.6], [-0.8, 0.6], [-0.8, -0.6]], dtype=np.float32)
    >>> (abtt_of(moments(rows), 1).matrix + 0.0).tolist()
    [[0.0, 0.0], [0.0, 1.0]]
    """
    dim = len(sums.total)
    wanted = top_directions(dim) if directions is None else directions
    if not 0 <= wanted < dim:
        raise InvalidInput(
            f"cannot remove {wanted} of {dim} directions; choose from 0 to {dim - 1}"
        )
    values, axes = np.linalg.eigh(sums.covariance)
    # A direction in which nothing differs says nothing, and which one it is would be chance.
    top = axes[:, dim - wanted :][:, values[dim - wanted :] > LEAST**2]
    return Affine(sums.mean, np.eye(dim) - top @ top.T)


def procrustes(source: Vectors, target: Vectors, rows: tuple[Rows, Rows] | None = None) -> Affine:
    """Turns the space of ``source`` (n, dim) so that its rows come nearest to those of ``target``
    (m, dim) which mean the same: ``rows`` says which belong together, else each has the other's
    number (Schönemann 1966, "A generalized solution of the orthogonal Procrustes problem").

    Both sides are centred on all of their rows and brought back to unit length first, as in
    Artetxe, Labaka & Agirre 2016, "Learning principled bilingual mappings of word embeddings while
    preserving monolingual invariance": a mean that all words share would be turned onto the other
    mean, and words would follow. So the target has to be centred as well (:func:`centring`) before
    the two are compared.

    >>> source = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]], dtype=np.float32)
    >>> procrustes(source, source[:, ::-1]).matrix.round(6).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    if rows is None:
        rows = np.arange(len(source)), np.arange(len(target))
    ours, theirs = rows
    if len(ours) != len(theirs) or not len(ours):
        raise InvalidInput(
            f"{len(ours)} rows cannot be turned onto {len(theirs)}; give pairs, at least one"
        )
    here, there = centring(source), centring(target)
    cross = np.zeros((source.shape[1], target.shape[1]))
    for start in range(0, len(ours), _BLOCK):
        block = slice(start, start + _BLOCK)
        left, directed = here.marked(source[ours[block]])
        right, also = there.marked(target[theirs[block]])
        both = directed & also
        cross += left[both].T.astype(np.float64) @ right[both].astype(np.float64)
    turned, _, back = np.linalg.svd(cross)
    return Affine(here.offset, turned @ back)
