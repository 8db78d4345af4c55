"""What makes an index of rows and searches it: FAISS, or a database."""

from typing import Any, Protocol

from indexer.generations.arrays import HalfVectors
from indexer.indices.kinds import Found
from indexer.vectors import Vectors


class RowSearcher(Protocol):
    """An index of one kind with the rows that it is about."""

    @property
    def kind(self) -> str: ...

    @property
    def parameters(self) -> dict[str, int]: ...

    @property
    def index(self) -> Any:
        """What the engine calls the index."""
        ...

    @property
    def rows(self) -> HalfVectors:
        """(n, dim) as they are stored; of a database, fetched when it is asked for."""
        ...

    @property
    def exact(self) -> bool:
        """Whether a search cannot miss a nearer row."""
        ...

    def search(self, queries: Vectors, k: int) -> Found:
        """The k nearest rows of each query, k no more than there are."""
        ...


class Engine(Protocol):
    """Makes the index of one generation that is being built."""

    @property
    def exact(self) -> str:
        """The kind that nothing has to be proved of."""
        ...

    def choose(self, rows: int, dim: int, wanted: str) -> str:
        """The kind for so many rows, unless one is wanted. Raises :class:`InvalidInput`."""
        ...

    def make(self, kind: str, vectors: HalfVectors) -> RowSearcher:
        """An index of the rows with the parameters that its kind starts with."""
        ...

    def more(self, searcher: RowSearcher) -> RowSearcher | None:
        """The same index searched with more effort, or None when there is no more to be had."""
        ...
