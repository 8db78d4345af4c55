"""How costs grow: each at ×1, ×10 and ×100 of the work, and the exponent.

    python -m benchmarks.scaling [--only search build] [--runs 3] [--shrink 10] [--json FILE]
                                 [--document]

CPU time over all threads and processes, the least of the runs, so that whatever else the machine
does stays out. An exponent of 1 is ten times the cost for ten times the work; the last column is
over both decades. *Search*: one query in an index of so many rows of 768 numbers. *Build*: such an
index, of the kind that suits its size, with recall measured. *Import*: ``lexicon words import`` of
so many rows with two words each. *Report*: an alignment report on so many concepts in two
languages, which compares every word with every other. *Encode*: so many words by MiniLM, one
thread. *HTTP*: one search for a known word, or for a text that MiniLM has to encode, in a store of
so many words per language, by wrk on eight connections.
"""

import argparse
import math
import resource
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import import_words, index, report
from benchmarks.results import show
from benchmarks.serving import __main__ as serving
from benchmarks.serving import words as serving_words
from indexer.building.choose import QUERIES, choose
from indexer.encoders.registry import open_encoder
from lexicon.settings import Settings

TIMES = (1, 10, 100)
CONNECTIONS = 8
PHRASES = 20_000

Row = tuple[str, ...]


def search(rows: int, runs: int, folder: Path) -> float:
    """CPU seconds of a query."""
    made, _ = index.generation(folder, rows, index.clustered(QUERIES, index.SEED + 5, of=rows))
    asked = index.clustered(index.SHOWN, index.SEED + 2, of=rows)
    queries = np.asarray(asked, dtype=np.float32)
    ask = index.one_by_one(lambda one: made.search(one, 10), queries)
    ask()
    return _least(ask, runs) / len(queries)


def build(rows: int, runs: int, folder: Path) -> float:
    vectors = index.clustered(rows, index.SEED + 1)
    held_out = index.clustered(QUERIES, index.SEED + 5, of=rows)
    return _least(lambda: choose(vectors, [held_out], "auto"), runs)


def imports(rows: int, runs: int, folder: Path) -> float:
    """With the process that reads the file; each time into an empty store."""
    languages = ["en", "kn"]
    file = folder / "made.tsv"
    with file.open("w", encoding="utf-8") as stream:
        made = import_words.rows(rows, languages)
        for row in (["concept", "pos", "field", "gloss", *languages], *made):
            stream.write("\t".join(row) + "\n")
    costs = []
    for turn in range(runs):
        sessions = import_words.open_at(str(folder / f"{turn}"), None)
        before = _used()
        import_words.ours(sessions, file, languages)
        costs.append(_used() - before)
        sessions.kw["bind"].dispose()
    return min(costs)


def reports(concepts: int, runs: int, folder: Path) -> float:
    languages = report.made_up(concepts, index.DIM, ("en", "kn"))
    return _least(lambda: report.report(languages), runs)


def encode(count: int, runs: int, folder: Path) -> float:
    settings = Settings(home=folder, device="cpu", threads=1)
    encoder = open_encoder(f"{serving_words.minilm()}?precision=fp32", settings)
    texts = serving_words.made_up("en", count)
    encoder.encode(texts[:8])
    return _least(lambda: encoder.encode(texts), runs)


def http(kind: str, count: int, runs: int, folder: Path) -> float:
    """CPU seconds of a request for a known word or an unseen text."""
    serving_words.prepare(folder, count)
    (server,) = serving.servers(folder, serving.PEERS, ["lexicon"])
    known = serving_words.made_up(serving_words.SOURCE, count)
    texts = known if kind == "known" else serving.phrases(known, PHRASES)
    paths = serving.write_paths(folder, server, kind, texts)
    with serving.running(server, folder / "servers.log") as (pid, port):
        serving.asked(pid, port, paths, 5, CONNECTIONS, 0)
        start = PHRASES // (runs + 1)
        rounds = [
            serving.asked(pid, port, paths, 3, CONNECTIONS, start * (turn + 1))
            for turn in range(runs)
        ]
    if failed := sum(one.failed for one in rounds):
        raise SystemExit(f"{failed} requests failed: {folder / 'servers.log'}")
    return min(one.cpu_us for one in rounds) / 1e6


Cost = Callable[[int, int, Path], float]
WORKS: dict[str, tuple[str, int, Cost]] = {
    "search": ("rows", 3_000, search),
    "build": ("rows", 3_000, build),
    "import": ("rows", 2_000, imports),
    "report": ("concepts", 30, reports),
    "encode": ("words", 30, encode),
    "http, known": ("words", 200, partial(http, "known")),
    "http, unseen": ("words", 200, partial(http, "unseen")),
}
"""What is counted, how many of them are ×1, and what they cost."""


def exponent(costs: dict[int, float]) -> float:
    """Between the first and the last.

    >>> round(exponent({10: 1.0, 100: 5.0, 1000: 100.0}), 3)
    1.0
    """
    first, last = min(costs), max(costs)
    return math.log(costs[last] / costs[first]) / math.log(last / first)


def _least(call: Callable[[], object], runs: int) -> float:
    return min(index.cpu(call)[0] for _ in range(runs))


def _used() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    some = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in some)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=WORKS, default=list(WORKS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--shrink", type=int, default=1, help="so many times less work of each")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--document", action="store_true", help="also write docs/benchmarks.md")
    arguments = parser.parse_args()
    table: list[Row] = []
    figures: dict[str, dict[int, float]] = {}
    for name in arguments.only:
        unit, one, cost = WORKS[name]
        costs: dict[int, float] = {}
        for times in TIMES:
            size = max(1, one // arguments.shrink) * times
            with tempfile.TemporaryDirectory() as temporary:
                costs[size] = cost(size, arguments.runs, Path(temporary))
        figures[name] = costs
        sizes = list(costs)
        pairs = (sizes[:2], sizes[1:])
        decades = [exponent({size: costs[size] for size in pair}) for pair in pairs]
        table.append(
            (
                name,
                f"{', '.join(f'{size:,}' for size in sizes)} {unit}",
                *(_said(costs[size]) for size in sizes),
                *(f"{decade:.2f}" for decade in decades),
                f"{exponent(costs):.2f}",
            )
        )
    show(
        "scaling",
        f"CPU time at 1, 10 and 100 times the work, least of {arguments.runs} runs",
        ("work", "of", "× 1", "× 10", "× 100", "to × 10", "to × 100", "exponent"),
        table,
        figures,
        ("semantic-lexicon", "faiss-cpu", "numpy", "torch", "sqlalchemy", "fastapi"),
        arguments.json,
        arguments.document,
        seed=index.SEED,
    )


def _said(seconds: float) -> str:
    return f"{seconds:,.2f} s" if seconds >= 1 else f"{seconds * 1e3:,.3g} ms"


if __name__ == "__main__":
    main()
