"""In which numbers a checkpoint runs, and the proof that they are good enough."""

import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.vectors import Vectors
from lexicon.errors import InvalidInput, PrecisionRefused

Floats = NDArray[np.float64]

PRECISIONS = ("auto", "fp32", "bf16", "fp16", "int8")

MEAN_COSINE = 0.999
LEAST_COSINE = 0.995
"""Below fp32, a text's vector must be this close to its fp32 vector, on average and at worst."""

MEAN_DIFFERENCE = 0.01
MOST_DIFFERENCE = 0.05
"""Below fp32, a probability may be this far from the fp32 one, on average and at worst."""

TIE = 0.02
"""Where fp32 prefers a label by no more than this, another one is no fault."""

SAMPLE = 256
"""Texts that a lower precision is tried on."""


def resolve(wanted: str, device: str) -> str:
    """``auto`` made definite: bf16 where the processor computes in it, else fp32.

    Raises :class:`InvalidInput` for names that are none and for fp16 on a CPU, which converts
    every number back and forth, and int8 on a GPU.
    """
    if wanted not in PRECISIONS:
        raise InvalidInput(f"unknown precision {wanted!r}; known: {', '.join(PRECISIONS)}")
    on_cpu = device == "cpu"
    if (wanted == "fp16" and on_cpu) or (wanted == "int8" and not on_cpu):
        other = "bf16 or int8" if on_cpu else "bf16 or fp16"
        raise InvalidInput(f"precision {wanted} does not run on {device}; use fp32, {other}")
    if wanted != "auto":
        return wanted
    return "bf16" if _computes_bf16(device) else "fp32"


def _computes_bf16(device: str) -> bool:
    if device != "cpu":
        import torch

        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    # Arm calls it bf16, Intel and AMD avx512_bf16.
    words = set(flags.split())
    return bool(words & {"avx512_bf16", "amx_bf16", "bf16"})


def convert(module: Any, precision: str) -> Any:
    """``module`` in that precision; it may be another object. Embeddings keep fp32 under int8."""
    import torch

    if precision == "int8":
        return _quantized(module)
    kinds = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
    return module.to(kinds[precision])


def _quantized(module: Any) -> Any:
    import warnings

    import torch

    with warnings.catch_warnings():
        # Announced to move to another package; it is what PyTorch has for CPUs today.
        warnings.simplefilter("ignore")
        return torch.ao.quantization.quantize_dynamic(  # type: ignore[no-untyped-call]
            module, {torch.nn.Linear}, dtype=torch.qint8, inplace=True
        )


def gate(name: str, precision: str, exact: Vectors, found: Vectors) -> None:
    """Raise :class:`PrecisionRefused` unless ``found`` are as close to ``exact`` as they must be.

    Both are (n, dim) unit rows of the same texts.
    """
    cosine = np.einsum("ij,ij->i", exact, found)
    mean, least = float(cosine.mean()), float(cosine.min())
    # Written so that not-a-number is refused too.
    if not (mean >= MEAN_COSINE and least >= LEAST_COSINE):
        raise PrecisionRefused(
            f"{name} in {precision} is not close enough to fp32 (cosine {mean:.4f} on average, "
            f"{least:.4f} at worst over {len(cosine)} texts; at least {MEAN_COSINE} and "
            f"{LEAST_COSINE} are needed); use --precision fp32"
        )


def gate_probabilities(name: str, precision: str, exact: Floats, found: Floats) -> None:
    """The same for (n, labels) probabilities of the same pairs of texts: none may be far off, and
    no label another but near a tie."""
    apart = np.abs(exact - found)
    mean, most = float(apart.mean()), float(apart.max())
    second, first = np.sort(exact, axis=1)[:, -2:].T
    other = (exact.argmax(axis=1) != found.argmax(axis=1)) & (first - second > TIE)
    # Written so that not-a-number is refused too.
    if not (mean <= MEAN_DIFFERENCE and most <= MOST_DIFFERENCE and not other.any()):
        raise PrecisionRefused(
            f"{name} in {precision} is not close enough to fp32 (probabilities {mean:.4f} apart on "
            f"average, {most:.4f} at worst, another label for {other.sum()} of {len(exact)} pairs; "
            f"{MEAN_DIFFERENCE}, {MOST_DIFFERENCE} and none are allowed); use --precision fp32"
        )


class Proofs:
    """Which identities have passed the gate on this machine: it costs a second load's worth of
    work, and the answer stays the same."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def has(self, identity: str) -> bool:
        return identity in self._all()

    def add(self, identity: str) -> None:
        # Where it cannot be kept, the gate is passed again next time.
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            part = self._file.with_name(f"{self._file.name}.{os.getpid()}")
            part.write_text(json.dumps(sorted({*self._all(), identity})), encoding="utf-8")
            part.replace(self._file)

    def _all(self) -> list[str]:
        with suppress(OSError, ValueError, TypeError):
            return [str(one) for one in json.loads(self._file.read_text(encoding="utf-8"))]
        return []


def sample(texts: Callable[[], Sequence[str]]) -> list[str]:
    """``SAMPLE`` texts, evenly spread over those given."""
    every = texts()
    step = max(1, len(every) // SAMPLE)
    return list(every[::step][:SAMPLE])
