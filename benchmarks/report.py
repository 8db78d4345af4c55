"""What an alignment report costs, beside plain NumPy and beside the matrix products alone.

    python -m benchmarks.report [--concepts 3000] [--dim 768] [--runs 5] [--json FILE] [--document]
    python -m benchmarks.report --large 100000

Four synthetic languages of one space with synonyms and homographs. *Report*: every figure of all
twelve directed pairs with 1,000 bootstrap samples and all strata. *Plain*: what a notebook would
do for a few of them: P@1 by cosine and by CSLS from whole sorted similarity matrices, mean cosine
and gap, and 1,000 bootstrap samples of three means. *Floor*: the twelve similarity matrices and
nothing else. Memory is the most of a process that does one of them once, with the vectors.
``--large`` scores one directed pair of so many forms a side, once.
"""

import argparse
import resource
import time
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.alone import peak_mib, tell
from benchmarks.results import SEED, show
from indexer.alignment.bitext import Expressions, bitext
from indexer.alignment.sample import Words, folds
from indexer.alignment.views import Space, View
from indexer.encoders.embedded.encoder import EmbeddedEncoder
from indexer.reports.report import Parameters, scored
from indexer.reports.spaces import Language, Languages
from indexer.vectors import unit_rows

CODES = ("en", "fr", "hi", "kn")
POS = np.array(["noun", "verb", "adj"])


def made_up(concepts: int, dim: int, codes: tuple[str, ...] = CODES) -> Languages:
    """Languages whose words lie about their concepts, all about one mean."""
    random = np.random.default_rng(SEED)
    meanings = random.standard_normal((concepts, dim), dtype=np.float32)
    words, vectors = {}, {}
    for code in codes:
        # Four concepts in ten have a synonym; one word in ten is that of an earlier concept.
        concept = np.repeat(np.arange(concepts), 1 + (random.random(concepts) < 0.4))
        fresh = np.cumsum(random.random(len(concept)) >= 0.1) - 1
        row = np.where(fresh < 0, 0, fresh)
        forms = int(row.max()) + 1
        rows = random.standard_normal((forms, dim), dtype=np.float32) * 1.5 + 2
        np.add.at(rows, row, meanings[concept])
        vectors[code] = unit_rows(rows, "made up")
        words[code] = Words(
            code,
            Expressions(row, concept, POS[concept % 3]),
            np.array([f"{code}{number}" for number in range(forms)]),
            random.uniform(2, 6, forms),
            random.integers(1, 6, forms),
            np.ones(forms, dtype=bool),
            0,
        )
    dealt = folds([words[code].expressions for code in codes])
    fields = {number: f"field {number % 30}" for number in range(concepts)}
    return Languages(
        EmbeddedEncoder(),
        "zero-shot",
        {},
        {
            code: Language(
                words[code],
                Space([View(vectors[code])], fold),
                np.arange(len(vectors[code])),
                fields,
            )
            for code, fold in zip(codes, dealt, strict=True)
        },
    )


def report(languages: Languages) -> None:
    # Spaces remember what they have computed; a report begins without.
    again = Languages(
        languages.encoder,
        languages.evaluation,
        {},
        {
            code: Language(
                one.words,
                Space([View(view.vectors) for view in one.space.views], one.space.fold),
                one.ids,
                one.fields,
            )
            for code, one in languages.by_code.items()
        },
    )
    scored(again, list(permutations(languages.by_code, 2)), Parameters())


def plain(languages: Languages) -> None:
    random = np.random.default_rng(SEED)
    for source, target in permutations(languages.by_code, 2):
        left, right = languages.by_code[source], languages.by_code[target]
        pairs = bitext(left.words.expressions, right.words.expressions)
        scores = left.space.views[0].vectors @ right.space.views[0].vectors.T
        near = -np.sort(-scores, axis=1)[:, :10].mean(axis=1)
        back = -np.sort(-scores.T, axis=1)[:, :10].mean(axis=1)
        csls = 2 * scores - near[:, None] - back[None]
        right_of = np.zeros(scores.shape, dtype=bool)
        right_of[pairs.source, pairs.target] = True
        asked = np.unique(pairs.source)
        columns = [right_of[asked, one[asked].argmax(axis=1)] for one in (scores, csls)]
        columns.append(scores[pairs.source, pairs.target])
        for column in columns:
            places = (random.integers(len(column), size=len(column)) for _ in range(1_000))
            np.quantile([column[some].mean() for some in places], [0.025, 0.975])
        random.permutation(len(pairs.target))


def floor(languages: Languages) -> None:
    for source, target in permutations(languages.by_code, 2):
        left, right = languages.by_code[source], languages.by_code[target]
        _ = left.space.views[0].vectors @ right.space.views[0].vectors.T


WORKS = {"report": report, "plain": plain, "floor": floor}


def timed(work: Callable[[Languages], None], languages: Languages) -> tuple[float, float]:
    """Wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work(languages)
    return time.perf_counter() - wall, time.process_time() - cpu


def peak() -> float:
    """Most memory this process has had, GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def large(forms: int, dim: int) -> None:
    """One directed pair, once."""
    languages = made_up(round(forms / 1.26), dim, ("en", "kn"))
    sizes = {code: one.words.rows for code, one in languages.by_code.items()}
    start = time.perf_counter()
    (pair,) = scored(languages, [("en", "kn")], Parameters())
    seconds = time.perf_counter() - start
    found = {name: pair.all[name] for name in ("p_at_1", "csls_p_at_1", "auc")}
    show(
        "report-large",
        f"Report of one pair, {sizes['en']:,} × {sizes['kn']:,} forms",
        ("figures", "queries", "seconds", "memory GiB"),
        [("all", f"{pair.forms:,}", f"{seconds:,.0f}", f"{peak():.1f}")],
        {"sizes": sizes, "seconds": seconds, "found": {k: v and v.value for k, v in found.items()}},
        ("numpy", "faiss-cpu"),
        None,
        options.document,
    )


def main() -> None:
    if options.large:
        large(options.large, options.dim)
        return
    languages = made_up(options.concepts, options.dim)
    if options.alone:
        WORKS[options.alone](languages)
        tell()
        return
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in WORKS}
    for _ in range(options.runs):
        for name, work in WORKS.items():
            times[name].append(timed(work, languages))
    said = ("--concepts", str(options.concepts), "--dim", str(options.dim), "--alone")
    memory = {name: peak_mib("benchmarks.report", *said, name) for name in WORKS}
    middle = {name: median(wall for wall, _ in found) for name, found in times.items()}
    rows = [
        (
            name,
            f"{middle[name]:.1f}",
            f"{min(w for w, _ in found):.1f}–{max(w for w, _ in found):.1f}",
            f"{median(cpu for _, cpu in found):.1f}",
            f"{middle[name] / middle['plain']:.2f}",
            f"{middle[name] / middle['floor']:.1f}",
            f"{memory[name]:,.0f}",
        )
        for name, found in times.items()
    ]
    show(
        "report",
        f"Alignment report, {options.concepts:,} concepts in 4 languages, {options.dim} dimensions",
        ("work", "seconds", "range", "CPU", "of plain", "of floor", "peak MiB"),
        rows,
        {"times": times, "peak_mib": memory},
        ("numpy", "faiss-cpu"),
        options.json,
        options.document,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="benchmarks.report", description=__doc__)
    parser.add_argument("--concepts", type=int, default=3_000)
    parser.add_argument("--dim", type=int, default=768)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--large", type=int, help="forms a side of one pair")
    parser.add_argument("--alone", choices=WORKS, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--document", action="store_true")
    options = parser.parse_args()
    main()
