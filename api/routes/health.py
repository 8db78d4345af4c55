"""Whether the process lives, and whether it can answer."""

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api.deps import ServiceHolder
from api.errors import RESPONSES, problem
from lexicon.errors import LexiconError

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    status: Literal["ready"] = "ready"
    encoder: str
    generations: dict[str, str]


@router.get("/livez")
async def livez() -> Alive:
    """The process answers."""
    return Alive()


@router.get("/readyz", responses={503: RESPONSES[503]}, response_model=Ready)
def readyz(request: Request) -> Ready | Response:
    """The store is reachable at this version's schema, and every language of the default encoder
    has a sound index, every byte of it checked."""
    holder: ServiceHolder = request.app.state.services
    try:
        service = holder.get()
        encoder = service.encoder(None)
        generations = service.live_generations(encoder)
    except LexiconError as error:
        return _not_ready(str(error))
    if not generations:
        return _not_ready("the store holds no words; load the bundled ones with: lexicon init")
    if checking := service.unverified & set(generations.values()):
        return _not_ready(f"{', '.join(sorted(checking))}: the digests are being checked")
    return Ready(encoder=encoder.spec.name, generations=generations)


def _not_ready(detail: str) -> Response:
    return problem("not-ready", HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": "5"})
