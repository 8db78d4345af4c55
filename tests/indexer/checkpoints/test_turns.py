"""Turns: one at a time, in the order of asking."""

import threading
import time

import pytest

from indexer.checkpoints.turns import Turns

PATIENCE = 30.0


def waiting(turns: Turns, count: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(turns._waiting) < count:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_whoever_asked_first_is_let_in_first_even_before_who_has_just_left() -> None:
    turns, order = Turns(), list[str]()

    def take(name: str) -> None:
        with turns:
            order.append(name)

    others = []
    with turns:
        for number, name in enumerate("abc"):
            others.append(threading.Thread(target=take, args=(name,)))
            others[-1].start()
            waiting(turns, number + 2)
    take("again")
    for other in others:
        other.join(PATIENCE)
    assert order == ["a", "b", "c", "again"]


def test_what_fails_gives_its_turn_up() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="inside"), turns:
        raise ValueError("inside")
    with turns:
        pass


def test_who_is_interrupted_while_waiting_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turns = Turns()

    def interrupted(_predicate: object) -> None:
        raise KeyboardInterrupt

    with turns:
        with monkeypatch.context() as patch:
            patch.setattr(turns._changed, "wait_for", interrupted)
            with pytest.raises(KeyboardInterrupt):
                turns.__enter__()
        assert len(turns._waiting) == 1
    with turns:
        pass
