"""An engine's process: a JSON object a line on its input, one a line on its output.

``{"do": "build"}``, ``{"do": "open"}`` and ``{"do": "search", "k": 10, "limited": false}`` are
answered with the seconds that they took, of CPU over all threads and of the clock, the process's
memory, and what was found. Needs nothing but Python and NumPy, so that every engine can run where
it is installed.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

ROWS, QUERIES, HELD_OUT, LANGUAGES = "rows.npy", "queries.npy", "held_out.npy", "languages.npy"
CODES = ("en", "fr", "hi", "kn")
"""``languages.npy`` has the place of a row's language here; limited searches want the first."""


class Engine(Protocol):
    """Reads its rows from a folder and keeps its index there."""

    def build(self) -> None:
        """Make the index and write it."""

    def open(self) -> None:
        """Read what was built."""

    def search(self, place: int, k: int) -> list[int]:
        """The rows nearest to the query at that place."""

    def limited(self, place: int, k: int) -> list[int]:
        """The same among the rows of the first language."""


def rows(folder: Path) -> NDArray[np.float32]:
    return np.asarray(np.load(folder / ROWS, mmap_mode="r"), dtype=np.float32)


def queries(folder: Path) -> NDArray[np.float32]:
    return np.asarray(np.load(folder / QUERIES), dtype=np.float32)


def of_first_language(folder: Path) -> NDArray[np.int64]:
    """The rows that are words of it."""
    return np.flatnonzero(np.load(folder / LANGUAGES) == 0)


def memory() -> dict[str, float]:
    """MiB that this process has now, and had at most."""
    # What getrusage calls the most counts the process that this one was started by.
    said = Path("/proc/self/status").read_text(encoding="utf-8")
    names = {"rss_mib": "VmRSS:", "peak_mib": "VmHWM:"}
    return {key: int(said.partition(name)[2].split()[0]) / 1024 for key, name in names.items()}


def measured(call: Callable[[], Any]) -> dict[str, Any]:
    wall, used = time.perf_counter(), time.process_time()
    found = call()
    return {
        "cpu_s": time.process_time() - used,
        "wall_s": time.perf_counter() - wall,
        "found": found,
        **memory(),
    }


def answer(engine: Engine, asked: dict[str, Any], count: int) -> dict[str, Any]:
    """What the engine has to say to one line; ``count`` queries are a run."""
    if asked["do"] == "build":
        return measured(engine.build)
    if asked["do"] == "open":
        return measured(engine.open)
    search = engine.limited if asked["limited"] else engine.search
    return measured(lambda: [search(place, asked["k"]) for place in range(count)])


def speak(engine: Engine, folder: Path) -> None:
    """Answer until the input ends. What libraries print goes to the error output."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)
        count = len(np.load(folder / QUERIES, mmap_mode="r"))
        for line in sys.stdin:
            out.write(json.dumps(answer(engine, json.loads(line), count)) + "\n")
            out.flush()
