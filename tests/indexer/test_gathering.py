"""Questions that are gathered: batches by hand, one thread held up by an event."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from indexer.asking.gathering import MicroBatcher, Observer, Room
from lexicon.errors import EncoderFault, InvalidInput, ModelMissing, Overloaded

PATIENCE = 20


class Shouting:
    """Answers in capitals; the word *first* is held up until ``go``, *bad* is refused."""

    def __init__(self) -> None:
        self.batches: list[tuple[str | None, list[str]]] = []
        self.began = threading.Event()
        self.go = threading.Event()

    def __call__(self, group: str | None, texts: Sequence[str]) -> list[str]:
        self.batches.append((group, list(texts)))
        if "first" in texts:
            self.began.set()
            assert self.go.wait(PATIENCE)
        for text in texts:
            if text == "bad":
                raise InvalidInput(f"refused {text!r}")
            if text == "gone":
                raise ModelMissing("no such model")
        return [text.upper() for text in texts if text != "lost"]


class Counted(Observer):
    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.moves: list[int] = []
        self.refusals = 0

    def looked_up(self, hits: int, misses: int) -> None:
        raise AssertionError("only encoders look up")

    def batched(self, size: int, seconds: float) -> None:
        assert seconds >= 0
        self.sizes.append(size)

    def moved(self, count: int) -> None:
        self.moves.append(count)

    def refused(self) -> None:
        self.refusals += 1


Batcher = MicroBatcher[str | None, str, str]


class Held:
    """A batcher whose worker is busy with *first* while others come."""

    def __init__(self, most: int = 64, room: int = 2_048) -> None:
        self.work = Shouting()
        self.counted = Counted()
        self.room = Room(room, self.counted)
        self.batcher: Batcher = MicroBatcher(self.work, self.room, most, self.counted)
        self.pool = ThreadPoolExecutor(20)
        self.first = self.pool.submit(self.batcher.ask, None, ["first"])
        assert self.work.began.wait(PATIENCE)

    def later(self, *texts: str, group: str | None = None) -> "Future[list[str]]":
        """Ask, and return when the texts wait."""
        before = self.room.waiting
        asked = self.pool.submit(self.batcher.ask, group, texts)
        for _ in range(2_000):
            if self.room.waiting == before + len(texts):
                return asked
            threading.Event().wait(0.005)
        raise AssertionError("never waited")

    def release(self) -> list[tuple[str | None, list[str]]]:
        """Let the worker go; every batch but the first."""
        self.work.go.set()
        assert self.first.result(PATIENCE) == ["FIRST"]
        self.batcher.close(PATIENCE)
        self.pool.shutdown()
        return self.work.batches[1:]


def test_a_text_goes_at_once_and_those_that_come_meanwhile_go_together() -> None:
    held = Held()
    asked = [held.later("a", "b"), held.later("c")]
    assert held.release() == [(None, ["c", "a", "b"])]
    assert [one.result() for one in asked] == [["A", "B"], ["C"]]
    assert held.counted.sizes == [1, 3]
    assert sum(held.counted.moves) == 0
    assert held.room.waiting == 0


def test_a_batch_is_of_one_group() -> None:
    held = Held()
    asked = [held.later("a", group="en"), held.later("b", group="fr"), held.later("c", group="en")]
    assert held.release() == [("en", ["a", "c"]), ("fr", ["b"])]
    assert [one.result() for one in asked] == [["A"], ["B"], ["C"]]


def test_a_large_request_does_not_keep_small_ones_waiting() -> None:
    held = Held(most=4)
    large, small = held.later("1", "2", "3", "4", "5", "6"), held.later("s")
    assert held.release() == [(None, ["s", "1", "2", "3"]), (None, ["4", "5", "6"])]
    assert large.result() == ["1", "2", "3", "4", "5", "6"]
    assert small.result() == ["S"]


def test_a_text_that_is_refused_harms_nobody_else() -> None:
    held = Held()
    good, bad, both = held.later("a"), held.later("bad"), held.later("b", "bad")
    held.release()
    assert good.result() == ["A"]
    for refused in (bad, both):
        with pytest.raises(InvalidInput, match=r"^refused 'bad'$"):
            refused.result()


def test_each_outcome_can_be_seen() -> None:
    batcher: Batcher = MicroBatcher(Shouting(), Room(9))
    first, refused, last = batcher.outcomes(None, ["a", "bad", "b"])
    assert (first, last) == ("A", "B")
    assert isinstance(refused, InvalidInput)
    assert batcher.outcomes(None, []) == []


def test_what_no_text_is_to_blame_for_is_not_tried_again() -> None:
    work = Shouting()
    batcher: Batcher = MicroBatcher(work, Room(9))
    assert [type(one) for one in batcher.outcomes(None, ["a", "gone"])] == [ModelMissing] * 2
    assert len(work.batches) == 1


def test_too_few_answers_are_an_error_of_the_text_that_has_none() -> None:
    batcher: Batcher = MicroBatcher(Shouting(), Room(9))
    first, lost = batcher.outcomes(None, ["a", "lost"])
    assert first == "A"
    assert str(lost) == "0 answers to 1 questions"


def test_whoever_finds_no_room_is_told_at_once() -> None:
    held = Held(room=3)
    waiting = [held.later("a", "b"), held.later("c")]
    with pytest.raises(Overloaded, match=r"^3 texts wait already and 3 may \(LEXICON_QUEUE\); ask"):
        held.batcher.ask(None, ["d"])
    assert held.counted.refusals == 1
    held.release()
    assert [one.result() for one in waiting] == [["A", "B"], ["C"]]


def test_a_request_larger_than_the_room_is_let_in_where_nobody_waits() -> None:
    batcher: Batcher = MicroBatcher(Shouting(), Room(1))
    assert batcher.ask(None, ["a", "b"]) == ["A", "B"]


def test_closing_answers_what_waits_and_takes_nothing_more() -> None:
    held = Held()
    waiting = held.later("a")
    closing = held.pool.submit(held.batcher.close, PATIENCE)
    held.work.go.set()
    closing.result(PATIENCE)
    assert waiting.result(PATIENCE) == ["A"]
    with pytest.raises(Overloaded, match="shutting down"):
        held.batcher.ask(None, ["b"])
    held.pool.shutdown()
    unused: Batcher = MicroBatcher(Shouting(), Room(1))
    unused.close()


def test_a_fault_of_one_text_leaves_the_worker_alive() -> None:
    def fragile(_group: str | None, texts: Sequence[str]) -> list[str]:
        if "crash" in texts:
            raise EncoderFault("not finite")
        return list(texts)

    batcher: Batcher = MicroBatcher(fragile, Room(9))
    with pytest.raises(EncoderFault):
        batcher.ask(None, ["crash"])
    assert batcher.ask(None, ["a"]) == ["a"]
