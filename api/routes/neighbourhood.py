"""What lies around a text."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import EncoderName, ServiceDep
from api.errors import RESPONSES
from api.fields import Code, SomeLanguages, Text
from indexer.neighbourhood import MAX_K, NeighbourhoodAnswer
from indexer.neighbourhood import neighbourhood as around

router = APIRouter(prefix="/v1/neighbourhood", tags=["search"], responses=RESPONSES)


@router.get("")
def neighbourhood(
    service: ServiceDep,
    encoder: EncoderName,
    q: Annotated[Text, Query(description="A word, phrase or definition.")],
    source: Annotated[Code, Query(description="Its language.")],
    language: SomeLanguages,
    k: Annotated[int, Query(ge=1, le=MAX_K, description="How many words of each.")] = 8,
) -> NeighbourhoodAnswer:
    """The words of each language nearest to a text, with places on a plane: the first two principal
    components of their vectors. The first word is the text itself."""
    return around(service, q, source, language, encoder, k)
