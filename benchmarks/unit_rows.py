"""Made-up rows, a block at a time."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.generations.arrays import HalfVectors

BLOCK = 50_000


def unit_rows(
    rows: int, dim: int, file: Path | None, some: Callable[[int], NDArray[np.float32]]
) -> HalfVectors:
    """(rows, dim) of what ``some`` makes so many of, at length 1; on disk if ``file``."""
    made: HalfVectors = (
        np.lib.format.open_memmap(file, mode="w+", dtype=np.float16, shape=(rows, dim))
        if file
        else np.empty((rows, dim), dtype=np.float16)
    )
    for start in range(0, rows, BLOCK):
        block = some(min(BLOCK, rows - start))
        made[start : start + len(block)] = block / np.linalg.norm(block, axis=1, keepdims=True)
    return made
