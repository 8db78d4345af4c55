"""What an import is told about its source, and what it tells."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lexicon.formats.reading import Rejected

Advance = Callable[[str, int, int], None]
"""Told (what is being done, how much is done, how much there is)."""


def unheard(_what: str, _done: int, _total: int) -> None:
    """For callers that do not watch."""


@dataclass(frozen=True)
class SourceEntry:
    """What is recorded of where rows came from; empty is what nobody said."""

    name: str
    licence: str
    version: str
    checksum: str


@dataclass
class IngestReport:
    """Counts of entries: concepts, pairs of words or pairs of sentences, whatever was read.

    ``retired`` ones are gone because the source no longer has them; ``skipped`` ones are sound but
    not for this store (another language). ``rejects`` says of each rejected one why.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    retired: int = 0
    skipped: int = 0
    rejects: list[Rejected] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return len(self.rejects)

    @property
    def changed(self) -> bool:
        """Whether the store is another than before."""
        return bool(self.added or self.updated or self.retired)

    def add(self, other: "IngestReport") -> None:
        self.added += other.added
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.retired += other.retired
        self.skipped += other.skipped
        self.rejects += other.rejects
