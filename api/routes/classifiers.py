"""The classifiers of premise and hypothesis that there are."""

from fastapi import APIRouter
from pydantic import BaseModel

from api.deps import ClassifiersDep
from api.errors import RESPONSES
from nli.catalogue import ClassifierItem
from nli.catalogue import classifiers as every

router = APIRouter(prefix="/v1/classifiers", tags=["nli"], responses=RESPONSES)


class ClassifierList(BaseModel):
    """``default`` answers when none is named."""

    default: str
    classifiers: list[ClassifierItem]


@router.get("")
def classifiers(held: ClassifiersDep) -> ClassifierList:
    """Every known classifier and the configured one, by name."""
    return ClassifierList(default=held.settings.nli, classifiers=every(held.settings))
