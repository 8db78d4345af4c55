"""What never becomes a request: heads that are too large, too slow, or no HTTP."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from api import protocol
from api.protocol import MAX_HEADERS, MAX_HEADERS_SIZE, MAX_TARGET
from lexicon.settings import Settings
from tests.api.around import small
from tests.api.loopback import get, inside, raw

HEAD = b"GET /echo HTTP/1.1\r\nHost: a\r\n"
LAST = b"Connection: close\r\n\r\n"


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return small(body_seconds=0.3)


@pytest.fixture(scope="module")
def port(app: FastAPI) -> Iterator[int]:
    settings = Settings(home=Path("/nonexistent"), header_seconds=0.4, grace_seconds=10)
    with inside(app, settings) as (port, _):
        yield port


def refused(answer: bytes, status: int, kind: str) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode().lower().splitlines()
    assert lines[0].startswith(f"http/1.1 {status} ")
    assert "content-type: application/problem+json" in lines
    assert "connection: close" in lines
    assert sum(line.startswith("x-request-id: ") for line in lines) == 1
    problem = json.loads(body)
    assert (problem["status"], problem["type"]) == (status, f"urn:semantic-lexicon:{kind}")


def test_a_request_is_answered(port: int) -> None:
    assert raw(port, HEAD + LAST).startswith(b"HTTP/1.1 200 OK\r\n")


def test_too_many_headers_are_refused(port: int) -> None:
    most = b"".join(b"x-%d: 1\r\n" % number for number in range(MAX_HEADERS - 2))
    assert raw(port, HEAD + most + LAST).startswith(b"HTTP/1.1 200 ")
    refused(raw(port, HEAD + most + b"one-more: 1\r\n" + LAST), 431, "headers-too-large")


def test_large_headers_are_refused(port: int) -> None:
    refused(
        raw(port, HEAD + b"x: " + b"a" * MAX_HEADERS_SIZE + b"\r\n" + LAST),
        431,
        "headers-too-large",
    )


def test_a_header_without_an_end_is_refused(port: int) -> None:
    parts = [b"a" * 10_000] * 9
    refused(raw(port, HEAD + b"x: ", *parts, pause=0.01), 431, "headers-too-large")


def test_a_long_target_is_refused(port: int) -> None:
    line = b"GET /" + b"a" * MAX_TARGET + b" HTTP/1.1\r\n" + LAST
    refused(raw(port, line), 414, "request-line-too-long")


@pytest.mark.parametrize(
    "sent", [b"nonsense\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00"]
)
def test_what_is_no_http_is_refused(port: int, sent: bytes) -> None:
    refused(raw(port, sent), 400, "malformed-request")


def test_an_upgrade_is_answered_without_it(port: int) -> None:
    wanted = b"Connection: upgrade, close\r\nUpgrade: websocket\r\n\r\n"
    assert raw(port, HEAD + wanted).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("sent", [b"", b"GET /ec", HEAD, b"\r\n"])
def test_a_slow_head_is_hung_up_on(port: int, sent: bytes) -> None:
    began = time.monotonic()
    assert raw(port, sent) == b""
    assert 0.3 < time.monotonic() - began < 20


def test_a_slow_second_head_is_hung_up_on(port: int) -> None:
    answer = raw(port, HEAD + b"\r\n", b"GET /e", pause=0.2)
    assert answer.count(b"HTTP/1.1 200 ") == 1


def test_a_slow_body_is_refused(port: int) -> None:
    head = b"POST /items HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n"
    refused(raw(port, head + b"{"), 408, "body-too-slow")


def test_nonsense_behind_a_request_is_not_mixed_into_its_answer(app: FastAPI, port: int) -> None:
    gate = app.state.gate
    gate.open.clear()
    gate.inside.clear()
    opener = threading.Timer(0.3, gate.open.set)
    opener.start()
    assert raw(port, b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n", b"nonsense\r\n\r\n") == b""
    opener.join()


def test_a_client_that_does_not_read_is_left(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "STALL", 0.2)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        line = b"GET /echo?q=" + b"a" * 12_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"
        with pytest.raises(ConnectionError):
            client.sendall(line * 5_000)
    assert get(port, "/echo")[0] == 200
