"""One builds at a time, and what fails leaves the old generations live."""

import threading
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine

from indexer.pgvector import generations as pg_generations
from indexer.pgvector import searcher
from indexer.pgvector.generations import PgGenerations
from indexer.pgvector.table import Table
from lexicon.errors import IndexBusy, StoreUnavailable
from tests.indexer.pgvector.tables import IDENTITY, ROWS, SPEC, change, live_of, table_of, tables
from tests.indexer.publishing import publish


class TestBuilders:
    def test_a_second_builder_is_refused_wherever_it_is(
        self, generations: PgGenerations, url: str, tmp_path: Path
    ) -> None:
        other = create_engine(url)
        elsewhere = PgGenerations(other, tmp_path / "elsewhere")
        with generations.building(IDENTITY):
            with pytest.raises(IndexBusy, match="another process is building"):
                elsewhere.building(IDENTITY).__enter__()
            with elsewhere.building("other-0"):
                pass
        with elsewhere.building(IDENTITY):
            pass
        other.dispose()

    def test_a_patient_builder_waits(self, generations: PgGenerations) -> None:
        begun = threading.Event()

        def first() -> None:
            with generations.building(IDENTITY):
                begun.set()
                time.sleep(0.3)

        thread = threading.Thread(target=first)
        thread.start()
        begun.wait(10)
        with generations.building(IDENTITY, 10):
            pass
        thread.join()

    def test_a_builder_whose_connection_has_gone_publishes_nothing(
        self, generations: PgGenerations, engine: Engine
    ) -> None:
        before = publish(generations, ROWS)
        backends = "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"

        def cut(*_: object) -> None:
            change(engine, f"SELECT pg_terminate_backend(pid) FROM ({backends}) AS builders")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(PgGenerations, "keep", cut)
            with pytest.raises(StoreUnavailable, match="the indices in PostgreSQL"):
                publish(generations, ROWS[:40])
        assert live_of(generations) == before.generation
        assert generations.load(SPEC, "en").rows == 50

    def test_a_transaction_that_is_killed_leaves_the_old_generations_live(
        self, generations: PgGenerations, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = publish(generations, ROWS)

        def die(connection: "psycopg.Connection", *_: object) -> None:
            pid = connection.info.backend_pid
            change(engine, "SELECT pg_terminate_backend(:pid)", pid=pid)
            connection.execute("SELECT 1")

        with monkeypatch.context() as patch:
            patch.setattr(pg_generations, "_point", die)
            with pytest.raises(StoreUnavailable):
                publish(generations, ROWS[:40])
        assert live_of(generations) == before.generation
        assert len(tables(engine)) == 2
        # The next builder clears away what nobody was told of.
        with generations.building(IDENTITY):
            assert tables(engine) == {table_of(before)}

    def test_where_workers_have_no_shared_memory_the_index_is_made_without(
        self, generations: PgGenerations, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make, tried = searcher.PgEngine._build, []

        def build(engine: searcher.PgEngine, table: Table, rows: int, workers: int) -> None:
            tried.append(workers)
            if workers:
                raise StoreUnavailable("no room") from psycopg.errors.DiskFull()
            make(engine, table, rows, workers)

        monkeypatch.setattr(searcher.PgEngine, "_build", build)
        assert publish(generations, ROWS, "pg-hnsw").kind == "pg-hnsw"
        assert tried == [searcher.WORKERS, 0]

    def test_an_index_that_cannot_be_made_changes_nothing(
        self, generations: PgGenerations, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = publish(generations, ROWS)

        def fail(*_: object) -> None:
            raise StoreUnavailable("no memory")

        with monkeypatch.context() as patch:
            patch.setattr(searcher.PgEngine, "_build", fail)
            with pytest.raises(StoreUnavailable, match="no memory"):
                publish(generations, ROWS, "pg-hnsw")
        assert live_of(generations) == before.generation
        after = publish(generations, ROWS, "pg-hnsw")
        assert tables(engine) == {table_of(before), table_of(after)}
