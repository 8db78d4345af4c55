"""``GET /v1/translations/matrix``."""

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Refused

PATH = "/v1/translations/matrix"


def test_a_word_and_its_translations_each_with_each(tiny: TestClient) -> None:
    answer = tiny.get(PATH, params={"q": "Bank", "source": "en", "target": ["kn", "fr"], "k": 1})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    cosine = found.pop("cosine")
    assert found == {
        "words": [
            {"text": "bank", "language": "en", "covered": True},
            {"text": "ದಡ", "language": "kn", "covered": True},
            {"text": "rive", "language": "fr", "covered": True},
        ],
        "chance": [
            {"source": "en", "target": "kn", "mean": 0.0},
            {"source": "en", "target": "fr", "mean": 0.0},
            {"source": "kn", "target": "fr", "mean": 0.0},
        ],
        "glosses": ["land beside a river", "house that keeps money"],
        "encoder": "axis",
        "memorised": False,
        "left_out": 2,
        "pending": 0,
    }
    half = pytest.approx(0.5**0.5, abs=1e-3)
    assert cosine == [[1, half, half], [half, 1, 1], [half, 1, 1]]
    one = {"q": "bank", "source": "en", "pos": "noun", "concept": "bank.noun.2"}
    words = tiny.get(PATH, params=one).json()["words"]
    assert [word["text"] for word in words] == ["bank", "banque", "ಬ್ಯಾಂಕ್"]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"q": "watre"}, "invalid-input"),
        ({"source": "xx"}, "unknown-language"),
        ({"target": "xx"}, "unknown-language"),
        ({"encoder": "word2vec"}, "unknown-encoder"),
        ({"k": 21}, "invalid-request"),
        ({"pos": "thing"}, "invalid-request"),
    ],
)
@pytest.mark.usefixtures("tiny")
def test_what_cannot_be_asked(refused: Refused, changes: dict[str, str], kind: str) -> None:
    problem = refused(PATH, 422, **({"q": "water", "source": "en"} | changes))
    assert problem["type"] == f"urn:semantic-lexicon:{kind}"
