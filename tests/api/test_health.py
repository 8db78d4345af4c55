"""``/livez`` and ``/readyz``."""

import shutil
import threading
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.routes import health
from indexer.build import build
from indexer.generations import folder
from indexer.service import LexiconService
from lexicon.settings import Settings
from nli import registry
from tests.api.conftest import Refused
from tests.conftest import AxisEncoder, fill
from tests.nli.stub import StubNli


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take more than a second."""
    monkeypatch.setattr(health, "PATIENCE", 60.0)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings whose default classifier is the stub."""
    monkeypatch.setitem(registry.NAMED, "stub", lambda _settings: StubNli())
    return Settings(home=tmp_path / "home", encoder="axis", nli="stub")


def not_ready(refused: Refused) -> str:
    """Why, from a problem of the right type."""
    problem = refused("/readyz", 503)
    assert problem["type"] == "urn:semantic-lexicon:not-ready"
    return str(problem["detail"])


def test_a_process_without_a_store_lives_and_is_not_ready(
    client: TestClient, refused: Refused, settings: Settings
) -> None:
    assert client.get("/livez").json() == {"status": "alive"}
    assert not_ready(refused) == (
        f"no lexicon store at sqlite:///{settings.home}/lexicon.sqlite3; "
        "create it with: lexicon init"
    )
    assert client.get("/readyz").headers["retry-after"] == "5"


def test_ready_names_the_encoder_and_its_live_generations(
    tiny: TestClient, service: LexiconService, axis: AxisEncoder
) -> None:
    answer = tiny.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "encoder": "axis",
        "generations": service.live_generations(axis),
        "checks": [
            {"name": name, "ok": True, "detail": None}
            for name in ("store", "migrations", "encoder", "generations", "digests", "classifier")
        ],
    }
    assert list(answer.json()["generations"]) == ["en", "fr", "kn"]


def test_readiness_follows_the_store_and_the_index(
    client: TestClient,
    refused: Refused,
    axis: AxisEncoder,
    request: pytest.FixtureRequest,
) -> None:
    assert "no lexicon store" in not_ready(refused)
    service: LexiconService = request.getfixturevalue("service")
    assert client.get("/readyz").status_code == 200
    shutil.rmtree(service.settings.indices)
    assert not_ready(refused).startswith("no index for encoder 'axis', language 'en'; build it")
    build(service.sessions, service.generations, axis)
    assert client.get("/readyz").status_code == 200


def test_a_new_generation_is_named_without_a_restart(
    tiny: TestClient, service: LexiconService, axis: AxisEncoder
) -> None:
    before = tiny.get("/readyz").json()["generations"]
    build(service.sessions, service.generations, axis, ["kn"], force=True)
    after = tiny.get("/readyz").json()["generations"]
    assert {code for code in after if after[code] != before[code]} == {"kn"}


def test_a_damaged_index_is_not_ready(
    tiny: TestClient, refused: Refused, service: LexiconService
) -> None:
    (pointer,) = service.settings.indices.glob("*/kn/live")
    pointer.write_text("nonsense")
    assert not_ready(refused).endswith("rebuild it with: lexicon index build")
    assert tiny.get("/livez").status_code == 200


def test_an_index_whose_digests_are_being_checked_is_not_ready(
    tiny: TestClient,
    refused: Refused,
    service: LexiconService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = threading.Event()
    monkeypatch.setattr(folder, "MAPPED_FROM", 0)
    monkeypatch.setattr(folder.Generations, "verify", lambda *_: done.wait(30))
    (pointer,) = service.settings.indices.glob("*/kn/live")
    assert pointer.read_text().split()[0] in not_ready(refused)
    assert not_ready(refused).endswith(": the digests are being checked")
    answer = tiny.get("/v1/translations", params={"q": "water", "source": "en", "target": "kn"})
    assert answer.json()["results"][0]["lemma"] == "ನೀರು"
    done.set()
    for _ in range(600):
        if tiny.get("/readyz").status_code == 200:
            break
        time.sleep(0.05)
    assert tiny.get("/readyz").status_code == 200


def test_a_store_without_words_is_not_ready(
    tiny: TestClient, refused: Refused, service: LexiconService
) -> None:
    fill(service.sessions, ())
    assert not_ready(refused) == (
        "the store holds no words; load the bundled ones with: lexicon init"
    )


def test_an_unknown_default_encoder_is_not_ready(service: LexiconService) -> None:
    settings = service.settings.model_copy(update={"encoder": "word2vec"})
    answer = TestClient(create_app(settings)).get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("unknown encoder 'word2vec'; known: bloom-1b7,")


def break_the_store(client: TestClient, service: LexiconService) -> None:
    """The database becomes unreadable under a service that has used it."""
    assert client.get("/readyz").status_code == 200
    app = client.app
    app.state.services.get().sessions.kw["bind"].dispose()  # type: ignore[attr-defined]
    service.sessions.kw["bind"].dispose()
    for path in service.settings.home.glob("lexicon.sqlite3*"):
        path.write_bytes(b"not a database " * 1_000)


def test_a_store_that_breaks_while_serving_is_not_ready(
    tiny: TestClient, refused: Refused, service: LexiconService
) -> None:
    break_the_store(tiny, service)
    assert "file is not a database" in not_ready(refused)


def test_a_store_that_breaks_while_serving_makes_searches_unavailable(
    tiny: TestClient, refused: Refused, service: LexiconService
) -> None:
    break_the_store(tiny, service)
    problem = refused("/v1/translations", 503, q="water", source="en", target="kn")
    assert problem["type"] == "urn:semantic-lexicon:store-unavailable"
