"""The HTTP service over the tiny world."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import logs
from api.app import create_app
from api.errors import PROBLEM_JSON
from indexer.service import LexiconService
from lexicon import keys
from lexicon.settings import Settings
from lexicon.store import writing
from tests.cli.tiny import copied, make
from tests.conftest import AxisEncoder

Refused = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def tiny_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read it, never write to it."""
    return make(tmp_path_factory.mktemp("tiny") / "home")


@pytest.fixture
def service(tiny_home: Path, settings: Settings, axis: AxisEncoder) -> Iterator[LexiconService]:
    """The tiny lexicon with an index per language under ``axis``."""
    with copied(tiny_home, settings) as service:
        yield service


@pytest.fixture
def client(settings: Settings, axis: AxisEncoder) -> TestClient:
    """A client of an app whose home does not exist until ``service`` makes it."""
    return TestClient(create_app(settings), raise_server_exceptions=False)


@pytest.fixture
def tiny(client: TestClient, service: LexiconService) -> TestClient:
    """A client of an app over the tiny lexicon."""
    return client


def made_key(service: LexiconService, name: str = "tests", scope: str = "write") -> str:
    """A new key of the service's store."""
    with writing(service.sessions) as session:
        return keys.create(session, name, scope)[1]


@pytest.fixture
def writer(tiny: TestClient, service: LexiconService) -> TestClient:
    """``tiny`` with a key that may write."""
    tiny.headers["Authorization"] = f"Bearer {made_key(service)}"
    return tiny


@pytest.fixture
def refused(client: TestClient) -> Refused:
    """GET something that is refused; gives the problem, checked for its shape."""

    def get(path: str, status: int, **parameters: str | int) -> dict[str, Any]:
        answer = client.get(path, params=parameters)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == PROBLEM_JSON
        problem: dict[str, Any] = answer.json()
        instance = f"urn:semantic-lexicon:request:{answer.headers['x-request-id']}"
        assert problem.pop("instance") == instance
        assert set(problem) - {"checks"} == {"type", "title", "status", "detail"}
        assert problem["status"] == status
        assert problem["type"].startswith("urn:semantic-lexicon:")
        return problem

    return get


@pytest.fixture
def plain_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logging stays as it is, whoever would configure it."""
    monkeypatch.setattr(logs, "configure", lambda *_: None)
