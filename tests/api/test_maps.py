"""Maps that are worked out beside the answers: once, one at a time, and no longer than they may."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from fastapi.testclient import TestClient
from filelock import FileLock

from api import maps as module
from api.app import create_app
from api.maps import Maps, Progress
from api.refusals import Crowded, InternalError, ShuttingDown
from indexer import projection
from indexer.projection import FOLDER, Projection, Selection
from indexer.service import LexiconService
from indexer.vectors import Vectors
from lexicon import edits
from lexicon.errors import StoreUnavailable
from lexicon.settings import Settings
from lexicon.store import writing
from tests.indexer.worlds import entry

EVERYTHING = Selection()
SOME = ((), ("en", "fr"), ("en", "kn"), ("fr", "kn"), ("kn",))


class Slow:
    """Stands for t-SNE: begins a map, and ends it when it is let."""

    def __init__(self) -> None:
        self.let = threading.Semaphore(0)
        self.begun: list[int] = []
        self.error: Exception | None = None

    def __call__(self, rows: Vectors, _seed: int, advance: Callable[[int, int], None]) -> Vectors:
        self.begun.append(len(rows))
        advance(50, 750)
        assert self.let.acquire(timeout=30)
        if self.error is not None:
            raise self.error
        advance(750, 750)
        return rows[:, :2].copy()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    made = Slow()
    monkeypatch.setattr(projection, "tsne", made)
    yield made
    made.let.release(100)


@pytest.fixture
def maps() -> Iterator[Maps]:
    made = Maps()
    yield made
    made.end()


def until(said: Callable[[], Any]) -> Any:
    """What is said once it is true."""
    for _ in range(3_000):
        if found := said():
            return found
        time.sleep(0.01)
    raise AssertionError("nothing came of it")


def idle(maps: Maps) -> bool:
    return maps._worker is None


def ask(
    maps: Maps, service: LexiconService, selection: Selection = EVERYTHING
) -> Projection | Progress:
    return maps.ask(service, None, selection, "tsne")


def test_however_many_ask_it_is_worked_out_once(
    maps: Maps, service: LexiconService, slow: Slow
) -> None:
    assert ask(maps, service) == Progress(0, 750)
    until(lambda: ask(maps, service) == Progress(50, 750))
    together = [
        threading.Thread(target=ask, args=(maps, service, Selection(concepts=count)))
        for count in (4, 5, 6)
    ]
    for one in together:
        one.start()
    for one in together:
        one.join()
    slow.let.release()
    until(lambda: idle(maps))
    assert slow.begun == [13]
    made = [ask(maps, service, Selection(concepts=count)) for count in (None, 4, 5)]
    assert all(isinstance(one, Projection) for one in made)
    # Nobody who has waited is sent away because somebody writes.
    with writing(service.sessions) as session:
        edits.add(session, entry("ink", en="ink", fr="encre"))
    assert ask(maps, service) is made[0]


def test_what_was_held_for_long_is_looked_up_again(
    maps: Maps, service: LexiconService, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(maps, service)
    slow.let.release()
    until(lambda: idle(maps))
    first = ask(maps, service)
    monkeypatch.setattr(module, "HELD", 0.0)
    again = ask(maps, service)
    assert isinstance(again, Projection)
    assert again is not first
    assert slow.begun == [13]
    # As long as the words stay, nothing is read.
    assert ask(maps, service) is again
    with writing(service.sessions) as session:
        edits.add(session, entry("ink", en="ink", fr="encre"))
    assert isinstance(ask(maps, service), Progress)


def test_few_maps_are_remembered(maps: Maps, service: LexiconService) -> None:
    first, *others = [Selection(concepts=None, languages=some) for some in SOME]
    made = maps.ask(service, None, first, "pca")
    assert maps.ask(service, None, first, "pca") is made
    for one in others:
        maps.ask(service, None, one, "pca")
    assert maps.ask(service, None, first, "pca") is not made


def test_one_at_a_time_and_no_more_than_may_wait(
    maps: Maps, service: LexiconService, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING", 1)
    ask(maps, service)
    until(lambda: slow.begun)
    two, three = Selection(("en", "kn")), Selection(("fr", "kn"))
    assert ask(maps, service, two) == Progress(0, 750)
    with pytest.raises(Crowded, match="1 maps wait to be worked out"):
        ask(maps, service, three)
    assert slow.begun == [13]
    slow.let.release(2)
    until(lambda: idle(maps))
    assert slow.begun == [13, 9]
    assert isinstance(ask(maps, service, two), Projection)
    # The thread has ended with its work; another one begins with more.
    assert isinstance(ask(maps, service, three), Progress)


@pytest.mark.parametrize(
    ("error", "told"),
    [(StoreUnavailable("no room"), StoreUnavailable), (ValueError("secret"), InternalError)],
)
def test_a_failure_is_told_once_and_the_next_map_is_worked_out(
    maps: Maps,
    service: LexiconService,
    slow: Slow,
    error: Exception,
    told: type[Exception],
    caplog: pytest.LogCaptureFixture,
) -> None:
    slow.error = error
    ask(maps, service)
    slow.let.release()
    until(lambda: idle(maps))
    with pytest.raises(told):
        ask(maps, service)
    assert ("secret" in caplog.text) is (told is InternalError)
    slow.error = None
    assert isinstance(ask(maps, service), Progress)
    slow.let.release()
    until(lambda: isinstance(ask(maps, service), Projection))


def test_a_folder_that_cannot_be_written_is_said(
    maps: Maps, service: LexiconService, slow: Slow
) -> None:
    (service.settings.home / FOLDER).write_text("a file")
    ask(maps, service)
    until(lambda: idle(maps))
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        ask(maps, service)
    assert slow.begun == []


def test_of_several_processes_one_works_and_the_others_read(
    service: LexiconService, slow: Slow
) -> None:
    first, second = Maps(), Maps()
    ask(first, service)
    until(lambda: slow.begun)
    ask(second, service)
    slow.let.release()
    found = [until(partial(_made, held, service)) for held in (first, second)]
    assert slow.begun == [13]
    assert found[0].points.tobytes() == found[1].points.tobytes()


def _made(maps: Maps, service: LexiconService) -> Projection | None:
    found = ask(maps, service)
    return found if isinstance(found, Projection) else None


def test_at_the_end_the_work_is_broken_off(
    maps: Maps, service: LexiconService, slow: Slow, caplog: pytest.LogCaptureFixture
) -> None:
    ask(maps, service)
    until(lambda: slow.begun)
    ask(maps, service, Selection(("en", "kn")))
    maps.end()
    slow.let.release()
    until(lambda: idle(maps))
    assert slow.begun == [13]
    assert list((service.settings.home / FOLDER).rglob("*.points")) == []
    with pytest.raises(ShuttingDown):
        ask(maps, service)
    with pytest.raises(ShuttingDown):
        ask(maps, service, Selection(("fr", "kn")))
    assert caplog.records == []


def test_whoever_waits_for_another_process_ends_too(
    maps: Maps, service: LexiconService, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKED", 0.01)
    folder = service.settings.home / FOLDER
    folder.mkdir()
    with FileLock(folder / ".lock"):
        ask(maps, service)
        until(lambda: not maps._queue)
        time.sleep(0.05)
        assert not idle(maps)
        maps.end()
        until(lambda: idle(maps))
        with pytest.raises(ShuttingDown):
            ask(maps, service)
    assert slow.begun == []


def test_the_end_of_the_service_ends_it(
    service: LexiconService, settings: Settings, slow: Slow, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings)
    with TestClient(app) as client:
        assert client.get("/v1/map").status_code == 202
        until(lambda: slow.begun)
    slow.let.release()
    until(lambda: idle(app.state.maps))
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []
    with pytest.raises(ShuttingDown):
        ask(app.state.maps, service)
