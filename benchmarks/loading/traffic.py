"""What is asked, drawn at random with a seed: mostly known words, and some of everything else."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from benchmarks.loading.ledger import Ledger, Written
from benchmarks.loading.wire import request
from lexicon.entries import ConceptEntry

SHARES = {
    "known word": 80,
    "unseen phrase": 5,
    "batch of 20": 4,
    "similarity": 1.5,
    "embeddings": 1.5,
    "read or list": 3,
    "inference": 2,
    "write": 3,
}
"""Kinds of requests, in percent."""

KEPT = 4_096
"""Requests for known words that are made beforehand."""


@dataclass(frozen=True, slots=True)
class Question:
    kind: str
    payload: bytes
    written: Written | None = None


class Traffic:
    """Draws questions; writes come from the ledger, so that they follow each other."""

    def __init__(self, entries: Sequence[ConceptEntry], ledger: Ledger, seed: int) -> None:
        self.ledger = ledger
        self._draw = random.Random(seed)
        self._kinds = list(SHARES)
        self._shares = list(SHARES.values())
        self._keys = [entry.key for entry in entries]
        self._fields = sorted({entry.field for entry in entries})
        self._glosses = [entry.gloss for entry in entries]
        self._languages = sorted({code for entry in entries for code in entry.forms})
        self._words = {
            code: sorted({lemma for entry in entries for lemma in entry.forms.get(code, ())})
            for code in self._languages
        }
        self._known = [self._search(self._word) for _ in range(KEPT)]
        self._makers = {
            "known word": lambda: self._draw.choice(self._known),
            "unseen phrase": lambda: self._search(self._phrase),
            "batch of 20": self._batch,
            "similarity": self._similarity,
            "embeddings": self._embeddings,
            "read or list": self._read,
            "inference": self._inference,
        }

    def draw(self) -> Question:
        [kind] = self._draw.choices(self._kinds, self._shares)
        if kind == "write":
            written, payload = self.ledger.draw()
            return Question(kind, payload, written)
        return Question(kind, self._makers[kind]())

    def slow(self) -> Question:
        """One that takes the service a while."""
        return Question("batch of 500", self._batch(500))

    def _word(self, language: str) -> str:
        return self._draw.choice(self._words[language])

    def _phrase(self, language: str) -> str:
        """Words that nobody has put together before."""
        return " ".join(self._word(language) for _ in range(self._draw.randint(2, 6)))

    def _direction(self) -> tuple[str, str]:
        source, target = self._draw.sample(self._languages, 2)
        return source, target

    def _search(self, text: Callable[[str], str]) -> bytes:
        source, target = self._direction()
        q = quote(text(source))
        return request("GET", f"/v1/translations?q={q}&source={source}&target={target}")

    def _batch(self, count: int = 20) -> bytes:
        queries = []
        for _ in range(count):
            source, target = self._direction()
            queries.append({"q": self._word(source), "source": source, "target": target})
        return request("POST", "/v1/translations/batch", {"queries": queries})

    def _similarity(self) -> bytes:
        language = self._draw.choice(self._languages)
        texts = [self._word(language) for _ in range(5)] + [self._phrase(language)]
        return request("POST", "/v1/similarity", {"texts": texts, "language": language})

    def _embeddings(self) -> bytes:
        texts = [self._phrase(self._draw.choice(self._languages)) for _ in range(2)]
        return request("POST", "/v1/embeddings", {"model": "embedded", "input": texts})

    def _read(self) -> bytes:
        language = self._draw.choice(self._languages)
        path = self._draw.choice(
            (
                f"/v1/concepts/{quote(self._draw.choice(self._keys))}",
                f"/v1/concepts?field={quote(self._draw.choice(self._fields))}&limit=50",
                f"/v1/words?language={language}&prefix={quote(self._word(language)[:2])}&limit=50",
            )
        )
        return request("GET", path)

    def _inference(self) -> bytes:
        pair = {
            "premise": self._draw.choice(self._glosses),
            "hypothesis": self._draw.choice(self._glosses),
        }
        return request("POST", "/v1/nli", {"pairs": [pair]})
