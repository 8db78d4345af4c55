"""Generations in PostgreSQL: made live together, refused when damaged, built by one at a time."""

import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psycopg
import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, event, text

from indexer.build import build
from indexer.generations.folder import Generations
from indexer.generations.manifest import Manifest
from indexer.indices import kinds
from indexer.pgvector import generations as pg_generations
from indexer.pgvector import searcher
from indexer.pgvector.database import SCHEMA
from indexer.pgvector.generations import PgGenerations
from indexer.pgvector.table import BUCKETS, Table, name_of
from indexer.service import LexiconService
from lexicon import migrate
from lexicon.errors import (
    IdentityMismatch,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    InvalidInput,
    InvalidSettings,
    StoreUnavailable,
)
from lexicon.settings import Settings
from lexicon.store import Sessions, open_store
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.asking import ask, lemmas
from tests.indexer.indices.generating import clustered, half
from tests.indexer.publishing import opened, publish, spec_of
from tests.indexer.worlds import entry
from tests.postgres import Databases, add_vectors

CITUS = "LEXICON_TEST_CITUS_URL"
DIM = 4
SPEC = spec_of(DIM)
IDENTITY = SPEC.identity
ROWS = half(np.random.default_rng(3).standard_normal((50, DIM)))


@pytest.fixture(scope="module")
def url(databases: Databases) -> Iterator[str]:
    """A database for all tests here, which leave no schema of vectors behind."""
    name = databases.migrated()
    yield add_vectors(databases.url(name))
    databases.drop(name)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = create_engine(url)
    yield made
    with made.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
    made.dispose()


@pytest.fixture
def generations(engine: Engine, tmp_path: Path) -> PgGenerations:
    return PgGenerations(engine, tmp_path / "staging")


def change(engine: Engine, statement: str, **values: object) -> None:
    with engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount


def run(engine: Engine, statement: str) -> None:
    """A statement as a client sends it, percent signs and all."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        driver.execute(statement.encode())
        driver.commit()


def tables(engine: Engine) -> set[str]:
    """The tables of vectors that are there."""
    with engine.connect() as connection:
        rows = connection.execute(
            text(f"SELECT tablename FROM pg_tables WHERE schemaname = '{SCHEMA}'")
        )
        return {row[0] for row in rows if row[0].startswith("v_")}


def table_of(manifest: Manifest) -> str:
    return name_of(manifest.identity, manifest.language, manifest.generation)


def live_of(generations: PgGenerations, language: str = "en") -> str:
    live = generations.live(IDENTITY, language)
    assert live is not None
    return live.generation


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


class TestDamage:
    @pytest.mark.parametrize(
        "name", ["texts.npy", "lexemes.npy", "covered.npy", "neighbourhood.fr.npy"]
    )
    def test_a_file_that_was_changed_is_named_and_refused(
        self, generations: PgGenerations, engine: Engine, name: str
    ) -> None:
        made = publish(generations, ROWS)
        change(
            engine,
            f"UPDATE {SCHEMA}.file SET content = set_byte(content, length(content) - 1, "
            "255 - get_byte(content, length(content) - 1)) WHERE name = :name",
            name=name,
        )
        for check in (lambda: generations.load(SPEC, "en"), lambda: generations.verify(made)):
            with pytest.raises(IndexDamaged, match=f"the content of {name} was changed"):
                check()

    def test_a_file_that_is_gone_is_named(self, generations: PgGenerations, engine: Engine) -> None:
        publish(generations, ROWS)
        change(engine, f"DELETE FROM {SCHEMA}.file WHERE name = 'texts.npy'")
        with pytest.raises(IndexDamaged, match=r"texts\.npy is not there"):
            generations.load(SPEC, "en")

    @pytest.mark.parametrize(
        ("statement", "why"),
        [
            ("UPDATE {} SET vector = '[1,0,0,0]' WHERE row = 9", "content of its vectors"),
            ("DELETE FROM {} WHERE row = 9", "does not hold 50 rows"),
            ("UPDATE {} SET row = 77 WHERE row = 9", "does not hold 50 rows"),
            ("INSERT INTO {} VALUES (0, 50, '[1,0,0,0]')", "does not hold 50 rows"),
            ("TRUNCATE {}; SELECT 1", "does not hold 50 rows"),
            ("DROP TABLE {}; SELECT 1", r"its table lexicon_vectors\.v_\w+ is gone"),
            ("ALTER TABLE {} ALTER vector TYPE vector; SELECT 1", r"holds vector, not halfvec\(4"),
        ],
    )
    def test_vectors_that_were_changed_are_refused(
        self, generations: PgGenerations, engine: Engine, statement: str, why: str
    ) -> None:
        made = publish(generations, ROWS)
        change(engine, statement.format(f"{SCHEMA}.{table_of(made)}"))
        with pytest.raises(IndexDamaged, match=why):
            generations.load(SPEC, "en")

    def test_a_table_that_goes_while_it_is_open_is_a_damaged_generation(
        self, generations: PgGenerations, engine: Engine
    ) -> None:
        index = opened(generations, ROWS, "pg-exact")
        change(engine, f"DROP TABLE {SCHEMA}.{table_of(index.manifest)}; SELECT 1")
        with pytest.raises(IndexDamaged, match="is gone"):
            index.search(ROWS[:1].astype(np.float32), 3)

    @pytest.mark.parametrize("kind", ["pg-exact", "pg-hnsw"])
    def test_rows_that_go_while_it_is_open_are_missed(
        self, generations: PgGenerations, engine: Engine, kind: str
    ) -> None:
        index = opened(generations, ROWS, kind)
        change(engine, f"DELETE FROM {SCHEMA}.{table_of(index.manifest)} WHERE row > 20")
        assert index.search(ROWS[:1].astype(np.float32), 21).rows.shape == (1, 21)
        with pytest.raises(IndexDamaged, match="fewer rows than 22"):
            index.search(ROWS[:1].astype(np.float32), 22)

    def test_a_manifest_that_was_changed_is_refused(
        self, generations: PgGenerations, engine: Engine
    ) -> None:
        publish(generations, ROWS)
        change(engine, f"UPDATE {SCHEMA}.generation SET manifest = manifest || ' '::bytea")
        with pytest.raises(IndexDamaged, match=r"its manifest\.json was changed"):
            generations.load(SPEC, "en")
        assert generations.listed()[0].problem == "its manifest.json was changed"

    def test_the_manifest_of_another_encoder_is_refused(
        self, generations: PgGenerations, engine: Engine
    ) -> None:
        publish(generations, ROWS)
        publish(generations, half(np.eye(3)))
        foreign = spec_of(3).identity
        for column, name in (("manifest", "generation"), ("manifest_sha256", "live")):
            change(
                engine,
                f"UPDATE {SCHEMA}.{name} SET {column} = "
                f"(SELECT {column} FROM {SCHEMA}.{name} WHERE identity = :foreign) "
                "WHERE identity = :mine",
                foreign=foreign,
                mine=IDENTITY,
            )
        with pytest.raises(IdentityMismatch, match=f"was built by encoder {foreign}"):
            generations.load(SPEC, "en")
        (problem,) = (one.problem for one in generations.listed() if one.identity == IDENTITY)
        assert problem is not None
        assert f"is that of {foreign}/en/" in problem


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


class TestSettings:
    def test_files_are_the_default(self, settings: Settings, sessions: Sessions) -> None:
        assert isinstance(LexiconService(settings, sessions).generations, Generations)

    def test_sqlite_has_no_vectors(self, settings: Settings, sessions: Sessions) -> None:
        wanted = settings.model_copy(update={"vector_backend": "pgvector"})
        with pytest.raises(InvalidSettings, match=r"is on sqlite; set LEXICON_DATABASE_URL"):
            LexiconService(wanted, sessions)

    def test_a_database_without_the_extension_is_told_how_to_get_it(
        self, postgres_url: str, tmp_path: Path
    ) -> None:
        engine = create_engine(postgres_url)
        with pytest.raises(InvalidSettings, match="CREATE EXTENSION vector"):
            PgGenerations(engine, tmp_path).live(IDENTITY, "en")
        engine.dispose()

    def test_a_server_that_is_away_is_named_and_found_again(
        self, generations: PgGenerations, engine: Engine
    ) -> None:
        publish(generations, ROWS)
        other = create_engine(engine.url)
        change(
            other,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        other.dispose()
        with pytest.raises(StoreUnavailable, match="check LEXICON_DATABASE_URL"):
            generations.live(IDENTITY, "en")
        assert live_of(generations)

    def test_alembic_does_not_see_the_schema(
        self, generations: PgGenerations, engine: Engine
    ) -> None:
        publish(generations, ROWS)
        command.check(migrate.config(engine))


class TestService:
    @pytest.fixture
    def settings(self, postgres_url: str, tmp_path: Path) -> Settings:
        return Settings(
            home=tmp_path / "home",
            encoder="axis",
            database_url=add_vectors(postgres_url),
            vector_backend="pgvector",
        )

    @pytest.fixture
    def sessions(self, settings: Settings) -> Iterator[Sessions]:
        made = open_store(settings)
        yield made
        made.kw["bind"].dispose()

    @pytest.fixture
    def service(self, settings: Settings, sessions: Sessions, axis: AxisEncoder) -> LexiconService:
        fill(sessions)
        made = LexiconService(settings, sessions)
        build(sessions, made.generations, axis)
        return made

    def test_words_are_built_and_found(self, service: LexiconService, axis: AxisEncoder) -> None:
        assert lemmas(ask(service, "water", target="fr", k=1)) == ["eau"]
        assert set(lemmas(ask(service, "eau", "fr", "kn", k=2, score="csls"))) == {"ನೀರು", "ಜಲ"}
        assert len(lemmas(ask(service, "water", target="kn", k=50))) == 5
        report = build(service.sessions, service.generations, axis)
        assert report.built == {}
        assert report.current == {"en": 4, "fr": 4, "kn": 5}

    def test_answers_are_those_of_files(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        files = LexiconService(
            service.settings.model_copy(update={"vector_backend": "faiss"}), sessions
        )
        build(sessions, files.generations, axis)
        for word in ("water", "bank", "run", "shore"):
            for score in ("cosine", "csls"):
                here, there = (ask(one, word, score=score) for one in (service, files))
                assert lemmas(here) == lemmas(there)
                np.testing.assert_allclose(
                    [one.cosine for one in here.results],
                    [one.cosine for one in there.results],
                    atol=1e-4,
                )

    def test_words_that_come_and_go_are_seen_at_once(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        axis.table = {
            **axis.table,
            "en": {**axis.table["en"], "sea": [1, 0.5, 0, 0]},
            "fr": {**axis.table["fr"], "mer": [1, 0.5, 0, 0]},
        }
        fill(sessions, [*TINY[1:], entry("sea.noun.1", en="sea", fr="mer")])
        assert lemmas(ask(service, "sea", k=1)) == ["mer"]
        assert "eau" not in lemmas(ask(service, "sea", k=50))
        report = build(sessions, service.generations, axis)
        assert report.built == {"en": 4, "fr": 4, "kn": 3}
        assert report.reused["fr"] >= 3
        assert lemmas(ask(service, "sea", k=1)) == ["mer"]
        service.generations.rollback(axis.spec.identity, "fr")
        assert lemmas(ask(service, "sea", k=1)) == ["mer"]

    def test_a_language_built_alone_knows_the_others(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        build(sessions, service.generations, axis, ["fr"], force=True)
        manifest = service.generations.manifest(axis.spec.identity, "fr")
        assert set(manifest.neighbourhoods) == set(manifest.reverse) == {"en", "kn"}
        assert lemmas(ask(service, "water", k=1, score="csls")) == ["eau"]

    def test_a_search_commits_nothing(self, service: LexiconService) -> None:
        ask(service, "water")
        commits: list[object] = []
        event.listen(service.sessions.kw["bind"], "commit", commits.append)
        ask(service, "water")
        assert commits == []


class TestCitus:
    @pytest.fixture
    def statements(self) -> list[str]:
        """What the documentation tells an operator to run, in its order."""
        said = Path(__file__).parents[3].joinpath("docs", "operations.md").read_text("utf-8")
        found = re.findall(r"```sql\n(.*?)```", said.partition("## Citus")[2], re.DOTALL)
        assert len(found) == 3
        return found

    def test_every_table_of_vectors_is_distributed_once(
        self, generations: PgGenerations, engine: Engine, statements: list[str]
    ) -> None:
        made = publish(generations, ROWS), publish(generations, ROWS, language="fr")
        stand_in = """
            CREATE TABLE pg_dist_partition (logicalrelid regclass, partkey text);
            CREATE FUNCTION create_distributed_table(regclass, text) RETURNS void
            BEGIN ATOMIC INSERT INTO pg_dist_partition VALUES ($1, $2); END;
        """
        run(engine, stand_in)
        try:
            for statement in statements[1:] * 2:
                run(engine, statement)
            with engine.connect() as connection:
                rows = connection.execute(text("SELECT * FROM pg_dist_partition")).all()
        finally:
            run(
                engine,
                "DROP FUNCTION create_distributed_table(regclass, text);"
                "DROP TABLE pg_dist_partition",
            )
        assert sorted(rows) == sorted((f"{SCHEMA}.{table_of(one)}", "bucket") for one in made)

    @pytest.mark.skipif(CITUS not in os.environ, reason=f"{CITUS} is not set")
    def test_a_distributed_table_answers_as_another(
        self, statements: list[str], tmp_path: Path
    ) -> None:
        engine = create_engine(add_vectors(os.environ[CITUS]))
        run(engine, statements[0])
        run(engine, statements[1])
        # Connections made from now on know the setting.
        engine.dispose()
        generations = PgGenerations(engine, tmp_path)
        rows = half(clustered(8, 3_000, 64))
        queries = rows[:20].astype(np.float32)
        truth = kinds.exactly(rows, queries, 10)
        for kind in ("pg-exact", "pg-hnsw"):
            made = publish(generations, rows, kind)
            run(engine, statements[2])
            with engine.connect() as connection:
                spread = connection.scalar(
                    text(
                        "SELECT count(*) FROM pg_dist_partition "
                        f"WHERE logicalrelid = '{SCHEMA}.{table_of(made)}'::regclass"
                    )
                )
            assert spread == 1
            generations.verify(made)
            found = generations.load(spec_of(64), "en").search(queries, 10)
            assert found.rows.shape == (20, 10)
            assert (found.cosine >= truth.cosine[:, -1:] - 1e-4).mean() >= 0.99
        generations.forget(spec_of(64).identity)
        engine.dispose()
