"""The vector index beside others over the same rows: build, search, recall, memory, one language.

    python -m benchmarks.engines [--rows 3000,20000,100000] [--runs 5] [--builds 5]
                                 [--only ours chromadb] [--json FILE] [--document]

Rows are made up, 768 numbers each, and lie as embeddings of words do (``made.py``), dealt to four
languages. Each engine is a process of its own, as its documentation has it, with the threads that
it takes by itself; single queries follow one another, engines take turns, and CPU counts all
threads. What takes a minute to build is built once. A search limited to one language asks our index
of that language, chromadb with a filter on metadata, txtai in SQL. Recall is against exact search;
*txtai, .99* is txtai with as many probes as it takes to find .99 of the ten nearest of held-out
queries, which our index sees to by itself. Memory is what a process that has opened the index and
searched it holds, and all are open at once. What an engine cannot build within ``--patience`` is
left out, and said to be. Tables of one size alone do not take the place of those of several in
docs/benchmarks.md.

The others live in an environment of their own: make bench-peers.
"""

import argparse
import json
import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from benchmarks.engines import speaking
from benchmarks.engines.made import SEED, like_words
from benchmarks.engines.others import NAMES
from benchmarks.index import SHOWN
from benchmarks.results import show
from indexer.building.choose import QUERIES
from indexer.indices import kinds

ROOT = Path(__file__).parent.parent.parent
PEERS = ROOT / ".bench-peers" / "bin" / "python"
K = 10
ONLY_WITH_SQL = "txtai, SQL"
ANSWER = 900.0
"""Seconds for a process to open its index, and for a run of searches the first time."""
LONG = 60.0
"""Seconds of a build that is not done again."""
FOREVER = 4 * ANSWER
"""And again, when it has shown that it can."""

Row = tuple[str, ...]


class TooLong(Exception):
    """An engine was not done in time."""


class Process:
    """An engine that was started, and is ended with the block."""

    def __init__(self, name: str, folder: Path, peers: Path, log: Path) -> None:
        self.name = name
        ours = name == "ours"
        command = [sys.executable, "-m", "benchmarks.engines.ours"] if ours else []
        command = command or [str(peers), "-m", "benchmarks.engines.others"]
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [*command, name, str(folder)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"},
            )
        self._log = log

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, patience: float, **said: object) -> dict[str, Any]:
        """Raises :class:`TooLong`."""
        put, got = self._process.stdin, self._process.stdout
        assert put is not None
        assert got is not None
        put.write(json.dumps(said).encode() + b"\n")
        put.flush()
        with selectors.DefaultSelector() as waiting:
            waiting.register(got, selectors.EVENT_READ)
            came = waiting.select(patience)
        if not came:
            raise TooLong
        line = got.readline()
        if not line:
            self._process.wait()
            tail = self._log.read_text(encoding="utf-8", errors="replace").strip()
            raise SystemExit(f"{self.name} failed: {tail.splitlines()[-1] if tail else 'silently'}")
        return cast(dict[str, Any], json.loads(line))


def prepare(folder: Path, rows: int) -> None:
    """The rows, the queries, and what an index may be chosen with."""
    like_words(rows, SEED + 1, rows, folder / speaking.ROWS).flush()  # type: ignore[attr-defined]
    asked = like_words(SHOWN, SEED + 2, rows)
    np.save(folder / speaking.QUERIES, np.asarray(asked, dtype=np.float32))
    np.save(folder / speaking.HELD_OUT, like_words(QUERIES, SEED + 5, rows))
    dealt = np.random.default_rng(SEED).integers(0, len(speaking.CODES), rows)
    np.save(folder / speaking.LANGUAGES, dealt.astype(np.int8))


def truth(folder: Path, limited: bool) -> NDArray[np.int64]:
    """(queries, K) rows that are nearest, by looking at all."""
    rows = np.load(folder / speaking.ROWS, mmap_mode="r")
    asked = speaking.queries(folder)
    if not limited:
        return kinds.exactly(rows, asked, K).rows
    first = speaking.of_first_language(folder)
    return first[kinds.exactly(rows[first], asked, K).rows]


def recall(found: Sequence[Sequence[int]], expected: NDArray[np.int64]) -> float:
    """Share of the true first ones that were found."""
    there = [
        len(set(some) & set(true)) / len(true)
        for some, true in zip(found, expected.tolist(), strict=True)
    ]
    return sum(there) / len(there)


def built(
    names: Sequence[str],
    folder: Path,
    peers: Path,
    patience: float,
    log: Path,
    runs: int = 1,
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, str]]:
    """What each build cost, run by run, and who was left out and why.

    Engines take turns; one that takes ``LONG`` is not built again.
    """
    costs: dict[str, list[dict[str, Any]]] = {}
    left_out: dict[str, str] = {}
    for turn in range(runs):
        for name in names if turn % 2 == 0 else reversed(names):
            if turn and (name in left_out or costs[name][0]["wall_s"] >= LONG):
                continue
            with _same_rows(folder, turn) as place, Process(name, place, peers, log) as process:
                try:
                    taken = process.ask(patience, do="build")
                except TooLong:
                    left_out[name] = f"more than {patience:,.0f}"
                    _say(f"{name}: left out, {left_out[name]} s to build")
                else:
                    costs.setdefault(name, []).append(taken)
                    _say(f"{name}: built in {taken['wall_s']:,.1f} s")
    return {name: taken for name, taken in costs.items() if name not in left_out}, left_out


@contextmanager
def _same_rows(folder: Path, turn: int) -> Iterator[Path]:
    """The folder the first time, whose indices are searched later, and then one as it was."""
    if turn == 0:
        yield folder
        return
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        for name in (speaking.ROWS, speaking.QUERIES, speaking.HELD_OUT, speaking.LANGUAGES):
            Path(fresh, name).hardlink_to(folder / name)
        yield Path(fresh)


def searched(processes: Sequence[Process], runs: int) -> dict[str, dict[Any, Any]]:
    """Cost and findings of each, asked in turns; the first time warms up. Who is not done with
    that in time is not asked again, and has no findings."""
    told: dict[str, dict[Any, Any]] = {}
    asked: list[tuple[Process, bool]] = []
    for process in processes:
        told[process.name] = {}
        try:
            process.ask(ANSWER, do="open")
            for limited in (False, True):
                if _asked_for(process.name, limited):
                    warm = process.ask(ANSWER, do="search", k=K, limited=limited)
                    told[process.name].setdefault("rss_mib", warm["rss_mib"])
                    told[process.name][limited] = {"found": warm["found"], "runs": []}
                    asked.append((process, limited))
        except TooLong:
            # Its late answer would be taken for that to the next question.
            told[process.name] = {"left out": f"more than {ANSWER:,.0f} s for {SHOWN}"}
            asked = [one for one in asked if one[0] is not process]
            process.__exit__()
            _say(f"{process.name}: left out, {told[process.name]['left out']} searches")
    for turn in range(runs):
        for process, limited in asked if turn % 2 == 0 else reversed(asked):
            one = process.ask(FOREVER, do="search", k=K, limited=limited)
            taken = {key: one[key] / SHOWN * 1e3 for key in ("cpu_s", "wall_s")}
            told[process.name][limited]["runs"].append(taken)
        _say(f"searched {turn + 1} times of {runs}")
    return told


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _asked_for(name: str, limited: bool) -> bool:
    # Contents make txtai's searches slower, and only its SQL needs them.
    return limited if name == ONLY_WITH_SQL else not (limited and name.startswith("txtai"))


def searches(rows: int, told: dict[str, Any], limited: bool) -> list[Row]:
    """Rows of the table of one kind of search."""
    made: list[Row] = []
    own = told.get("ours")
    for name, one in told.items():
        if "left out" in one and _asked_for(name, limited):
            made.append((f"{rows:,}", name, one["left out"], *[""] * 5))
        if limited not in one:
            continue
        cpu, wall = ([run[key] for run in one[limited]["runs"]] for key in ("cpu_s", "wall_s"))
        mine = [run["cpu_s"] for run in own[limited]["runs"]] if own and limited in own else None
        made.append(
            (
                f"{rows:,}",
                name,
                f"{median(cpu):.3f}",
                f"{min(cpu):.3f}–{max(cpu):.3f}",
                f"{median(wall):.3f}",
                _ratio(mine, cpu),
                f"{one[limited]['recall']:.3f}",
                f"{one['rss_mib']:,.0f}",
            )
        )
    return made


def builds(rows: int, costs: dict[str, Any], left_out: dict[str, str]) -> list[Row]:
    own = [run["cpu_s"] for run in costs.get("ours", [])]
    made: list[Row] = []
    for name, runs in costs.items():
        cpu = [run["cpu_s"] for run in runs]
        pairs = min(len(own), len(cpu))
        made.append(
            (
                f"{rows:,}",
                name,
                f"{median(run['wall_s'] for run in runs):,.2f}",
                f"{median(cpu):,.2f}",
                f"{min(cpu):,.2f}–{max(cpu):,.2f}" if len(cpu) > 1 else "once",
                _ratio(own[:pairs], cpu[:pairs]),
                f"{max(run['peak_mib'] for run in runs):,.0f}",
            )
        )
    return made + [(f"{rows:,}", name, why, *[""] * 4) for name, why in left_out.items()]


def _ratio(ours: Sequence[float] | None, its: Sequence[float]) -> str:
    """Median of the ratios, turn by turn."""
    if not ours:
        return ""
    return f"{median(one / other for one, other in zip(ours, its, strict=True)):.3f}"


SEARCH = ("rows", "engine", "CPU ms a query", "min–max", "ms", "ours ÷ its CPU", "recall@10", "MiB")
BUILD = ("rows", "engine", "s", "CPU s", "min–max", "ours ÷ its CPU", "peak MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", default="3000,20000,100000", help="several by comma")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--builds", type=int, default=5, help="runs of each build")
    parser.add_argument("--only", nargs="+", default=["ours", *NAMES], help="engines by name")
    parser.add_argument("--patience", type=float, default=1_800, help="seconds of one build")
    parser.add_argument("--peers", type=Path, default=PEERS, help="Python of the peers")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--document", action="store_true", help="also write docs/benchmarks.md")
    arguments = parser.parse_args()
    names: list[str] = arguments.only
    tables: dict[str, list[Row]] = {"build": [], "search": [], "one language": []}
    figures: dict[str, Any] = {}
    sizes = [int(rows) for rows in arguments.rows.split(",")]
    for rows in sizes:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            log = folder / "engines.log"
            prepare(folder, rows)
            costs, left_out = built(
                names, folder, arguments.peers, arguments.patience, log, arguments.builds
            )
            processes = [Process(name, folder, arguments.peers, log) for name in costs]
            try:
                told = searched(processes, arguments.runs)
            finally:
                for process in processes:
                    process.__exit__()
            for limited, name in ((False, "search"), (True, "one language")):
                expected = truth(folder, limited)
                for one in told.values():
                    if limited in one:
                        found = one[limited].pop("found")
                        one[limited]["recall"] = recall(found, expected)
                tables[name] += searches(rows, told, limited)
            tables["build"] += builds(rows, costs, left_out)
            figures[f"{rows}"] = {"build": costs, "search": told, "left out": left_out}
    of = f"{SHOWN} queries one by one, median of {arguments.runs} runs"
    titles = {
        "build": "Building vector indices of 768 numbers, beside others, median of "
        f"{arguments.builds} runs",
        "search": f"Searching them, {of}",
        "one language": f"Searching one of their four languages, {of}",
    }
    section = "engines" if len(sizes) > 1 else f"engines {sizes[0]}"
    for name, title in titles.items():
        show(
            f"{section}, {name}",
            title,
            BUILD if name == "build" else SEARCH,
            tables[name],
            figures,
            ("semantic-lexicon", "faiss-cpu", "numpy"),
            arguments.json,
            arguments.document,
            seed=SEED,
        )


if __name__ == "__main__":
    main()
