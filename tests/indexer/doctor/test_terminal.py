"""Terminals of every encoding."""

import pytest

from indexer.doctor import terminal
from indexer.doctor.findings import State


@pytest.mark.parametrize(
    ("encoding", "state"),
    [
        ("utf-8", State.OK),
        ("utf-16", State.OK),
        ("ascii", State.WARNING),
        ("cp1252", State.WARNING),
        ("of nobody", State.WARNING),
        (None, State.OK),
    ],
)
def test_a_terminal_that_lacks_letters_is_a_warning(encoding: str | None, state: State) -> None:
    found = terminal.terminal(encoding)
    assert found.state is state
    assert found.remedy == (None if state is State.OK else "set PYTHONUTF8=1")
