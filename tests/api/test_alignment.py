"""``GET /v1/alignment`` and ``/v1/alignment/runs``."""

import shutil

import pytest
from fastapi.testclient import TestClient

from indexer.build import build
from indexer.reports.report import AlignmentReport, Parameters, report
from indexer.reports.stored import store
from indexer.service import LexiconService
from tests.api.conftest import Refused
from tests.conftest import AxisEncoder

PATH = "/v1/alignment"
PAIRS = ["en-fr", "en-kn", "fr-en", "fr-kn", "kn-en", "kn-fr"]
FEW = Parameters(samples=100)


@pytest.fixture
def made(service: LexiconService) -> AlignmentReport:
    """A stored report of every pair that has words."""
    made = report(service, pairs=PAIRS, parameters=FEW)
    store(service, made)
    return made


def pairs(client: TestClient, **parameters: str) -> list[str]:
    answer = client.get(PATH, params=parameters)
    assert answer.status_code == 200, answer.text
    return [f"{pair['source']}-{pair['target']}" for pair in answer.json()["pairs"]]


def test_the_stored_report_comes_back_as_it_was_made(
    tiny: TestClient, made: AlignmentReport
) -> None:
    answer = tiny.get(PATH).json()
    assert answer.pop("run") == 1
    assert answer.pop("created_at")
    assert answer.pop("stale") is False
    assert answer == made.model_dump(mode="json")


def test_the_newest_report_answers(tiny: TestClient, service: LexiconService) -> None:
    for pair in ("en-kn", "kn-en"):
        store(service, report(service, pairs=[pair], parameters=FEW))
    assert pairs(tiny) == ["kn-en"]
    assert tiny.get(PATH).json()["run"] == 2


@pytest.mark.usefixtures("made")
def test_pairs_can_be_limited_to_a_source_or_target(tiny: TestClient) -> None:
    assert pairs(tiny) == PAIRS
    assert pairs(tiny, encoder="axis") == PAIRS
    assert pairs(tiny, source="kn") == ["kn-en", "kn-fr"]
    assert pairs(tiny, target="kn") == ["en-kn", "fr-kn"]
    assert pairs(tiny, source="en", target="kn") == ["en-kn"]
    assert pairs(tiny, source="hi") == []


def test_before_any_report_the_remedy_is_named(tiny: TestClient, refused: Refused) -> None:
    problem = refused(PATH, 404)
    assert problem["type"] == "urn:semantic-lexicon:report-missing"
    assert problem["detail"] == (
        "no alignment report is stored for encoder 'axis'; "
        "make one with: lexicon report --encoder axis"
    )


@pytest.mark.usefixtures("made")
def test_a_report_is_stale_once_an_index_is_rebuilt(
    tiny: TestClient, service: LexiconService, axis: AxisEncoder
) -> None:
    build(service.sessions, service.generations, axis, ["kn"], force=True)
    assert tiny.get(PATH).json()["stale"] is True


@pytest.mark.usefixtures("made")
def test_a_report_is_stale_without_its_indices(tiny: TestClient, service: LexiconService) -> None:
    shutil.rmtree(service.settings.indices)
    assert tiny.get(PATH).json()["stale"] is True


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("name", ["source", "target"])
def test_an_unknown_language_names_the_known_ones(
    tiny: TestClient, refused: Refused, name: str
) -> None:
    problem = refused(PATH, 422, **{name: "xx"})
    assert problem["type"] == "urn:semantic-lexicon:unknown-language"
    assert problem["detail"] == "unknown language 'xx'; known: en, fr, hi, kn"


def test_an_unknown_encoder_names_the_known_ones(tiny: TestClient, refused: Refused) -> None:
    problem = refused(PATH, 422, encoder="word2vec")
    assert problem["type"] == "urn:semantic-lexicon:unknown-encoder"
    assert "known: axis, bloom-1b7, bloom-560m, embedded, labse" in problem["detail"]


def test_without_a_store_the_service_is_unavailable(refused: Refused) -> None:
    assert refused(PATH, 503)["type"] == "urn:semantic-lexicon:store-missing"


def test_the_stored_reports_are_listed_the_newest_first(
    tiny: TestClient, service: LexiconService
) -> None:
    assert tiny.get(f"{PATH}/runs").json() == {"runs": []}
    for pair in ("en-kn", "kn-en"):
        store(service, report(service, pairs=[pair], parameters=FEW))
    second, first = tiny.get(f"{PATH}/runs").json()["runs"]
    assert second.pop("created_at").endswith("Z")
    assert second == {"run": 2, "encoder": "axis", "evaluation": "zero-shot", "stale": False}
    assert tiny.get(f"{PATH}/runs", params={"limit": 1}).json()["runs"][0]["run"] == 2
    assert first["run"] == 1


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("limit", ["0", "501", "x"])
def test_as_many_reports_as_can_be_listed(refused: Refused, limit: str) -> None:
    assert refused(f"{PATH}/runs", 422, limit=limit)["detail"].startswith("limit=")
