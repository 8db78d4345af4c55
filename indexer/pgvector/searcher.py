"""Searching a table of vectors: every row, or those that its HNSW index finds.

Scores are float32 products with the stored rows either way: the index compares with a query that
is rounded to float16, so what it finds is scored again.
"""

import numpy as np
from psycopg import sql
from psycopg.errors import DiskFull

from indexer.generations.arrays import HalfVectors
from indexer.indices import kinds
from indexer.indices.engine import RowSearcher
from indexer.indices.kinds import Found
from indexer.pgvector.database import SCHEMA, Database
from indexer.pgvector.table import PLAIN, Table
from indexer.vectors import Vectors
from lexicon.errors import IndexDamaged, InvalidInput, StoreUnavailable

EXACT = "pg-exact"
HNSW = "pg-hnsw"
KINDS = (EXACT, HNSW)

FIRST = {"m": 16, "ef_construction": 128, "ef_search": 100}
MOST = 1_000
"""The highest ef_search that pgvector takes."""

FEW = 10_000
"""Rows up to which every one may be looked at: here a row costs as much as 300 dimensions do."""

SLACK = 16
"""Neighbours more than wanted that are scored again."""

MEMORY_KB = 2 * 2**20
"""The most working memory that is asked for the making of an index; the server's own setting
counts where it is higher."""

WORKERS = 4

_EXACTLY = sql.SQL("""
SELECT row, -distance FROM (
    SELECT row, vector::vector <#> %(query)b AS distance FROM {table}
) AS every ORDER BY distance, row LIMIT {k}
""")
_NEARLY = sql.SQL("""
SELECT row, -distance FROM (
    SELECT row, vector::vector <#> %(query)b AS distance FROM (
        SELECT row, vector FROM {table} ORDER BY vector <#> %(query)b::halfvec LIMIT {wide}
    ) AS near
) AS scored ORDER BY distance, row LIMIT {k}
""")
_PLAN = {"jit": "off"}
_EVERY = _PLAN | {"enable_indexscan": "off"}
_NEAR = _PLAN | {
    "enable_seqscan": "off",
    # Otherwise a search that is given too few would end there.
    "hnsw.iterative_scan": "strict_order",
    "hnsw.max_scan_tuples": str(2**31 - 1),
    "hnsw.scan_mem_multiplier": "8",
}


class PgSearcher:
    """A table of one kind. ``stored`` are its rows where they are at hand; ``keep`` keeps them
    once they have been fetched."""

    def __init__(
        self,
        table: Table,
        kind: str,
        parameters: dict[str, int],
        count: int,
        stored: HalfVectors | None = None,
        keep: bool = False,
    ) -> None:
        self.index = table
        self.kind = kind
        self.parameters = parameters
        self._count = count
        self._stored = stored
        self._keep = keep

    @property
    def exact(self) -> bool:
        return self.kind == EXACT

    @property
    def rows(self) -> HalfVectors:
        if self._stored is not None:
            return self._stored
        found = self.index.whole(self._count)
        if self._keep:
            self._stored = found
        return found

    def search(self, queries: Vectors, k: int) -> Found:
        """The k nearest rows of each query, k no more than there are."""
        if self.exact:
            return _found(self._exactly(queries, k), k)
        # Proved for the first ten: those who want more get more.
        effort = min(MOST, max(self.parameters["ef_search"], 2 * k))
        options = _NEAR | {"hnsw.ef_search": str(effort)}
        wide = min(k + SLACK, self._count)
        found = self.index.search(_statement(_NEARLY, self.index, k, wide), options, queries)
        short = [place for place, rows in enumerate(found) if len(rows) < k]
        if short:
            whole = self._exactly(queries[short], k)
            for place, rows in zip(short, whole, strict=True):
                found[place] = rows
        return _found(found, k)

    def _exactly(self, queries: Vectors, k: int) -> list[list[tuple[int, float]]]:
        found = self.index.search(_statement(_EXACTLY, self.index, k), _EVERY, queries)
        if any(len(rows) < k for rows in found):
            raise IndexDamaged(self.index.generation, f"its table holds fewer rows than {k:,}")
        return found


def _statement(text: sql.SQL, table: Table, k: int, wide: int = 0) -> sql.Composed:
    # Numbers in the text rather than beside it: the planner reads them.
    return text.format(table=table.qualified, k=sql.Literal(k), wide=sql.Literal(wide))


def _found(answers: list[list[tuple[int, float]]], k: int) -> Found:
    flat = np.array([pair for rows in answers for pair in rows], dtype=np.float64)
    pairs = flat.reshape(len(answers), k, 2)
    return Found(pairs[:, :, 0].astype(np.int64), pairs[:, :, 1].astype(np.float32))


class PgEngine:
    """Makes the table of one generation that is being built, and its index."""

    exact = EXACT

    def __init__(self, database: Database, identity: str, language: str, generation: str) -> None:
        self._database = database
        self._key = (identity, language, generation)
        self._filled = False

    def choose(self, rows: int, dim: int, wanted: str) -> str:
        return choose(rows, dim, wanted)

    def make(self, kind: str, vectors: HalfVectors) -> PgSearcher:
        table = Table(self._database, *self._key, vectors.shape[1])
        if not self._filled:
            with self._database.writing() as connection:
                connection.execute(
                    f"INSERT INTO {SCHEMA}.generation (identity, language, generation) "
                    "VALUES (%s, %s, %s)",
                    self._key,
                )
                table.fill(connection, vectors)
            self._filled = True
        if kind == HNSW:
            self._index(table, len(vectors))
            return PgSearcher(table, kind, dict(FIRST), len(vectors), vectors)
        with self._database.writing() as connection:
            connection.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(_index_name(table)))
        return PgSearcher(table, kind, {}, len(vectors), vectors)

    def _index(self, table: Table, rows: int) -> None:
        try:
            self._build(table, rows, WORKERS)
        except StoreUnavailable as error:
            if not isinstance(error.__cause__, DiskFull):
                raise
            # Workers share memory that a container may have little of.
            self._build(table, rows, 0)

    def _build(self, table: Table, rows: int, workers: int) -> None:
        statement = sql.SQL(
            "CREATE INDEX {} ON {} USING hnsw (vector halfvec_ip_ops) "
            "WITH (m = {}, ef_construction = {})"
        ).format(
            sql.Identifier(f"{table.name}_hnsw"),
            table.qualified,
            sql.Literal(FIRST["m"]),
            sql.Literal(FIRST["ef_construction"]),
        )
        with self._database.writing() as connection:
            needed = rows * (2 * table.dim + 24 * FIRST["m"] + 256) // 1024 + 65_536
            connection.execute(
                "SELECT set_config('maintenance_work_mem', greatest(setting::bigint, %s)::text, "
                "true) FROM pg_settings WHERE name = 'maintenance_work_mem'",
                [min(needed, MEMORY_KB)],
            )
            connection.execute(f"SET LOCAL max_parallel_maintenance_workers = {workers}")
            connection.execute(statement)

    def more(self, searcher: RowSearcher) -> PgSearcher | None:
        effort = searcher.parameters.get("ef_search", MOST)
        if effort >= MOST:
            return None
        parameters = searcher.parameters | {"ef_search": min(2 * effort, MOST)}
        rows = searcher.rows
        return PgSearcher(searcher.index, searcher.kind, parameters, len(rows), rows)


def choose(rows: int, dim: int, wanted: str = "auto") -> str:
    """The kind for so many rows, unless one is wanted. Raises :class:`InvalidInput`."""
    if wanted not in ("auto", *KINDS):
        raise InvalidInput(
            f"unknown kind {wanted!r} with LEXICON_VECTOR_BACKEND=pgvector; "
            f"known: auto, {', '.join(KINDS)}"
        )
    if dim > PLAIN:
        if wanted == HNSW:
            raise InvalidInput(
                f"{HNSW} holds up to {PLAIN:,} dimensions, not {dim:,}; use --kind {EXACT}"
            )
        return EXACT
    if wanted == "auto":
        return EXACT if rows <= FEW and rows * dim <= kinds.SMALL else HNSW
    return wanted if rows else EXACT


def _index_name(table: Table) -> sql.Identifier:
    return sql.Identifier(SCHEMA, f"{table.name}_hnsw")
