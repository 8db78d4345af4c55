"""What the engines say of themselves when a fresh process imports them, and what the driver says.

A process of its own, because torch is heavy, and because an engine may end the process that
imports it; that is an answer too.
"""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SECONDS = 60
DRIVER_SECONDS = 5
SLOW = "no answer within"
NOT_REACHED = "not reached"
STEPS = ("faiss", "gpus", "torch", "maps")

# Every answer is printed at once: what was known when the process ended is kept.
_SCRIPT = """
import json, sys

def say(**found):
    print(json.dumps(found), flush=True)

def answer(step, look):
    say(trying=step)
    try:
        say(**{step: look()})
    except ModuleNotFoundError as error:
        say(**({step: None} if error.name == step else {"fault": f"ModuleNotFoundError: {error}"}))
    except Exception as error:
        say(fault=f"{type(error).__name__}: {error}")

def faiss():
    import faiss
    import numpy
    index = faiss.IndexFlatIP(2)
    index.add(numpy.eye(2, dtype=numpy.float32))
    index.search(numpy.eye(2, dtype=numpy.float32), 1)
    level = getattr(getattr(faiss, "SIMDConfig", None), "get_level_name", None)
    return {
        "version": faiss.__version__,
        "options": faiss.get_compile_options().split(),
        "level": level() if level else None,
        "threads": faiss.omp_get_max_threads(),
        "file": faiss.__file__,
    }

def gpus():
    import faiss
    return faiss.get_num_gpus() if hasattr(faiss, "get_num_gpus") else 0

def torch():
    import torch
    return {
        "version": torch.__version__,
        "cuda": torch.version.cuda,
        "available": torch.cuda.is_available(),
        "threads": torch.get_num_threads(),
    }

def maps():
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="backslashreplace") as file:
            return [line for line in file if "omp" in line]
    except OSError:
        return None

answer("faiss", faiss)
answer("gpus", gpus)
answer("torch", torch)
answer("maps", maps)
"""


@dataclass(frozen=True)
class Faiss:
    """``level`` is the instruction set in use, where the library can tell it."""

    version: str
    options: list[str]
    level: str | None
    threads: int
    file: str


@dataclass(frozen=True)
class Torch:
    """``cuda`` is the version that it was built for, None for a build without."""

    version: str
    cuda: str | None
    available: bool
    threads: int


@dataclass(frozen=True)
class Probe:
    """None stands for what is not installed, or was not reached; then ``faults`` says why, by
    step. ``maps``: the lines of the process's memory map that may name an OpenMP library."""

    faiss: Faiss | None = None
    gpus: int = 0
    torch: Torch | None = None
    maps: list[str] | None = None
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Driver:
    """NVIDIA's driver: its version, or why ``nvidia-smi`` names none."""

    version: str | None
    fault: str | None = None


def probe(seconds: float = SECONDS, script: str = _SCRIPT) -> Probe:
    """What a fresh process finds within that time; raises nothing."""
    try:
        # -P: a numpy.py in the current folder is not what the command imports.
        done = subprocess.run(
            [sys.executable, "-P", "-c", script],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
        printed, ended = done.stdout, _ending(done.returncode, done.stderr)
    except subprocess.TimeoutExpired as error:
        printed, ended = error.stdout or b"", f"{SLOW} {seconds:g} seconds"
    except OSError as error:
        printed, ended = b"", f"{sys.executable} cannot be started ({error.strerror or error})"
    return _read(printed.decode("utf-8", "backslashreplace"), ended)


def _read(printed: str, ended: str | None) -> Probe:
    said: dict[str, Any] = {}
    faults: dict[str, str] = {}
    trying: str | None = None
    for line in printed.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            # Libraries greet on standard output as well.
            continue
        if not isinstance(found, dict):
            continue
        if "trying" in found:
            trying = found["trying"]
        elif "fault" in found and trying is not None:
            faults[trying] = found["fault"]
        else:
            said |= found
    for step in STEPS:
        if step not in said and step not in faults:
            why = ended or "the process said nothing"
            faults[step] = why if step == trying or trying is None else f"{NOT_REACHED}: {why}"
    if "faiss" in faults or said.get("faiss") is None:
        # There is nobody to ask for GPUs, and that has been said.
        faults.pop("gpus", None)
    return Probe(
        faiss=Faiss(**said["faiss"]) if said.get("faiss") else None,
        gpus=said.get("gpus") or 0,
        torch=Torch(**said["torch"]) if said.get("torch") else None,
        maps=said.get("maps"),
        faults=faults,
    )


def _ending(code: int, stderr: bytes) -> str | None:
    """How a process ended that should not have: the signal or code, and its last words."""
    if code == 0:
        return None
    lines = [line.strip() for line in stderr.decode("utf-8", "backslashreplace").splitlines()]
    # OpenMP explains its error in a hint of several lines.
    errors = [line for line in lines if line.startswith("OMP: Error")]
    words = (errors or [line for line in lines if line])[-1:]
    try:
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    except ValueError:
        how = f"signal {-code}"
    return ": ".join([f"the process ended with {how}", *words])


def driver() -> Driver | None:
    """NVIDIA's driver, or None where there is no ``nvidia-smi``; raises nothing."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, "--query-gpu=driver_version", "--format=csv,noheader"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=DRIVER_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Driver(None, f"nvidia-smi did not answer within {DRIVER_SECONDS} seconds")
    except OSError as error:
        return Driver(None, f"nvidia-smi cannot be started ({error.strerror or error})")
    lines = done.stdout.decode("utf-8", "backslashreplace").split("\n")
    said = next((line.strip() for line in lines if line.strip()), "")
    if done.returncode != 0 or not said[:1].isdigit():
        return Driver(None, f"nvidia-smi: {said or f'exit code {done.returncode}'}")
    return Driver(said)
