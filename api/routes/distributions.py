"""Cosines of translations against those of random pairs."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool

from api.deps import EncoderName, ServiceDep
from api.errors import RESPONSES
from api.fields import Code, Truth
from api.measured import MeasuredDep
from indexer.reports.distributions import Histogram, histogram, pair_edition

router = APIRouter(prefix="/v1/alignment", tags=["alignment"], responses=RESPONSES)


@router.get("/distributions")
async def distributions(
    service: ServiceDep,
    measured: MeasuredDep,
    encoder: EncoderName,
    source: Annotated[Code, Query(description="One language.")],
    target: Annotated[Code, Query(description="The other language.")],
    distinct: Annotated[
        bool, Truth, Query(description="Without identical spellings and without names.")
    ] = False,
) -> Histogram:
    """Densities of the cosines of a pair of languages, over all of its words as they are now.

    Worked out when it is first asked for, which takes seconds; kept until words or indices change.
    """
    edition = await run_in_threadpool(pair_edition, service, source, target, encoder)
    work = partial(histogram, service, source, target, encoder, distinct)
    return await measured.get(("distributions", edition, source, target, distinct), work)
