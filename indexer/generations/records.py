"""What a build says of a generation, and what is said of one that is there."""

from dataclasses import dataclass
from pathlib import Path

from indexer.encoders.protocol import EncoderSpec
from indexer.generations.manifest import Manifest, Watermark


@dataclass(frozen=True)
class Live:
    """The pointer: a generation and the digest of its manifest."""

    generation: str
    manifest_sha256: str


@dataclass(frozen=True)
class Staged:
    """A generation being written."""

    folder: Path
    generation: str
    identity: str
    language: str


@dataclass(frozen=True)
class Facts:
    """What the builder knows of a generation and its files do not say."""

    spec: EncoderSpec
    language: str
    rows: int
    covered: int
    asked: str
    kind: str
    parameters: dict[str, int]
    recall: float | None
    recall_queries: int
    form_digest: str
    watermark: Watermark
    neighbourhoods: dict[str, str]
    reverse: dict[str, str]


@dataclass(frozen=True)
class Listed:
    """One generation of one folder; ``problem`` when its manifest cannot be used.

    A pointer that cannot be read is one without a name, and one that is not there is listed when a
    pointer names it: both are live, as that is what searches meet.
    """

    identity: str
    language: str
    generation: str
    live: bool
    bytes: int
    manifest: Manifest | None
    problem: str | None = None
