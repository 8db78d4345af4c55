"""Which stored pairs have been predicted, and how right the predictions are."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.deps import ServiceDep
from api.errors import RESPONSES
from api.fields import NO_NUL, Code
from api.measured import MeasuredDep
from api.routes.nli import Name
from nli.catalogue import DatasetItem
from nli.catalogue import datasets as every
from nli.evaluation.evaluate import counted, evaluated
from nli.evaluation.results import Report

MAX_CHOSEN = 20
"""Languages, or classifiers, in one request."""

FRESH = 60.0
"""Seconds after which a change is seen that leaves all numbers of pairs and predictions alike, such
as two pairs whose gold labels were exchanged."""

Classifier = Annotated[str, Field(min_length=1, max_length=500, pattern=NO_NUL)]

router = APIRouter(prefix="/v1/nli", tags=["nli"], responses=RESPONSES)


class Datasets(BaseModel):
    datasets: list[DatasetItem]


@router.get("/datasets")
def datasets(service: ServiceDep) -> Datasets:
    """The stored pairs by data set, split and languages, and who has predicted them."""
    with service.sessions() as session:
        return Datasets(datasets=every(session))


@router.get("/evaluations")
async def evaluations(
    service: ServiceDep,
    measured: MeasuredDep,
    dataset: Annotated[Name | None, Query(description="Only of this data set.")] = None,
    split: Annotated[Name | None, Query(description="Only of this split.")] = None,
    language: Annotated[
        list[Code] | None,
        Query(
            max_length=MAX_CHOSEN,
            description="Only with a premise or hypothesis in one of these languages.",
        ),
    ] = None,
    model: Annotated[
        list[Classifier] | None,
        Query(max_length=MAX_CHOSEN, description="Only of these classifiers or identities."),
    ] = None,
) -> Report:
    """Stored predictions against gold labels, with 95% intervals, for each classifier, data set,
    split and languages."""
    chosen = dataset, split, tuple(language or ()), tuple(model or ())
    counts = await run_in_threadpool(counted, service.sessions, dataset, split)
    work = partial(evaluated, service.sessions, *chosen)
    return await measured.get(("evaluations", chosen, counts), work, FRESH)
