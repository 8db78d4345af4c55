"""Whether the process lives, whether it can answer, and its figures."""

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api import metrics
from api.deps import Threads
from api.draining import Draining
from api.errors import RESPONSES, problem
from api.readiness import Check, Found, Readiness

PATIENCE = 0.9
"""Seconds that a probe waits for the checks; whoever asks may give up after one."""

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    status: Literal["ready"] = "ready"
    encoder: str
    generations: dict[str, str]
    checks: list[Check]


@router.get("/livez")
async def livez() -> Alive:
    """The process answers."""
    return Alive()


@router.get(
    "/readyz",
    responses={503: RESPONSES[503]},
    response_model=Ready,
)
async def readyz(request: Request) -> Ready | Response:
    """The store is reachable at this version's schema, every language of the default encoder has
    a sound index, every byte of it checked, the encoder and the classifier have been read, and
    the process is not about to end. ``checks`` is a member of the problem as well."""
    draining: Draining = request.app.state.draining
    readiness: Readiness = request.app.state.readiness
    if draining.begun:
        detail = "the process is about to end"
        found = Found(checks=[Check(name="draining", ok=False, detail=detail)])
    else:
        found = await readiness.ask(PATIENCE)
    if found.fault is None:
        return Ready(encoder=found.encoder, generations=found.generations, checks=found.checks)
    return problem(
        "not-ready",
        HTTPStatus.SERVICE_UNAVAILABLE,
        found.fault,
        checks=[check.model_dump() for check in found.checks],
    )


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {metrics.MEDIA_TYPE: {"schema": {"type": "string"}}}}},
)
async def figures(request: Request) -> Response:
    """Figures for Prometheus, of all workers together."""
    threads: Threads = request.app.state.figures
    service = request.app.state.services.opened
    answering = service.answering if service else ()
    text = await threads.run(metrics.exposition, answering)
    return Response(text, media_type=metrics.MEDIA_TYPE)
