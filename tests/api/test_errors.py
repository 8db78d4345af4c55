"""Errors as problems: one shape, a stable type, and nothing of the inside."""

import inspect
import json
import logging
from http import HTTPStatus

import pytest
from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException

from api import errors as edge
from api.routes import translations
from lexicon import errors
from lexicon.errors import LexiconError
from tests.api.conftest import Refused

WATER = {"q": "water", "source": "en", "target": "kn"}


def test_an_unknown_route_is_a_problem(client: TestClient, refused: Refused) -> None:
    assert refused("/v2/translations", 404) == {
        "type": "urn:semantic-lexicon:not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "no route /v2/translations; see /docs",
    }


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (400, "Bad Request"),
        (413, "Content Too Large"),
        (414, "URI Too Long"),
        (422, "Unprocessable Content"),
        (503, "Service Unavailable"),
    ],
)
def test_titles_are_those_of_rfc_9110_under_every_python(status: int, title: str) -> None:
    assert edge.phrase(HTTPStatus(status)) == title
    answer = edge.problem("kind", HTTPStatus(status), "detail")
    assert json.loads(bytes(answer.body))["title"] == title
    assert not any("Entity" in edge.phrase(one) for one in HTTPStatus)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_wrong_method_is_a_problem_that_names_the_right_one(
    client: TestClient, method: str
) -> None:
    answer = client.request(method, "/v1/translations", params=WATER)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.headers["content-type"] == edge.PROBLEM_JSON
    problem = answer.json()
    assert problem.pop("instance").endswith(answer.headers["x-request-id"])
    assert problem == {
        "type": "urn:semantic-lexicon:method-not-allowed",
        "title": "Method Not Allowed",
        "status": 405,
        "detail": f"/v1/translations does not take {method}",
    }


def test_an_unexpected_error_shows_nothing_of_the_inside(
    tiny: TestClient,
    refused: Refused,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the secret cause")

    monkeypatch.setattr(translations, "search", broken)
    with caplog.at_level(logging.ERROR, "lexicon.api"):
        problem = refused("/v1/translations", 500, **WATER)
    assert problem == {
        "type": "urn:semantic-lexicon:internal-error",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "unexpected error; the server's log has its cause",
    }
    assert "unexpected error on /v1/translations" in caplog.text
    assert "the secret cause" in caplog.text


def test_a_http_error_of_another_kind_keeps_its_detail(
    tiny: TestClient, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise HTTPException(429, "ask again later")

    monkeypatch.setattr(translations, "search", busy)
    problem = refused("/v1/translations", 429, **WATER)
    assert problem["type"] == "urn:semantic-lexicon:too-many-requests"
    assert problem["detail"] == "ask again later"


FAMILY = sorted(
    (
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, LexiconError)
    ),
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", FAMILY)
def test_every_error_of_the_family_has_a_status_and_a_type(
    tiny: TestClient,
    refused: Refused,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[LexiconError],
) -> None:
    error = kind.__new__(kind)
    error.args = ("value and remedy",)

    def failing(*_: object) -> None:
        raise error

    monkeypatch.setattr(translations, "search", failing)
    named = {
        errors.UnknownConcept: 404,
        errors.UnknownPair: 404,
        errors.ReportMissing: 404,
        errors.LayersMissing: 404,
        errors.UnknownRun: 404,
        errors.UnknownWord: 404,
        errors.ConceptExists: 409,
        errors.WordConflict: 409,
        errors.EditedMeanwhile: 412,
        errors.PairConflict: 409,
        errors.KeyMissing: 401,
        errors.KeyRefused: 401,
        errors.KeyTooNarrow: 403,
        errors.WritesClosed: 403,
    }
    status = named.get(kind, 422 if issubclass(kind, errors.InvalidInput) else 503)
    problem = refused("/v1/translations", status, **WATER)
    assert problem["detail"] == "value and remedy"
    spelt = problem["type"].removeprefix("urn:semantic-lexicon:").replace("-", "")
    assert spelt == kind.__name__.lower()
