"""What texts are about, word by word: the mean of their words' vectors, rare words before others.

Weighted by rarity and freed from the mean of all texts, as in Arora et al. (2017): function words
and what every gloss shares say nothing of a meaning.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from indexer.vectors import Vectors
from lexicon.normalize import search_key

WordVectors = Callable[[Sequence[str]], Vectors]
"""(n, dim) unit rows of n words."""


def words(text: str) -> list[str]:
    """The words of a text as they are compared: runs of letters, marks and digits, an English
    plural as its singular (Harman 1991).

    >>> words("Bodies of water, e.g. the sea's waves")
    ['body', 'of', 'water', 'e', 'g', 'the', 'sea', 's', 'wave']
    """
    # By category: a pattern for word characters would cut Devanagari and Kannada at vowel signs.
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in search_key(text))
    return [_singular(word) for word in kept.split()]


def _singular(word: str) -> str:
    """
    >>> [_singular(word) for word in ("ponies", "trees", "glass", "bus", "is")]
    ['pony', 'tree', 'glass', 'bus', 'is']
    """
    if len(word) > 4 and word.endswith("ies") and word[-4] not in "ae":
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and word[-2] not in "su":
        return word[:-1]
    return word


class Glosses:
    """Texts by their numbers, 0 to n − 1, and how near another text comes to each."""

    def __init__(self, texts: Sequence[Sequence[str]], vectors: WordVectors) -> None:
        """``texts`` as words; none of them is empty."""
        texts = [list(dict.fromkeys(text)) for text in texts]
        held = Counter(word for text in texts for word in text)
        self._rarity = {word: rarity(len(texts), number) for word, number in held.items()}
        self._unknown = rarity(len(texts), 0)
        place = {word: number for number, word in enumerate(held)}
        rows = vectors(list(held)) * self._weights(list(held))[:, None]
        flat = np.array([place[word] for text in texts for word in text], dtype=np.int64)
        starts = np.cumsum([0, *map(len, texts)])[:-1]
        means = _unit(np.add.reduceat(rows[flat], starts, axis=0))
        self._middle: NDArray[np.float32] = means.mean(axis=0, dtype=np.float32)
        self._rows = _unit(means - self._middle)

    def cosines(self, text: Sequence[str], vectors: Vectors) -> NDArray[np.float32]:
        """(n,) cosines of a text, given as words and their vectors (words, dim), with every text
        here; 0 for one that is no different from their mean."""
        mean = _unit((vectors * self._weights(text)[:, None]).sum(axis=0))
        found: NDArray[np.float32] = self._rows @ _unit(mean - self._middle)
        return np.clip(found, -1, 1)

    def _weights(self, text: Sequence[str]) -> NDArray[np.float32]:
        return np.array([self._rarity.get(word, self._unknown) for word in text], dtype=np.float32)


def rarity(texts: int, held: int) -> float:
    """What a word says that ``held`` of the texts have: the logarithm of the odds against it, as
    BM25 weighs words, never below zero.

    >>> round(rarity(100, 1), 3), round(rarity(100, 100), 3)
    (4.21, 0.005)
    """
    return log(1 + (texts - held + 0.5) / (held + 0.5))


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
