"""Vectors for tests."""

import numpy as np

from indexer.vectors import Vectors, unit_rows


def random_rows(rows: int, dim: int, seed: int = 0) -> Vectors:
    """(rows, dim) seeded unit rows."""
    draw = np.random.default_rng(seed)
    return unit_rows(draw.standard_normal((rows, dim)), "the test")
