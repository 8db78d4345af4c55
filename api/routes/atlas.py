"""Maps of the lexicon."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from api.deps import EncoderName, ServiceDep
from api.errors import RESPONSES
from api.fields import FieldFilter, SomeLanguages
from api.maps import MOST_WORDS, Maps, Progress
from api.refusals import SOON
from indexer.projection import Method, Projection, Selection

MOST_CONCEPTS = max(MOST_WORDS.values())
DIGITS = 4
LONGEST = 100
"""Characters of a word's glosses; a map is looked at, not read."""

router = APIRouter(prefix="/v1/map", tags=["map"], responses=RESPONSES)


def _maps(request: Request) -> Maps:
    held: Maps = request.app.state.maps
    return held


class MapWords(BaseModel):
    """A column for each fact: the words of each language come together. ``gloss`` are the glosses
    of a word's concepts that are on the map, shortened."""

    form: list[str]
    language: list[str]
    gloss: list[str]
    x: list[float]
    y: list[float]


class MapOut(BaseModel):
    """``lines`` are the places of words that translate each other, the first choices of their
    concepts. ``explained`` is the share of the variance along each axis, null for t-SNE;
    ``pending`` words have no vector until the next build and are not here; ``memorised``: the
    encoder was trained on this lexicon."""

    encoder: str
    memorised: bool
    method: Method
    explained: tuple[float, float] | None
    field: str | None
    concepts: int
    pending: int
    words: MapWords
    lines: list[tuple[int, int]]


class MapProgress(BaseModel):
    """``done`` of ``total`` rounds; 0 as long as other maps are before it."""

    state: Literal["running"]
    done: int
    total: int


ACCEPTED: dict[int | str, dict[str, Any]] = {
    HTTPStatus.ACCEPTED.value: {
        "model": MapProgress,
        "description": "It is being worked out: ask again after `Retry-After`",
    }
}


@router.get("", response_model=MapOut, responses=ACCEPTED)
def map_(
    service: ServiceDep,
    maps: Annotated[Maps, Depends(_maps)],
    encoder: EncoderName,
    language: SomeLanguages,
    field: FieldFilter = None,
    concepts: Annotated[
        int,
        Query(ge=0, le=MOST_CONCEPTS, description="Concepts at most, drawn at random; 0 for all."),
    ] = 1_000,
    method: Annotated[Method, Query(description="How it is made flat.")] = "tsne",
) -> Response:
    """Words as points, the nearer the likelier alike, and lines between translations.

    The first who asks for a map by t-SNE is told how far it is (202); it is kept then.
    """
    chosen = Selection(tuple(sorted(set(language))), field, concepts or None)
    found = maps.ask(service, encoder, chosen, method)
    if isinstance(found, Progress):
        said = MapProgress(state="running", done=found.done, total=found.total)
        return JSONResponse(said.model_dump(), HTTPStatus.ACCEPTED, headers=SOON)
    return Response("".join(_written(found)), media_type="application/json")


def _written(found: Projection) -> Iterator[str]:
    """A :class:`MapOut` part by part: writing it in one call would keep every other thread
    waiting."""
    explained = found.explained and [min(1.0, max(0.0, round(one, 6))) for one in found.explained]
    said = {
        "encoder": found.encoder,
        "memorised": found.memorised,
        "method": found.method,
        "explained": explained,
        "field": found.selection.field,
        "concepts": found.concepts,
        "pending": found.pending,
    }
    yield _json(said)[:-1] + ',"words":{"form":'
    yield _json([word.form for word in found.words])
    yield ',"language":' + _json([word.language for word in found.words])
    yield ',"gloss":' + _json([_short("; ".join(word.glosses)) for word in found.words])
    # Zero has no sign.
    points = np.round(found.points.astype(np.float64), DIGITS) + 0.0
    yield ',"x":' + _json(points[:, 0].tolist())
    yield ',"y":' + _json(points[:, 1].tolist())
    yield '},"lines":' + _json(found.lines.tolist()) + "}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
