"""How one pair of words stands: cosine, percentile among random pairs, rank each way."""

import numpy as np
from pydantic import BaseModel
from sqlalchemy.orm import Session

from indexer.alignment.bitext import bitext, expressions, random_pairs
from indexer.alignment.matrix import Word, cosines, read_all, word
from indexer.alignment.metrics import pair_cosines
from indexer.alignment.sample import RANDOM_PAIRS, SEED
from indexer.indices.protocol import VectorIndex
from indexer.search import Read
from indexer.service import LexiconService
from indexer.vectors import TIE
from lexicon import queries
from lexicon.errors import InvalidInput
from lexicon.normalize import clean


class Similarity(BaseModel):
    """``percentile``: share of ``random_n`` random pairs (same part of speech, no shared concept)
    that score lower, 0 to 100. ``rank``: place of the second word among the ``candidates`` of its
    language for the first; ``reverse_rank`` the other way round. 1 is best, ties share it."""

    source: Word
    target: Word
    encoder: str
    evaluation: str
    cosine: float
    percentile: float | None
    random_cosine_mean: float | None
    random_n: int
    rank: int
    candidates: int
    reverse_rank: int
    reverse_candidates: int
    known_translation: bool


def similarity(
    service: LexiconService,
    source_text: str,
    target_text: str,
    source: str,
    target: str,
    encoder_name: str | None = None,
) -> Similarity:
    """Score a pair of words or phrases of two languages under one encoder."""
    if source == target:
        raise InvalidInput(f"source and target are both {source!r}; choose two different languages")
    texts = clean(source_text, "first text"), clean(target_text, "second text")
    encoder = service.encoder(encoder_name)
    with service.sessions() as session:
        asked = list(zip(texts, (source, target), strict=True))
        left, right = read_all(service, session, encoder, asked)
        known = bool(_concepts(session, left) & _concepts(session, right))
        indices = service.index(encoder, source), service.index(encoder, target)
        chance = random_cosines(session, *indices)
    cosine = float(cosines([left, right])[0, 1])
    return Similarity(
        source=word(texts[0], source, left),
        target=word(texts[1], target, right),
        encoder=encoder.spec.name,
        evaluation=encoder.spec.evaluation,
        cosine=round(cosine, 6),
        percentile=round(100 * float((chance < cosine).mean()), 2) if len(chance) else None,
        random_cosine_mean=round(float(chance.mean()), 6) if len(chance) else None,
        random_n=len(chance),
        rank=_rank(left, indices[1], cosine),
        candidates=indices[1].rows,
        reverse_rank=_rank(right, indices[0], cosine),
        reverse_candidates=indices[0].rows,
        known_translation=known,
    )


def _concepts(session: Session, word: Read) -> set[int]:
    if word.form is None:
        return set()
    return {sense.concept_id for sense in queries.senses_of(session, word.form.lexeme_ids)}


def _rank(word: Read, index: VectorIndex, cosine: float) -> int:
    scores = index.all_vectors() @ word.vector[0]
    return 1 + int((scores > cosine + TIE).sum())


def random_cosines(
    session: Session, source: VectorIndex, target: VectorIndex
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Cosines of seeded random pairs: the baseline beside every cosine."""
    left, _ = expressions(source, queries.sense_triples(session, source.language))
    right, _ = expressions(target, queries.sense_triples(session, target.language))
    rows = random_pairs(left, right, bitext(left, right), RANDOM_PAIRS, SEED)
    return pair_cosines(source.all_vectors(), target.all_vectors(), *rows)
