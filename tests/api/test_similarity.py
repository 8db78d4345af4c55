"""``POST /v1/similarity``."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from indexer.alignment.matrix import matrix
from indexer.service import LexiconService

PATH = "/v1/similarity"


def test_the_answer_is_that_of_the_function(tiny: TestClient, service: LexiconService) -> None:
    texts = ["bank", {"text": "rive", "language": "fr"}, {"text": "flurbish"}]
    answer = tiny.post(PATH, json={"texts": texts, "language": "en", "encoder": "axis"})
    assert answer.status_code == 200, answer.text
    found = matrix(service, [("bank", "en"), ("rive", "fr"), ("flurbish", "en")])
    assert answer.json() == found.model_dump(mode="json")
    assert answer.json()["cosine"][0][:2] == pytest.approx([1, 0.7071], abs=1e-3)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"texts": ["a"]}, "text 1 has no language; give it one, or one for all texts"),
        ({"texts": [], "language": "en"}, "texts='[]': List should have at least 1 item"),
        ({"texts": ["a"] * 201, "language": "en"}, "texts="),
        ({"texts": ["a"], "language": "en", "encoder": "/etc"}, "unknown encoder '/etc'"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    tiny: TestClient, body: dict[str, Any], detail: str
) -> None:
    answer = tiny.post(PATH, json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(detail)
