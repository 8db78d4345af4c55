"""``/v1/encoders`` and ``/v1/generations``."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from indexer.generations import folder
from indexer.service import LexiconService
from lexicon.errors import StoreUnavailable
from tests.api.conftest import Refused
from tests.conftest import AxisEncoder

IDENTITY = AxisEncoder.spec.identity


def encoders(client: TestClient) -> dict[str, dict[str, Any]]:
    answer = client.get("/v1/encoders")
    assert answer.status_code == 200, answer.text
    return {one["name"]: one for one in answer.json()["encoders"]}


def generations(client: TestClient, **parameters: str) -> list[dict[str, Any]]:
    answer = client.get("/v1/generations", params=parameters)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["generations"]
    return found


def home(service: LexiconService, language: str) -> Path:
    return service.settings.indices / IDENTITY / language


def test_every_known_encoder_is_told_of(tiny: TestClient) -> None:
    found = encoders(tiny)
    assert list(found) == ["axis", "bloom-1b7", "bloom-560m", "embedded", "labse"]
    assert found["axis"] == {
        "name": "axis",
        "identity": IDENTITY,
        "dim": 4,
        "default": True,
        "here": True,
        "languages": ["en", "fr", "kn"],
        "problem": None,
    }
    assert found["labse"] == {
        "name": "labse",
        "identity": None,
        "dim": None,
        "default": False,
        "here": False,
        "languages": [],
        "problem": None,
    }
    assert found["embedded"]["here"]


def test_generations_say_what_they_are(tiny: TestClient) -> None:
    found = generations(tiny)
    assert [(one["language"], one["rows"]) for one in found] == [("en", 4), ("fr", 4), ("kn", 5)]
    [one] = generations(tiny, encoder="axis", language="kn")
    assert one == found[2]
    assert one.pop("created_at").endswith("Z")
    assert one.pop("generation")
    assert one.pop("bytes") > 0
    assert one.pop("recall") == 1
    assert one == {
        "encoder": "axis",
        "identity": IDENTITY,
        "language": "kn",
        "live": True,
        "rows": 5,
        "dim": 4,
        "kind": "sq",
        "problem": None,
    }
    assert generations(tiny, encoder=IDENTITY) == found
    assert generations(tiny, encoder="labse") == generations(tiny, language="hi") == []


@pytest.mark.usefixtures("tiny")
def test_what_is_unknown_is_refused(refused: Refused) -> None:
    problem = refused("/v1/generations", 422, encoder="none")
    assert problem["detail"].startswith("unknown encoder 'none'; known: axis, axis-")
    assert refused("/v1/generations", 422, language="de")["type"].endswith("unknown-language")


def test_a_damaged_folder_is_told_of_and_hides_no_other(
    tiny: TestClient, service: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home(service, "en") / "live").write_text("???")
    [kannada] = generations(tiny, language="kn")
    (home(service, "kn") / kannada["generation"] / "manifest.json").write_text("{")
    kept = folder._kept

    def closed(path: Path) -> list[str]:
        if path == home(service, "fr"):
            raise StoreUnavailable("the index folder cannot be read")
        return kept(path)

    monkeypatch.setattr(folder, "_kept", closed)
    found = {(one["language"], one["generation"] is None): one for one in generations(tiny)}
    assert sorted(found) == [("en", False), ("en", True), ("fr", True), ("kn", False)]
    assert found["en", True]["problem"] == "its pointer names no generation"
    assert not found["en", False]["live"]
    assert found["fr", True]["problem"] == "the index folder cannot be read"
    assert found["kn", False]["rows"] is None
    assert found["kn", False]["problem"]
    said = encoders(tiny)["axis"]
    assert said["languages"] == []
    for language in ("en", "fr", "kn"):
        assert f"{language}: " in said["problem"]
