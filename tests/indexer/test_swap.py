"""Searching while another process publishes: a short form of benchmarks/swap.py, and no mixture."""

from pathlib import Path

import pytest

from benchmarks import swap
from benchmarks.results import SEED
from indexer.build import build
from indexer.encoders.protocol import Encoder
from indexer.indices.live import LiveIndex
from indexer.search import search
from indexer.service import LexiconService
from lexicon.store import Sessions
from tests.conftest import AxisEncoder

QUERIES = 400
PUBLISHES = 4
LANGUAGES = 4


def test_searches_beside_a_builder_answer_without_error_from_the_right_generations(
    own_home: Path,
) -> None:
    with swap.watched(own_home) as service:
        asked = swap.requests(service, QUERIES, SEED)
        swap.warm(service, asked)
        before = set(service.seen)
        run = swap.swapping(service, asked, QUERIES, PUBLISHES, 0)
        # Whatever was published last answers now.
        for request in asked[:50]:
            search(service, request)
        encoder = service.encoder("embedded")
        last = service.live_generations(encoder)
    assert run.status == 0
    assert run.phase.errors == []
    assert len(run.phase.answers) >= QUERIES
    assert service.foreign == 0
    assert len(before) == LANGUAGES
    assert len(set(service.seen) - before) >= PUBLISHES
    assert set(last.values()) <= set(service.seen)
    assert len(run.noticed) == PUBLISHES // 2
    assert max(run.noticed.values()) < swap.PATIENCE


class TestAPair:
    def test_it_is_from_one_side_of_a_publishing(
        self,
        service: LexiconService,
        sessions: Sessions,
        axis: AxisEncoder,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        opened = LexiconService.index

        def published(
            self: LexiconService, encoder: Encoder, language: str, encode: bool = True
        ) -> LiveIndex:
            found = opened(self, encoder, language, encode)
            monkeypatch.setattr(LexiconService, "index", opened)
            build(sessions, service.generations, axis, force=True)
            return found

        monkeypatch.setattr(LexiconService, "index", published)
        english, french = service.pair(axis, "en", "fr")
        assert english.manifest.neighbourhoods["fr"] == french.generation
        assert french.manifest.neighbourhoods["en"] == english.generation

    def test_it_is_that_of_the_pointers(self, tiny: LexiconService, tiny_axis: AxisEncoder) -> None:
        assert tiny.pair(tiny_axis, "en", "kn") == (
            tiny.index(tiny_axis, "en"),
            tiny.index(tiny_axis, "kn"),
        )
