"""Three hundred hostile requests on sockets; benchmarks/hostile.py sends ten thousand."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.server import server
from indexer.service import LexiconService
from lexicon.settings import Settings
from tests.api import hostile, stored
from tests.api.attacker import Attacker, Keys
from tests.api.conftest import made_key
from tests.api.raw import Answer, Attack, Exchange, request, send

KNOWN: dict[str, list[Any]] = {
    "language": ["en", "fr", "kn"],
    "source": ["en"],
    "target": ["kn", "fr"],
    "premise_language": ["en"],
    "hypothesis_language": ["en", "kn"],
    "key": ["water.noun.1", "bank.noun.1"],
    "concept": ["water.noun.1", "run.verb.1"],
    "number": [1, 2, 3],
    "q": ["water", "bank"],
}
AT_ONCE = 8
PATIENCE = 20.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Little time for slow clients, or the test would take as long as they do."""
    return Settings(home=tmp_path / "home", encoder="axis", header_seconds=1, body_seconds=1)


@contextmanager
def served(client: TestClient, service: LexiconService) -> Iterator[tuple[str, int]]:
    """The address of a server of the client's app, which runs in a thread."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = server(client.app, service.settings)  # type: ignore[arg-type]
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not serving.started:
                time.sleep(0.01)
            yield listener.getsockname()
        finally:
            serving.should_exit = True
            thread.join()


def lives(address: tuple[str, int]) -> float:
    """Seconds until the server says that it lives."""
    asked = Attack("livez", (request("GET", "/livez"),))
    found = asyncio.run(send(address, asked, PATIENCE))
    assert [answer.status for answer in found.answers] == [200]
    return found.seconds


def test_hostile_requests_get_nowhere(tiny: TestClient, service: LexiconService) -> None:
    key, reading = made_key(service), made_key(service, "reader", "read")
    before = stored.fingerprint(service.sessions)
    keys = Keys((("reading", reading),), key[: len("lex_0a1b2c3d")])
    attacker = Attacker(tiny.app.openapi(), 1, KNOWN, keys)  # type: ignore[attr-defined]
    secrets = (key.encode(), str(service.settings.home).encode())
    planned = list(hostile.attacks(attacker, 300))
    with served(tiny, service) as address:
        outcome = asyncio.run(hostile.run(address, planned, AT_ONCE, PATIENCE, secrets))
        assert lives(address) < 5
    assert not outcome.faults, outcome.report()
    assert stored.fingerprint(service.sessions) == before
    assert outcome.attacks == 300
    assert len({kind for kind, _ in outcome.statuses}) >= len(hostile.KINDS)
    assert outcome.statuses["forged keys", "401"] > 10
    assert outcome.statuses["forged keys", "403"] > 0


def test_with_a_key_hostile_values_break_nothing(tiny: TestClient, service: LexiconService) -> None:
    key = made_key(service)
    attacker = Attacker(tiny.app.openapi(), 2, KNOWN, key=key)  # type: ignore[attr-defined]
    planned = list(hostile.attacks(attacker, 200))
    with served(tiny, service) as address:
        outcome = asyncio.run(hostile.run(address, planned, AT_ONCE, PATIENCE))
        assert lives(address) < 5
    assert not outcome.faults, outcome.report()
    assert outcome.statuses["wrong value", "422"] > 10
    assert outcome.statuses["wrong value", "401"] == 0


def problem(status: int, body: bytes = b"", *headers: tuple[str, str]) -> Exchange:
    said = body or b'{"type": "x", "title": "x", "status": %d, "detail": "x"}' % status
    kind = ("content-type", "application/problem+json")
    return Exchange([Answer(status, (kind, *headers), said)], closed=True)


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (problem(500), "status 500"),
        (problem(503), "status 503"),
        (problem(404, b"oops"), "a problem that is no JSON"),
        (problem(404, b"{}"), "a problem without what it needs"),
        (problem(404, b'{"type":"","title":"","status":400,"detail":""}'), "of another status"),
        (problem(422, b"Traceback (most recent call last)"), "shows b'Traceback"),
        (problem(404, b"1787569"), "evaluated a template"),
        (problem(404, b"top secret"), "shows a secret"),
        (problem(404, b"", ("x-injected", "1")), "took a header from a value"),
        (problem(405, b"", ("access-control-allow-origin", "*")), "allows another origin"),
        (Exchange([Answer(400, (("content-type", "text/plain"),), b"no")]), "not a problem"),
        (Exchange(), "no answer"),
        (Exchange(rest=b"oops", closed=True), "no HTTP: b'oops'"),
    ],
)
def test_what_counts_as_a_fault(found: Exchange, fault: str) -> None:
    attack = Attack("any", (b"GET / HTTP/1.1\r\n\r\n",))
    assert any(fault in one for one in hostile.faults(attack, found, (b"secret",)))


@pytest.mark.parametrize(
    "found", [problem(404), problem(503, b"", ("retry-after", "1")), Exchange(closed=True)]
)
def test_what_counts_as_none(found: Exchange) -> None:
    assert hostile.faults(Attack("any", (b"GET / HTTP/1.1\r\n\r\n",)), found) == []
