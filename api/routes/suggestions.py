"""Words for who has begun to type one."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.deps import ServiceDep
from api.errors import RESPONSES
from api.fields import NO_NUL, Code
from lexicon.completions import LONGEST, MOST, Kind, completions

router = APIRouter(prefix="/v1/suggestions", tags=["words"], responses=RESPONSES)

Begun = Annotated[
    str,
    Query(
        min_length=1,
        max_length=LONGEST,
        pattern=NO_NUL,
        description="How a word begins, in its own script or in Latin letters.",
    ),
]


class SuggestionOut(BaseModel):
    """``kind``: the word ``begins`` so; or does but for ``accents`` or nukta, or when written in
    Latin letters (``romanised``); or it is a letter away (``spelling``). ``gloss`` is that of its
    first sense, null where it has none."""

    lemma: str
    language: str
    kind: Kind
    gloss: str | None


class Suggestions(BaseModel):
    suggestions: list[SuggestionOut]


@router.get("")
def suggestions(
    service: ServiceDep,
    q: Begun,
    language: Annotated[Code | None, Query(description="Only of this language.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many at most.")] = 8,
) -> Suggestions:
    """Words that somebody who has typed this may be about to write: itself first, then the
    commoner ones."""
    with service.sessions() as session:
        found = completions(session, q, language, limit)
    return Suggestions(
        suggestions=[SuggestionOut.model_validate(one, from_attributes=True) for one in found]
    )
