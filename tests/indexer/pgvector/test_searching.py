"""The kinds of index in PostgreSQL, and what they find."""

from pathlib import Path

import numpy as np
import pytest

from indexer.generations.folder import Generations
from indexer.indices import kinds
from indexer.pgvector import searcher
from indexer.pgvector.generations import PgGenerations
from lexicon.errors import InvalidInput
from tests.indexer.indices.generating import clustered, half
from tests.indexer.pgvector.tables import ROWS
from tests.indexer.publishing import opened, publish, spec_of


class TestKinds:
    @pytest.mark.parametrize(
        ("rows", "dim", "wanted", "kind"),
        [
            (5_000, 768, "auto", "pg-exact"),
            (6_000, 768, "auto", "pg-hnsw"),
            (11_000, 128, "auto", "pg-hnsw"),
            (1_000_000, 2_048, "auto", "pg-hnsw"),
            (1_000_000, 4_096, "auto", "pg-exact"),
            (10, 8, "pg-hnsw", "pg-hnsw"),
            (0, 8, "pg-hnsw", "pg-exact"),
        ],
    )
    def test_the_kind_goes_by_size(self, rows: int, dim: int, wanted: str, kind: str) -> None:
        assert searcher.choose(rows, dim, wanted) == kind

    def test_kinds_of_files_are_unknown_here(self, generations: PgGenerations) -> None:
        with pytest.raises(InvalidInput, match=r"'rabitq' .*known: auto, pg-exact, pg-hnsw"):
            generations.require_kind("rabitq")
        with pytest.raises(InvalidInput, match="up to 4,000 dimensions, not 4,096"):
            searcher.choose(10, 4_096, "pg-hnsw")

    def test_hnsw_finds_what_looking_at_every_row_finds(
        self, generations: PgGenerations, tmp_path: Path
    ) -> None:
        rows = half(clustered(1, 6_000, 768))
        random = np.random.default_rng(2)
        queries = half(rows[::30] + 0.02 * random.standard_normal((200, 768)))
        publish(generations, rows, "pg-hnsw", queries=queries[:100])
        found = generations.load(spec_of(768), "en").search(queries.astype(np.float32), 10)
        faiss = opened(Generations(tmp_path / "files"), rows, "flat")
        truth = faiss.search(queries.astype(np.float32), 10)
        assert found.rows.shape == (200, 10)
        same = [len(set(a) & set(b)) for a, b in zip(found.rows, truth.rows, strict=True)]
        assert np.mean(same) / 10 >= 0.99
        np.testing.assert_allclose(found.cosine[:, 0], truth.cosine[:, 0], atol=1e-4)

    @pytest.mark.parametrize("kind", ["pg-exact", "pg-hnsw"])
    def test_the_dimensions_of_the_largest_bloom_work(
        self, generations: PgGenerations, kind: str
    ) -> None:
        rows = half(clustered(4, 300, 2_048))
        index = opened(generations, rows, kind)
        found = index.search(rows.astype(np.float32), 1)
        assert found.rows[:, 0].tolist() == list(range(300))
        np.testing.assert_array_equal(index.half, rows)

    def test_an_index_that_never_finds_enough_gives_way(
        self, generations: PgGenerations, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kinds, "SMALL", 0)
        monkeypatch.setattr(kinds, "recall", lambda *_: 0.5)
        made = publish(generations, ROWS)
        assert (made.kind, made.parameters) == ("pg-exact", {})
        generations.verify(made)
