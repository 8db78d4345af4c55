"""Whoever has done with a store leaves none of its files open: a command, a service, an app."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from cli.main import app
from indexer.service import open_service
from lexicon import queries
from lexicon.errors import InvalidSettings
from lexicon.settings import Settings
from tests.cli.tiny import copied, make
from tests.conftest import AxisEncoder
from tests.indexer.asking import ask

DESCRIPTORS = Path("/proc/self/fd")

pytestmark = pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="no list of open files here")


@pytest.fixture(scope="module")
def tiny_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("tiny") / "home")


@pytest.fixture
def home(
    tiny_home: Path, settings: Settings, axis: AxisEncoder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    with copied(tiny_home, settings) as service:
        service.close()
        monkeypatch.setenv("LEXICON_HOME", str(settings.home))
        monkeypatch.setenv("LEXICON_ENCODER", "axis")
        yield settings.home


def held(home: Path) -> list[str]:
    """Files of the store in ``home`` that this process has open."""
    found = []
    for one in DESCRIPTORS.iterdir():
        try:
            found.append(one.readlink())
        except OSError:
            # The list's own.
            continue
    return sorted(path.name for path in found if str(path).startswith(f"{home}/lexicon.sqlite3"))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["search", "water", "--from", "en", "--to", "fr"], 0),
        (["search", "water", "--from", "en", "--to", "xx"], 1),
        (["similarity", "water", "eau", "--from", "en", "--to", "fr"], 0),
        (["words", "find", "--prefix", "wat"], 0),
        (["words", "show", "water"], 0),
        (["words", "add", "-w", "en=ice", "--gloss", "frozen water"], 0),
        (["words", "remove", "nothing.noun.1"], 1),
        (["words", "sources"], 0),
        (["words", "export"], 0),
        (["pairs", "list"], 0),
        (["keys", "list"], 0),
        (["index", "list"], 0),
        (["index", "build"], 0),
        (["report", "list"], 0),
        (["status"], 0),
        (["doctor"], None),
        (["init"], 1),
    ],
    ids=lambda one: " ".join(one[:2]) if isinstance(one, list) else "",
)
def test_a_command_closes_what_it_opened(
    home: Path, arguments: list[str], code: int | None
) -> None:
    assert held(home) == []
    ended = CliRunner().invoke(app, arguments)
    if code is not None:
        assert ended.exit_code == code, ended.output
    assert held(home) == []


def test_a_service_that_is_closed_answers_again(home: Path) -> None:
    service = open_service(Settings(home=home, encoder="axis"))
    for _ in range(2):
        with service.sessions() as session:
            assert queries.counts(session).concepts
        assert ask(service, "water", k=1).results[0].lemma == "eau"
        assert held(home) != []
        service.close()
        assert held(home) == []


def test_a_service_that_cannot_be_opened_leaves_nothing_open(home: Path) -> None:
    with pytest.raises(InvalidSettings, match="keeps indices in the store's PostgreSQL database"):
        open_service(Settings(home=home, vector_backend="pgvector"))
    assert held(home) == []


def test_an_app_that_ends_closes_its_store(home: Path) -> None:
    with TestClient(create_app(Settings(home=home, encoder="axis"))) as client:
        assert client.get("/v1/words", params={"language": "en"}).status_code == 200
        assert held(home) != []
    assert held(home) == []
