"""``GET /v1/neighbourhood``."""

import pytest
from fastapi.testclient import TestClient

from indexer.neighbourhood import neighbourhood
from indexer.service import LexiconService
from tests.api.conftest import Refused

PATH = "/v1/neighbourhood"


def test_the_nearest_words_have_places(tiny: TestClient, service: LexiconService) -> None:
    answer = tiny.get(PATH, params={"q": "water", "source": "en", "language": ["fr", "kn"], "k": 2})
    assert answer.status_code == 200, answer.text
    expected = neighbourhood(service, "water", "en", ["fr", "kn"], k=2)
    assert answer.json() == expected.model_dump(mode="json")
    assert [word["lemma"] for word in answer.json()["words"]][:2] == ["water", "eau"]
    every = tiny.get(PATH, params={"q": "water", "source": "en"}).json()["words"]
    assert {word["language"] for word in every} == {"en", "fr", "kn"}


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"source": "xx"}, "unknown-language"),
        ({"language": "xx"}, "unknown-language"),
        ({"language": "hi"}, "no-words"),
        ({"encoder": "word2vec"}, "unknown-encoder"),
        ({"k": 51}, "invalid-request"),
    ],
)
@pytest.mark.usefixtures("tiny")
def test_what_cannot_be_asked(refused: Refused, changes: dict[str, str], kind: str) -> None:
    problem = refused(PATH, 422, **({"q": "water", "source": "en"} | changes))
    assert problem["type"] == f"urn:semantic-lexicon:{kind}"
