"""The generations of indices that are kept."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.deps import ServiceDep
from api.errors import RESPONSES
from api.fields import Code, Text
from indexer import catalogue
from indexer.catalogue import GenerationItem

router = APIRouter(prefix="/v1/generations", tags=["indices"], responses=RESPONSES)


class GenerationsOut(BaseModel):
    generations: list[GenerationItem]


@router.get("")
def generations(
    service: ServiceDep,
    encoder: Annotated[
        Text | None, Query(description="Only of this encoder, by name or identity.")
    ] = None,
    language: Annotated[Code | None, Query(description="Only of this language.")] = None,
) -> GenerationsOut:
    """Every generation that is kept, by encoder, language and age."""
    return GenerationsOut(generations=catalogue.generations(service, encoder, language))
