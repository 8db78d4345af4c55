"""``GET /v1/alignment/table1``."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.routes import table1 as route
from indexer.build import build
from indexer.reports.report import Parameters, report
from indexer.reports.stored import store
from indexer.reports.study import Means, means
from indexer.service import LexiconService
from tests.conftest import AxisEncoder
from tests.indexer.plots.reports import keep

PATH = "/v1/alignment/table1"
FEW = Parameters(samples=50)
HALF = 0.5**0.5


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The encoders whose means were taken."""
    found: list[str] = []

    def counted(service: LexiconService, name: str) -> Means:
        found.append(name)
        return means(service, name)

    monkeypatch.setattr(route, "means", counted)
    return found


def asked(client: TestClient) -> dict[str, Any]:
    answer = client.get(PATH)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_study_stands_alone_before_any_report(tiny: TestClient, made: list[str]) -> None:
    found = asked(tiny)
    assert found["study"][0] == {
        "source": "en",
        "target": "fr",
        "bloom-560m": 0.98,
        "bloom-1b7": 0.95,
        "labse": 0.9,
    }
    assert len(found["study"]) == 4
    assert (found["ours"], found["left_out"], made) == ([], {}, [])


def test_stored_figures_stand_beside_means_that_are_kept(
    tiny: TestClient, service: LexiconService, axis: AxisEncoder, made: list[str]
) -> None:
    stored = report(service, pairs=["en-fr", "en-kn"], parameters=FEW)
    store(service, stored)
    keep(service, "labse", {("en", "fr"): {"concepts": 3, "gap": 0.5}})
    found = asked(tiny)
    first, second, third = found["ours"]
    assert [(one["encoder"], one["target"]) for one in found["ours"]] == [
        ("axis", "fr"),
        ("axis", "kn"),
        ("labse", "fr"),
    ]
    assert first["mean_first"] == pytest.approx((2 + 2 * HALF) / 4, abs=1e-3)
    assert first["n"] == 4
    assert first["random"] == stored.pairs[0].model_dump()["all"]["random_cosine_mean"]
    assert second["auc"] == stored.pairs[1].model_dump()["distinct"]["auc"]
    assert (third["mean_first"], third["n"], third["gap"]["value"]) == (None, 3, 0.5)
    assert list(found["left_out"]) == ["labse"]
    assert asked(tiny) == found
    assert made == ["axis"]
    build(service.sessions, service.generations, axis, ["kn"], force=True)
    assert [one["stale"] for one in asked(tiny)["ours"]] == [True, True, False]
    assert made == ["axis"] * 2
