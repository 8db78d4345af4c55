"""The service keeps what its schema promises: every check of schemathesis, invalid data too."""

import schemathesis
from fastapi.testclient import TestClient

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
