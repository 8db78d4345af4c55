"""The application factory and its documentation."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.errors import PROBLEM_JSON
from lexicon.errors import InvalidSettings
from lexicon.settings import Settings


def documented(client: TestClient) -> dict[str, Any]:
    schema: dict[str, Any] = client.get("/openapi.json").json()
    return schema


def test_settings_are_read_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXICON_HOME", str(tmp_path / "elsewhere"))
    assert create_app().state.services.settings == Settings(home=tmp_path / "elsewhere")


def test_bad_settings_stop_the_app_at_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEXICON_HOME", "~nobody-of-that-name/words")
    with pytest.raises(InvalidSettings, match="LEXICON_HOME='~nobody-of-that-name/words'"):
        create_app()


def test_apps_do_not_share_anything(tmp_path: Path) -> None:
    one, other = (create_app(Settings(home=tmp_path / name)) for name in ("one", "other"))
    assert one.state.services is not other.state.services


def test_the_schema_is_made_without_a_store(client: TestClient, settings: Settings) -> None:
    schema = documented(client)
    assert schema["info"]["version"] == version("semantic-lexicon")
    assert set(schema["paths"]) >= {
        "/v1/translations",
        "/v1/alignment",
        "/v1/nli",
        "/v1/nli/predictions",
        "/v1/nli/predictions/{run}",
        "/v1/pairs",
        "/v1/pairs/{number}",
        "/livez",
        "/readyz",
    }
    assert json.loads(json.dumps(schema)) == schema
    assert not settings.home.exists()


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        ("/v1/translations", {"200", "404", "422", "503"}),
        ("/v1/alignment", {"200", "422", "503"}),
        ("/readyz", {"200", "503"}),
        ("/livez", {"200"}),
    ],
)
def test_every_route_documents_its_responses(
    client: TestClient, path: str, statuses: set[str]
) -> None:
    get = documented(client)["paths"][path]["get"]
    assert statuses <= set(get["responses"])
    assert get["description"]
    assert all(parameter["description"] for parameter in get.get("parameters", ()))


@pytest.mark.parametrize(
    ("path", "method", "statuses"),
    [
        ("/v1/nli", "post", {"200", "422", "503"}),
        ("/v1/nli/predictions", "post", {"202", "422", "503"}),
        ("/v1/nli/predictions/{run}", "get", {"200", "404"}),
        ("/v1/pairs", "post", {"200", "201", "409", "422", "503"}),
        ("/v1/pairs", "get", {"200", "422", "503"}),
        ("/v1/pairs/{number}", "get", {"200", "404", "422", "503"}),
        ("/v1/pairs/{number}", "delete", {"204", "404", "422", "503"}),
    ],
)
def test_every_operation_on_pairs_documents_its_responses(
    client: TestClient, path: str, method: str, statuses: set[str]
) -> None:
    operation = documented(client)["paths"][path][method]
    assert statuses <= set(operation["responses"])
    assert operation["description"]
    assert all(parameter["description"] for parameter in operation.get("parameters", ()))


@pytest.mark.parametrize("path", ["/v1/translations", "/v1/alignment", "/v1/pairs", "/readyz"])
def test_problems_are_documented_under_the_media_type_they_have(
    client: TestClient, path: str
) -> None:
    schema = documented(client)
    responses = schema["paths"][path]["get"]["responses"]
    refusals = [said["content"] for status, said in responses.items() if status != "200"]
    assert refusals
    for content in refusals:
        assert list(content) == [PROBLEM_JSON]
        body = content[PROBLEM_JSON]["schema"]
        if "$ref" in body:
            body = schema["components"]["schemas"][body["$ref"].rpartition("/")[2]]
        assert set(body["properties"]) == {"type", "title", "status", "detail", "instance"}


def test_the_documentation_page_is_served(client: TestClient) -> None:
    assert client.get("/docs").status_code == 200
