"""What the index costs beside exact search: searches, builds, opening, new words, CSLS means.

Vectors are clustered and made up, 768 numbers each, seeded; the bundled lexicon's own vectors come
beside them. Everything is measured as CPU time in one process, one thread per search as served,
alternating with exact search by FAISS (IndexFlatIP) over the same rows; the median of the runs.

    python -m benchmarks.index --rows 100000 --runs 5
    python -m benchmarks.index --rows 1000000 --only search
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.results import show
from benchmarks.unit_rows import unit_rows
from indexer.building.choose import QUERIES, choose
from indexer.building.neighbourhoods import means_towards
from indexer.csls import NEIGHBOURHOOD, neighbourhood_means
from indexer.encoders.protocol import EncoderSpec
from indexer.encoders.registry import open_encoder
from indexer.generations import texts
from indexer.generations.arrays import VECTORS, HalfVectors, Words
from indexer.generations.folder import Generations
from indexer.generations.manifest import Watermark
from indexer.generations.records import Facts
from indexer.indices import faiss as faiss_index
from indexer.indices import kinds
from indexer.indices.library import every_core, library
from indexer.indices.live import Changes, LiveIndex
from indexer.indices.stored import StoredIndex
from indexer.vectors import Vectors
from lexicon import bundled
from lexicon.settings import Settings

SEED = 20_261
DIM = 768
PER_CENTRE = 50
SHOWN = 200
"""Queries of a run."""

Row = tuple[str, ...]


def clustered(rows: int, seed: int, file: Path | None = None, of: int | None = None) -> HalfVectors:
    """Unit rows around the centres of ``of`` rows, or of so many as these, the same for every
    seed; on disk if ``file``."""
    near = np.random.default_rng(SEED).standard_normal(
        (max(1, (of or rows) // PER_CENTRE), DIM), dtype=np.float32
    )
    draw = np.random.default_rng(seed)

    def some(many: int) -> Vectors:
        centres: Vectors = near[draw.integers(0, len(near), many)]
        return centres + draw.standard_normal((many, DIM), dtype=np.float32)

    return unit_rows(rows, DIM, file, some)


def cpu(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds of CPU, over all threads, and of the clock."""
    wall, used = time.perf_counter(), time.process_time()
    call()
    return time.process_time() - used, time.perf_counter() - wall


def medians(runs: int, **calls: Callable[[], object]) -> dict[str, float]:
    """CPU seconds of each, run in turns."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(runs):
        for name, call in calls.items():
            taken[name].append(cpu(call)[0])
    return {name: statistics.median(some) for name, some in taken.items()}


def one_by_one(search: Callable[[Vectors], object], queries: Vectors) -> Callable[[], None]:
    def run() -> None:
        for place in range(len(queries)):
            search(queries[place : place + 1])

    return run


def generation(root: Path, rows: int, queries: HalfVectors) -> tuple[StoredIndex, dict[str, float]]:
    """A published generation of made-up words, opened, and what building it cost."""
    spec = EncoderSpec("made", "made", "-", -1, "mean", "none", 1, "fp32", DIM, 512)
    generations = Generations(root)
    staged = generations.stage(spec.identity, "en")
    vectors = clustered(rows, SEED + 1, staged.folder / VECTORS)
    told: dict[str, float] = {}
    chosen: Any = None

    def make() -> None:
        nonlocal chosen
        chosen = choose(vectors, [queries], "auto")
        faiss_index.write(staged.folder, chosen.searcher.index)

    told["build_cpu_s"], told["build_s"] = cpu(make)
    kind, parameters = chosen.searcher.kind, chosen.searcher.parameters
    told["index_cpu_s"], told["index_s"] = cpu(lambda: kinds.make(kind, vectors, parameters))
    covered = np.ones(rows, dtype=np.bool_)
    digests = texts.digests([str(row) for row in range(rows)])
    Words.of([(row + 1,) for row in range(rows)], digests, covered).write(staged.folder)
    facts = Facts(
        spec, "en", rows, rows, "auto", kind, parameters, chosen.recall, chosen.queries, "-",
        Watermark(store="-", lexeme=rows, departed=0), {}, {},
    )  # fmt: skip
    generations.publish([(staged, facts)])
    opened: StoredIndex | None = None

    def load() -> None:
        nonlocal opened
        opened = generations.load(spec, "en")

    told["open_ms"] = statistics.median(cpu(load)[1] for _ in range(5)) * 1000
    told["recall_at_build"] = chosen.recall
    assert opened is not None
    return opened, told


def flat(vectors: HalfVectors) -> Any:
    """Exact search as FAISS has it: float32, one row after the other."""
    index = library().IndexFlatIP(vectors.shape[1])
    for _, rows in kinds.blocks(vectors):
        index.add(rows)
    return index


def searches(index: StoredIndex, runs: int) -> tuple[list[Row], dict[str, Any]]:
    queries = np.asarray(clustered(SHOWN, SEED + 2, of=index.rows), dtype=np.float32)
    exact = flat(index.half)
    truth = kinds.exactly(index.half, queries, 10)
    recall = kinds.recall(index.searcher, queries, truth)
    taken = medians(
        runs,
        ours=one_by_one(lambda one: index.search(one, 10), queries),
        flat=one_by_one(lambda one: exact.search(one, 10), queries),
    )
    ours, floor = (taken[name] / len(queries) * 1000 for name in ("ours", "flat"))
    row: Row = (
        f"search, {index.rows:,} rows, {index.manifest.kind}",
        f"{ours:.3f} ms", f"{floor:.3f} ms", f"{ours / floor:.3f}", f"recall {recall:.4f}",
    )  # fmt: skip
    return [row], {"ours_ms": ours, "flat_ms": floor, "recall": recall}


def with_new_words(index: StoredIndex, runs: int) -> tuple[list[Row], dict[str, Any]]:
    """The same search with one percent of the words come since, and one percent gone."""
    queries = np.asarray(clustered(SHOWN, SEED + 2, of=index.rows), dtype=np.float32)
    new = index.rows // 100
    vectors = clustered(new, SEED + 3, of=index.rows)
    mark = index.manifest.watermark
    forms: list[tuple[int, ...]] = [(index.rows + row + 1,) for row in range(new)]
    none = np.zeros(0, dtype=np.int64)
    flags = np.ones(new, dtype=np.bool_)
    came = LiveIndex(index, Changes(mark, none, {}, {}, none, forms, vectors, flags))
    gone = np.arange(0, index.rows, 100)
    left = LiveIndex(
        index,
        Changes(mark, gone, {}, {}, gone + 1, forms, vectors, flags),
    )
    taken = medians(
        runs,
        base=one_by_one(lambda one: index.search(one, 10), queries),
        came=one_by_one(lambda one: came.search(one, 10), queries),
        both=one_by_one(lambda one: left.search(one, 10), queries),
    )
    base = taken["base"] / len(queries) * 1000
    rows: list[Row] = []
    for name, words in (("came", "came"), ("both", "came, as many gone")):
        ours = taken[name] / len(queries) * 1000
        rows.append(
            (
                f"search, {index.rows:,} rows, {new:,} {words}",
                f"{ours:.3f} ms", f"{base:.3f} ms", f"{ours / base:.3f}", "",
            )
        )  # fmt: skip
    return rows, taken


def means(index: StoredIndex, runs: int, sample: int) -> tuple[list[Row], dict[str, Any]]:
    """CSLS means of ``sample`` words towards the index, beside FAISS's own batch search."""
    words = clustered(sample, SEED + 4, of=index.rows)
    whole = np.asarray(words, dtype=np.float32)
    exact = flat(index.half)
    found: dict[str, Any] = {}

    def ours() -> None:
        found["ours"] = means_towards(words, index.searcher)

    def floor() -> None:
        with every_core():
            found["flat"] = neighbourhood_means(exact.search(whole, NEIGHBOURHOOD)[0])

    taken = medians(runs, ours=ours, flat=floor)
    error = np.abs(found["ours"] - found["flat"])[:, 0]
    each = {name: seconds / sample * 1000 for name, seconds in taken.items()}
    row: Row = (
        f"CSLS means, {sample:,} × {index.rows:,}",
        f"{each['ours']:.3f} ms", f"{each['flat']:.3f} ms",
        f"{each['ours'] / each['flat']:.3f}",
        f"error at most {error.max():.1e}, {error.mean():.1e} on average",
    )  # fmt: skip
    return [row], {**each, "max_error": float(error.max()), "mean_error": float(error.mean())}


def real() -> Iterator[tuple[str, HalfVectors, Vectors]]:
    """The bundled lexicon under the embedded encoder: a language's forms, and words of others."""
    encoder = open_encoder("embedded", Settings())
    forms: dict[str, dict[str, None]] = {}
    for entry in bundled.entries():
        for language, lemmas in entry.forms.items():
            forms.setdefault(language, {}).update(dict.fromkeys(lemmas))
    vectors = {code: encoder.encode(list(some), code).vectors for code, some in forms.items()}
    draw = np.random.default_rng(SEED)
    for code, rows in vectors.items():
        others = np.concatenate([some for other, some in vectors.items() if other != code])
        yield code, rows.astype(np.float16), others[draw.integers(0, len(others), SHOWN)]


def on_real_words(runs: int) -> tuple[list[Row], dict[str, Any]]:
    rows: list[Row] = []
    told: dict[str, Any] = {}
    for code, vectors, queries in real():
        exact = flat(vectors)
        truth = kinds.exactly(vectors, queries, 10)
        for wanted in ("auto", "rabitq"):
            chosen = choose(vectors, [queries.astype(np.float16)], wanted).searcher
            recall = kinds.recall(chosen, queries, truth)
            taken = medians(
                runs,
                ours=one_by_one(partial(chosen.search, k=10), queries),
                flat=one_by_one(partial(exact.search, k=10), queries),
            )
            ours, floor = (taken[name] / len(queries) * 1000 for name in ("ours", "flat"))
            rows.append(
                (
                    f"search, lexicon {code}, {len(vectors):,} rows, {chosen.kind}",
                    f"{ours:.3f} ms", f"{floor:.3f} ms", f"{ours / floor:.3f}",
                    f"recall {recall:.4f}",
                )
            )  # fmt: skip
            told[f"{code} {chosen.kind}"] = {"ours_ms": ours, "flat_ms": floor, "recall": recall}
    return rows, told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", default="100000", help="of the made-up index; several by comma")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--sample", type=int, default=10_000, help="words of the CSLS means")
    parser.add_argument("--only", default="search,new,means,real")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--document", action="store_true", help="also write docs/benchmarks.md")
    arguments = parser.parse_args()
    only = arguments.only.split(",")
    table: list[Row] = []
    result: dict[str, Any] = {}
    for rows in map(int, arguments.rows.split(",")):
        with tempfile.TemporaryDirectory() as temporary:
            held_out = clustered(QUERIES, SEED + 5, of=rows)
            index, told = generation(Path(temporary), rows, held_out)
            result[f"{rows}"] = told
            table.append(
                (
                    f"build, {rows:,} rows, {index.manifest.kind}",
                    f"{told['index_s']:.1f} s", "", "",
                    f"with choice and recall {told['build_s']:.1f} s",
                )
            )  # fmt: skip
            table.append(
                (f"open, {rows:,} rows", f"{told['open_ms']:.1f} ms", "", "", "by mapping")
            )
            steps: dict[str, Callable[[], tuple[list[Row], dict[str, Any]]]] = {
                "search": partial(searches, index, arguments.runs),
                "new": partial(with_new_words, index, arguments.runs),
                "means": partial(means, index, min(arguments.runs, 3), arguments.sample),
            }
            for name, step in steps.items():
                if name in only:
                    more, result[f"{rows} {name}"] = step()
                    table += more
    if "real" in only:
        more, result["real"] = on_real_words(arguments.runs)
        table += more
    show(
        f"index {arguments.rows}",
        f"Vector index of {arguments.rows} rows, CPU per query or word, median of "
        f"{arguments.runs} runs",
        ("what", "ours", "exact", "ratio", ""),
        table,
        result,
        ("faiss-cpu", "numpy", "semantic-lexicon"),
        arguments.json,
        arguments.document,
        seed=SEED,
    )


if __name__ == "__main__":
    main()
