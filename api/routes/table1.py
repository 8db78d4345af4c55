"""The study's Table 1 beside stored reports."""

from functools import partial

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool

from api.deps import ServiceDep
from api.errors import RESPONSES
from api.measured import MeasuredDep
from indexer.reports.study import Beside, beside, means, reported

router = APIRouter(prefix="/v1/alignment", tags=["alignment"], responses=RESPONSES)


@router.get("/table1")
async def table1(service: ServiceDep, measured: MeasuredDep) -> Beside:
    """Mean cosines as published, and the newest stored report of every encoder of ours.

    The mean over first-listed forms is taken when it is first asked for, which takes seconds for
    each encoder; kept until words or indices change.
    """
    reports = await run_in_threadpool(reported, service)
    found = {
        one.name: await measured.get(("means", one.edition), partial(means, service, one.name))
        for one in reports
        if one.edition is not None
    }
    return beside(found, reports)
