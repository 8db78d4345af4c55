"""Nearest-translation search."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import EncoderName, ServiceDep
from api.errors import RESPONSES
from indexer.answers import MAX_K, Score, SearchAnswer, SearchRequest
from indexer.search import search

router = APIRouter(prefix="/v1", tags=["search"], responses=RESPONSES)


# Plain functions run in worker threads, where reading SQL does not hold up the event loop.
@router.get("/translations")
def translations(
    service: ServiceDep,
    encoder: EncoderName,
    q: Annotated[str, Query(description="A word, phrase or definition.")],
    source: Annotated[str, Query(description="Language of the query.")],
    target: Annotated[str, Query(description="Language of the results.")],
    k: Annotated[int, Query(description=f"How many results, 1 to {MAX_K}.")] = 10,
    score: Annotated[Score, Query(description="What to rank by.")] = "cosine",
    pos: Annotated[str | None, Query(description="Only this part of speech.")] = None,
    concept: Annotated[str | None, Query(description="Only this sense, by its key.")] = None,
) -> SearchAnswer:
    """The nearest forms of the target language, best first."""
    return search(service, SearchRequest(q, source, target, k, score, encoder, pos, concept))
