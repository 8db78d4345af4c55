"""``GET /v1/suggestions``."""

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Refused

PATH = "/v1/suggestions"


def test_words_that_begin_so_come_with_a_gloss(tiny: TestClient) -> None:
    answer = tiny.get(PATH, params={"q": "Ba"})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "suggestions": [
            {
                "lemma": "bank",
                "language": "en",
                "kind": "begins",
                "gloss": "land beside a river",
            },
            {
                "lemma": "banque",
                "language": "fr",
                "kind": "begins",
                "gloss": "house that keeps money",
            },
        ]
    }
    found = tiny.get(PATH, params={"q": "ba", "language": "fr", "limit": 1}).json()
    assert [one["lemma"] for one in found["suggestions"]] == ["banque"]
    assert tiny.get(PATH, params={"q": "neer"}).json()["suggestions"][0]["kind"] == "romanised"


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"q": ""}, "invalid-request"),
        ({"q": "w" * 65}, "invalid-request"),
        ({"q": "w", "limit": 21}, "invalid-request"),
        ({"q": "w", "language": "de"}, "unknown-language"),
        ({"q": "\u200d"}, "invalid-input"),
    ],
)
@pytest.mark.usefixtures("tiny")
def test_what_cannot_be_asked(refused: Refused, asked: dict[str, str], kind: str) -> None:
    assert refused(PATH, 422, **asked)["type"] == f"urn:semantic-lexicon:{kind}"
