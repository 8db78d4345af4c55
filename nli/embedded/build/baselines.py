"""What cheaper means reach on the same pairs: a classifier is worth no more than it beats them by.

Both see the rows that the classifier sees and learn from the same examples, so that nothing but
the reading of a pair as a whole is compared.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nli.embedded.build.base import Rows
from nli.embedded.build.training import Example

Pair = tuple[Sequence[int], Sequence[int]]
Labels = NDArray[np.int64]


class Baseline(Protocol):
    def predict(self, pairs: Sequence[Pair]) -> Labels:
        """(pairs,): places of labels."""
        ...


def _text(rows: Sequence[int]) -> str:
    return " ".join(map(str, rows))


class HypothesisOnly:
    """Which words and pairs of words a hypothesis has, weighted by rarity: logistic regression."""

    def __init__(self, examples: Sequence[Example]) -> None:
        from sklearn.feature_extraction.text import (  # type: ignore[import-untyped]
            TfidfVectorizer,
        )
        from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

        self._words: Any = TfidfVectorizer(
            ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"\S+"
        )
        seen = self._words.fit_transform([_text(example.hypothesis) for example in examples])
        self._model: Any = LogisticRegression(C=0.5, max_iter=500)
        self._model.fit(seen, [example.label for example in examples])

    def predict(self, pairs: Sequence[Pair]) -> Labels:
        seen = self._words.transform([_text(hypothesis) for _, hypothesis in pairs])
        found: Labels = self._model.predict(seen)
        return found


class Features:
    """Overlap by rarity and by meaning, negations and lengths: logistic regression."""

    def __init__(self, examples: Sequence[Example], rows: Rows, negations: frozenset[int]) -> None:
        from sklearn.linear_model import LogisticRegression

        self._unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        self._negations = negations
        counts = np.zeros(len(rows))
        for example in examples:
            counts[list(set(example.hypothesis))] += 1
        self._rarity = np.log((1 + len(examples)) / (1 + counts))
        seen = self.matrix([(example.premise, example.hypothesis) for example in examples])
        self._mean, self._spread = seen.mean(axis=0), seen.std(axis=0) + 1e-9
        self._model: Any = LogisticRegression(max_iter=500)
        self._model.fit((seen - self._mean) / self._spread, [example.label for example in examples])

    def matrix(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """(pairs, features)."""
        return np.array([self._features(*pair) for pair in pairs])

    def predict(self, pairs: Sequence[Pair]) -> Labels:
        found: Labels = self._model.predict((self.matrix(pairs) - self._mean) / self._spread)
        return found

    def _features(self, premise: Sequence[int], hypothesis: Sequence[int]) -> list[float]:
        first, second = list(dict.fromkeys(premise)), list(dict.fromkeys(hypothesis))
        if not first or not second:
            return [0.0] * 13
        rarity = self._rarity[second]
        same = np.isin(second, first)
        near = (self._unit[second] @ self._unit[first].T).max(axis=1)
        overlap = float(rarity @ same / max(rarity.sum(), 1e-9))
        close = float(rarity @ near / max(rarity.sum(), 1e-9))
        one = sum(row in self._negations for row in premise)
        two = sum(row in self._negations for row in hypothesis)
        means = self._unit[first].mean(axis=0), self._unit[second].mean(axis=0)
        return [
            overlap,
            overlap**2,
            close,
            close**2,
            float(near.min()),
            float((~same).sum()),
            float(len(hypothesis)),
            float(len(premise)),
            len(hypothesis) / len(premise),
            float(min(one, 2)),
            float(min(two, 2)),
            float(two > one) * overlap,
            float(means[0] @ means[1]),
        ]
