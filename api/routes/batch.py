"""Many searches in one request."""

import logging
from itertools import starmap
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from api.deps import ServiceDep, ServicesDep, known_encoder
from api.errors import RESPONSES, Problem, answer
from api.fields import Code, Text
from api.refusals import InternalError
from indexer.answers import MAX_K, Score, SearchAnswer, SearchRequest
from indexer.asking.knowing import prepare
from indexer.search import search
from indexer.service import LexiconService
from lexicon import queries
from lexicon.entries import PartOfSpeech
from lexicon.errors import InvalidInput, LexiconError

MAX_QUERIES = 1_000
MAX_RESULTS = 100_000
"""Results that the queries of a batch may ask for together."""

NDJSON = "application/x-ndjson"

log = logging.getLogger("lexicon.api")
router = APIRouter(prefix="/v1/translations", tags=["search"], responses=RESPONSES)

K = Annotated[int, Field(ge=1, le=MAX_K)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BatchQuery(_Body):
    """As ``GET /v1/translations`` takes it; what is left out is as the batch has it."""

    q: Text
    source: Code | None = None
    target: Code | None = None
    k: K | None = None
    score: Score | None = None
    pos: PartOfSpeech | None = None
    concept: Text | None = None


class Batch(_Body):
    """Queries, and what holds for those that do not say otherwise; one encoder for all."""

    queries: Annotated[list[BatchQuery], Field(min_length=1, max_length=MAX_QUERIES)]
    source: Code | None = None
    target: Code | None = None
    k: K = 10
    score: Score = "cosine"
    pos: PartOfSpeech | None = None
    concept: Text | None = None
    encoder: Text | None = None


class Answered(BaseModel):
    """``index`` is the place of the query, from 0."""

    index: int
    answer: SearchAnswer


class Refused(BaseModel):
    """What ``GET /v1/translations`` would have said to the query at ``index``."""

    index: int
    problem: Problem


class Answers(BaseModel):
    """In the order of the queries."""

    answers: list[Answered | Refused]


@router.post(
    "/batch",
    response_model=Answers,
    responses={200: {"content": {NDJSON: {"schema": {"type": "string"}}}}},
)
def batch(request: Request, services: ServicesDep, service: ServiceDep, body: Batch) -> Response:
    """The answer or the problem of each query; with ``Accept: application/x-ndjson`` one a line,
    as they are found. The queries may ask for 100,000 results together."""
    encoder = known_encoder(services.settings, body.encoder)
    wanted = sum(one.k or body.k for one in body.queries)
    if wanted > MAX_RESULTS:
        raise InvalidInput(
            f"the queries ask for {wanted:,} results, more than {MAX_RESULTS:,}; lower k, or make "
            "two batches of them"
        )
    _prepare(service, body, encoder)
    lines = starmap(
        lambda index, query: _line(service, index, body, query, encoder), enumerate(body.queries)
    )
    if NDJSON in request.headers.get("accept", ""):
        return StreamingResponse((line + b"\n" for line in lines), media_type=NDJSON)
    return Response(b'{"answers":[' + b",".join(lines) + b"]}", media_type="application/json")


def _prepare(service: LexiconService, body: Batch, encoder: str | None) -> None:
    """Have what the lexicon does not hold encoded together."""
    opened = service.encoder(encoder)
    with service.sessions() as session:
        known = set(queries.languages(session))
        texts = ((query.q, query.source or body.source) for query in body.queries)
        some = [(text, language) for text, language in texts if language in known]
        prepare(service, session, opened, [(text, code) for text, code in some if code])


def _line(
    service: LexiconService, index: int, body: Batch, query: BatchQuery, encoder: str | None
) -> bytes:
    try:
        said = search(service, _request(body, query, encoder)).model_dump_json().encode()
    except LexiconError as error:
        return _refused(index, error)
    except Exception as error:
        # The answer may have begun, so that this is the only place left to say it.
        log.error("unexpected error in a batch", exc_info=error)
        return _refused(index, InternalError())
    return b'{"index":%d,"answer":%b}' % (index, said)


def _refused(index: int, error: LexiconError) -> bytes:
    return b'{"index":%d,"problem":%b}' % (index, bytes(answer(error).body))


def _request(body: Batch, query: BatchQuery, encoder: str | None) -> SearchRequest:
    said = body.model_dump(exclude={"queries", "encoder"}) | query.model_dump(exclude_unset=True)
    for name in ("source", "target"):
        if said[name] is None:
            raise InvalidInput(f"the query has no {name} language; give it one, or one for all")
    return SearchRequest(
        text=said["q"],
        source=said["source"],
        target=said["target"],
        k=said["k"] or body.k,
        score=said["score"] or body.score,
        encoder=encoder,
        pos=said["pos"],
        concept=said["concept"],
    )
