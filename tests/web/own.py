"""A service that one may write to: over a copy of the home that the others read."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.loading.processes import Server, wait_until_ready
from lexicon import keys
from lexicon.settings import Settings
from lexicon.store import open_store, writing


@dataclass(frozen=True)
class Own:
    """Where it listens, a key that may write, and the home that it serves."""

    site: str
    key: str
    home: Path

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """What it answers to somebody else than the page: JSON, or None where there is nothing."""
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = httpx.request(method, self.site + path, headers=headers, timeout=30, **options)
        answer.raise_for_status()
        return answer.json() if answer.content else None


@contextmanager
def served(home: Path, copy: Path, environment: dict[str, str]) -> Iterator[Own]:
    """A service over ``copy``, which is made of ``home``."""
    shutil.copytree(home, copy)
    sessions = open_store(Settings(home=copy))
    with writing(sessions) as session:
        key = keys.create(session, "editor", "write")[1]
    sessions.kw["bind"].dispose()
    server = Server({**environment, "LEXICON_HOME": str(copy)}, 1, copy.parent / "own.log")
    try:
        wait_until_ready(server)
        own = Own(f"http://{server.address[0]}:{server.address[1]}", key, copy)
        yield own
    finally:
        server.kill()
