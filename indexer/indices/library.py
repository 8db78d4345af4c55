"""The FAISS library, and the traps around its threads and processes."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from lexicon.errors import ExtraMissing, InvalidInput

_local = threading.local()
_searched_in: int | None = None


def library() -> ModuleType:
    """The faiss module, with one thread per search, or :class:`ExtraMissing`.

    Called before every use: how many threads OpenMP takes is a setting of each thread of ours,
    and two of them make single queries many times slower on a busy host. A process that was
    forked after a search would hang in the next one; it is refused instead.
    """
    global _searched_in
    try:
        import faiss
    except ModuleNotFoundError:
        raise ExtraMissing("the vector index", "cpu") from None
    if not getattr(_local, "set", False):
        faiss.omp_set_num_threads(1)
        _local.set = True
    if _searched_in is None:
        _searched_in = os.getpid()
    elif _searched_in != os.getpid():
        raise InvalidInput(
            "this process was forked from one that had already searched, and would hang; "
            "start workers with the method spawn"
        )
    return faiss


@contextmanager
def every_core() -> Iterator[ModuleType]:
    """The faiss module on all cores: for builds, where nobody waits for one answer."""
    faiss = library()
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    try:
        yield faiss
    finally:
        faiss.omp_set_num_threads(1)
