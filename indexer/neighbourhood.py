"""What lies around a text: the nearest words of several languages, on one plane with it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel
from sqlalchemy.orm import Session

from indexer.indices.live import LiveIndex
from indexer.plane import principal_components
from indexer.search import Read, read
from indexer.service import LexiconService
from indexer.vectors import Vectors
from lexicon import queries
from lexicon.normalize import clean
from lexicon.queries import SenseRow

MAX_K = 50
"""Neighbours of one language."""

DIGITS = 6


class Centre(BaseModel):
    """The text that was asked for. ``covered``: the encoder knows it."""

    text: str
    language: str
    covered: bool


class Neighbour(BaseModel):
    """A word with its place. ``known``: the lexicon lists it under a meaning of the query, as it
    does a translation; ``gloss`` is that of its first sense. Only a query that the lexicon does not
    have is neither known nor has a gloss."""

    lemma: str
    language: str
    cosine: float
    known: bool
    covered: bool
    gloss: str | None
    x: float
    y: float


class NeighbourhoodAnswer(BaseModel):
    """``words`` are the query itself, then those of each language, the nearest first. ``x`` and
    ``y`` lie along the directions in which these words differ most; ``explained`` is the share of
    their differences that each shows."""

    query: Centre
    encoder: str
    words: list[Neighbour]
    explained: tuple[float, float]


@dataclass(frozen=True)
class _Near:
    lemma: str
    language: str
    cosine: float
    covered: bool
    senses: list[SenseRow]
    row: int


def neighbourhood(
    service: LexiconService,
    text: str,
    source: str,
    languages: Sequence[str] = (),
    encoder_name: str | None = None,
    k: int = 8,
) -> NeighbourhoodAnswer:
    """The ``k`` words of each language nearest to a text, of all written languages if none are
    named, without the text itself.

    Raises :class:`InvalidInput` for what is no text and the index's own errors.
    """
    wanted = clean(text, "word")
    encoder = service.encoder(encoder_name)
    with service.sessions() as session:
        for code in (source, *languages):
            queries.require_language(session, code)
        codes = list(dict.fromkeys(languages)) or queries.written_languages(session)
        word = read(service, session, encoder, source, wanted)
        own = queries.senses_of(session, word.form.lexeme_ids) if word.form else []
        found: list[_Near] = []
        vectors = [word.vector]
        for code in codes:
            index = service.index(encoder, code)
            near = _near(session, index, word, k)
            found += near
            vectors.append(_rows(index, near))
    lemma = word.form.lemma if word.form else wanted
    words = [_Near(lemma, source, 1.0, word.covered, own, -1), *found]
    meant = {sense.concept_id for sense in own}
    points, explained = principal_components(np.concatenate(vectors))
    # Zero has no sign.
    places = (np.round(points.astype(np.float64), DIGITS) + 0.0).tolist()
    return NeighbourhoodAnswer(
        query=Centre(text=wanted, language=source, covered=word.covered),
        encoder=encoder.spec.name,
        words=[
            Neighbour(
                lemma=one.lemma,
                language=one.language,
                cosine=one.cosine,
                known=any(sense.concept_id in meant for sense in one.senses),
                covered=one.covered,
                gloss=one.senses[0].gloss if one.senses else None,
                x=x,
                y=y,
            )
            for one, (x, y) in zip(words, places, strict=True)
        ],
        explained=(_share(explained[0]), _share(explained[1])),
    )


def _near(session: Session, index: LiveIndex, word: Read, k: int) -> list[_Near]:
    """The nearest words of a language that are in the store, equally near ones by their letters."""
    # One more, because the nearest may be the word itself.
    nearest = index.search(word.vector, k + 1)
    ids = nearest.ids[0].tolist()
    forms = queries.forms_of_lexemes(session, ids)
    senses: dict[int, list[SenseRow]] = {}
    lexemes = [lexeme for form in forms.values() for lexeme in form.lexeme_ids]
    for sense in queries.senses_of(session, lexemes):
        senses.setdefault(sense.lexeme_id, []).append(sense)
    own = set(word.form.lexeme_ids) if word.form else set()
    cosine = np.clip(nearest.cosine[0].astype(np.float64), -1.0, 1.0).round(DIGITS).tolist()
    found = []
    for lexeme, row, value in zip(ids, nearest.rows[0].tolist(), cosine, strict=True):
        form = forms.get(lexeme)
        if form is not None and own.isdisjoint(form.lexeme_ids):
            mine = [sense for one in form.lexeme_ids for sense in senses.get(one, ())]
            mine.sort(key=lambda sense: (sense.unsensed, sense.rank, sense.key))
            covered = bool(index.covered[row])
            found.append(_Near(form.lemma, index.language, value, covered, mine, row))
    return sorted(found, key=lambda one: (-one.cosine, one.lemma))[:k]


def _rows(index: LiveIndex, near: Sequence[_Near]) -> Vectors:
    return index.at(np.array([one.row for one in near], dtype=np.int64))


def _share(value: float) -> float:
    return min(1.0, max(0.0, round(value, DIGITS)))
