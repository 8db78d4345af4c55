"""Work that is done once, one at a time, and kept."""

import threading
from functools import partial

import anyio
import pytest

from api.measured import Measured
from api.refusals import Crowded
from lexicon.errors import InvalidInput

PATIENCE = 20

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Work:
    """Gives what it is asked for, and counts; ``most`` at once."""

    def __init__(self) -> None:
        self.done: list[object] = []
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()
        self.free = threading.Event()
        self.free.set()

    def __call__(self, what: object) -> object:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        assert self.free.wait(PATIENCE)
        with self._lock:
            self._now -= 1
            self.done.append(what)
        return what


@pytest.fixture
def work() -> Work:
    return Work()


async def test_many_who_ask_at_once_have_one_answer(work: Work) -> None:
    measured = Measured()
    found: list[object] = []

    async def ask(key: str) -> None:
        found.append(await measured.get(key, partial(work, key)))

    async with anyio.create_task_group() as group:
        for key in "aabba":
            group.start_soon(ask, key)
    assert sorted(map(str, found)) == ["a", "a", "a", "b", "b"]
    assert sorted(map(str, work.done)) == ["a", "b"]
    assert work.most == 1


async def test_what_is_kept_is_what_was_asked_for_last(work: Work) -> None:
    measured = Measured(most=2)
    for key in ("a", "b", "a", "c", "a", "b"):
        assert await measured.get(key, partial(work, key)) == key
    assert work.done == ["a", "b", "c", "b"]


async def test_some_is_kept_for_a_while_only(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = Measured()
    now = 100.0
    monkeypatch.setattr("api.measured.time.monotonic", lambda: now)
    for later in (0, 9, 2, 9):
        now += later
        await measured.get("a", partial(work, now), 10)
    assert work.done == [100, 111]


async def test_a_failure_is_not_kept(work: Work) -> None:
    measured = Measured()

    def fail() -> object:
        raise InvalidInput("no")

    with pytest.raises(InvalidInput, match="no"):
        await measured.get("a", fail)
    assert await measured.get("a", partial(work, "a")) == "a"


async def test_where_too_many_wait_others_are_refused_but_not_what_is_kept(work: Work) -> None:
    measured = Measured(waiting=1)
    await measured.get("kept", partial(work, "kept"))
    work.free.clear()
    async with anyio.create_task_group() as group:
        for key in ("running", "waiting"):
            group.start_soon(measured.get, key, partial(work, key))
            await anyio.wait_all_tasks_blocked()
        with pytest.raises(Crowded, match="1 requests wait"):
            await measured.get("refused", partial(work, "refused"))
        assert await measured.get("kept", partial(work, "again")) == "kept"
        work.free.set()
    assert work.done == ["kept", "running", "waiting"]
