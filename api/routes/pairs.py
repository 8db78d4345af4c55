"""Stored pairs of premise and hypothesis, with what classifiers said of them."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.deps import ServiceDep
from api.errors import CONFLICT, RESPONSES
from api.fields import MOST, Truth
from api.keys import Writes
from api.routes.nli import Language, Name, Scores
from lexicon import pair_edits
from lexicon.errors import InvalidInput, UnknownPair
from lexicon.formats.pairs.entry import MAX_KEY, MAX_SENTENCE, PairEntry
from lexicon.ingest.sentences import MAX_DATASET, MAX_SPLIT
from lexicon.pairs import StoredPair, find_pair, list_pairs
from lexicon.predictions import StoredPrediction, checkpoints, of_pairs
from lexicon.store import writing
from nli.evaluation.answers import identity_among

Number = Annotated[int, Path(ge=1, le=MOST, description="The pair's id.")]
Sentence = Annotated[str, Field(min_length=1, max_length=MAX_SENTENCE)]

router = APIRouter(prefix="/v1/pairs", tags=["pairs"], responses=RESPONSES)


class NewPair(BaseModel):
    """A pair to keep. The hypothesis is in the premise's language unless told otherwise; without a
    key, the texts make one."""

    model_config = ConfigDict(extra="forbid")

    dataset: Annotated[str, Field(json_schema_extra={"minLength": 1, "maxLength": MAX_DATASET})]
    split: Annotated[str, Field(json_schema_extra={"minLength": 1, "maxLength": MAX_SPLIT})]
    premise: Sentence
    hypothesis: Sentence
    premise_language: Language
    hypothesis_language: Language | None = None
    label: str | None = None
    key: Annotated[str, Field(max_length=MAX_KEY)] = ""


class PairOut(BaseModel):
    """A stored pair; ``label`` is the gold label, null where none is known."""

    id: int
    dataset: str
    split: str
    key: str
    label: str | None
    premise_language: str
    hypothesis_language: str
    premise: str
    hypothesis: str


class PredictionOut(BaseModel):
    label: str
    scores: Scores
    truncated: bool
    model: str
    predicted_at: datetime


class PairWithPredictions(PairOut):
    predictions: list[PredictionOut]


class ListedPair(PairOut):
    """``prediction`` is there when a model is named, null where it has not predicted the pair."""

    prediction: PredictionOut | None = None


class Page(BaseModel):
    """``next`` is the cursor of the page behind this one, null on the last."""

    pairs: list[ListedPair]
    next: int | None


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    dependencies=[Writes],
    responses={HTTPStatus.OK: {"model": PairOut, "description": "It was there."}, **CONFLICT},
)
def create(service: ServiceDep, response: Response, body: NewPair) -> PairOut:
    """Keep a pair; one that is there already is given with status 200."""
    entry = PairEntry(
        body.key,
        body.premise,
        body.hypothesis,
        body.premise_language,
        body.hypothesis_language or body.premise_language,
        body.label,
    )
    with writing(service.sessions) as session:
        pair, new = pair_edits.add(session, body.dataset, body.split, entry)
    if not new:
        response.status_code = HTTPStatus.OK
    return _out(pair)


# What is not set is what nobody asked for.
@router.get("", response_model_exclude_unset=True)
def pairs(
    service: ServiceDep,
    dataset: Annotated[Name | None, Query(description="Only of this data set.")] = None,
    split: Annotated[Name | None, Query(description="Only of this split.")] = None,
    language: Annotated[
        Name | None, Query(description="Only with a premise or hypothesis in this language.")
    ] = None,
    label: Annotated[
        str | None, Query(description="Only with this gold label; - for none.")
    ] = None,
    model: Annotated[
        Name | None, Query(min_length=1, description="Show what this classifier or identity said.")
    ] = None,
    disagree: Annotated[
        bool,
        Truth,
        Query(description="Only pairs of which the model says another than the gold label."),
    ] = False,
    limit: Annotated[int, Query(ge=1, le=500, description="How many at most.")] = 50,
    cursor: Annotated[int, Query(ge=0, le=MOST, description="``next`` of the page before.")] = 0,
) -> Page:
    """Stored pairs in the order in which they came."""
    if disagree and model is None:
        raise InvalidInput("disagree=true needs a model to disagree; name it with model=")
    with service.sessions() as session:
        who = None if model is None else identity_among(model, checkpoints(session))
        against = who if disagree else None
        found = list_pairs(session, dataset, split, language, label, limit + 1, cursor, against)
        shown = found[:limit]
        said = {} if who is None else of_pairs(session, [pair.id for pair in shown], who)
    return Page(
        pairs=[_listed(pair, said.get(pair.id)) for pair in shown],
        next=shown[-1].id if len(found) > limit else None,
    )


@router.get("/{number}")
def read(service: ServiceDep, number: Number) -> PairWithPredictions:
    """A pair, with a prediction for each model that has classified it."""
    with service.sessions() as session:
        pair = find_pair(session, number)
        if pair is None:
            raise UnknownPair(number)
        found = of_pairs(session, [number])[number]
    return PairWithPredictions(
        **_out(pair).model_dump(), predictions=[_said(prediction) for prediction in found]
    )


@router.delete("/{number}", status_code=HTTPStatus.NO_CONTENT, dependencies=[Writes])
def delete(service: ServiceDep, number: Number) -> None:
    """Remove a pair with its predictions."""
    with writing(service.sessions) as session:
        pair_edits.remove(session, number)


def _out(pair: StoredPair) -> PairOut:
    return PairOut.model_validate(pair, from_attributes=True)


def _listed(pair: StoredPair, said: Sequence[StoredPrediction] | None) -> ListedPair:
    out = ListedPair.model_validate(pair, from_attributes=True)
    if said is not None:
        out.prediction = _said(said[0]) if said else None
    return out


def _said(prediction: StoredPrediction) -> PredictionOut:
    return PredictionOut(
        label=prediction.label,
        scores=Scores.model_validate(prediction, from_attributes=True),
        truncated=prediction.truncated,
        model=prediction.checkpoint,
        predicted_at=prediction.predicted_at,
    )
