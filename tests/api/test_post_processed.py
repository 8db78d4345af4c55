"""Encoders with post-processing over HTTP."""

import pytest
from fastapi.testclient import TestClient

from indexer.service import LexiconService
from tests.api.conftest import Refused
from tests.conftest import TINY, fill
from tests.indexer.fitting import build_fitted
from tests.indexer.worlds import entry

PATH = "/v1/translations"
WATER = {"q": "water", "source": "en", "target": "kn"}


@pytest.mark.parametrize("written", ["axis%2Bcenter", "axis+center"])
def test_a_fitted_encoder_answers(tiny: TestClient, service: LexiconService, written: str) -> None:
    build_fitted(service, "axis+center")
    answer = tiny.get(f"{PATH}?q=water&source=en&target=kn&encoder={written}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["encoder"] == "axis+center"


def test_a_fit_of_another_process_is_seen(tiny: TestClient, service: LexiconService) -> None:
    build_fitted(service, "axis+center")
    asked = {**WATER, "target": "hi", "encoder": "axis+center"}
    assert tiny.get(PATH, params=asked).status_code == 422
    fill(service.sessions, [*TINY, entry("peak", hi="शिखर")])
    refused = tiny.get(PATH, params=asked)
    assert refused.status_code == 422
    assert "was not fitted to language 'hi'" in refused.json()["detail"]
    build_fitted(service, "axis+center", again=True)
    assert [one["lemma"] for one in tiny.get(PATH, params=asked).json()["results"]] == ["शिखर"]


@pytest.mark.usefixtures("service")
def test_what_is_not_fitted_is_the_operators_to_mend(refused: Refused) -> None:
    problem = refused(PATH, 503, **WATER, encoder="axis+abtt")
    assert problem["type"] == "urn:semantic-lexicon:model-missing"
    assert problem["detail"].endswith("lexicon index build --encoder axis+abtt")


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    "name", ["/etc+center", "axis+", "axis+zca", "+center", "axis+center+abtt", "axis abtt center"]
)
def test_other_names_are_not_known(refused: Refused, name: str) -> None:
    problem = refused(PATH, 422, **WATER, encoder=name)
    assert problem["type"] == "urn:semantic-lexicon:unknown-encoder"
