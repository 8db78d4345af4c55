"""Stored alignment reports."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.deps import EncoderName, ServiceDep
from api.errors import RESPONSES
from api.fields import Limit
from indexer.reports.stored import ListedRun, StoredReport, listed, stored

router = APIRouter(prefix="/v1", tags=["alignment"], responses=RESPONSES)


class Runs(BaseModel):
    runs: list[ListedRun]


@router.get("/alignment")
def alignment(
    service: ServiceDep,
    encoder: EncoderName,
    source: Annotated[str | None, Query(description="Only this source language.")] = None,
    target: Annotated[str | None, Query(description="Only this target language.")] = None,
) -> StoredReport:
    """The newest report of an encoder; ``stale`` when an index has been rebuilt since."""
    return stored(service, encoder, source, target)


@router.get("/alignment/runs")
def runs(service: ServiceDep, limit: Limit = 100) -> Runs:
    """The newest stored reports, the newest first."""
    return Runs(runs=listed(service, limit))
