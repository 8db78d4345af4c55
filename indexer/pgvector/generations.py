"""Index generations in PostgreSQL: staged on disk, uploaded unseen, made live in one transaction.

    lexicon_vectors.generation    what each one is: its manifest, once it is complete
    lexicon_vectors.file          its arrays, as the files of a folder would be
    lexicon_vectors.v_<digest>    its vectors
    lexicon_vectors.live          which generation answers

A process killed at any instant leaves the old generations live or the new ones, of all languages.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection, sql
from psycopg.errors import UndefinedTable
from sqlalchemy import Engine

from indexer.encoders.protocol import EncoderSpec
from indexer.generations.arrays import VECTORS, read_words
from indexer.generations.folder import MAPPED_FROM, Generations
from indexer.generations.manifest import FileRecord, Manifest
from indexer.generations.records import Facts, Listed, Live, Staged
from indexer.generations.sealed import MANIFEST, manifest_of, parsed, require_own, written
from indexer.indices.engine import RowSearcher
from indexer.indices.stored import StoredIndex
from indexer.pgvector import searcher as kinds
from indexer.pgvector.database import SCHEMA, Database, wait_no_longer
from indexer.pgvector.listing import listed
from indexer.pgvector.searcher import PgEngine, PgSearcher
from indexer.pgvector.table import Table, digest, name_of
from indexer.vectors import Vectors, unit_rows
from lexicon.disk import file_digest
from lexicon.errors import IndexDamaged, IndexMissing, StoreUnavailable

ROWS = "vectors"
"""What a manifest calls the table."""

PART = 64 * 2**20
"""Bytes of a file in one row."""


class PgIndex(StoredIndex):
    """The rows of one generation in a table; only its words are held."""

    def unit(self, rows: NDArray[np.int64]) -> Vectors:
        some = self.searcher.index.some(rows)
        return unit_rows(some, f"generation {self.generation}")


class PgGenerations(Generations):
    """The generations in the schema ``lexicon_vectors`` of a database; ``root`` is a folder for
    what a build has not yet published."""

    at_hand = False

    def __init__(self, engine: Engine, root: Path) -> None:
        super().__init__(root)
        self._database = Database(engine)
        self._builders: dict[str, Connection] = {}

    # Reading

    def live(self, identity: str, language: str) -> Live | None:
        """Which generation answers, or None. Cheap enough to ask before every query."""
        try:
            with self._database.reading() as connection:
                return _live(connection, identity, language)
        except UndefinedTable:
            # Nothing has ever been built.
            return None

    def _manifest(self, identity: str, language: str, generation: str) -> tuple[Manifest, str]:
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT manifest FROM {SCHEMA}.generation "
                "WHERE (identity, language, generation) = (%s, %s, %s)",
                [identity, language, generation],
            ).fetchone()
        if row is None or row[0] is None:
            raise IndexDamaged(generation, f"no {MANIFEST}")
        return parsed(row[0], generation), sha256(row[0]).hexdigest()

    def load(self, spec: EncoderSpec, language: str) -> StoredIndex:
        """The live index of an encoder and language, its arrays checked; its vectors too, unless
        they are so many that :attr:`StoredIndex.verified` is left to :meth:`verify`.

        Raises :class:`IndexMissing`, :class:`IndexDamaged` or :class:`IdentityMismatch`.
        """
        manifest = self.manifest(spec.identity, language)
        require_own(manifest, spec.identity, language)
        table = self._table(manifest)
        table.require()
        large = sum(record.bytes for record in manifest.files.values()) > MAPPED_FROM
        if not large:
            _require_rows(table, manifest)
        source = self._source(manifest)
        found = PgSearcher(
            table,
            manifest.kind,
            manifest.parameters,
            manifest.rows,
            keep=spec.identity in self._builders,
        )
        words = read_words(source, manifest, mapped=False)
        return PgIndex(source, manifest, words, found, mapped=False, verified=not large)

    def _table(self, manifest: Manifest) -> Table:
        return Table(
            self._database,
            manifest.identity,
            manifest.language,
            manifest.generation,
            manifest.dim,
        )

    def _source(self, manifest: Manifest) -> Callable[[str], BytesIO]:
        """What gives the content of a file by name, checked."""

        def content(name: str) -> BytesIO:
            with self._database.reading() as connection:
                parts = (
                    connection.cursor(binary=True)
                    .execute(
                        f"SELECT content FROM {SCHEMA}.file "
                        "WHERE (identity, language, generation, name) = (%s, %s, %s, %s) "
                        "ORDER BY part",
                        [manifest.identity, manifest.language, manifest.generation, name],
                    )
                    .fetchall()
                )
            if not parts or name not in manifest.files:
                raise IndexDamaged(manifest.generation, f"{name} is not there")
            whole = b"".join(part for (part,) in parts)
            if sha256(whole).hexdigest() != manifest.files[name].sha256:
                raise IndexDamaged(manifest.generation, f"the content of {name} was changed")
            return BytesIO(whole)

        return content

    def verify(self, manifest: Manifest) -> None:
        """Check every byte of a generation. Raises :class:`IndexDamaged`."""
        source = self._source(manifest)
        for name in manifest.files:
            if name != ROWS:
                source(name)
        table = self._table(manifest)
        table.require()
        _require_rows(table, manifest)

    def listed(self) -> list[Listed]:
        """Every generation that is there, by encoder, language and age."""
        with suppress(UndefinedTable), self._database.reading() as connection:
            return listed(connection)
        return []

    # Writing

    @contextmanager
    def building(self, identity: str, timeout: float = 0) -> Iterator[None]:
        """Hold the right to build for an encoder; a second builder is refused, wherever it is."""
        self._database.create()
        with (
            self._database.builder(identity, timeout) as connection,
            super().building(identity, timeout),
        ):
            self._builders[identity] = connection
            try:
                # What a killed build left behind.
                rows = connection.execute(
                    f"SELECT language, generation FROM {SCHEMA}.generation "
                    "WHERE identity = %s AND manifest IS NULL",
                    [identity],
                ).fetchall()
                connection.commit()
                for language, generation in rows:
                    self._drop(identity, language, generation)
                yield
            finally:
                del self._builders[identity]

    @contextmanager
    def _writing(self, identity: str) -> Iterator[Connection]:
        """One transaction, which fails where the right to build has been lost."""
        connection = self._builders.get(identity)
        if connection is None:
            with self._database.writing() as other:
                yield other
        else:
            with connection.transaction():
                yield connection

    def require_kind(self, wanted: str) -> None:
        """Raise :class:`InvalidInput` unless there is such a kind of index."""
        kinds.choose(0, 0, wanted)

    def engine(self, staged: Staged) -> PgEngine:
        """What makes the table of a staged generation, and its index."""
        return PgEngine(self._database, staged.identity, staged.language, staged.generation)

    def keep(self, staged: Staged, searcher: RowSearcher) -> None:
        """It is where it is going to be already."""

    def publish(self, staged: Sequence[tuple[Staged, Facts]]) -> list[Manifest]:
        """Upload staged generations with their manifests, and make all of them live at once.

        The ones that were live before are kept, older ones are removed.
        """
        if not staged:
            return []
        versions = self._versions()
        made: list[Manifest] = []
        kept: dict[str, set[str]] = {}
        with self._writing(staged[0][0].identity) as connection:
            for one, facts in staged:
                key = (one.identity, one.language, one.generation)
                files = {
                    path.name: FileRecord(bytes=path.stat().st_size, sha256=file_digest(path))
                    for path in sorted(one.folder.iterdir())
                    if path.name != VECTORS
                }
                for name in files:
                    _upload(connection, key, name, one.folder / name)
                rows = np.load(one.folder / VECTORS, mmap_mode="r" if facts.rows else None)
                files[ROWS] = FileRecord(bytes=2 * rows.size, sha256=digest(rows))
                manifest = manifest_of(one, facts, files, versions)
                text = written(manifest)
                connection.execute(
                    f"UPDATE {SCHEMA}.generation SET manifest = %s "
                    "WHERE (identity, language, generation) = (%s, %s, %s)",
                    [text, *key],
                )
                before = _live(connection, one.identity, one.language)
                kept[one.language] = {one.generation, before.generation if before else ""}
                _point(connection, key, sha256(text).hexdigest())
                made.append(manifest)
        for one, _ in staged:
            shutil.rmtree(one.folder, ignore_errors=True)
            for generation in self._generations(one.identity, one.language):
                if generation not in kept[one.language]:
                    # What cannot go now goes another time.
                    with suppress(StoreUnavailable):
                        self._drop(one.identity, one.language, generation)
        return made

    def _versions(self) -> dict[str, str]:
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT extversion, current_setting('server_version') FROM pg_extension "
                "WHERE extname = 'vector'"
            ).fetchone()
        assert row is not None
        return {"pgvector": row[0], "postgresql": row[1], "psycopg": version("psycopg")}

    def _generations(self, identity: str, language: str) -> list[str]:
        """Names of the complete generations of a language, by age."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT generation FROM {SCHEMA}.generation WHERE identity = %s AND language = %s "
                'AND manifest IS NOT NULL ORDER BY generation COLLATE "C"',
                [identity, language],
            ).fetchall()
        return [row[0] for row in rows]

    def _languages(self, identity: str) -> list[str]:
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT DISTINCT language FROM {SCHEMA}.generation WHERE identity = %s "
                "ORDER BY language",
                [identity],
            ).fetchall()
        return [row[0] for row in rows]

    def _drop(self, identity: str, language: str, generation: str) -> str:
        with self._database.writing() as connection:
            wait_no_longer(connection)
            connection.execute(
                sql.SQL("DROP TABLE IF EXISTS {}").format(
                    sql.Identifier(SCHEMA, name_of(identity, language, generation))
                )
            )
            connection.execute(
                f"DELETE FROM {SCHEMA}.generation "
                "WHERE (identity, language, generation) = (%s, %s, %s)",
                [identity, language, generation],
            )
        return generation

    def rollback(self, identity: str, language: str, to: str | None = None) -> Manifest:
        """Make an earlier generation live again: ``to``, or the newest that is older than the live
        one.

        It is checked whole first. Raises :class:`IndexMissing` where there is none.
        """
        with self.building(identity):
            found = self.live(identity, language)
            live = None if found is None else found.generation
            there = [name for name in self._generations(identity, language) if name != live]
            if live is None and not there:
                raise IndexMissing(identity, language, "build it with: lexicon index build")
            older = [name for name in there if live is None or name < live]
            chosen = to or (older[-1] if older else None)
            if chosen not in there:
                known = ", ".join(there) or "none"
                raise IndexMissing(identity, language, f"other generations that are kept: {known}")
            manifest, checksum = self._own(identity, language, chosen)
            self.verify(manifest)
            with self._writing(identity) as connection:
                _point(connection, (identity, language, chosen), checksum)
        return manifest

    def prune(self, identity: str, keep: int = 0) -> list[str]:
        """Remove all generations but the live one and the ``keep`` newest others; returns which
        are gone. A language of which none is live keeps all of them."""
        gone = []
        with self.building(identity):
            for language in self._languages(identity):
                live = self.live(identity, language)
                if live is not None:
                    there = self._generations(identity, language)
                    others = [name for name in there if name != live.generation]
                    gone += [
                        self._drop(identity, language, name)
                        for name in others[: max(len(others) - keep, 0)]
                    ]
        return gone

    def forget(self, identity: str) -> list[str]:
        """Remove all that an encoder has built, live or not; returns which generations are gone."""
        with self.building(identity):
            # First, so that nobody is led to what is going.
            with self._writing(identity) as connection:
                connection.execute(f"DELETE FROM {SCHEMA}.live WHERE identity = %s", [identity])
            gone = [
                self._drop(identity, language, name)
                for language in self._languages(identity)
                for name in self._generations(identity, language)
            ]
            shutil.rmtree(self.shards(identity), ignore_errors=True)
        return gone


def _live(connection: Connection, identity: str, language: str) -> Live | None:
    row = connection.execute(
        f"SELECT generation, manifest_sha256 FROM {SCHEMA}.live "
        "WHERE (identity, language) = (%s, %s)",
        [identity, language],
    ).fetchone()
    return None if row is None else Live(*row)


def _point(connection: Connection, key: tuple[str, str, str], checksum: str) -> None:
    connection.execute(
        f"INSERT INTO {SCHEMA}.live (identity, language, generation, manifest_sha256) "
        "VALUES (%s, %s, %s, %s) ON CONFLICT (identity, language) DO UPDATE "
        "SET generation = excluded.generation, manifest_sha256 = excluded.manifest_sha256",
        [*key, checksum],
    )


def _upload(connection: Connection, key: tuple[str, str, str], name: str, path: Path) -> None:
    statement = (
        f"INSERT INTO {SCHEMA}.file (identity, language, generation, name, part, content) "
        "VALUES (%s, %s, %s, %s, %s, %b)"
    )
    with path.open("rb") as stream:
        number = 0
        while content := stream.read(PART):
            connection.execute(statement, [*key, name, number, content])
            number += 1


def _require_rows(table: Table, manifest: Manifest) -> None:
    if digest(table.whole(manifest.rows)) != manifest.files[ROWS].sha256:
        raise IndexDamaged(manifest.generation, f"the content of its {ROWS} was changed")
