"""The service keeps what its schema promises: every check of schemathesis, invalid data too."""

import pytest
import schemathesis
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient
from schemathesis.openapi.checks import RejectedPositiveData, UndefinedStatusCode

from indexer.service import LexiconService
from tests.api import conformance, stored
from tests.api.conftest import made_key
from tests.api.samples import operations

EXAMPLES = 3
STEPS = 4


def test_answers_are_what_the_schema_says(tiny: TestClient, service: LexiconService) -> None:
    headers = {"Authorization": f"Bearer {made_key(service)}"}
    config = conformance.configuration(EXAMPLES, headers, phases={"stateful": {"max-steps": STEPS}})
    schema = schemathesis.openapi.from_asgi("/openapi.json", tiny.app, config=config)
    outcome = conformance.run(schema)
    assert not outcome.faults, outcome.report()
    every = operations(tiny.get("/openapi.json").json())
    assert set(outcome.operations) == {f"{one.method} {one.path}" for one in every}
    assert {"coverage", "fuzzing", "stateful"} <= set(outcome.phases)
    assert {200, 201, 204, 404, 405, 422} <= set(outcome.statuses)
    assert max(outcome.statuses) < 500


def test_without_a_key_nothing_is_written(tiny: TestClient, service: LexiconService) -> None:
    before = stored.fingerprint(service.sessions)
    config = conformance.configuration(1, phases={"fuzzing": {"enabled": False}})
    schema = schemathesis.openapi.from_asgi("/openapi.json", tiny.app, config=config)
    outcome = conformance.run(schema)
    assert not outcome.faults, outcome.report()
    assert outcome.statuses[401] > 10
    assert stored.fingerprint(service.sessions) == before


def test_an_app_that_breaks_its_word_is_found_out() -> None:
    app = FastAPI()

    @app.get("/numbers")
    def numbers(least: int = 0) -> dict[str, int]:
        raise HTTPException(418 if least >= 0 else 500)

    config = conformance.configuration(2, phases={"stateful": {"enabled": False}})
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
    found = " ".join(conformance.run(schema).faults)
    assert "status_code_conformance: Undocumented status code (418)" in found
    assert "positive_data_acceptance: Schema-valid request rejected (418)" in found


@pytest.mark.parametrize(
    ("status", "answer", "excused"),
    [
        (422, {"type": "urn:semantic-lexicon:unknown-language", "detail": ""}, True),
        (412, {"type": "urn:semantic-lexicon:edited-meanwhile", "detail": ""}, True),
        (422, {"type": "urn:semantic-lexicon:invalid-input", "detail": "x; lower k, or"}, True),
        (422, {"type": "urn:semantic-lexicon:invalid-input", "detail": "a pattern"}, False),
        (422, {"type": "urn:semantic-lexicon:invalid-request", "detail": "limit"}, False),
        (503, {"type": "urn:semantic-lexicon:unknown-language", "detail": ""}, False),
        (422, "unknown-language", False),
    ],
)
def test_only_what_the_store_alone_can_tell_is_excused(
    status: int, answer: object, excused: bool
) -> None:
    refused = RejectedPositiveData(
        operation="GET /x", message="", status_code=status, allowed_statuses=["2xx"]
    )
    assert conformance.of_the_store(refused, status, answer) is excused
    other = UndefinedStatusCode(
        operation="GET /x",
        message="",
        status_code=status,
        defined_status_codes=[],
        allowed_status_codes=[],
    )
    assert not conformance.of_the_store(other, status, answer)
