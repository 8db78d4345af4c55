"""Nearest-translation search."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.types import ASGIApp, Receive, Scope, Send

from api.deps import ServiceHolder, known_encoder, service
from api.errors import RESPONSES
from indexer.answers import MAX_K, Score, SearchAnswer, SearchRequest
from indexer.search import search, search_at_once
from indexer.service import LexiconService
from lexicon.entries import PARTS_OF_SPEECH
from lexicon.errors import LexiconError
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


PATH = "/v1/translations"


class AtOnce:
    """Answers a plain question for a known word before FastAPI has looked for its route and taken
    it apart, which would cost as much again. Whatever is not plain, or not right, goes the usual
    way."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "GET":
            body = _at_once(scope)
            if body is not None:
                # Whoever counts requests asks what they met.
                scope["route"] = _ROUTE
                written = body.encode()
                size = b"%d" % len(written)
                headers = [(b"content-length", size), (b"content-type", b"application/json")]
                start = {"type": "http.response.start", "status": 200, "headers": headers}
                await send(start)
                await send({"type": "http.response.body", "body": written})
                return
        await self._app(scope, receive, send)


def _at_once(scope: Scope) -> str | None:
    services: ServiceHolder = scope["app"].state.services
    # Who may read is the usual way's question.
    if services.opened is None or services.settings.reads != "open":
        return None
    try:
        pairs = parse_qsl(scope["query_string"], True, True, errors="strict")
        given = {name.decode(): value.decode() for name, value in pairs}
        asked = Asked.model_validate_strings(given, extra="forbid")
    except ValueError:
        return None
    if len(given) < len(pairs):
        return None
    try:
        # A known word is found sooner than a thread would begin to look for it.
        return search_at_once(services.opened, _wanted(services, asked))
    except LexiconError:
        # Told by the usual way.
        return None


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


_ROUTE = next(route for route in router.routes if isinstance(route, APIRoute))
