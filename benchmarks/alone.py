"""The most memory that a piece of work takes: a script runs it again in a process of its own."""

import subprocess
import sys

from benchmarks.engines.speaking import memory
from benchmarks.results import DOCUMENT


def peak_mib(module: str, *arguments: str) -> float:
    """MiB at most of a process that runs so, and ends by :func:`tell`."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, cwd=DOCUMENT.parent.parent
    )
    return float(done.stdout.splitlines()[-1])


def tell() -> None:
    """Print what :func:`peak_mib` reads."""
    print(memory()["peak_mib"])
