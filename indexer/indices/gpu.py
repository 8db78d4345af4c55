"""Exact search of many queries at once on a GPU, where FAISS has been built for one.

FAISS's GPU objects must not be used by two threads, not even for reading, so each GPU belongs to
one thread of ours, and others hand it their work.
"""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np

from indexer.generations.arrays import HalfVectors
from indexer.indices.kinds import Found, blocks
from indexer.indices.library import library
from indexer.vectors import Vectors

Result = TypeVar("Result")

RESIDENT = 4
"""Sets of rows that stay in a GPU's memory."""

MOST_NEIGHBOURS = 2_048
"""What a GPU index of FAISS can return of each query."""

BATCH = 4_096


class Gpu:
    """One GPU and the thread that owns it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._owner = ThreadPoolExecutor(1, thread_name_prefix=f"gpu-{number}")
        self._resources: Any = None
        self._resident: OrderedDict[int, tuple[HalfVectors, Any]] = OrderedDict()

    def nearest(self, rows: HalfVectors, queries: Vectors, k: int) -> Found:
        """The k nearest of all rows; rows are kept on the GPU for the next call.

        Raises ``RuntimeError`` when the GPU cannot: no memory, a driver of another version.
        """
        if k > MOST_NEIGHBOURS:
            raise RuntimeError(f"k={k:,} is more than the {MOST_NEIGHBOURS:,} that a GPU returns")
        return self._on_owner(lambda: self._nearest(rows, queries, k))

    def _on_owner(self, work: Callable[[], Result]) -> Result:
        return self._owner.submit(work).result()

    def _nearest(self, rows: HalfVectors, queries: Vectors, k: int) -> Found:
        index = self._index_of(rows)
        found = [
            index.search(queries[start : start + BATCH], k)
            for start in range(0, len(queries), BATCH)
        ]
        cosine, numbers = (np.concatenate(part) for part in zip(*found, strict=True))
        return Found(numbers, cosine)

    def _index_of(self, rows: HalfVectors) -> Any:
        held = self._resident.get(id(rows))
        # The rows are held too, so that nothing else can get their id.
        if held is None or held[0] is not rows:
            faiss = library()
            if self._resources is None:
                self._resources = faiss.StandardGpuResources()
            config = faiss.GpuIndexFlatConfig()
            config.device, config.useFloat16 = self.number, True
            index = faiss.GpuIndexFlatIP(self._resources, rows.shape[1], config)
            for _, some in blocks(rows):
                index.add(some)
            held = self._resident[id(rows)] = (rows, index)
        self._resident.move_to_end(id(rows))
        while len(self._resident) > RESIDENT:
            self._resident.popitem(last=False)
        return held[1]


_gpus: dict[int, Gpu] = {}


def gpu(device: str = "auto") -> Gpu | None:
    """The GPU that builds use, None where FAISS finds none or ``device`` is ``cpu``."""
    faiss = library()
    count = faiss.get_num_gpus() if hasattr(faiss, "get_num_gpus") else 0
    if device == "cpu" or count == 0:
        return None
    return _gpus.setdefault(0, Gpu(0))
