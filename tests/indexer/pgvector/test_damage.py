"""What was changed in PostgreSQL is refused."""

import numpy as np
import pytest
from sqlalchemy import Engine

from indexer.pgvector.database import SCHEMA
from indexer.pgvector.generations import PgGenerations
from lexicon.errors import IdentityMismatch, IndexDamaged
from tests.indexer.indices.generating import half
from tests.indexer.pgvector.tables import IDENTITY, ROWS, SPEC, change, table_of
from tests.indexer.publishing import opened, publish, spec_of


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
