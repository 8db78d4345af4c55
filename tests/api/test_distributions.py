"""``GET /v1/alignment/distributions``."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.routes import distributions as route
from indexer.build import build
from indexer.reports.distributions import Histogram, histogram
from indexer.service import LexiconService
from tests.api.conftest import Refused
from tests.conftest import AxisEncoder

PATH = "/v1/alignment/distributions"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Histogram]:
    """Every histogram that was worked out."""
    found: list[Histogram] = []

    def counted(*asked: Any) -> Histogram:
        found.append(histogram(*asked))
        return found[-1]

    monkeypatch.setattr(route, "histogram", counted)
    return found


def asked(client: TestClient, **parameters: str) -> Any:
    answer = client.get(PATH, params={"source": "en", "target": "fr", **parameters})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_pair_is_answered_with_its_histogram(tiny: TestClient, service: LexiconService) -> None:
    found = asked(tiny)
    assert found == histogram(service, "en", "fr").model_dump(mode="json")
    assert list(found) == [
        "encoder", "memorised", "distinct", "source", "target", "concepts", "edges",
        "translations", "random", "means", "auc",
    ]  # fmt: skip
    assert (found["concepts"], found["auc"]["value"]) == (4, 1.0)
    # bank is spelt like no French word, so that all is distinct.
    assert asked(tiny, distinct="true") == {**found, "distinct": True}


def test_it_is_worked_out_once_until_an_index_is_another(
    tiny: TestClient, service: LexiconService, axis: AxisEncoder, made: list[Histogram]
) -> None:
    found = asked(tiny)
    assert asked(tiny, encoder="axis") == found
    assert len(made) == 1
    asked(tiny, source="fr", target="en")
    asked(tiny, distinct="true")
    assert len(made) == 3
    build(service.sessions, service.generations, axis, ["kn"], force=True)
    assert asked(tiny) == found
    assert len(made) == 4


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    ("changes", "kind", "said"),
    [
        ({"target": "en"}, "invalid-input", "choose two different languages"),
        ({"target": "hi"}, "no-words", "'hi'"),
        ({"target": "xx"}, "unknown-language", "known: en, fr, hi, kn"),
        ({"target": "a b"}, "invalid-request", "target='a b'"),
        ({"distinct": "yes"}, "invalid-request", "write true or false"),
        ({"encoder": "none"}, "unknown-encoder", "'none'"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    refused: Refused, changes: dict[str, str], kind: str, said: str
) -> None:
    problem = refused(PATH, 422, **{"source": "en", "target": "fr", **changes})
    assert problem["type"] == f"urn:semantic-lexicon:{kind}"
    assert said in problem["detail"]


def test_without_a_store_the_service_is_unavailable(refused: Refused) -> None:
    problem = refused(PATH, 503, source="en", target="fr")
    assert problem["type"] == "urn:semantic-lexicon:store-missing"
