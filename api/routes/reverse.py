"""The reverse dictionary."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import ServiceDep, ServicesDep
from api.errors import RESPONSES
from api.fields import Code, Text
from indexer.reverse import MAX_K, ReverseAnswer

router = APIRouter(prefix="/v1/reverse", tags=["search"], responses=RESPONSES)


@router.get("")
def reverse(
    services: ServicesDep,
    service: ServiceDep,
    q: Annotated[Text, Query(description="A definition, or what comes to mind of a word.")],
    source: Annotated[Code, Query(description="Language of the definition.")],
    target: Annotated[Code, Query(description="Language of the words; may be the same.")],
    k: Annotated[int, Query(ge=1, le=MAX_K, description="How many meanings.")] = 10,
) -> ReverseAnswer:
    """The meanings nearest to a definition, each with its words, best first.

    Definitions are compared with the glosses and English words of the concepts, whatever encoder
    searches for translations.
    """
    return services.reverse(service).find(q, source, target, k)
