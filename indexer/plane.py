"""Vectors brought to two dimensions."""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from indexer.vectors import Vectors
from lexicon.errors import ExtraMissing

PERPLEXITY = 20.0

_EARLY, _LATE, _EVERY = 250, 500, 50
"""Rounds of t-SNE, and how often it tells of them."""

ROUNDS = _EARLY + _LATE

Points = NDArray[np.float32]
Advance = Callable[[int, int], None]
"""Told (rounds done, rounds in all)."""


def principal_components(vectors: Vectors) -> tuple[Points, tuple[float, float]]:
    """(n, 2) along the two directions of most variance, and the share of it that each explains.

    >>> rows = np.array([[2, 0, 0], [-2, 0, 0], [0, 1, 0], [0, -1, 0]], dtype=np.float32)
    >>> points, explained = principal_components(rows)
    >>> points.tolist(), explained
    ([[2.0, 0.0], [-2.0, 0.0], [0.0, 1.0], [0.0, -1.0]], (0.8, 0.2))
    """
    wide = vectors.astype(np.float64)
    wide -= wide.mean(axis=0)
    rows, dim = wide.shape
    if rows < dim:
        # A few rows of many numbers: quicker than all products of their columns.
        _, lengths, axes = np.linalg.svd(wide, full_matrices=False)
        spread, directions = np.square(lengths), axes.T
    else:
        spread, directions = np.linalg.eigh(wide.T @ wide)
        spread, directions = spread[::-1], directions[:, ::-1]
    if len(spread) < 2:
        # One row, or one number each.
        spread, directions = np.append(spread, 0.0), np.pad(directions, ((0, 0), (0, 1)))
    chosen = directions[:, :2]
    # A direction and its opposite are the same; the largest part decides which is taken.
    largest = chosen[np.abs(chosen).argmax(axis=0), [0, 1]]
    points = (wide @ (chosen * np.where(largest < 0, -1.0, 1.0))).astype(np.float32)
    total = float(spread.sum()) or 1.0
    first, second = (spread[:2] / total).tolist()
    return points, (first, second)


def require_tsne() -> None:
    """Raise :class:`ExtraMissing` where openTSNE is not installed."""
    if find_spec("openTSNE") is None:
        raise ExtraMissing("t-SNE", "plots")


def tsne(vectors: Vectors, seed: int, advance: Advance) -> Points:
    """(n, 2) by t-SNE. Of unit rows, Euclidean distance orders as cosine does."""
    require_tsne()
    from openTSNE import TSNE  # type: ignore[import-untyped]

    done = 0

    def step(_round: int, _error: float, _points: object) -> None:
        nonlocal done
        done += _EVERY
        advance(done, ROUNDS)

    embedding = TSNE(
        perplexity=min(PERPLEXITY, (len(vectors) - 1) / 3),
        # Faster, small groups fly off and leave an empty page between them (Belkina et al. 2019).
        learning_rate=max(50.0, len(vectors) / 48),
        early_exaggeration_iter=_EARLY,
        n_iter=_LATE,
        initialization="pca",
        metric="euclidean",
        # Exact neighbours and one thread: two runs give the same digits.
        neighbors="exact",
        n_jobs=1,
        random_state=seed,
        callbacks=step,
        callbacks_every_iters=_EVERY,
    ).fit(vectors)
    return np.ascontiguousarray(embedding, dtype=np.float32)
