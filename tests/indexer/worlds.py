"""Worlds of one test: lexicons and stub encoders made for a single question."""

from collections.abc import Mapping, Sequence

import pytest

from indexer.build import build
from indexer.encoders import registry
from indexer.service import LexiconService
from lexicon.entries import ConceptEntry, checked
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import AxisEncoder, fill

Table = Mapping[str, Mapping[str, Sequence[float]]]
"""Vectors by language and text."""


def entry(key: str, /, pos: str = "noun", **cells: str) -> ConceptEntry:
    """A concept whose gloss is its key; ``cells`` by language, alternatives joined by |."""
    return checked(key, pos, "field", f"gloss of {key}", cells)


def register(patch: pytest.MonkeyPatch, encoder: AxisEncoder) -> AxisEncoder:
    """Make the registry give ``encoder`` for its own name."""
    patch.setitem(registry.NAMED, encoder.spec.name, lambda _settings: encoder)
    return encoder


def world(
    settings: Settings,
    sessions: Sessions,
    patch: pytest.MonkeyPatch,
    entries: Sequence[ConceptEntry],
    table: Table | None = None,
    languages: Sequence[str] | None = None,
) -> LexiconService:
    """``entries`` indexed under an ``axis`` encoder of ``table``."""
    encoder = register(patch, AxisEncoder(table))
    fill(sessions, entries)
    service = LexiconService(settings, sessions)
    build(sessions, service.generations, encoder, languages)
    encoder.encoded = 0
    return service
