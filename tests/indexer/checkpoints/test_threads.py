"""One thread for small passes where threads sleep, and what was chosen for all others."""

from pathlib import Path

import pytest

from indexer.checkpoints import threads
from lexicon.settings import Settings


class Torch:
    """As much of PyTorch as counts threads."""

    def __init__(self) -> None:
        self.said: list[int] = []

    def get_num_threads(self) -> int:
        return self.said[-1] if self.said else 6

    def set_num_threads(self, count: int) -> None:
        self.said.append(count)


def said(tokens: int, home: Path, chosen: int | None = None) -> list[int]:
    """What PyTorch is told before a pass of a model of 100 numbers a token, and after it."""
    torch = Torch()
    with threads.of_pass(torch, Settings(home=home, threads=chosen), tokens, 100):
        pass
    return torch.said


@pytest.mark.parametrize(("tokens", "during"), [(1, 1), (1_599, 1), (1_600, 6), (9_999, 6)])
def test_a_small_pass_has_one_and_a_large_one_all_where_they_sleep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tokens: int, during: int
) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "passive")
    assert said(tokens, tmp_path) == [during, 6]


@pytest.mark.parametrize("policy", ["ACTIVE", None])
def test_where_they_spin_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: str | None
) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    if policy:
        monkeypatch.setenv("OMP_WAIT_POLICY", policy)
    assert said(1, tmp_path) == []


def test_a_number_in_the_settings_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    assert said(1, tmp_path, chosen=3) == []


def test_a_pass_that_fails_leaves_all_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    torch = Torch()
    settings = Settings(home=tmp_path)
    with pytest.raises(ValueError, match="broken"), threads.of_pass(torch, settings, 1, 8):
        raise ValueError("broken")
    assert torch.said == [1, 6]
