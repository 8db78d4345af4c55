"""The reverse dictionary: from what somebody says of a thing to the words for it."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel

from indexer.answers import ConceptRef
from indexer.encoders.protocol import Encoder
from indexer.glosses import Glosses, words
from indexer.service import LexiconService
from indexer.vectors import Vectors
from lexicon import meanings, queries
from lexicon.changes import edition
from lexicon.errors import InvalidInput, NoWords
from lexicon.meanings import Said
from lexicon.normalize import clean

ENCODER = "embedded"
"""Its vector of a word is made for the word alone, and costs next to nothing."""

GLOSSES = "en"
"""The language that glosses are written in."""

MAX_K = 100
_LOOKED_UP = 200
"""Concepts whose words are read at once: most of them have some."""

_CHUNK = 1_000


class Definition(BaseModel):
    """``covered``: the encoder knows every word of the text."""

    text: str
    language: str
    covered: bool


class Meaning(BaseModel):
    """A concept and its words of the target language, the commonest sense first."""

    concept: ConceptRef
    pos: str
    words: list[str]
    cosine: float


class ReverseAnswer(BaseModel):
    """``mean_cosine``: what the concepts score on average, beside which a cosine is to be seen."""

    query: Definition
    target_language: str
    encoder: str
    mean_cosine: float
    results: list[Meaning]


@dataclass(frozen=True)
class _Edition:
    """The concepts of the store as they were at ``edition``."""

    edition: str
    said: list[Said]
    glosses: Glosses


class ReverseDictionary:
    """Finds concepts by their glosses and English words; for any thread.

    Read from the store when it is first asked, and again when the store's words have changed.
    """

    def __init__(self, service: LexiconService) -> None:
        self._service = service
        self._held: _Edition | None = None
        self._lock = threading.Lock()
        self._rows: dict[str, Vectors] = {}

    def find(self, text: str, source: str, target: str, k: int = 10) -> ReverseAnswer:
        """The ``k`` concepts nearest to a definition that have words of the target language, best
        first, equal ones by key. Raises :class:`InvalidInput` and what stores and encoders raise.
        """
        if not 1 <= k <= MAX_K:
            raise InvalidInput(f"k={k} is not between 1 and {MAX_K}")
        tidy = clean(text, "definition")
        encoder = self._service.encoder(ENCODER)
        with self._service.sessions() as session:
            queries.require_language(session, source)
            queries.require_language(session, target)
            held = self._current(encoder, edition(session))
            said = words(tidy)
            if not said:
                raise InvalidInput(f"definition {tidy[:40]!r} has no word; give at least one")
            found = self._service.encode(encoder, said, source)
            cosine = held.glosses.cosines(said, found.vectors)
            # Concepts are held by key, and the sort is stable.
            order = np.argsort(-np.round(cosine, 6), kind="stable")
            results: list[Meaning] = []
            for start in range(0, len(order), _LOOKED_UP):
                some = order[start : start + _LOOKED_UP].tolist()
                named = meanings.words(session, target, [held.said[one].concept_id for one in some])
                for one in some:
                    concept = held.said[one]
                    if concept.concept_id in named and len(results) < k:
                        results.append(_meaning(concept, named, float(cosine[one])))
                if len(results) == k:
                    break
        return ReverseAnswer(
            query=Definition(text=tidy, language=source, covered=bool(found.covered.all())),
            target_language=target,
            encoder=ENCODER,
            mean_cosine=round(float(cosine.mean()), 6),
            results=results,
        )

    def _current(self, encoder: Encoder, wanted: str) -> _Edition:
        held = self._held
        if held is not None and held.edition == wanted:
            return held
        # Whoever comes while it is read again is answered from what is there.
        if not self._lock.acquire(blocking=held is None):
            assert held is not None
            return held
        try:
            if self._held is None or self._held.edition != wanted:
                self._held = self._read(encoder)
            return self._held
        finally:
            self._lock.release()

    def _read(self, encoder: Encoder) -> _Edition:
        with self._service.sessions() as session:
            now = edition(session)
            said = meanings.said(session, GLOSSES)
        texts = [words(" ".join((one.gloss, *one.lemmas))) for one in said]
        some = [(one, text) for one, text in zip(said, texts, strict=True) if text]
        if not some:
            raise NoWords(GLOSSES)

        def vectors(wanted: Sequence[str]) -> Vectors:
            new = [word for word in wanted if word not in self._rows]
            for start in range(0, len(new), _CHUNK):
                part = new[start : start + _CHUNK]
                rows = encoder.encode(part, GLOSSES).vectors
                self._rows.update(zip(part, rows, strict=True))
            return np.stack([self._rows[word] for word in wanted])

        glosses = Glosses([text for _, text in some], vectors)
        return _Edition(now, [one for one, _ in some], glosses)


def _meaning(concept: Said, named: dict[int, list[str]], cosine: float) -> Meaning:
    return Meaning(
        concept=ConceptRef(key=concept.key, gloss=concept.gloss),
        pos=concept.pos,
        words=named[concept.concept_id],
        cosine=round(cosine, 6),
    )
