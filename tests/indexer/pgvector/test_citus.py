"""Tables of vectors spread over machines, as docs/operations.md says."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, create_engine, text

from indexer.indices import kinds
from indexer.pgvector.database import SCHEMA
from indexer.pgvector.generations import PgGenerations
from tests.indexer.indices.generating import clustered, half
from tests.indexer.pgvector.tables import ROWS, run, table_of
from tests.indexer.publishing import publish, spec_of
from tests.postgres import add_vectors

CITUS = "LEXICON_TEST_CITUS_URL"


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
