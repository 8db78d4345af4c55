"""One table of vectors: filled and read by COPY in PostgreSQL's binary format.

A tuple of the format is the number of its fields, then the length and content of each; a halfvec
is its dimensions, an unused number and big-endian float16. All are of one length here, so a block
of them is one NumPy array.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from tempfile import TemporaryFile

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection, sql
from psycopg.errors import UndefinedTable

from indexer.generations.arrays import HalfVectors
from indexer.pgvector.database import SCHEMA, Database
from indexer.vectors import Vectors
from lexicon.errors import IndexDamaged

BUCKETS = 1_024
"""Values of the column by which the rows of a table are spread over machines: many more than
there are shards, or some of them would hold twice as much as others."""

PLAIN = 4_000
"""Dimensions up to which a row fits in a page of 8 kB, and into an HNSW index."""

IN_MEMORY = 64 * 2**20
_BLOCK = 4_096
_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_END = struct.pack(">h", -1)


class Table:
    """The vectors of one generation."""

    def __init__(
        self, database: Database, identity: str, language: str, generation: str, dim: int
    ) -> None:
        self.database = database
        self.generation = generation
        self.dim = dim
        self.name = name_of(identity, language, generation)
        self.qualified = sql.Identifier(SCHEMA, self.name)
        self._comment = f"{identity} {language} {generation}"

    def fill(self, connection: Connection, vectors: HalfVectors) -> None:
        """Create the table with these rows."""
        connection.execute(
            sql.SQL(
                "CREATE TABLE {} (bucket int NOT NULL, row int NOT NULL, "
                "vector halfvec({}) NOT NULL)"
            ).format(self.qualified, sql.Literal(self.dim))
        )
        if self.dim <= PLAIN:
            # Beside the row: elsewhere, looking at every vector takes four times as long.
            self._alter(connection, sql.SQL("ALTER COLUMN vector SET STORAGE PLAIN"))
        # Vacuum has nothing to do in a table that never changes, and would hold up its removal.
        self._alter(connection, sql.SQL("SET (autovacuum_enabled = false)"))
        connection.execute(
            sql.SQL("COMMENT ON TABLE {} IS {}").format(self.qualified, sql.Literal(self._comment))
        )
        copy = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(self.qualified)
        with connection.cursor().copy(copy) as stream:
            stream.write(_HEADER)
            for start in range(0, len(vectors), _BLOCK):
                stream.write(self._packed(start, vectors[start : start + _BLOCK]))
            stream.write(_END)
        self._alter(connection, sql.SQL("ADD PRIMARY KEY (bucket, row)"))
        connection.execute(sql.SQL("ANALYZE {}").format(self.qualified))

    def _alter(self, connection: Connection, how: sql.SQL) -> None:
        connection.execute(sql.SQL("ALTER TABLE {} {}").format(self.qualified, how))

    def _packed(self, first: int, vectors: HalfVectors) -> bytes:
        made = np.zeros(len(vectors), self._layout(("bucket", "row")))
        made["fields"] = 3
        made["row"] = np.arange(first, first + len(vectors))
        made["bucket"] = made["row"] % BUCKETS
        made["bucket_bytes"] = made["row_bytes"] = 4
        made["vector_bytes"] = 4 + 2 * self.dim
        made["dim"] = self.dim
        made["vector"] = vectors
        return made.tobytes()

    def _layout(self, numbers: tuple[str, ...]) -> "np.dtype[np.void]":
        columns: list[tuple[str, str] | tuple[str, str, tuple[int]]] = [("fields", ">i2")]
        for name in numbers:
            columns += [(f"{name}_bytes", ">i4"), (name, ">i4")]
        columns += [("vector_bytes", ">i4"), ("dim", ">u2"), ("unused", ">u2")]
        return np.dtype([*columns, ("vector", ">f2", (self.dim,))])

    def whole(self, rows: int) -> HalfVectors:
        """(rows, dim), fetched now; those of a large table lie in a file without a name.

        Raises :class:`IndexDamaged` unless it holds exactly these rows.
        """
        found = _room(rows, self.dim)
        seen = np.zeros(rows, dtype=np.bool_)
        total = 0
        for numbers, vectors in self._blocks():
            total += len(numbers)
            if total > rows or (numbers < 0).any() or (numbers >= rows).any():
                break
            found[numbers] = vectors
            seen[numbers] = True
        if total != rows or not seen.all():
            raise IndexDamaged(self.generation, f"its table does not hold {rows:,} rows")
        return found

    def _blocks(self) -> Iterator[tuple[NDArray[np.int64], HalfVectors]]:
        layout = self._layout(("row",))
        copy = sql.SQL("COPY (SELECT row, vector FROM {}) TO STDOUT (FORMAT binary)").format(
            self.qualified
        )
        with self._there() as connection, connection.cursor().copy(copy) as stream:
            held, begun = bytearray(), False
            for data in stream:
                held += data
                if not begun and len(held) >= len(_HEADER):
                    del held[: len(_HEADER)]
                    begun = True
                if len(held) >= _BLOCK * layout.itemsize:
                    many = len(held) // layout.itemsize
                    yield _unpacked(held, layout, many)
                    del held[: many * layout.itemsize]
            yield _unpacked(held, layout, len(held) // layout.itemsize)

    def some(self, rows: NDArray[np.int64]) -> HalfVectors:
        """(n, dim) of these rows."""
        statement = sql.SQL(
            "SELECT wanted.row, halfvec_send(there.vector) FROM unnest(%s::int[]) AS wanted(row) "
            "JOIN {} AS there ON there.bucket = wanted.row %% {} AND there.row = wanted.row"
        ).format(self.qualified, sql.Literal(BUCKETS))
        distinct, place = np.unique(rows, return_inverse=True)
        found = np.empty((len(distinct), self.dim), dtype=np.float16)
        at = {row: number for number, row in enumerate(distinct.tolist())}
        with self._there() as connection:
            answer = connection.cursor(binary=True).execute(statement, [distinct.tolist()])
            for row, content in answer:
                found[at.pop(row)] = np.frombuffer(content, dtype=">f2", offset=4)
        if at:
            raise IndexDamaged(self.generation, f"its table has no row {min(at):,}")
        return found[place]

    def search(
        self, statement: sql.Composed, options: dict[str, str], queries: Vectors
    ) -> list[list[tuple[int, float]]]:
        """(row, cosine) of each query, by a statement that names it ``query``."""
        found: list[list[tuple[int, float]]] = []
        with self._there() as connection:
            cursor = connection.cursor(binary=True)
            with connection.pipeline():
                connection.execute(_SET, [list(options), list(options.values())])
                cursor.executemany(
                    statement, [{"query": query} for query in queries], returning=True
                )
            while True:
                found.append(cursor.fetchall())
                if not cursor.nextset():
                    return found

    def require(self) -> None:
        """Raise :class:`IndexDamaged` unless the table is there, of this dimension."""
        with self.database.reading() as connection:
            row = connection.execute(
                "SELECT format_type(atttypid, atttypmod) FROM pg_attribute "
                "WHERE attrelid = to_regclass(%s) AND attname = 'vector'",
                [f"{SCHEMA}.{self.name}"],
            ).fetchone()
        wanted = f"halfvec({self.dim})"
        if row is None:
            raise IndexDamaged(self.generation, f"its table {SCHEMA}.{self.name} is gone")
        if not str(row[0]).endswith(wanted):
            raise IndexDamaged(self.generation, f"its table holds {row[0]}, not {wanted}")

    @contextmanager
    def _there(self) -> Iterator[Connection]:
        try:
            with self.database.reading() as connection:
                yield connection
        except UndefinedTable as error:
            raise IndexDamaged(
                self.generation, f"its table {SCHEMA}.{self.name} is gone"
            ) from error


_SET = "SELECT set_config(o.name, o.value, true) FROM unnest(%s::text[], %s::text[]) o(name, value)"


def name_of(identity: str, language: str, generation: str) -> str:
    """The table of a generation: PostgreSQL's names end after 63 letters."""
    said = "\n".join([identity, language, generation])
    return f"v_{sha256(said.encode()).hexdigest()[:32]}"


def digest(vectors: HalfVectors) -> str:
    """sha256 of the rows as little-endian float16, in their order."""
    total = sha256()
    for start in range(0, len(vectors), _BLOCK):
        total.update(vectors[start : start + _BLOCK].astype("<f2").tobytes())
    return total.hexdigest()


def _room(rows: int, dim: int) -> HalfVectors:
    if 2 * rows * dim < IN_MEMORY:
        return np.empty((rows, dim), dtype=np.float16)
    with TemporaryFile() as file:
        made: HalfVectors = np.memmap(file, np.float16, "w+", shape=(rows, dim))
    return made


def _unpacked(
    held: bytearray, layout: "np.dtype[np.void]", many: int
) -> tuple[NDArray[np.int64], HalfVectors]:
    block = np.frombuffer(bytes(held[: many * layout.itemsize]), layout, many)
    return block["row"].astype(np.int64), block["vector"].astype(np.float16)
