"""``GET /v1/reverse``."""

from fastapi.testclient import TestClient

from indexer.reverse import ReverseDictionary
from indexer.service import LexiconService

PATH = "/v1/reverse"


def test_a_definition_finds_words_of_its_own_language_too(
    tiny: TestClient, service: LexiconService
) -> None:
    asked = {"q": "a house for money", "source": "en", "target": "en"}
    for _ in range(2):
        answer = tiny.get(PATH, params={**asked, "k": 2})
        assert answer.status_code == 200, answer.text
    expected = ReverseDictionary(service).find("a house for money", "en", "en", 2)
    assert answer.json() == expected.model_dump(mode="json")
    assert answer.json()["results"][0]["words"] == ["bank"]
    assert tiny.get(PATH, params={**asked, "k": 101}).status_code == 422
