"""``/v1/nli/datasets`` and ``/v1/nli/evaluations``."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.routes import evaluations as route
from indexer.service import LexiconService
from nli.evaluation import evaluate
from nli.evaluation.results import Report
from tests.api.conftest import Refused
from tests.nli.evaluation.stored import add_pairs, constant, firsts, predict, right

PATH = "/v1/nli/evaluations"
ONE, TWO = "one-0123456789abcdef", "two-0123456789abcdef"


@pytest.fixture
def predicted(service: LexiconService) -> LexiconService:
    """Twelve English pairs and twelve French ones, which one has right and two mostly."""
    for language in ("en", "fr"):
        add_pairs(service.sessions, language)
        predict(service.sessions, ONE, right, language)
        predict(service.sessions, TWO, firsts(9), language)
    return service


def asked(client: TestClient, *parameters: tuple[str, str]) -> Any:
    answer = client.get(PATH, params=list(parameters))
    assert answer.status_code == 200, answer.text
    return answer.json()


def places(found: Any) -> list[tuple[str, str]]:
    return [(one["premise_language"], one["model"][:3]) for one in found["evaluations"]]


def test_data_sets_are_listed(tiny: TestClient, predicted: LexiconService) -> None:
    found = tiny.get("/v1/nli/datasets").json()["datasets"]
    assert [(one["premise_language"], one["pairs"], one["labelled"]) for one in found] == [
        ("en", 12, 12),
        ("fr", 12, 12),
    ]
    assert found[0]["predictions"] == [
        {"model": ONE, "name": None, "pairs": 12},
        {"model": TWO, "name": None, "pairs": 12},
    ]


def test_an_evaluation_is_that_of_the_command(tiny: TestClient, predicted: LexiconService) -> None:
    found = asked(tiny)
    with predicted.sessions() as session:
        whole = Report(evaluations=evaluate.evaluate(session))
    assert found == whole.model_dump(mode="json")
    assert places(found) == [("en", "one"), ("en", "two"), ("fr", "one"), ("fr", "two")]
    assert [one["accuracy"] for one in found["evaluations"]] == [1.0, 0.75, 1.0, 0.75]


@pytest.mark.usefixtures("predicted")
def test_some_can_be_chosen(tiny: TestClient) -> None:
    assert places(asked(tiny, ("language", "fr"))) == [("fr", "one"), ("fr", "two")]
    assert places(asked(tiny, ("model", "one"), ("language", "en"))) == [("en", "one")]
    assert len(places(asked(tiny, ("model", "one"), ("model", TWO)))) == 4
    assert len(places(asked(tiny, ("dataset", "xnli"), ("split", "test")))) == 4


def test_it_is_worked_out_again_once_more_is_predicted(
    tiny: TestClient, predicted: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = 0

    def counted(*chosen: Any) -> Report:
        nonlocal made
        made += 1
        return evaluate.evaluated(*chosen)

    monkeypatch.setattr(route, "evaluated", counted)
    assert asked(tiny) == asked(tiny)
    asked(tiny, ("language", "fr"))
    assert made == 2
    add_pairs(predicted.sessions, dataset="snli")
    predict(predicted.sessions, ONE, constant, dataset="snli")
    assert len(asked(tiny)["evaluations"]) == 5
    assert made == 3


@pytest.mark.usefixtures("predicted")
@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"dataset": "none"}, "no pair like that was predicted"),
        ({"language": "kn"}, "no pair of language kn was predicted by it, only of en, fr"),
        ({"model": "three"}, "'three' has predicted none of these pairs"),
        ({"model": ""}, "model.0=''"),
        ({"language": "a b"}, "language.0='a b'"),
        ({"dataset": "a\0"}, "dataset="),
    ],
)
def test_what_cannot_be_evaluated_is_refused(
    refused: Refused, parameters: dict[str, str], said: str
) -> None:
    assert said in refused(PATH, 422, **parameters)["detail"]


def test_without_a_store_the_service_is_unavailable(refused: Refused) -> None:
    for path in (PATH, "/v1/nli/datasets"):
        assert refused(path, 503)["type"] == "urn:semantic-lexicon:store-missing"
