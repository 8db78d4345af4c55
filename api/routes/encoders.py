"""The encoders that there are."""

from fastapi import APIRouter
from pydantic import BaseModel

from api.deps import ServiceDep
from api.errors import RESPONSES
from indexer import catalogue
from indexer.catalogue import EncoderItem

router = APIRouter(prefix="/v1/encoders", tags=["indices"], responses=RESPONSES)


class Encoders(BaseModel):
    encoders: list[EncoderItem]


@router.get("")
def encoders(service: ServiceDep) -> Encoders:
    """Every known encoder, and every other that has built something, by name."""
    return Encoders(encoders=catalogue.encoders(service))
