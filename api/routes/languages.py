"""The languages of the lexicon."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from api.deps import ServiceDep
from api.errors import RESPONSES
from lexicon.tallies import Tallies

router = APIRouter(prefix="/v1/languages", tags=["languages"], responses=RESPONSES)


def _tallies(request: Request) -> Tallies:
    held: Tallies = request.app.state.tallies
    return held


class LanguageOut(BaseModel):
    """A language by its BCP 47 code, its script by its ISO 15924 code; ``concepts`` are those that
    have a word in it."""

    code: str
    name: str
    autonym: str
    script: str
    words: int
    concepts: int


class Languages(BaseModel):
    languages: list[LanguageOut]


@router.get("")
def languages(service: ServiceDep, tallies: Annotated[Tallies, Depends(_tallies)]) -> Languages:
    """Every language by its code."""
    with service.sessions() as session:
        found = tallies.languages(session)
    return Languages(
        languages=[LanguageOut.model_validate(one, from_attributes=True) for one in found]
    )
