"""Generations of given rows, made without an encoder or a store."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from indexer.building.choose import choose
from indexer.generations import texts
from indexer.generations.arrays import VECTORS, HalfVectors, Means, Words, neighbourhood_file
from indexer.generations.manifest import FORMAT, Manifest, Watermark
from indexer.indices import faiss
from indexer.indices.faiss import FaissIndex
from indexer.vectors import Vectors, unit_rows

MARK = Watermark(store="s", lexeme=100, departed=0)


def manifest(
    rows: int,
    dim: int,
    kind: str = "sq",
    parameters: Mapping[str, int] | None = None,
    neighbourhoods: Mapping[str, str] | None = None,
) -> Manifest:
    return Manifest(
        format=FORMAT,
        generation="g1",
        encoder="axis",
        identity="axis-0",
        spec={},
        language="en",
        rows=rows,
        dim=dim,
        covered=rows,
        kind=kind,
        parameters=dict(parameters or {}),
        recall=None,
        recall_queries=0,
        form_digest="-",
        watermark=MARK,
        created_at="-",
        versions={},
        neighbourhoods=dict(neighbourhoods or {}),
        reverse={},
        files={},
    )


def half(rows: object) -> HalfVectors:
    """Unit rows as they are stored."""
    return unit_rows(np.asarray(rows, dtype=np.float32), "test").astype(np.float16)


def clustered(seed: int, rows: int, dim: int, spread: float = 0.5) -> Vectors:
    """Unit rows around one centre for every twenty of them, as words are around meanings."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((max(1, rows // 20), dim))
    noise = random.standard_normal((rows, dim))
    return unit_rows(centres[random.integers(0, len(centres), rows)] + spread * noise, "test")


def generation(
    folder: Path,
    vectors: HalfVectors,
    forms: Sequence[tuple[int, ...]],
    covered: Sequence[bool] | None = None,
    lemmas: Sequence[str] | None = None,
    means: Mapping[str, Means] | None = None,
    kind: str = "sq",
) -> Manifest:
    """The files of a generation in ``folder``, and the manifest that it would have."""
    named = [f"w{row}" for row in range(len(forms))] if lemmas is None else lemmas
    flags = np.ones(len(forms), np.bool_) if covered is None else np.array(covered, np.bool_)
    np.save(folder / VECTORS, vectors)
    Words.of(list(forms), texts.digests(named), flags).write(folder)
    for code, some in (means or {}).items():
        np.save(folder / neighbourhood_file(code), some)
    made = choose(vectors, [vectors], kind).searcher
    faiss.write(folder, made.index)
    named_means = dict.fromkeys(means or {}, "g7")
    return manifest(len(forms), vectors.shape[1], made.kind, made.parameters, named_means)


def opened(
    folder: Path, vectors: HalfVectors, forms: Sequence[tuple[int, ...]], kind: str = "sq"
) -> FaissIndex:
    folder.mkdir(parents=True, exist_ok=True)
    return FaissIndex(folder, generation(folder, vectors, forms, kind=kind))
