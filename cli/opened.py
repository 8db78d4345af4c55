"""The store and the service that a command works with, closed when it ends.

Processes give everything back as they end, but commands also run inside others: of tests, and of
programs that call :data:`cli.main.app`.
"""

from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.service import LexiconService
    from lexicon.settings import Settings
    from lexicon.store import Sessions

_open = ExitStack()


def open_store(settings: "Settings") -> "Sessions":
    """Sessions on the store, or the store's own error."""
    # Here and below: SQLAlchemy and FAISS take a while to import, and no command is to wait for
    # what it does not use.
    from lexicon import store

    sessions = store.open_store(settings)
    _open.callback(store.close, sessions)
    return sessions


def open_service(settings: "Settings") -> "LexiconService":
    """A service on the store, or the store's own error."""
    from indexer import service

    opened = service.open_service(settings)
    _open.callback(opened.close)
    return opened


def close() -> None:
    """Close everything that was opened since the last time."""
    _open.close()
