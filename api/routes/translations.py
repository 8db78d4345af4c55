"""Nearest-translation search."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from api.deps import ServiceHolder, known_encoder, service
from api.errors import RESPONSES
from indexer.answers import MAX_K, Score, SearchAnswer, SearchRequest
from indexer.search import search, search_at_once
from indexer.service import LexiconService
from lexicon.entries import PARTS_OF_SPEECH
from lexicon.normalize import MAX_TEXT

router = APIRouter(prefix="/v1", tags=["search"], responses=RESPONSES)


class Asked(BaseModel):
    """One model rather than a parameter each: they are checked in one go. The bounds that only the
    schema says are checked by the search, which has better words for them."""

    q: str = Field(
        description="A word, phrase or definition.",
        json_schema_extra={"minLength": 1, "maxLength": MAX_TEXT},
    )
    source: str = Field(description="Language of the query.")
    target: str = Field(description="Language of the results.")
    k: int = Field(
        default=10,
        description=f"How many results, 1 to {MAX_K}.",
        json_schema_extra={"minimum": 1, "maximum": MAX_K},
    )
    score: Score = Field(default="cosine", description="What to rank by.")
    pos: str | None = Field(
        default=None,
        description="Only this part of speech.",
        json_schema_extra={"enum": [*PARTS_OF_SPEECH, None]},
    )
    concept: str | None = Field(default=None, description="Only this sense, by its key.")
    encoder: str | None = Field(default=None, description="Encoder; the default one if left out.")


class AtOnce(APIRoute):
    """Answers a plain question for a known word before FastAPI has taken the request apart, which
    would cost as much again. Whatever is not plain, or not right, goes the usual way."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        usual = super().get_route_handler()

        async def handle(request: Request) -> Response:
            body = _at_once(request)
            return await usual(request) if body is None else _json(body)

        return handle


router.route_class = AtOnce


def _at_once(request: Request) -> str | None:
    services: ServiceHolder = request.app.state.services
    # Who may read is the usual way's question.
    if services.opened is None or services.settings.reads != "open":
        return None
    try:
        pairs = parse_qsl(request.scope["query_string"], True, True, errors="strict")
        given = {name.decode(): value.decode() for name, value in pairs}
        asked = Asked.model_validate_strings(given, extra="forbid")
    except ValueError:
        return None
    if len(given) < len(pairs):
        return None
    # A known word is found sooner than a thread would begin to look for it.
    return search_at_once(services.opened, _wanted(services, asked))


def _wanted(services: ServiceHolder, asked: Asked) -> SearchRequest:
    encoder = known_encoder(services.settings, asked.encoder)
    return SearchRequest(
        asked.q,
        asked.source,
        asked.target,
        asked.k,
        asked.score,
        encoder,
        asked.pos,
        asked.concept,
    )


def _json(body: str) -> Response:
    return Response(body, media_type="application/json")


@router.get("/translations", response_model=SearchAnswer)
async def translations(request: Request, asked: Annotated[Asked, Query()]) -> Response:
    """The nearest forms of the target language, best first."""
    wanted = _wanted(request.app.state.services, asked)
    return _json(await run_in_threadpool(_searched, await service(request), wanted))


def _searched(opened: LexiconService, request: SearchRequest) -> str:
    return search(opened, request).model_dump_json()
