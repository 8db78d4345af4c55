"""Asking for translations."""

import numpy as np
from numpy.typing import NDArray

from indexer.answers import Score, SearchAnswer, SearchRequest
from indexer.search import search
from indexer.service import LexiconService

Float = NDArray[np.float64]


def ask(
    service: LexiconService,
    text: str,
    source: str = "en",
    target: str = "fr",
    k: int = 10,
    score: Score = "cosine",
    encoder: str | None = None,
    pos: str | None = None,
    concept: str | None = None,
) -> SearchAnswer:
    request = SearchRequest(text, source, target, k, score, encoder, pos, concept)
    return search(service, request)


def lemmas(answer: SearchAnswer) -> list[str]:
    return [result.lemma for result in answer.results]


def unit(rows: object) -> Float:
    wide = np.asarray(rows, dtype=np.float64)
    scaled: Float = wide / np.linalg.norm(wide, axis=-1, keepdims=True)
    return scaled
