"""Vectors of texts, asked for as OpenAI's clients do."""

import base64
import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from api.deps import ServiceDep, ServicesDep, known_encoder
from api.errors import RESPONSES
from api.fields import Code, Text
from indexer.encoders.protocol import Encoded
from lexicon import queries
from lexicon.errors import InvalidInput

MAX_TEXTS = 2_048

router = APIRouter(prefix="/v1/embeddings", tags=["embeddings"], responses=RESPONSES)


class EmbeddingsRequest(BaseModel):
    """``model`` is an encoder. ``language`` is ours: some encoders tell by it which word a text
    is, and those with post-processing need it. ``user`` is not looked at."""

    model_config = ConfigDict(extra="forbid")

    input: Text | Annotated[list[Text], Field(min_length=1, max_length=MAX_TEXTS)]
    model: Text
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Annotated[int, Field(ge=1, le=65_536)] | None = None
    user: Annotated[str, Field(max_length=1_000)] | None = None
    language: Code | None = None

    @field_validator("input", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        if isinstance(value, list) and value and isinstance(value[0], int | list):
            raise PydanticCustomError(
                "token_array", "numbers of tokens are those of another tokenizer; send texts"
            )
        return value


class Embedding(BaseModel):
    """``embedding``: a unit vector as numbers, or as base64 of little-endian float32."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class Usage(BaseModel):
    """Tokens of the texts as the encoder counts them, without those that mark ends or languages;
    words, for an encoder that has no tokens."""

    prompt_tokens: int
    total_tokens: int


class Embeddings(BaseModel):
    """``data`` is in the order of the texts, ``model`` the encoder's name."""

    object: Literal["list"] = "list"
    data: list[Embedding]
    model: str
    usage: Usage


@router.post("", response_model=Embeddings)
def embeddings(services: ServicesDep, service: ServiceDep, body: EmbeddingsRequest) -> Response:
    """The vector of each text, encoded even where the lexicon holds it: a stored one has fewer
    digits. A text has at most 1,000 characters."""
    encoder = service.encoder(known_encoder(services.settings, body.model))
    if body.dimensions not in (None, encoder.spec.dim):
        raise InvalidInput(
            f"dimensions={body.dimensions} is not the {encoder.spec.dim} of encoder "
            f"{encoder.spec.name!r}; leave it out"
        )
    if body.language is not None:
        with service.sessions() as session:
            queries.require_language(session, body.language)
    texts = [body.input] if isinstance(body.input, str) else body.input
    encoded = services.encoding(encoder, texts, body.language)
    tokens = sum(services.encoding.token_counts(encoder, texts, body.language))
    data = b",".join(_data(encoded, body.encoding_format))
    rest = {
        "model": encoder.spec.name,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }
    said = b'{"object":"list","data":[' + data + b"]," + json.dumps(rest).encode()[1:]
    return Response(said, media_type="application/json")


def _data(encoded: Encoded, how: str) -> Iterator[bytes]:
    # Row by row: writing all numbers in one call would keep every other thread waiting.
    for number, row in enumerate(encoded.vectors):
        vector = (
            row.tolist()
            if how == "float"
            else base64.b64encode(row.astype("<f4").tobytes()).decode()
        )
        one = {"object": "embedding", "index": number, "embedding": vector}
        yield json.dumps(one, separators=(",", ":")).encode()
