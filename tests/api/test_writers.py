"""Writers at once: each is done or told why not, and none is lost."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from indexer.service import LexiconService
from lexicon import migrate, store
from lexicon.ingest.merge import lock_words
from lexicon.settings import Settings
from tests.api.conftest import made_key
from tests.conftest import AxisEncoder, fill

EACH = 4
WATER = "/v1/concepts/water.noun.1"
Ask = Callable[[TestClient, int], Any]


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    return Settings(home=tmp_path / "home", encoder="axis", database_url=url)


@pytest.fixture
def clients(settings: Settings, axis: AxisEncoder) -> Iterator[list[TestClient]]:
    """Clients of two servers on one store."""
    store.make_home(settings)
    engine = store.connect(settings)
    migrate.upgrade(engine)
    sessions = store.open_store(settings)
    fill(sessions)
    key = {"Authorization": f"Bearer {made_key(LexiconService(settings, sessions))}"}
    apps = [create_app(settings) for _ in range(2)]
    made = [TestClient(app, headers=key) for app in apps]
    for client in made:
        # FastAPI takes its routes in at the first request, as a process with one loop does: by
        # switching warnings off for all threads.
        assert client.get("/livez").status_code == 200
    yield made
    for app in apps:
        app.state.services.get().sessions.kw["bind"].dispose()
    for used in (engine, sessions.kw["bind"]):
        used.dispose()


def together(clients: list[TestClient], ask: Ask) -> list[Any]:
    """What clients are answered that begin together, each ``EACH`` times."""
    ready = threading.Barrier(len(clients))
    answers: list[Any] = []

    def go(place: int) -> None:
        ready.wait()
        answers.extend(ask(clients[place], place * EACH + turn) for turn in range(EACH))

    threads = [threading.Thread(target=go, args=(place,)) for place in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def statuses(answers: list[Any]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def test_nothing_that_two_write_at_once_is_lost(clients: list[TestClient]) -> None:
    tea = {"gloss": "hot drink", "forms": {"en": ["tea"]}}
    made = together(clients, lambda client, _: client.post("/v1/concepts", json=tea))
    assert statuses(made) == {201: 2 * EACH}
    keys = sorted(answer.json()["key"] for answer in made)
    assert keys == [f"tea.noun.{number}" for number in range(1, 2 * EACH + 1)]

    def one_word(client: TestClient, number: int) -> Any:
        body = {"language": "en", "lemma": f"aqua {number}", "concept": "water.noun.1"}
        return client.post("/v1/words", json=body)

    assert statuses(together(clients, one_word)) == {201: 2 * EACH}
    assert len(clients[0].get(WATER).json()["forms"]["en"]) == 1 + 2 * EACH

    def same_key(client: TestClient, _: int) -> Any:
        return client.post("/v1/concepts", json={**tea, "key": "same"})

    assert statuses(together(clients, same_key)) == {201: 1, 409: 2 * EACH - 1}

    seen = clients[0].get(WATER).headers["ETag"]

    def edit(client: TestClient, number: int) -> Any:
        body = {"gloss": f"meaning {number}"}
        return client.patch(WATER, json=body, headers={"If-Match": seen})

    edits = together(clients, edit)
    assert statuses(edits) == {200: 1, 412: 2 * EACH - 1}
    [done] = (answer for answer in edits if answer.status_code == 200)
    assert clients[1].get(WATER).json() == done.json()


def test_who_finds_the_store_locked_is_told_when_to_come_again(
    clients: list[TestClient], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert clients[0].get(WATER).status_code == 200
    monkeypatch.setattr(store, "BUSY_TIMEOUT_MS", 50)
    late = TestClient(create_app(settings), headers=dict(clients[0].headers))
    sessions = store.open_store(settings)
    with store.writing(sessions) as session:
        lock_words(session.connection())
        answer = late.delete(WATER)
    assert answer.status_code == 503
    assert "another process is writing to it" in answer.json()["detail"]
    assert int(answer.headers["Retry-After"]) > 0
    assert late.delete(WATER).status_code == 204
    late.app.state.services.get().sessions.kw["bind"].dispose()  # type: ignore[attr-defined]
    sessions.kw["bind"].dispose()
