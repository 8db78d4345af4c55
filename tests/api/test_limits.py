"""Limits, texts and faults around the routes: always a problem, never a stack trace."""

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message

from api.deps import Threads, require_room
from api.middleware.bodies import Bodies
from api.refusals import Crowded
from tests.api.around import client, small

JSON = {"content-type": "application/json"}


def refused(answer: Any, status: int, kind: str) -> str:
    """The detail of a problem."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"urn:semantic-lexicon:{kind}"
    assert problem["instance"].endswith(answer.headers["x-request-id"])
    assert "Traceback" not in answer.text
    if status == 503:
        assert int(answer.headers["retry-after"]) >= 1
    return str(problem["detail"])


@pytest.fixture(scope="module")
def asked() -> TestClient:
    return TestClient(small(max_body=2_000, max_query=1_024), raise_server_exceptions=False)


@pytest.mark.parametrize("path", ["/echo?q=%FF", "/echo?q=%E0%A4", "/things/%C3", "/things/a%00b"])
def test_what_is_no_utf8_is_refused(asked: TestClient, path: str) -> None:
    assert "UTF-8" in refused(asked.get(path), 400, "unreadable-target")


@pytest.mark.parametrize(
    "path", ["/things/..%2fetc", "/../etc/passwd", "/%2e%2e/%2e%2e/etc", "/echo/", "//echo"]
)
def test_tricks_with_paths_find_nothing(asked: TestClient, path: str) -> None:
    refused(asked.get(path), 404, "not-found")


@pytest.mark.parametrize(("query", "said"), [(b"q=%C3%A9", "é"), ("q=ನೀರು".encode(), "ನೀರು")])
def test_letters_are_read_written_out_or_not(asked: TestClient, query: bytes, said: str) -> None:
    scope = {"type": "http", "method": "GET", "path": "/echo", "query_string": query}
    found: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        found.append(message)

    asyncio.run(asked.app({**scope, "headers": []}, receive, send))  # type: ignore[arg-type]
    assert f'"q":"{said}"'.encode() in found[1]["body"]


def test_a_query_beyond_the_limit_is_refused(asked: TestClient) -> None:
    assert asked.get("/echo", params={"q": "x" * 1_022}).status_code == 200
    detail = refused(asked.get("/echo", params={"q": "x" * 1_023}), 414, "query-too-long")
    assert "1,025 bytes, more than 1,024" in detail


@pytest.mark.parametrize("size", [2_001, 8_000, 8_001])
@pytest.mark.parametrize("declared", [True, False])
def test_a_body_beyond_the_limit_is_refused(asked: TestClient, size: int, declared: bool) -> None:
    body = b"[" + b" " * (size - 2) + b"]"
    parts = iter([body[:1_000], body[1_000:]])
    answer = asked.post("/items", content=body if declared else parts, headers=JSON)
    assert "larger than 2,000 bytes" in refused(answer, 413, "body-too-large")
    assert answer.headers["connection"] == "close"


def test_a_body_within_the_limit_is_read_in_parts(asked: TestClient) -> None:
    parts = iter([b'{"items"', b": [1, 2]}"])
    assert asked.post("/items", content=parts, headers=JSON).json() == 2


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b'{"items": [', 422, "invalid-request"),
        (b"\xff", 400, "unreadable-body"),
        (b'{"items": ["\0"]}', 400, "unreadable-body"),
        (b"[" * 1_000, 400, "unreadable-body"),
        (b'{"items":' + b"[" * 64 + b"]" * 64 + b"}", 400, "unreadable-body"),
        (b'{"a":' * 300, 400, "unreadable-body"),
        (b'{"items": 1' + b"0" * 1_500 + b"}", 422, "invalid-request"),
        (b'{"items": "\\ud800"}', 422, "invalid-request"),
        (b"NaN", 422, "invalid-request"),
    ],
)
def test_what_is_no_body_is_refused(asked: TestClient, body: bytes, status: int, kind: str) -> None:
    refused(asked.post("/items", content=body, headers=JSON), status, kind)


@pytest.mark.parametrize(
    "body",
    [
        b'{"items":' + b"[" * 63 + b"]" * 63 + b"}",
        b'{"items": [' + b",".join([b"[]"] * 100) + b"]}",
        b'{"items": ["' + b"[" * 100 + b'\\"", "\\\\"]}',
    ],
)
def test_brackets_that_do_not_nest_too_deep_are_read(asked: TestClient, body: bytes) -> None:
    assert asked.post("/items", content=body, headers=JSON).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/xml"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
def test_other_types_are_not_read(asked: TestClient, headers: dict[str, str]) -> None:
    answer = asked.post("/items", content=b"{}", headers=headers)
    assert "application/json" in refused(answer, 415, "unsupported-type")


@pytest.mark.parametrize("kind", ["application/json; charset=UTF-8", "application/vnd.x+json"])
def test_json_by_another_name_is_read(asked: TestClient, kind: str) -> None:
    assert asked.post("/items", content=b"{}", headers={"content-type": kind}).json() == 0


def test_head_is_get_without_its_body(asked: TestClient) -> None:
    head, get = asked.head("/echo"), asked.get("/echo")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "QUERY"])
def test_a_wrong_method_is_told_all_the_right_ones(asked: TestClient, method: str) -> None:
    answer = asked.request(method, "/things/a")
    assert f"does not take {method}" in refused(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, HEAD, DELETE"


def test_a_host_that_is_none_breaks_nothing(asked: TestClient) -> None:
    refused(asked.get("/nope", headers={"host": "[::"}), 404, "not-found")


def test_a_fault_is_logged_with_the_route_and_not_shown(
    asked: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "lexicon.api"):
        refused(asked.get("/broken"), 500, "internal-error")
    assert "unexpected error on /broken" in caplog.text
    assert "the secret cause" in caplog.text


def test_an_answer_that_breaks_off_is_not_made_whole(asked: TestClient) -> None:
    strict = TestClient(asked.app)
    with pytest.raises(RuntimeError, match="in the middle"):
        strict.get("/torn")


def test_a_route_that_takes_too_long_is_answered_for() -> None:
    app = small(request_seconds=0.05)
    with client(app) as asked, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(asked.get, "/held")
        assert app.state.gate.inside.wait(30)
        app.state.gate.open.wait(0.2)
        app.state.gate.open.set()
        assert "within 0.05 s" in refused(waiting.result(30), 503, "timed-out")


def test_requests_beyond_the_limit_are_refused_and_probes_are_not() -> None:
    app = small(max_requests=1)
    with client(app) as asked, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(asked.get, "/held")
        assert app.state.gate.inside.wait(30)
        assert "1 requests are being answered" in refused(asked.get("/echo"), 503, "crowded")
        assert asked.get("/livez").status_code == 404
        app.state.gate.open.set()
        assert waiting.result(30).json() == "done"
        assert asked.get("/echo").status_code == 200


def test_a_process_that_ends_refuses_and_hangs_up() -> None:
    app = small()
    asked = TestClient(app)
    app.state.draining.begun = True
    assert asked.get("/echo").headers["connection"] == "close"
    app.state.draining.closed = True
    refused(asked.get("/echo"), 503, "shutting-down")
    assert asked.get("/livez").status_code == 404


def through(bodies: Bodies, messages: AsyncIterator[Message]) -> list[Message]:
    """What a client is sent that sends these messages."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return await anext(messages)

    headers = [(b"transfer-encoding", b"chunked")]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
    asyncio.run(bodies(scope, receive, send))
    return sent


async def never(*_: object) -> None:
    raise AssertionError("the route was reached")


def test_a_slow_body_is_refused() -> None:
    async def slow() -> AsyncIterator[Message]:
        yield {"type": "http.request", "body": b"{", "more_body": True}
        await asyncio.sleep(60)

    sent = through(Bodies(never, most=100, seconds=0.02, at_once=1), slow())
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]


def test_a_client_that_leaves_is_not_answered() -> None:
    async def left() -> AsyncIterator[Message]:
        yield {"type": "http.disconnect"}

    assert through(Bodies(never, most=100, seconds=1, at_once=1), left()) == []


def test_bodies_beyond_the_limit_are_not_read() -> None:
    async def none() -> AsyncIterator[Message]:
        for message in list[Message]():
            yield message

    sent = through(Bodies(never, most=100, seconds=1, at_once=0), none())
    assert sent[0]["status"] == 503


def test_other_protocols_pass() -> None:
    reached: list[object] = []

    async def inner(scope: object, *_: object) -> None:
        reached.append(scope)

    app = small(cors_origins="https://a.example")
    stack: Any = app.build_middleware_stack()
    while hasattr(stack, "app") or hasattr(stack, "_app"):
        layer = stack
        stack = getattr(stack, "_app", None) or stack.app
        if type(layer).__module__.startswith("api."):
            layer._app = inner
            asyncio.run(layer({"type": "lifespan"}, never, never))
    assert len(reached) == 8


def test_a_full_queue_in_front_of_threads_is_said() -> None:
    async def run() -> list[object]:
        threads = Threads(at_once=1, waiting=1)
        async with threads.limiter:
            waiting = asyncio.create_task(threads.run(str, 1))
            await asyncio.sleep(0.01)
            with pytest.raises(Crowded, match="1 requests wait for a worker thread"):
                await threads.run(str, 2)
            with pytest.raises(Crowded):
                require_room(threads.limiter, 1)
        return [await waiting, await threads.run(str, 3)]

    assert asyncio.run(run()) == ["1", "3"]
