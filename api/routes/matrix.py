"""A word and its translations, each with each."""

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from api.deps import EncoderName, ServiceDep
from api.errors import RESPONSES
from api.fields import MAX_LANGUAGES, Code, PosFilter, Text
from indexer.alignment.similarities import MOST, Chances, similarities

DIGITS = 6
MAX_K = 20

router = APIRouter(prefix="/v1/translations/matrix", tags=["search"], responses=RESPONSES)


def _chances(request: Request) -> Chances:
    held: Chances = request.app.state.chances
    return held


class MatrixWord(BaseModel):
    """``covered``: the encoder knows it, rather than guessing from its spelling."""

    text: str
    language: str
    covered: bool


class MatrixChance(BaseModel):
    """Mean cosine of random pairs of two languages: same part of speech, no shared concept."""

    source: str
    target: str
    mean: float


class TranslationMatrix(BaseModel):
    """``cosine[i][j]`` is that of the words i and j, to six digits; the first word is the one that
    was asked for. ``left_out`` translations are more than ``k`` in their language; ``pending`` ones
    have no vector until the next build. ``memorised``: the encoder was trained on this lexicon."""

    words: list[MatrixWord]
    cosine: list[list[float]]
    chance: list[MatrixChance]
    glosses: list[str]
    encoder: str
    memorised: bool
    left_out: int
    pending: int


@router.get("")
def matrix(
    service: ServiceDep,
    chances: Annotated[Chances, Depends(_chances)],
    encoder: EncoderName,
    q: Annotated[Text, Query(description="A word of the lexicon.")],
    source: Annotated[Code, Query(description="Its language.")],
    target: Annotated[
        list[Code],
        Query(
            default_factory=list,
            max_length=MAX_LANGUAGES,
            description="Language of translations; repeatable, all others if left out.",
        ),
    ],
    k: Annotated[
        int, Query(ge=1, le=MAX_K, description="Translations into each language at most.")
    ] = MOST,
    pos: PosFilter = None,
    concept: Annotated[Text | None, Query(description="Only this sense, by its key.")] = None,
) -> TranslationMatrix:
    """Cosines of a word and its known translations, each with each, and what random pairs score.

    First choices of each of its senses come before others.
    """
    found = similarities(service, q, source, encoder, target, pos, concept, k, chances)
    return TranslationMatrix(
        words=[MatrixWord.model_validate(one, from_attributes=True) for one in found.words],
        cosine=np.round(found.cosine, DIGITS).tolist(),
        chance=[
            MatrixChance(source=one.source, target=one.target, mean=round(one.mean, DIGITS))
            for one in found.chance
        ],
        glosses=list(found.glosses),
        encoder=found.encoder,
        memorised=found.memorised,
        left_out=found.left_out,
        pending=found.pending,
    )
