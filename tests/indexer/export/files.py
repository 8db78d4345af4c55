"""Files of vectors: what may be asked for, and what is there."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.export import Wanted

WORDS = Wanted("word2vec")
FORMATS = ("word2vec", "npz", "parquet")


def read_word2vec(path: Path) -> dict[str, NDArray[np.float64]]:
    """As MUSE reads it, which refuses a word that comes twice and a vector of another length."""
    found: dict[str, NDArray[np.float64]] = {}
    with path.open(encoding="utf-8", newline="\n") as stream:
        for number, line in enumerate(stream):
            if number == 0:
                many, dim = map(int, line.split())
                continue
            word, text = line.rstrip().split(" ", 1)
            vector = np.fromstring(text, sep=" ")
            assert word not in found
            assert vector.shape == (dim,)
            found[word] = vector
    assert len(found) == many
    return found


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
