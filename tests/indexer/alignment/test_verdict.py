"""Verdicts at their bounds."""

import pytest

from indexer.alignment.resampling import Figure
from indexer.alignment.verdict import Verdict, verdict

JUST_BELOW = 1e-9


def given(
    area: tuple[float | None, float | None] | None,
    rate: tuple[float | None, float | None] | None,
) -> Verdict | None:
    """The verdict on intervals of AUC and P@1."""
    figures = {
        name: None if bounds is None else Figure(0.5, *bounds, 100)
        for name, bounds in (("auc", area), ("p_at_1", rate))
    }
    return verdict(figures)


SURE, WIDE = (0.30, 0.50), (0.30 - JUST_BELOW, 0.99)


@pytest.mark.parametrize(
    ("area", "rate", "wanted"),
    [
        ((0.90, 0.95), SURE, "aligned"),
        ((0.90 - JUST_BELOW, 0.99), SURE, "weakly aligned"),
        ((0.90, 0.95), WIDE, "weakly aligned"),
        ((0.90, 0.95), None, "weakly aligned"),
        ((0.90, 0.95), (None, None), "weakly aligned"),
        ((0.45, 0.55), SURE, "no alignment beyond anisotropy"),
        ((0.45, 0.55 + JUST_BELOW), SURE, "undecided"),
        ((0.50, 0.60), (0.0, 0.0), "undecided"),
        ((0.50 + JUST_BELOW, 0.60), (0.0, 0.0), "weakly aligned"),
        ((0.01, 0.03), None, "no alignment beyond anisotropy"),
        ((None, None), SURE, None),
        (None, SURE, None),
    ],
)
def test_bounds_decide(
    area: tuple[float | None, float | None] | None,
    rate: tuple[float | None, float | None] | None,
    wanted: Verdict | None,
) -> None:
    assert given(area, rate) == wanted


@pytest.mark.parametrize(("concepts", "wanted"), [(29, "undecided"), (30, "aligned")])
def test_a_handful_of_concepts_decides_nothing(concepts: int, wanted: Verdict) -> None:
    right = Figure(1.0, 1.0, 1.0, concepts)
    assert verdict({"auc": right, "p_at_1": right}) == wanted


def test_no_figures_have_no_verdict() -> None:
    assert verdict({}) is None


def test_the_gap_decides_nothing() -> None:
    sure, none = Figure(0.9, 0.89, 0.91, 100), Figure(0.5, 0.48, 0.52, 100)
    assert verdict({"auc": none, "p_at_1": none, "gap": sure}) == verdict({"auc": none})
