"""``GET /v1/fields``."""

from fastapi.testclient import TestClient


def test_every_field_with_its_concepts(tiny: TestClient) -> None:
    answer = tiny.get("/v1/fields")
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "fields": [
            {"field": name, "concepts": 1} for name in ("landscape", "money", "motion", "water")
        ]
    }
