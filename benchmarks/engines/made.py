"""Rows that lie as the embeddings of words do."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.unit_rows import unit_rows
from indexer.generations.arrays import HalfVectors

DIM = 768
FADING = 164
"""Directions over which the variance falls to 1/e: MiniLM's words of the lexicon do so over 82 of
384."""

GROUP = 12
"""Rows around one centre. With so many, an inverted file of txtai's proportions finds .90 of the
ten nearest among 14,000 rows, as it does among that many words of the lexicon by MiniLM; with 50,
where nearest ones are far from all others, it finds all."""

SEED = 20_261


def like_words(rows: int, seed: int, of: int, file: Path | None = None) -> HalfVectors:
    """Unit rows (rows, 768), the ``seed``-th so many from a vocabulary of ``of`` words: around
    the same centres for every seed. On disk if ``file``."""
    draw = np.random.default_rng(SEED)
    spread = np.exp(-np.arange(DIM) / (2 * FADING)).astype(np.float32)
    # No direction of the numbers is one of the spread's, or codes of one bit would be uneven.
    turned = np.linalg.qr(draw.standard_normal((DIM, DIM)))[0].astype(np.float32)
    centres = draw.standard_normal((max(1, of // GROUP), DIM), dtype=np.float32)
    draw = np.random.default_rng(seed)

    def some(many: int) -> NDArray[np.float32]:
        around = draw.standard_normal((many, DIM), dtype=np.float32)
        around += centres[draw.integers(0, len(centres), many)]
        return np.asarray((around * spread) @ turned, dtype=np.float32)

    return unit_rows(rows, DIM, file, some)
