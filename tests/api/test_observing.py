"""Ids, figures, log lines and headers."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from api import logs, metrics
from indexer.service import LexiconService
from lexicon.errors import InvalidSettings
from lexicon.settings import load_settings
from tests.api.around import small
from tests.api.conftest import made_key


@pytest.fixture
def asked() -> TestClient:
    return TestClient(small(), raise_server_exceptions=False)


@pytest.fixture
def configured() -> Iterator[io.StringIO]:
    """What is logged as JSON; logging is as it was afterwards."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    logs.configure("json", stream)
    yield stream
    root.handlers, logs._write = before, None
    root.setLevel(level)
    logging.captureWarnings(capture=False)


@pytest.mark.parametrize("given", ["42", "a" * 128, "!~"])
def test_a_request_keeps_its_id(asked: TestClient, given: str) -> None:
    assert asked.get("/echo", headers={"x-request-id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a b", "a" * 129, "\t"])
def test_what_is_no_id_is_replaced(asked: TestClient, given: str) -> None:
    found = asked.get("/echo", headers={"x-request-id": given}).headers["x-request-id"]
    assert len(found) == 32
    assert found != given


def test_every_answer_says_that_it_is_what_it_says(asked: TestClient) -> None:
    for path in ("/echo", "/nope", "/broken"):
        headers = asked.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-request-id"]


def test_a_request_is_one_line_without_its_text(asked: TestClient, configured: io.StringIO) -> None:
    asked.get("/things/secret", params={"q": "water"}, headers={"x-request-id": "42"})
    (line,) = [
        found
        for found in map(json.loads, configured.getvalue().splitlines())
        if found["logger"] == "lexicon.requests"
    ]
    assert line.pop("ms") >= 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "lexicon.requests",
        "method": "GET",
        "route": "/things/{name}",
        "status": 200,
        "bytes": 8,
        "request_id": "42",
    }


def test_a_key_is_logged_by_its_prefix(
    tiny: TestClient, service: LexiconService, configured: io.StringIO
) -> None:
    key = made_key(service)
    tiny.delete("/v1/pairs/7", headers={"Authorization": f"Bearer {key}"})
    said = configured.getvalue()
    assert f'"key":"{key[:12]}"' in said
    assert key[13:] not in said


def test_libraries_are_logged_the_same_way(configured: io.StringIO) -> None:
    token = logs.REQUEST_ID.set("42")
    logging.getLogger("some.library").warning("%d left", 3, extra={"color_message": "x"})
    logs.REQUEST_ID.reset(token)
    try:
        raise ValueError("why")
    except ValueError:
        logging.getLogger("some.library").exception("failed")
    first, second = map(json.loads, configured.getvalue().splitlines())
    del first["timestamp"]
    assert first == {
        "event": "3 left",
        "level": "warning",
        "logger": "some.library",
        "request_id": "42",
    }
    assert "ValueError: why" in second["exception"]


def test_lines_for_people(configured: io.StringIO) -> None:
    stream = io.StringIO()
    logs.configure("console", stream)
    logs.answered("GET", "/echo", 200, 0.25, 7, key=None)
    assert "request" in stream.getvalue()
    assert "ms=250.0" in stream.getvalue()


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_requests_are_counted_by_route_and_strangers_make_no_labels(asked: TestClient) -> None:
    name, inside = "lexicon_http_requests_total", {"method": "GET", "route": "/things/{name}"}
    outside = {"method": "GET", "route": "unmatched", "status": "404"}
    before = value(name, **inside, status="200"), value(name, **outside)
    timed = value("lexicon_http_request_seconds_count", route="/things/{name}")
    for path in ("/things/a", "/things/b", "/x1", "/x2", "/x3"):
        asked.get(path)
    after = value(name, **inside, status="200"), value(name, **outside)
    assert (after[0] - before[0], after[1] - before[1]) == (2, 3)
    assert value("lexicon_http_request_seconds_count", route="/things/{name}") == timed + 2
    assert value("lexicon_http_requests_in_flight") == 0
    assert b"/x1" not in metrics.exposition(())


def test_head_is_counted_under_its_route(asked: TestClient) -> None:
    labels = {"method": "HEAD", "route": "/echo", "status": "200"}
    before = value("lexicon_http_requests_total", **labels)
    asked.head("/echo")
    assert value("lexicon_http_requests_total", **labels) == before + 1
    asked.request("BREW", "/echo")
    assert value("lexicon_http_requests_total", method="other", route="/echo", status="405") > 0


def test_metrics_name_what_answers(tiny: TestClient, service: LexiconService) -> None:
    assert b"index_generation_info{" not in tiny.get("/metrics").content
    tiny.get("/v1/translations", params={"q": "water", "source": "en", "target": "kn"})
    answer = tiny.get("/metrics")
    assert answer.headers["content-type"] == metrics.MEDIA_TYPE
    live = service.live_generations(service.encoder(None))["kn"]
    labels = f'encoder="axis",generation="{live}",language="kn"'
    assert f"lexicon_index_generation_info{{{labels}}} 1.0" in answer.text
    assert "lexicon_build_info{" in answer.text


class TestOrigins:
    ORIGIN = "https://words.example"

    @pytest.fixture
    def asked(self) -> TestClient:
        return TestClient(small(cors_origins=f"http://a.example:3000, {self.ORIGIN}"))

    def test_pages_of_named_origins_may_read(self, asked: TestClient) -> None:
        headers = asked.get("/echo", headers={"origin": self.ORIGIN}).headers
        assert headers["access-control-allow-origin"] == self.ORIGIN
        assert headers["access-control-expose-headers"] == "X-Request-ID, Retry-After"
        assert headers["vary"] == "Origin"

    def test_they_may_ask_beforehand(self, asked: TestClient) -> None:
        answer = asked.options(
            "/items", headers={"origin": self.ORIGIN, "access-control-request-method": "POST"}
        )
        assert (answer.status_code, answer.content) == (204, b"")
        assert "Authorization" in answer.headers["access-control-allow-headers"]

    def test_other_pages_may_not(self, asked: TestClient) -> None:
        strange = {"origin": "https://evil.example", "access-control-request-method": "POST"}
        assert "access-control-allow-origin" not in asked.get("/echo", headers=strange).headers
        assert asked.options("/items", headers=strange).status_code == 405

    def test_by_default_there_are_none(self) -> None:
        plain = TestClient(small())
        headers = plain.get("/echo", headers={"origin": self.ORIGIN}).headers
        assert "vary" not in headers

    @pytest.mark.parametrize("written", ["*", "words.example", "https://a.example/path"])
    def test_what_is_no_origin_stops_the_service(
        self, monkeypatch: pytest.MonkeyPatch, written: str
    ) -> None:
        monkeypatch.setenv("LEXICON_CORS_ORIGINS", written)
        with pytest.raises(InvalidSettings, match="LEXICON_CORS_ORIGINS"):
            load_settings()
