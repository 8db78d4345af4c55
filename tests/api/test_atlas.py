"""``GET /v1/map``."""

import sys
import time
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.routes.atlas import MapOut
from indexer import projection
from indexer.projection import Selection, project
from indexer.service import LexiconService
from lexicon.settings import Settings
from tests.api.conftest import Refused

PATH = "/v1/map"


def made(client: TestClient, **asked: Any) -> MapOut:
    answer = client.get(PATH, params=asked)
    assert answer.status_code == 200, answer.text
    return MapOut.model_validate(answer.json(), strict=False)


def test_principal_components_come_at_once(tiny: TestClient, service: LexiconService) -> None:
    found = made(tiny, method="pca")
    expected = project(service, method="pca")
    assert expected.explained is not None
    assert found.model_dump(exclude={"words", "lines", "explained"}) == {
        "encoder": "axis", "memorised": False, "method": "pca", "field": None, "concepts": 4,
        "pending": 0,
    }  # fmt: skip
    assert found.explained == pytest.approx(expected.explained, abs=1e-5)
    assert found.words.form == [word.form for word in expected.words]
    assert found.words.language == [word.language for word in expected.words]
    assert found.words.gloss[0] == "land beside a river; house that keeps money"
    places = np.stack([found.words.x, found.words.y], axis=1)
    np.testing.assert_allclose(places, expected.points, atol=1e-4)
    assert found.lines == [tuple(line) for line in expected.lines.tolist()]


def test_the_order_of_languages_does_not_matter(tiny: TestClient) -> None:
    one = made(tiny, method="pca", language=["kn", "en", "kn"], concepts=0)
    assert one == made(tiny, method="pca", language=["en", "kn"], concepts=4)
    assert set(one.words.language) == {"en", "kn"}


def test_long_glosses_are_shortened(tiny: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.routes.atlas.LONGEST", 5)
    assert made(tiny, method="pca").words.gloss[0] == "land…"


def test_tsne_is_worked_out_beside_the_answers(tiny: TestClient, service: LexiconService) -> None:
    answer = tiny.get(PATH)
    assert answer.status_code == 202, answer.text
    assert answer.headers["retry-after"] == "1"
    assert answer.json() == {"state": "running", "done": 0, "total": 750}
    for _ in range(600):
        answer = tiny.get(PATH)
        if answer.status_code == 200:
            break
        assert answer.status_code == 202, answer.text
        time.sleep(0.05)
    found = MapOut.model_validate(answer.json())
    assert (found.method, found.explained, len(found.words.x)) == ("tsne", None, 13)
    # Another process finds it stored.
    fresh = TestClient(create_app(service.settings))
    assert fresh.get(PATH).json() == answer.json()


def test_a_stored_map_needs_no_opentsne(
    tiny: TestClient, service: LexiconService, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(projection, "tsne", lambda rows, _seed, _advance: rows[:, :2])
        project(service, selection=Selection(concepts=3))
    monkeypatch.setitem(sys.modules, "openTSNE", None)
    assert made(tiny, concepts=3).concepts == 3
    problem = refused(PATH, 503)
    assert problem["type"] == "urn:semantic-lexicon:extra-missing"
    assert 'pip install "semantic-lexicon[plots]"' in problem["detail"]


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"language": "xx"}, "unknown-language"),
        ({"language": "en"}, "invalid-input"),
        ({"field": "watre"}, "invalid-input"),
        ({"encoder": "word2vec"}, "unknown-encoder"),
        ({"concepts": 50_001}, "invalid-request"),
        ({"concepts": -1}, "invalid-request"),
        ({"method": "umap"}, "invalid-request"),
    ],
)
@pytest.mark.usefixtures("tiny")
def test_what_cannot_be_asked(refused: Refused, asked: dict[str, str], kind: str) -> None:
    assert refused(PATH, 422, **asked)["type"] == f"urn:semantic-lexicon:{kind}"


def test_too_many_words_are_refused(
    refused: Refused, tiny: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.maps.MOST_WORDS", {"tsne": 12, "pca": 13})
    detail = refused(PATH, 422)["detail"]
    assert detail.startswith("a map of 13 words would have more than 12 words; choose a field")
    assert made(tiny, method="pca").concepts == 4


def test_without_a_store_the_service_is_unavailable(settings: Settings, refused: Refused) -> None:
    assert not settings.home.exists()
    assert refused(PATH, 503)["type"] == "urn:semantic-lexicon:store-missing"
