"""States of a run: written whole, read back to the last bit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from nli.training import state


def world() -> tuple[Any, Any, Any]:
    """PyTorch, a model one of whose layers nothing depends on, and its optimizer."""
    import torch

    torch.manual_seed(0)
    model = torch.nn.ModuleDict({"used": torch.nn.Linear(3, 2), "unused": torch.nn.Linear(2, 2)})
    return torch, model, torch.optim.AdamW(model.parameters(), lr=0.1)


def learn(torch: Any, model: Any, optimizer: Any, steps: int) -> None:
    for _ in range(steps):
        model["used"](torch.randn(4, 3)).square().sum().backward()
        optimizer.step()
        optimizer.zero_grad()


def test_what_is_read_back_goes_on_as_what_was_written(tmp_path: Path) -> None:
    file = tmp_path / "state.safetensors"
    torch, model, optimizer = world()
    learn(torch, model, optimizer, 3)
    state.write_state(torch, file, model, optimizer, {"step": 3, "loss": 0.1})
    learn(torch, model, optimizer, 4)
    wanted = {name: one.numpy().copy() for name, one in state.weights(model).items()}

    torch, model, optimizer = world()
    assert state.read_said(file) == {"step": 3, "loss": 0.1}
    state.read_state(torch, file, model, optimizer, 3)
    learn(torch, model, optimizer, 4)
    found = state.weights(model)
    assert set(found) == set(wanted)
    for name, one in found.items():
        np.testing.assert_array_equal(one.numpy(), wanted[name])
    assert [path.name for path in tmp_path.iterdir()] == ["state.safetensors"]


def test_what_is_broken_off_leaves_the_file_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state.safetensors"
    torch, model, _ = world()
    state.write_tensors(file, state.weights(model), "before")

    def interrupted(_path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(state, "sync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        state.write_tensors(file, {"other": torch.zeros(3)}, "after")
    assert state.read_said(file) == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["state.safetensors"]


def test_an_average_weighs_all_files_the_same(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.safetensors" for number in range(3)]
    for number, file in enumerate(files):
        values = np.array([number, 10 * number, 0.1], dtype=np.float32)
        save_file({"weights": values}, file)
    found = state.average(files)
    assert found["weights"].dtype == np.float32
    assert found["weights"].tolist() == [1.0, 10.0, np.float32(0.1)]
    alone = state.average(files[2:])
    np.testing.assert_array_equal(alone["weights"], load_file(files[2])["weights"])
