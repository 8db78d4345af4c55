"""The semantic fields of the lexicon."""

from fastapi import APIRouter
from pydantic import BaseModel

from api.deps import ServiceDep
from api.errors import RESPONSES
from lexicon.semantic_fields import semantic_fields

router = APIRouter(prefix="/v1/fields", tags=["concepts"], responses=RESPONSES)


class FieldOut(BaseModel):
    """A field and how many concepts are of it."""

    field: str
    concepts: int


class Fields(BaseModel):
    fields: list[FieldOut]


@router.get("")
def fields(service: ServiceDep) -> Fields:
    """The semantic fields that concepts are of, the largest first; the thousand largest of more."""
    with service.sessions() as session:
        found = semantic_fields(session)
    return Fields(fields=[FieldOut.model_validate(one, from_attributes=True) for one in found])
