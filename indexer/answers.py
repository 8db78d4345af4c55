"""What is asked of a search and what it answers, the same in Python, HTTP and on the terminal."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from lexicon.suggest import Kind

MAX_K = 1_000

Score = Literal["cosine", "csls", "margin"]
SCORES: tuple[Score, ...] = ("cosine", "csls", "margin")


class ConceptRef(BaseModel):
    key: str
    gloss: str


class Query(BaseModel):
    """``covered``: the encoder knows the whole words of the text. ``lexeme_ids`` is empty for a
    text that the lexicon does not hold."""

    text: str
    language: str
    covered: bool
    lexeme_ids: list[int]


class Translation(BaseModel):
    """One form of the target language with all its scores: ``margin`` is the ratio margin,
    ``margin_distance`` the difference. ``known_translation``: it shares a concept with the
    query."""

    lemma: str
    language: str
    lexeme_ids: list[int]
    pos: list[str]
    concepts: list[ConceptRef]
    covered: bool
    cosine: float
    csls: float
    margin: float
    margin_distance: float
    known_translation: bool


class Suggested(BaseModel):
    """A word of the lexicon that an unknown query may be a spelling of. ``kind``: ``romanised``,
    ``accents`` or ``spelling``."""

    lemma: str
    language: str
    kind: Kind


class SearchAnswer(BaseModel):
    """``suggestions`` are words that were perhaps meant; the results are those of the text as it
    was given. ``pending`` words of the target language came since the index was built and are not
    among them."""

    query: Query
    target_language: str
    encoder: str
    score: Score
    results: list[Translation]
    suggestions: list[Suggested] = []
    pending: int = 0


@dataclass(frozen=True)
class SearchRequest:
    text: str
    source: str
    target: str
    k: int = 10
    score: Score = "cosine"
    encoder: str | None = None
    pos: str | None = None
    concept: str | None = None
