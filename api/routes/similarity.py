"""How near texts are to each other."""

import json
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.deps import ServiceDep, ServicesDep, known_encoder
from api.errors import RESPONSES
from api.fields import Code, Text
from indexer.alignment.matrix import Matrix, matrix
from lexicon.errors import InvalidInput

MAX_TEXTS = 200

router = APIRouter(prefix="/v1/similarity", tags=["search"], responses=RESPONSES)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TextOf(_Body):
    """A text and its language; that of the request if left out."""

    text: Text
    language: Code | None = None


class SimilarityRequest(_Body):
    texts: Annotated[list[TextOf | Text], Field(min_length=1, max_length=MAX_TEXTS)]
    language: Code | None = None
    encoder: Text | None = None


@router.post("", response_model=Matrix)
def similarity(services: ServicesDep, service: ServiceDep, body: SimilarityRequest) -> Response:
    """Cosines of every text with every other, and what random pairs of their languages score."""
    texts = []
    for number, one in enumerate(body.texts, start=1):
        text, own = (one, None) if isinstance(one, str) else (one.text, one.language)
        language = own or body.language
        if language is None:
            raise InvalidInput(f"text {number} has no language; give it one, or one for all texts")
        texts.append((text, language))
    found = matrix(service, texts, known_encoder(services.settings, body.encoder))
    said = found.model_dump_json(exclude={"cosine"}).encode()
    # Row by row: writing all numbers in one call would keep every other thread waiting.
    rows = b",".join(json.dumps(row, separators=(",", ":")).encode() for row in found.cosine)
    return Response(said[:-1] + b',"cosine":[' + rows + b"]}", media_type="application/json")
