"""How costs grow: the exponent, and that each work is done at a tiny size."""

from pathlib import Path

import pytest

from benchmarks import scaling


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ({1: 2.0, 100: 2.0}, 0.0),
        ({1: 1.0, 10: 3.0, 100: 100.0}, 1.0),
        ({10: 1.0, 100: 100.0}, 2.0),
    ],
)
def test_exponents(costs: dict[int, float], expected: float) -> None:
    assert scaling.exponent(costs) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["search", "build", "import", "report"])
def test_work_costs_something(name: str, tmp_path: Path) -> None:
    unit, one, cost = scaling.WORKS[name]
    assert unit in ("rows", "concepts")
    assert one >= 10
    assert 0 < cost(30, 1, tmp_path) < 60


@pytest.mark.parametrize(
    ("seconds", "said"), [(12.345, "12.35 s"), (0.01234, "12.3 ms"), (2e-5, "0.02 ms")]
)
def test_seconds_are_said_in_the_unit_that_suits_them(seconds: float, said: str) -> None:
    assert scaling._said(seconds) == said
