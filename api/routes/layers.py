"""How stored figures change from layer to layer of a checkpoint."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.deps import EncoderName, ServiceDep
from api.errors import RESPONSES
from api.fields import NO_NUL
from indexer.plots.layers import METRICS, Curve, layer_curves

MAX_METRICS = 20
MAX_PAIRS = 200
MAX_NAME = 200

Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME, pattern=NO_NUL)]

router = APIRouter(prefix="/v1/alignment", tags=["alignment"], responses=RESPONSES)


class LayerPoint(BaseModel):
    """A figure of one layer, 0 being the input, with its 95% interval if it has one."""

    layer: int
    value: float
    low: float | None
    high: float | None
    n: int


class LayerCurve(BaseModel):
    """A metric of one directed pair by layer, ascending; of one language where both are it."""

    metric: str
    source: str
    target: str
    points: list[LayerPoint]


class Layers(BaseModel):
    """``stale`` layers have been built again since their report; ``memorised``: the encoder was
    trained on this lexicon."""

    encoder: str
    stratum: str
    memorised: bool
    stale: list[str]
    curves: list[LayerCurve]


@router.get("/layers")
def layers(
    service: ServiceDep,
    encoder: EncoderName,
    metric: Annotated[
        list[Name] | None,
        Query(max_length=MAX_METRICS, description="Of a report; P@1 if left out."),
    ] = None,
    pair: Annotated[
        list[Name] | None,
        Query(max_length=MAX_PAIRS, description="Such as en-kn; all if left out."),
    ] = None,
    stratum: Annotated[
        str,
        Query(
            max_length=MAX_NAME,
            pattern=NO_NUL,
            description="Part of the pairs: distinct, pos=noun, field=food and the like.",
        ),
    ] = "",
) -> Layers:
    """Metrics of the newest stored report of every layer of a checkpoint."""
    name = encoder or service.settings.encoder
    found = layer_curves(service, name, metric or METRICS, pair or (), stratum)
    return Layers(
        encoder=found.encoder,
        stratum=found.stratum,
        memorised=found.memorised,
        stale=list(found.stale),
        curves=[_curve(one) for one in found.curves],
    )


def _curve(found: Curve) -> LayerCurve:
    points = [
        LayerPoint(layer=layer, value=figure.value, low=figure.low, high=figure.high, n=figure.n)
        for layer, figure in found.points
    ]
    return LayerCurve(metric=found.metric, source=found.source, target=found.target, points=points)
