"""Weights and the state of a run on disk: whole files or none, without pickle.

A state is one file of tensors with all that the next step depends on: the model, both moments of
its optimizer, the random numbers, and how far the run is.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from lexicon.disk import sync
from lexicon.errors import StoreUnavailable

SAID = "said"
"""Under which name a file's JSON stands beside its tensors."""

_MOMENTS = ("exp_avg", "exp_avg_sq")
_ON_GPU = "random.cuda."


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """Say in one line that something cannot be written to ``folder``."""
    try:
        yield
    except (OSError, SafetensorError) as error:
        # The library of tensors tells the number of the system's error in words only.
        number = getattr(error, "errno", None)
        full = number in (ENOSPC, EDQUOT) or any(
            f"os error {code}" in str(error) for code in (ENOSPC, EDQUOT)
        )
        why = "its disk is full" if full else getattr(error, "strerror", None) or str(error)
        raise StoreUnavailable(
            f"{folder} cannot be written ({why}); make room there, then give the same command again"
        ) from error


def write_tensors(path: Path, tensors: Mapping[str, Any], said: object = None) -> None:
    """Put tensors and what is said of them at ``path``, once they are whole and on disk."""
    from safetensors.torch import save_file

    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with room_in(path.parent):
        try:
            save_file(dict(tensors), part, metadata={"format": "pt", SAID: json.dumps(said)})
            sync(part)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync(path.parent)


def read_said(path: Path) -> Any:
    """What :func:`write_tensors` was told of the tensors."""
    with safe_open(path, framework="numpy") as stream:
        return json.loads(stream.metadata()[SAID])


def weights(model: Any) -> dict[str, Any]:
    """The trained numbers of a model by name, on the CPU; numbers that two names share, once."""
    return {name: one.detach().cpu().contiguous() for name, one in model.named_parameters()}


def load_weights(torch: Any, model: Any, found: Mapping[str, Any]) -> None:
    """Make a model's trained numbers those of :func:`weights`."""
    with torch.no_grad():
        for name, one in model.named_parameters():
            one.copy_(torch.as_tensor(found[name]))


def write_state(torch: Any, path: Path, model: Any, optimizer: Any, said: object) -> None:
    tensors = {f"model.{name}": one for name, one in weights(model).items()}
    for name, one in model.named_parameters():
        # A weight that no output depends on has none.
        for moment in set(_MOMENTS) & set(optimizer.state[one]):
            tensors[f"{moment}.{name}"] = optimizer.state[one][moment].cpu().contiguous()
    tensors["random.cpu"] = torch.get_rng_state()
    every = enumerate(torch.cuda.get_rng_state_all())
    tensors |= {f"{_ON_GPU}{number}": one for number, one in every}
    write_tensors(path, tensors, said)


def read_state(torch: Any, path: Path, model: Any, optimizer: Any, steps: int) -> None:
    """Put model, optimizer and random numbers where they were ``steps`` steps into a run."""
    from safetensors.torch import load_file

    held = load_file(path)
    load_weights(
        torch,
        model,
        {name.removeprefix("model."): one for name, one in held.items() if name[:6] == "model."},
    )
    for name, one in model.named_parameters():
        moments = {
            moment: held[f"{moment}.{name}"].to(one.device)
            for moment in _MOMENTS
            if f"{moment}.{name}" in held
        }
        if moments:
            optimizer.state[one] = {"step": torch.tensor(float(steps)), **moments}
    torch.set_rng_state(held["random.cpu"])
    on_gpu = [held[name] for name in sorted(held) if name.startswith(_ON_GPU)]
    torch.cuda.set_rng_state_all(on_gpu[: torch.cuda.device_count()])


def average(files: list[Path]) -> dict[str, Any]:
    """The mean of the tensors of several files by name, each file weighing the same."""
    opened: list[Any] = [safe_open(path, framework="numpy") for path in files]
    found = {}
    for name in opened[0].keys():  # noqa: SIM118 — a handle, not a dictionary
        # In double precision, or the mean of equal numbers would be another number.
        total = sum(one.get_tensor(name).astype(np.float64) for one in opened)
        found[name] = np.asarray(total / len(opened), dtype=np.float32)
    return found
