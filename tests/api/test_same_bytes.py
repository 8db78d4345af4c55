"""SQLite and PostgreSQL answer the same bytes to recorded requests."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from lexicon import keys
from lexicon.backup.whole import back_up, restore
from lexicon.settings import Settings
from lexicon.store import open_store, writing
from tests.api import recording
from tests.api.replaying import Replay, differences

IN_CI = 500
SEED = 1


@contextmanager
def restored(settings: Settings, file: Path) -> Iterator[Replay]:
    """A service on what a backup holds, and a key of it."""
    restore(settings, file)
    sessions = open_store(settings)
    with writing(sessions) as session:
        key = keys.create(session, "recorded", "write")[1]
    sessions.kw["bind"].dispose()
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield Replay(client, key)


def predicted(replay: Replay) -> list[str]:
    """Stored pairs with what the classifier said of them; of moments and ids only their form."""
    pair = {"dataset": "moments", "split": "test", "premise_language": "en", "label": None}
    stored = recording.post(
        "/v1/pairs", {**pair, "premise": "It rains.", "hypothesis": "It is dry."}, key=True
    )
    run = recording.post("/v1/nli/predictions", {"dataset": "moments"}, key=True)
    kept = replay.answer(recording.Request(-2, **stored)).json()
    begun = replay.answer(recording.Request(-2, **run)).json()
    path = f"/v1/nli/predictions/{begun['id']}"
    for _ in range(600):
        ended = replay.answer(recording.Request(-2, **recording.get(path)))
        if ended.json()["state"] != "running":
            break
        time.sleep(0.05)
    shown = replay.answer(recording.Request(-2, **recording.get(f"/v1/pairs/{kept['id']}")))
    assert shown.json()["predictions"]
    moments = r"\d{4}-\d\d-\d\dT[\d:]+(\.\d+)?"
    return [
        re.sub(r'"pairs_per_second":[\d.]+', "", re.sub(moments, "then", answer.text)).replace(
            begun["id"], "run"
        )
        for answer in (ended, shown)
    ]


def test_both_databases_answer_alike(bundled_home: Path, tmp_path: Path, postgres_url: str) -> None:
    file = tmp_path / "bundled.tar.gz"
    back_up(Settings(home=bundled_home), file)
    recorded = recording.some(recording.read(), IN_CI, SEED)
    one = Settings(home=tmp_path / "sqlite")
    other = Settings(home=tmp_path / "postgresql", database_url=postgres_url)
    with restored(one, file) as sqlite, restored(other, file) as postgresql:
        found = list(differences(sqlite, postgresql, recorded))
        said = [predicted(one) for one in (sqlite, postgresql)]
    assert said[0] == said[1]
    assert not found, "\n".join(found)


def test_the_recorded_requests_are_those_of_the_bundled_lexicon() -> None:
    made = "".join(f"{recording.line(request)}\n" for request in recording.requests())
    if made != recording.FILE.read_text(encoding="utf-8"):
        pytest.fail(
            "the requests are of another lexicon; draw them again with: "
            "python -m tests.api.recording > tests/api/requests.jsonl"
        )


def test_what_is_recorded_covers_every_resource() -> None:
    recorded = recording.read()
    assert len(recorded) == recording.COUNT
    methods = Counter(request.method for request in recorded)
    assert set(methods) == {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert sum(request.key for request in recorded) > 50
