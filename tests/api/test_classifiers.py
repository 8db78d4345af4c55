"""``GET /v1/classifiers``."""

from fastapi.testclient import TestClient

from api.app import create_app
from lexicon.settings import Settings


def test_the_classifiers_are_listed_without_a_store(client: TestClient) -> None:
    found = client.get("/v1/classifiers").json()
    assert found["default"] == "embedded-nli"
    assert found["classifiers"][:2] == [
        {"name": "embedded-nli", "here": True, "baseline": True, "checkpoint": None},
        {
            "name": "xlmr-base-xnli",
            "here": False,
            "baseline": False,
            "checkpoint": "symanto/xlm-roberta-base-snli-mnli-anli-xnli",
        },
    ]


def test_the_configured_one_is_the_default(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"nli": "xlmr-large-xnli"}))
    assert TestClient(app).get("/v1/classifiers").json()["default"] == "xlmr-large-xnli"
