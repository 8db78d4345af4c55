"""Nearest-translation search."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.deps import ServiceHolder, known_encoder, service
from api.errors import RESPONSES
from indexer.answers import MAX_K, Score, SearchAnswer, SearchRequest
from indexer.search import search, search_at_once
from indexer.service import LexiconService

router = APIRouter(prefix="/v1", tags=["search"], responses=RESPONSES)


class Asked(BaseModel):
    """One model rather than a parameter each: they are checked in one go."""

    q: str = Field(description="A word, phrase or definition.")
    source: str = Field(description="Language of the query.")
    target: str = Field(description="Language of the results.")
    k: int = Field(default=10, description=f"How many results, 1 to {MAX_K}.")
    score: Score = Field(default="cosine", description="What to rank by.")
    pos: str | None = Field(default=None, description="Only this part of speech.")
    concept: str | None = Field(default=None, description="Only this sense, by its key.")
    encoder: str | None = Field(default=None, description="Encoder; the default one if left out.")


@router.get("/translations", response_model=SearchAnswer)
async def translations(request: Request, asked: Annotated[Asked, Query()]) -> Response:
    """The nearest forms of the target language, best first."""
    services: ServiceHolder = request.app.state.services
    encoder = known_encoder(services.settings, asked.encoder)
    wanted = SearchRequest(
        asked.q,
        asked.source,
        asked.target,
        asked.k,
        asked.score,
        encoder,
        asked.pos,
        asked.concept,
    )
    opened = services.opened
    # A known word is found sooner than a thread would begin to look for it.
    answer = search_at_once(opened, wanted) if opened is not None else None
    if answer is not None:
        return Response(answer.model_dump_json(), media_type="application/json")
    body = await run_in_threadpool(_searched, await service(request), wanted)
    return Response(body, media_type="application/json")


def _searched(opened: LexiconService, request: SearchRequest) -> str:
    return search(opened, request).model_dump_json()
