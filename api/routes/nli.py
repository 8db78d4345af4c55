"""Natural language inference: pairs in a request, and the stored ones in the background."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from api.deps import Classifiers, ClassifiersDep, RunsDep, ServiceDep
from api.errors import RESPONSES
from api.keys import Writes
from nli.protocol import NliPair, NliScores
from nli.run_ids import LONGEST
from nli.runs import PredictionRun
from nli.texts import MAX_TEXT

MAX_PAIRS = 256

Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
Language = Annotated[str, Field(min_length=1, max_length=16)]
Name = Annotated[str, Field(max_length=200, pattern="^[^\\x00]+$")]
"""Of a data set or split; PostgreSQL has no word for NUL."""

Model = Annotated[
    str | None, Field(description="Classifier; the default one if left out.", max_length=500)
]

router = APIRouter(prefix="/v1/nli", tags=["nli"], responses=RESPONSES)


class _Body(BaseModel):
    # A misspelt field would otherwise be as good as one left out.
    model_config = ConfigDict(extra="forbid")


class Pair(_Body):
    """Two texts in any language, of which a classifier reads as much as it can."""

    premise: Text
    hypothesis: Text
    premise_language: Language | None = None
    hypothesis_language: Language | None = None


class Request(_Body):
    pairs: Annotated[list[Pair], Field(min_length=1, max_length=MAX_PAIRS)]
    model: Model = None


class Scores(BaseModel):
    """Three probabilities that sum to 1."""

    entailment: float
    neutral: float
    contradiction: float


class Result(BaseModel):
    """``truncated``: part of a text was not read. ``covered``: share of the tokens that the model
    knows, null where every text has tokens. ``model`` is its identity."""

    label: str
    scores: Scores
    truncated: bool
    covered: float | None
    model: str


class Answer(BaseModel):
    model: str
    results: list[Result]


class RunRequest(_Body):
    """Which stored pairs; all of them where nothing is said. ``language`` is that of the premise
    or of the hypothesis."""

    dataset: Name | None = None
    split: Name | None = None
    language: Name | None = None
    model: Model = None


@router.post("")
async def classify(classifiers: ClassifiersDep, body: Request) -> Answer:
    """One result per pair, in the order of the pairs."""
    # In worker threads of its own: classifying takes long, and searches need theirs.
    return await classifiers.threads.run(_classified, classifiers, body)


def _classified(classifiers: Classifiers, body: Request) -> Answer:
    classifier = classifiers.get(body.model)
    pairs = [NliPair(**pair.model_dump()) for pair in body.pairs]
    found = classifiers.classify(classifier, pairs)
    model = classifier.spec.identity
    classifiers.tell(classifier)
    return Answer(model=model, results=[_result(scores, model) for scores in found])


@router.post("/predictions", status_code=HTTPStatus.ACCEPTED, dependencies=[Writes])
def start(
    service: ServiceDep, classifiers: ClassifiersDep, runs: RunsDep, body: RunRequest
) -> PredictionRun:
    """Begin to classify stored pairs that have no prediction by the model yet. While the same
    pairs are being classified by it, that run is given."""
    classifier = classifiers.get(body.model)
    return runs.start(service.sessions, classifier, body.dataset, body.split, body.language)


@router.get("/predictions/{run}")
def follow(
    service: ServiceDep,
    runs: RunsDep,
    run: Annotated[str, Path(description="The id that starting gave.", max_length=LONGEST)],
) -> PredictionRun:
    """How far a run is, whichever process works on it. One that ends leaves what it wrote, and its
    runs stay ``elsewhere``."""
    return runs.get(run, service.sessions)


def _result(found: NliScores, model: str) -> Result:
    scores = Scores(
        entailment=found.entailment, neutral=found.neutral, contradiction=found.contradiction
    )
    return Result(
        label=found.label,
        scores=scores,
        truncated=found.truncated,
        covered=found.covered,
        model=model,
    )
