"""Files: what must outlast a power cut, what must not be seen half done, what has been changed."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO
from uuid import uuid4

from lexicon.errors import StoreUnavailable


def sync(path: Path) -> None:
    """Return when a file's bytes, or a folder's names, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_digest(*paths: Path) -> str:
    """sha256 over the files' bytes in the given order: 64 hexadecimal digits."""
    total = sha256()
    for path in paths:
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                total.update(block)
    return total.hexdigest()


@contextmanager
def whole_file(path: Path, require: Callable[[], None] = lambda: None) -> Iterator[IO[bytes]]:
    """A file to write that is at ``path`` once it is whole and on disk, and never before.

    ``require`` is asked once more at the end whether it may go there. Raises ``OSError``.
    """
    part = path.with_name(f"{path.name}.{uuid4().hex[:8]}.part")
    with part.open("xb") as stream:
        try:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            require()
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    sync(path.parent)


@contextmanager
def writing_to(path: Path) -> Iterator[None]:
    """Raise :class:`StoreUnavailable` with its remedy where what a user asked for cannot be
    written to ``path``."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(
            f"{path} cannot be written ({error.strerror or error}); "
            "make room there, or name a file in a folder that can be written"
        ) from error
