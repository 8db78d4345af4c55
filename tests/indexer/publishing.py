"""Generations published from rows alone, wherever generations are kept."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from indexer.building.choose import choose
from indexer.encoders.protocol import EncoderSpec
from indexer.generations import texts
from indexer.generations.arrays import VECTORS, HalfVectors, Words, neighbourhood_file
from indexer.generations.folder import Generations
from indexer.generations.manifest import Manifest, Watermark
from indexer.generations.records import Facts
from indexer.indices.stored import StoredIndex
from tests.conftest import AxisEncoder


def spec_of(dim: int) -> EncoderSpec:
    return replace(AxisEncoder.spec, dim=dim)


def publish(
    generations: Generations,
    vectors: HalfVectors,
    kind: str = "auto",
    language: str = "en",
    forms: Sequence[tuple[int, ...]] | None = None,
    covered: Sequence[bool] | None = None,
    queries: HalfVectors | None = None,
) -> Manifest:
    """A generation of these rows, live; row i is the lexeme i + 1 unless ``forms`` says which."""
    spec = spec_of(vectors.shape[1])
    rows = len(vectors)
    named = list(forms or [(row + 1,) for row in range(rows)])
    flags = np.ones(rows, np.bool_) if covered is None else np.array(covered, np.bool_)
    with generations.building(spec.identity):
        staged = generations.stage(spec.identity, language)
        np.save(staged.folder / VECTORS, vectors)
        Words.of(named, texts.digests([f"w{row}" for row in range(rows)]), flags).write(
            staged.folder
        )
        means = np.arange(2 * rows, dtype=np.float32).reshape(rows, 2)
        np.save(staged.folder / neighbourhood_file("fr"), means)
        others = [vectors if queries is None else queries]
        chosen = choose(vectors, others, kind, generations.engine(staged))
        generations.keep(staged, chosen.searcher)
        facts = Facts(
            spec=spec,
            language=language,
            rows=rows,
            covered=int(flags.sum()),
            asked=kind,
            kind=chosen.searcher.kind,
            parameters=chosen.searcher.parameters,
            recall=chosen.recall,
            recall_queries=chosen.queries,
            form_digest="-",
            watermark=Watermark(store="s", lexeme=rows, departed=0),
            neighbourhoods={"fr": "g7"},
            reverse={},
        )
        (manifest,) = generations.publish([(staged, facts)])
    return manifest


def opened(
    generations: Generations, vectors: HalfVectors, kind: str, language: str = "en"
) -> StoredIndex:
    """The index of these rows, published and loaded."""
    publish(generations, vectors, kind, language)
    return generations.load(spec_of(vectors.shape[1]), language)
