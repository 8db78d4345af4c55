"""Keys: who may read and write over HTTP."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

import api.keys
from api.app import create_app
from indexer.service import LexiconService
from lexicon import keys
from lexicon.settings import Settings
from lexicon.store import writing
from tests.api.conftest import made_key

PAIRS = "/v1/pairs"
NEW = {
    "dataset": "own",
    "split": "test",
    "premise": "It rains.",
    "hypothesis": "It pours.",
    "premise_language": "en",
}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def write(client: TestClient, status: int, **headers: str) -> dict[str, Any]:
    answer = client.post(PAIRS, json=NEW, headers=headers)
    assert answer.status_code == status, answer.text
    if status == 401:
        assert answer.headers["www-authenticate"] == 'Bearer realm="semantic-lexicon"'
    body: dict[str, Any] = answer.json()
    return body


@contextmanager
def opened(settings: Settings, **changes: str) -> Iterator[TestClient]:
    """A client of an app with other settings over the same store."""
    app = create_app(settings.model_copy(update=changes))
    yield TestClient(app, raise_server_exceptions=False)
    if service := app.state.services.opened:
        service.sessions.kw["bind"].dispose()


def test_a_write_without_a_key_names_the_remedy(tiny: TestClient) -> None:
    problem = write(tiny, 401)
    assert problem["type"] == "urn:semantic-lexicon:key-missing"
    assert "lexicon keys create NAME --scope write" in problem["detail"]
    assert write(tiny, 401, Authorization="Basic bTpl")["type"] == problem["type"]
    assert tiny.get(PAIRS).json()["pairs"] == []


def test_a_key_that_may_write_writes(tiny: TestClient, service: LexiconService) -> None:
    assert write(tiny, 201, **bearer(made_key(service)))["premise"] == "It rains."


def test_a_key_that_may_read_is_told_what_it_lacks(
    tiny: TestClient, service: LexiconService
) -> None:
    problem = write(tiny, 403, **bearer(made_key(service, "reader", "read")))
    assert problem["type"] == "urn:semantic-lexicon:key-too-narrow"
    assert "the key 'reader' may only read" in problem["detail"]


@pytest.mark.parametrize("key", ["sk-proj-abc", "lex_0a1b2c3d_" + "x" * 43, ""])
def test_what_is_no_key_opens_nothing_and_is_not_repeated(tiny: TestClient, key: str) -> None:
    problem = write(tiny, 401, **bearer(key))
    assert problem["type"].startswith("urn:semantic-lexicon:key-")
    assert not key or key not in str(problem)


def test_a_key_with_another_ending_is_refused(tiny: TestClient, service: LexiconService) -> None:
    key = made_key(service)
    assert write(tiny, 401, **bearer(key[:-2] + key[-1] + "_"))["type"].endswith("key-refused")


def test_an_expired_key_is_refused(tiny: TestClient, service: LexiconService) -> None:
    with writing(service.sessions) as session:
        until = datetime.now(UTC) - timedelta(seconds=1)
        _, key = keys.create(session, "old", "write", until)
    write(tiny, 401, **bearer(key))


def test_a_revoked_key_stops_within_two_seconds(
    tiny: TestClient, service: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = made_key(service)
    write(tiny, 201, **bearer(key))
    with writing(service.sessions) as session:
        keys.revoke(session, "tests")
    assert api.keys.TRUSTED <= 1
    passed = time.monotonic() + api.keys.TRUSTED + 0.01
    monkeypatch.setattr("api.keys.time.monotonic", lambda: passed)
    write(tiny, 401, **bearer(key))


def test_keys_that_nobody_has_do_not_fill_the_memory(
    tiny: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.keys, "MOST", 2)
    for number in range(5):
        write(tiny, 401, **bearer(f"lex_0000000{number}_{'x' * 43}"))
    held = tiny.app.state.keys._known  # type: ignore[attr-defined]
    assert len(held) <= 2


def test_open_reads_do_not_look_at_keys(tiny: TestClient) -> None:
    assert tiny.get(PAIRS, headers=bearer("sk-openai")).status_code == 200


def test_closed_reads_need_a_key(service: LexiconService) -> None:
    with opened(service.settings, reads="key") as client:
        problem = client.get(PAIRS)
        assert problem.status_code == 401
        assert "lexicon keys create NAME --scope read" in problem.json()["detail"]
        for scope in ("read", "write"):
            key = made_key(service, scope, scope)
            assert client.get(PAIRS, headers=bearer(key)).status_code == 200
        assert client.get("/livez").status_code == 200
        schema = client.get("/openapi.json").json()
        assert schema["paths"][PAIRS]["get"]["security"] == [{"key": []}]


def test_the_schema_says_what_needs_a_key(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    assert schema["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert "security" not in schema["paths"][PAIRS]["get"]
    post = schema["paths"][PAIRS]["post"]
    assert post["security"] == [{"key": []}]
    assert {"401", "403", "408", "413", "415", "431"} <= set(post["responses"])


@pytest.mark.parametrize(
    ("address", "status"),
    [("127.0.0.1", 201), ("[::1]", 201), ("192.0.2.7", 403), ("lexicon.example", 403)],
)
def test_without_keys_only_this_machine_writes(
    service: LexiconService, address: str, status: int
) -> None:
    with opened(service.settings, writes="open") as client:
        client.base_url = client.base_url.copy_with(host=address)
        problem = write(client, status)
    if status == 403:
        assert problem["type"] == "urn:semantic-lexicon:writes-closed"
        assert problem["detail"].endswith("set LEXICON_WRITES=key")


@pytest.mark.parametrize(
    ("server", "local"),
    [
        (("/run/lexicon.sock", None), True),
        (("::ffff:127.0.0.1", 80), True),
        (("::ffff:10.0.0.1", 80), False),
        (("0.0.0.0", 80), False),
        (None, False),
    ],
)
def test_local_is_what_only_this_machine_reaches(server: object, local: bool) -> None:
    assert api.keys.is_local({"server": server}) is local
