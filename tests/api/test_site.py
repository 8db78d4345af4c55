"""The page as it is sent: files from memory, and what they may do."""

import gzip
import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.maps import MOST_WORDS
from api.web import site

ASSETS = Path(site.__file__).parent / "assets"
FILES = sorted(path.relative_to(ASSETS).as_posix() for path in ASSETS.rglob("*.*"))
LANGUAGES = ("en", "fr", "hi", "kn")
BUDGET = 150_000
"""Bytes that the page may have before plots, as they travel."""


def test_every_view_is_the_page(client: TestClient) -> None:
    assert {client.get(address).content for address in site.VIEWS} == {
        (ASSETS / "index.html").read_bytes()
    }


def test_the_page_may_do_little(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "'unsafe" not in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_every_file_is_there(client: TestClient) -> None:
    for name in FILES:
        answer = client.get(f"/assets/{name}")
        assert answer.status_code == 200, name
        assert answer.content == (ASSETS / name).read_bytes(), name


def test_a_browser_that_takes_no_gzip_gets_the_same(client: TestClient) -> None:
    answer = client.get("/assets/js/app.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.content == (ASSETS / "js/app.js").read_bytes()
    assert answer.headers["vary"] == "Accept-Encoding"


def test_what_the_browser_has_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/")
    again = client.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    assert client.get("/", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_plot_may_do_more_and_has_no_origin(client: TestClient) -> None:
    answer = client.get(f"/assets/{site.FRAME}")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts allow-downloads;")
    assert "allow-same-origin" not in policy
    assert "connect-src" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"


def test_plotly_is_that_of_its_package(client: TestClient) -> None:
    answer = client.get(f"/assets/{site.PLOTLY}")
    assert b"plotly.js v" in answer.content[:200]
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


def test_nothing_else_is(client: TestClient) -> None:
    for name in ("none.js", "..%2Fsite.py", "js/../../site.py", "js", "", "js/app.js/"):
        answer = client.get(f"/assets/{name}")
        assert answer.status_code == 404, name
        assert answer.headers["content-type"] == "application/problem+json", name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_small(language: str) -> None:
    """All views together, as they travel; tests/web looks at the first one."""
    others = tuple(f"i18n/{code}/" for code in LANGUAGES if code != language)
    read = [name for name in FILES if not name.startswith(others)]
    assert sum(len(gzip.compress((ASSETS / name).read_bytes(), 6)) for name in read) < BUDGET


@pytest.mark.parametrize("name", sorted(path.name for path in (ASSETS / "i18n" / "en").iterdir()))
def test_every_language_says_everything(name: str) -> None:
    said = {
        code: json.loads((ASSETS / "i18n" / code / name).read_text(encoding="utf-8"))
        for code in LANGUAGES
    }
    for code in LANGUAGES[1:]:
        assert list(said[code]) == list(said["en"]), code
        for key, sentence in said["en"].items():
            values = sorted(re.findall(r"\{\w+\}", sentence))
            assert sorted(re.findall(r"\{\w+\}", said[code][key])) == values, (code, key)
            assert said[code][key].strip(), (code, key)


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_fetched_elsewhere_or_made_from_strings(name: str) -> None:
    text = (ASSETS / name).read_text(encoding="utf-8")
    # The name of SVG's elements is written as an address.
    hosts = re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", text)
    assert set(hosts) <= {"http://www.w3.org"}
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert re.findall(forbidden, text) == []


def test_the_map_offers_what_the_service_draws() -> None:
    offered = (ASSETS / "js/map/wanted.js").read_text(encoding="utf-8")
    most = ", ".join(f"{method}: {words:_}" for method, words in MOST_WORDS.items())
    assert f"const MOST = {{ {most} }};" in offered
