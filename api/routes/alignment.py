"""Stored alignment reports."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import EncoderName, ServiceDep
from api.errors import RESPONSES
from indexer.reports.stored import StoredReport, stored

router = APIRouter(prefix="/v1", tags=["alignment"], responses=RESPONSES)


@router.get("/alignment")
def alignment(
    service: ServiceDep,
    encoder: EncoderName,
    source: Annotated[str | None, Query(description="Only this source language.")] = None,
    target: Annotated[str | None, Query(description="Only this target language.")] = None,
) -> StoredReport:
    """The newest report of an encoder; ``stale`` when an index has been rebuilt since."""
    return stored(service, encoder, source, target)
