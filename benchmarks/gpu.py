"""What a GPU does: words a second of full-size checkpoints, exact search, CSLS tables.

    python -m benchmarks.gpu [--document]
    python -m benchmarks.gpu --device cpu --words 64 --rows 2000 --search-rows 5000 --layers 2

Needs PyTorch, sentence-transformers and this repository; faiss-gpu is measured where it can be
imported. Checkpoints have random weights, as in ``benchmarks.encode``. The share of the GPU's peak
is 2 × parameters of the layers × tokens, over the bf16 peak that ``--peak`` states in TFLOP/s.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks import encode as models
from benchmarks.results import show
from indexer.csls import NEIGHBOURHOOD
from indexer.encoders.checkpoint import CheckpointEncoder
from indexer.encoders.registry import open_encoder
from lexicon.settings import Settings

SEED = 20_261
DIM = 768
BLOCK = 8_192

Row = tuple[str, ...]


def seconds(call: Callable[[], object], device: str, runs: int) -> float:
    """Median seconds of a call, all of the GPU's work done."""
    taken = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        call()
        if device == "cuda":
            torch.cuda.synchronize()
        taken.append(time.perf_counter() - started)
    # The first one also warms up.
    return statistics.median(taken[1:])


def library(folder: Path, device: str) -> Callable[[Sequence[str]], Any]:
    """``SentenceTransformer.encode`` with its defaults; mean pooling where the folder is plain."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device=device)
    if model.tokenizer.pad_token is None:
        model.tokenizer.pad_token = model.tokenizer.eos_token
    return lambda texts: model.encode(list(texts), show_progress_bar=False)


def layer_parameters(folder: Path) -> int:
    """Numbers that every token is multiplied with: all but the tables of embeddings."""
    from transformers import AutoConfig, AutoModel

    inner = folder if (folder / "config.json").exists() else folder / "0_Transformer"
    with torch.device("meta"):
        model = AutoModel.from_config(AutoConfig.from_pretrained(str(inner)))  # type: ignore[no-untyped-call]
    return sum(
        weight.numel() for name, weight in model.named_parameters() if "embedding" not in name
    )


def encoding(
    name: str, home: Path, texts: list[str], device: str, runs: int, peak: float
) -> tuple[Row, dict[str, float]]:
    settings = Settings(home=home, device="cuda" if device == "cuda" else "cpu")
    ours = open_encoder(name, settings)
    peer = library(home / "models" / name, device)
    assert isinstance(ours, CheckpointEncoder)
    tokens = sum(len(ids) for ids in ours._tokens(texts)[0])
    mine = seconds(lambda: ours.encode(texts), device, runs)
    theirs = seconds(lambda: peer(texts), device, runs)
    flops = 2 * layer_parameters(home / "models" / name) * tokens / mine
    row = (
        f"encode, {name} size, {len(texts):,} words, {ours.spec.precision}",
        f"{len(texts) / mine:,.0f} words/s", f"{len(texts) / theirs:,.0f} words/s",
        f"{theirs / mine:.1f}", f"{flops / 1e12 / peak:.1%} of peak" if peak else "",
    )  # fmt: skip
    told = {"ours": len(texts) / mine, "peer": len(texts) / theirs, "tflops": flops / 1e12}
    return row, told


def unit(rows: int, seed: int, device: str) -> torch.Tensor:
    """(rows, DIM) float16 unit rows, made on the device."""
    draw = torch.Generator(device=device).manual_seed(seed)
    made = torch.empty((rows, DIM), dtype=torch.float16, device=device)
    for start in range(0, rows, BLOCK):
        some = torch.randn((min(BLOCK, rows - start), DIM), generator=draw, device=device)
        made[start : start + len(some)] = torch.nn.functional.normalize(some)
    return made


def nearest(queries: torch.Tensor, rows: torch.Tensor, k: int) -> torch.Tensor:
    """(q, k) cosines of the nearest rows, by looking at all."""
    found = []
    for start in range(0, len(queries), BLOCK):
        some = queries[start : start + BLOCK]
        best: torch.Tensor | None = None
        for first in range(0, len(rows), 16 * BLOCK):
            scores = some @ rows[first : first + 16 * BLOCK].T
            near = scores.topk(min(k, scores.shape[1]), dim=1).values
            both = near if best is None else torch.cat([best, near], dim=1)
            best = both.topk(min(k, both.shape[1]), dim=1).values
        assert best is not None
        found.append(best)
    return torch.cat(found)


def tables(
    rows: int, search_rows: int, device: str, runs: int
) -> tuple[list[Row], dict[str, float]]:
    """CSLS means of ``rows`` × ``rows`` words both ways, and exact search in ``search_rows``."""
    first, second = unit(rows, SEED, device), unit(rows, SEED + 1, device)

    def csls() -> None:
        nearest(first, second, NEIGHBOURHOOD).float().mean(dim=1)
        nearest(second, first, NEIGHBOURHOOD).float().mean(dim=1)

    table = seconds(csls, device, runs)
    queries, many = unit(1_000, SEED + 2, device), unit(search_rows, SEED + 3, device)
    search = seconds(lambda: nearest(queries, many, 10), device, runs)
    told = {"csls_s": table, "search_ms": search}
    shown: list[Row] = [
        (f"CSLS means, {rows:,} × {rows:,}, both ways, PyTorch", f"{table:.2f} s", "", "", ""),
        (f"exact search, {search_rows:,} rows, 1,000 queries, PyTorch",
         f"{search:.3f} ms a query", "", "", ""),
    ]  # fmt: skip
    with_faiss = by_faiss(first, many, queries, runs)
    if with_faiss:
        told |= with_faiss
        shown += [
            (f"{name}, faiss-gpu", f"{value:.3f}", "", "", "s, or ms a query")
            for name, value in with_faiss.items()
        ]
    return shown, told


def by_faiss(
    words: torch.Tensor, rows: torch.Tensor, queries: torch.Tensor, runs: int
) -> dict[str, float]:
    """The same through the index's own GPU path; empty without a FAISS that has one."""
    from indexer.indices.gpu import gpu

    owned = gpu()
    if owned is None:
        return {}
    held, many = words.cpu().numpy(), rows.cpu().numpy()
    asked = np.asarray(queries.cpu().numpy(), dtype=np.float32)
    whole = np.asarray(held, dtype=np.float32)
    return {
        "faiss_csls": seconds(lambda: owned.nearest(held, whole, NEIGHBOURHOOD), "cuda", runs),
        "faiss_search": seconds(lambda: owned.nearest(many, asked, 10), "cuda", runs),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--words", type=int, default=20_000)
    parser.add_argument("--rows", type=int, default=150_000)
    parser.add_argument("--search-rows", type=int, default=1_000_000)
    parser.add_argument("--layers", type=int, help="fewer than the checkpoints have, for a trial")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peak", type=float, default=989.0, help="bf16 TFLOP/s, dense; 989: H200")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--document", action="store_true", help="also write docs/benchmarks.md")
    arguments = parser.parse_args()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("no GPU; try the script with: --device cpu --words 64 --rows 2000")
    everything = models.words()
    texts = everything[:: max(1, len(everything) // arguments.words)][: arguments.words]
    table: list[Row] = []
    result: dict[str, Any] = {}
    for name, make in (("labse", models.labse), ("bloom-1b7", models.bloom_1b7)):
        with tempfile.TemporaryDirectory() as temporary:
            home = Path(temporary)
            make(home, arguments.layers)
            row, result[name] = encoding(
                name, home, texts, arguments.device, arguments.runs, arguments.peak
            )
            table.append(row)
    more, result["tables"] = tables(
        arguments.rows, arguments.search_rows, arguments.device, arguments.runs
    )
    table += more
    where = torch.cuda.get_device_name() if arguments.device == "cuda" else "CPU, a trial"
    show(
        "gpu",
        f"On a GPU: {where}",
        ("what", "ours", "SentenceTransformer.encode", "ratio", ""),
        table,
        result,
        ("torch", "sentence-transformers", "faiss-gpu", "semantic-lexicon"),
        arguments.json,
        arguments.document,
        seed=SEED,
    )


if __name__ == "__main__":
    main()
