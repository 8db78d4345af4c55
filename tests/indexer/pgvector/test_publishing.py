"""Generations in PostgreSQL are made live together, and an earlier one again."""

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, text

from indexer.pgvector import generations as pg_generations
from indexer.pgvector.database import SCHEMA
from indexer.pgvector.generations import PgGenerations
from indexer.pgvector.table import BUCKETS
from lexicon.errors import IndexDamaged, IndexMissing
from tests.indexer.indices.generating import half
from tests.indexer.pgvector.tables import (
    DIM,
    IDENTITY,
    ROWS,
    SPEC,
    change,
    live_of,
    table_of,
    tables,
)
from tests.indexer.publishing import publish


class TestPublishing:
    def test_nothing_is_live_before_the_first_build(self, generations: PgGenerations) -> None:
        assert generations.live(IDENTITY, "en") is None
        assert generations.listed() == []
        with pytest.raises(IndexMissing, match="lexicon index build"):
            generations.load(SPEC, "en")

    def test_what_is_published_is_live_and_the_one_before_is_kept(
        self, generations: PgGenerations, engine: Engine
    ) -> None:
        first, second, third = (publish(generations, ROWS) for _ in range(3))
        assert generations.manifest(IDENTITY, "en") == third
        assert [one.generation for one in generations.listed()] == [
            second.generation,
            third.generation,
        ]
        assert tables(engine) == {table_of(second), table_of(third)}
        assert first.generation < second.generation

    def test_what_was_staged_on_disk_is_gone_when_it_is_published(
        self, generations: PgGenerations, tmp_path: Path
    ) -> None:
        publish(generations, ROWS)
        assert list((tmp_path / "staging" / IDENTITY / "en").iterdir()) == []

    def test_the_list_says_what_is_live_and_how_large(self, generations: PgGenerations) -> None:
        publish(generations, ROWS)
        made = publish(generations, ROWS)
        old, new = generations.listed()
        assert (old.live, new.live) == (False, True)
        assert (new.identity, new.language, new.manifest) == (IDENTITY, "en", made)
        assert new.problem is None
        assert new.bytes > ROWS.nbytes

    def test_a_manifest_names_the_engine_and_every_file(self, generations: PgGenerations) -> None:
        made = publish(generations, ROWS)
        assert {"pgvector", "postgresql", "numpy"} <= set(made.versions)
        assert made.files["vectors"].bytes == ROWS.nbytes
        assert "texts.npy" in made.files
        assert "vectors.npy" not in made.files

    def test_files_of_several_parts_come_back_whole(
        self, generations: PgGenerations, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pg_generations, "PART", 100)
        publish(generations, ROWS)
        index = generations.load(SPEC, "en")
        assert index.rows_of(np.array([50])).tolist() == [49]
        generations.verify(index.manifest)

    def test_a_large_generation_is_opened_before_its_vectors_are_read(
        self, generations: PgGenerations, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pg_generations, "MAPPED_FROM", 0)
        made = publish(generations, ROWS)
        change(engine, f"DELETE FROM {SCHEMA}.{table_of(made)} WHERE row = 7")
        index = generations.load(SPEC, "en")
        assert not index.verified
        with pytest.raises(IndexDamaged, match="its table does not hold 50 rows"):
            generations.verify(made)
        with pytest.raises(IndexDamaged, match="its table has no row 7"):
            index.unit(np.array([3, 7]))

    def test_rows_are_spread_evenly_over_buckets(
        self, generations: PgGenerations, engine: Engine
    ) -> None:
        many = half(np.random.default_rng(1).standard_normal((3 * BUCKETS, DIM)))
        made = publish(generations, many)
        with engine.connect() as connection:
            sizes = connection.execute(
                text(f"SELECT count(*) FROM {SCHEMA}.{table_of(made)} GROUP BY bucket")
            )
            assert [row[0] for row in sizes] == [3] * BUCKETS


class TestGoingBack:
    def test_the_generation_before_is_live_again(self, generations: PgGenerations) -> None:
        first, second = publish(generations, ROWS), publish(generations, ROWS[:40])
        assert generations.load(SPEC, "en").rows == 40
        assert generations.rollback(IDENTITY, "en") == first
        assert generations.load(SPEC, "en").rows == 50
        assert generations.rollback(IDENTITY, "en", second.generation) == second
        assert live_of(generations) == second.generation

    def test_there_must_be_one_to_go_back_to(self, generations: PgGenerations) -> None:
        with pytest.raises(IndexMissing, match="build it with"):
            generations.rollback(IDENTITY, "en")
        publish(generations, ROWS)
        with pytest.raises(IndexMissing, match="other generations that are kept: none"):
            generations.rollback(IDENTITY, "en")

    def test_a_damaged_one_does_not_become_live(
        self, generations: PgGenerations, engine: Engine
    ) -> None:
        first, second = publish(generations, ROWS), publish(generations, ROWS)
        change(engine, f"DROP TABLE {SCHEMA}.{table_of(first)}; SELECT 1")
        with pytest.raises(IndexDamaged, match="is gone"):
            generations.rollback(IDENTITY, "en")
        assert live_of(generations) == second.generation

    @pytest.mark.parametrize("keep", [0, 1])
    def test_pruning_keeps_the_live_one_and_as_many_as_are_wanted(
        self, generations: PgGenerations, engine: Engine, keep: int
    ) -> None:
        first, second = publish(generations, ROWS), publish(generations, ROWS)
        french = publish(generations, ROWS, language="fr")
        gone = generations.prune(IDENTITY, keep)
        assert gone == [first.generation][keep:]
        kept = {table_of(second), table_of(french)} | ({table_of(first)} if keep else set())
        assert tables(engine) == kept

    def test_an_encoder_is_forgotten_with_all_its_tables(
        self, generations: PgGenerations, engine: Engine
    ) -> None:
        made = [publish(generations, ROWS), publish(generations, ROWS, language="fr")]
        other = publish(generations, half(np.eye(3)))
        assert generations.forget(IDENTITY) == [one.generation for one in made]
        assert tables(engine) == {table_of(other)}
        assert generations.live(IDENTITY, "en") is None
