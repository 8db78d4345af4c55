"""Curves by layer, from stored reports."""

from pathlib import Path

import pytest

from indexer.plots.layers import Curve, LayerCurves, LayersPicture, layer_curves
from indexer.plots.runs import Figure
from indexer.service import LexiconService
from lexicon.errors import InvalidInput
from tests.indexer.plots.drawn import require_drawn
from tests.indexer.plots.reports import Scored, keep


def scored(value: float) -> Scored:
    figures = {"p_at_1": value, "norm_source": 10 * value, "norm_target": 20 * value}
    return {("en", "fr"): figures, ("en", "kn"): figures, ("kn", "en"): {"p_at_1": value / 2}}


@pytest.fixture
def layered(service: LexiconService) -> LexiconService:
    """Three layers of one checkpoint, out of order, among other encoders."""
    for layer, name in (
        (2, "bloom-560m?layer=-1"),
        (0, "bloom-560m?layer=0"),
        (1, "bloom-560m?layer=1"),
    ):
        keep(service, name, scored(layer / 4), layer)
    for other in (
        "bloom-560m",
        "bloom-560m?pooling=mean&layer=0",
        "bloom-560m?layer=0+center",
        "axis",
        "gone++",
    ):
        keep(service, other, scored(0.9), 9)
    return service


def values(curve: Curve) -> list[tuple[int, float]]:
    return [(layer, figure.value) for layer, figure in curve.points]


def test_layers_of_one_checkpoint_in_order(layered: LexiconService) -> None:
    found = layer_curves(layered, "bloom-560m")
    assert [(one.source, one.target) for one in found.curves] == [
        ("en", "fr"),
        ("en", "kn"),
        ("kn", "en"),
    ]
    assert values(found.curves[0]) == [(0, 0.0), (1, 0.25), (2, 0.5)]
    assert values(found.curves[2]) == [(0, 0.0), (1, 0.125), (2, 0.25)]
    assert (found.memorised, found.stale) == (False, ())
    # The layer that a name says is that of one curve's point, not of the checkpoint.
    assert layer_curves(layered, "bloom-560m?layer=1", pairs=["kn-en"]).curves == found.curves[2:]


def test_a_metric_of_one_side_is_one_curve_a_language(layered: LexiconService) -> None:
    found = layer_curves(layered, "bloom-560m", ["norm_source", "norm_target"])
    assert [(one.metric, one.source, one.target) for one in found.curves] == [
        ("norm_source", "en", "en"),
        ("norm_target", "fr", "fr"),
        ("norm_target", "kn", "kn"),
    ]
    assert values(found.curves[0]) == [(0, 0.0), (1, 2.5), (2, 5.0)]
    # kn-en has the one and not the other.
    both = layer_curves(layered, "bloom-560m", ["norm_source", "p_at_1"])
    assert both.curves[1:] == layer_curves(layered, "bloom-560m").curves


def test_other_options_are_another_checkpoint(layered: LexiconService) -> None:
    keep(layered, "bloom-560m?pooling=mean&layer=1", scored(0.8), 10, evaluation="memorised",
         generations={"en": "gone"})  # fmt: skip
    found = layer_curves(layered, "bloom-560m?pooling=mean")
    assert values(found.curves[0]) == [(9, 0.9), (10, 0.8)]
    assert found.memorised
    assert found.stale == ("bloom-560m?pooling=mean&layer=1",)


def test_fewer_than_two_layers_are_no_curve(layered: LexiconService) -> None:
    with pytest.raises(InvalidInput) as refused:
        layer_curves(layered, "bloom-560m+center")
    assert str(refused.value) == (
        "reports of 1 layers of 'bloom-560m+center' are stored, too few for a curve; build them "
        "with: lexicon index build --encoder bloom-560m+center --layer all; "
        "report them with: lexicon report --encoder bloom-560m+center --layer all"
    )
    with pytest.raises(InvalidInput, match="the metric 'auc'"):
        layer_curves(layered, "bloom-560m", ["auc"])


def curve(metric: str, source: str, target: str, half: float | None = 0.05) -> Curve:
    """Of three layers, with an interval of ``half`` on either side."""
    points = tuple(
        (layer, Figure(value, half and value - half, half and value + half, 9))
        for layer, value in enumerate((0.1, 0.6, 0.3))
    )
    return Curve(metric, source, target, points)


CURVES = (
    curve("p_at_1", "en", "fr"),
    curve("p_at_1", "en", "kn"),
    curve("p_at_1", "fr", "en"),
    curve("norm_source", "en", "en", half=None),
    curve("norm_source", "kn", "kn", half=None),
)


def test_the_picture(tmp_path: Path) -> None:
    picture = LayersPicture(
        LayerCurves("bloom-560m", "distinct", True, CURVES, ("bloom-560m?layer=1",))
    )
    said = require_drawn(picture, tmp_path)
    for heading in ("P@1 from en to …", "P@1 from fr to …", "norm of …"):
        assert said.count(f'"text":"{heading}"') == 1
    # One entry of the legend for each language, whatever it is drawn in.
    assert said.count('"showlegend":true') == 3
    assert "<td>0.600 (0.550–0.650)</td>" in said
    assert "<td>0.600</td>" in said
    assert picture.title == (
        "P@1 and norm by layer of bloom-560m, without identical spellings and names"
    )
    assert picture.notes == [
        "Layer 0 is the input. Bands are 95% intervals.",
        "bloom-560m was trained on this lexicon: this is what it remembers.",
        "Indices have been built again since the report of bloom-560m?layer=1.",
    ]


def test_panels_of_a_metric_show_the_same_range() -> None:
    flat = Curve("p_at_1", "kn", "en", ((0, Figure(0.5, None, None, 9)),) * 2)
    layout = LayersPicture(LayerCurves("b", "", False, (*CURVES[:3], flat))).interactive().layout
    ranges = [layout[axis]["range"] for axis in ("yaxis", "yaxis2", "yaxis3")]
    assert ranges[0] == ranges[1] == ranges[2] == pytest.approx((0.05 - 0.03, 0.65 + 0.03))
    alone = LayersPicture(LayerCurves("b", "", False, (flat,))).interactive().layout
    assert alone["yaxis"]["range"] == pytest.approx((0.45, 0.55))
