"""The service: what it opens, what it keeps, and neighbourhoods after a rebuild."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from indexer.build import build, means_towards
from indexer.encoders import registry
from indexer.encoders.protocol import Encoder
from indexer.service import LexiconService, open_service
from lexicon.errors import IndexMissing, StoreMissing, UnknownEncoder
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.worlds import entry


def test_no_store_is_named_with_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match=rf"sqlite:///{tmp_path}.*lexicon init"):
        open_service(Settings(home=tmp_path))


def test_an_existing_store_is_opened(service: LexiconService, axis: AxisEncoder) -> None:
    again = open_service(service.settings)
    assert again.index(axis, "en").manifest == service.index(axis, "en").manifest
    assert again.location == f"sqlite:///{service.settings.home}/lexicon.sqlite3"


def test_the_location_hides_the_password(tiny: LexiconService) -> None:
    url = "postgresql+psycopg://me:secret@host/name"
    settings = Settings(home=tiny.settings.home, database_url=url)
    location = LexiconService(settings, tiny.sessions).location
    assert location == "postgresql+psycopg://me:***@host/name"


def test_an_encoder_is_opened_once(
    tiny: LexiconService, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def make(_settings: Settings) -> Encoder:
        opened.append("axis")
        return AxisEncoder()

    monkeypatch.setitem(registry.NAMED, "axis", make)
    service = LexiconService(settings, tiny.sessions)
    assert service.encoder("axis") is service.encoder(None) is service.encoder("axis")
    assert opened == ["axis"]


def test_an_unknown_encoder_names_the_known_ones(tiny: LexiconService) -> None:
    with pytest.raises(
        UnknownEncoder,
        match=r"unknown encoder 'nope'; known: bloom-1b7, bloom-560m, embedded, labse",
    ):
        tiny.encoder("nope")


def test_an_index_is_opened_once(tiny: LexiconService, tiny_axis: AxisEncoder) -> None:
    assert tiny.index(tiny_axis, "fr") is tiny.index(tiny_axis, "fr")


def test_threads_share_one_index(service: LexiconService, axis: AxisEncoder) -> None:
    start = threading.Barrier(4)

    def opened() -> int:
        start.wait()
        return id(service.index(axis, "en"))

    with ThreadPoolExecutor(4) as pool:
        found = {future.result() for future in [pool.submit(opened) for _ in range(4)]}
    assert len(found) == 1


def test_live_generations_are_those_of_languages_with_words(
    tiny: LexiconService, tiny_axis: AxisEncoder
) -> None:
    assert tiny.live_generations(tiny_axis) == {
        code: tiny.index(tiny_axis, code).manifest.generation for code in ("en", "fr", "kn")
    }


def test_a_language_with_words_and_no_index_is_not_ready(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder
) -> None:
    fill(sessions, [*TINY, entry("sea.noun.1", hi="समुद्र")])
    with pytest.raises(IndexMissing, match=r"language 'hi'; .*build --encoder axis"):
        service.live_generations(axis)


class TestNeighbourhood:
    def test_means_of_the_build_are_read(
        self,
        service: LexiconService,
        axis: AxisEncoder,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        french, english = service.index(axis, "fr"), service.index(axis, "en")

        def refuse(*_: object) -> None:
            raise AssertionError("taken again")

        monkeypatch.setattr("indexer.service.means_towards", refuse)
        found = service.neighbourhood(french, english)
        stored = french.neighbourhood("en")
        assert stored is not None
        assert found.tolist() == stored.tolist()
        assert service.neighbourhood(french, english) is found

    def test_means_against_a_language_that_was_rebuilt_are_taken_again(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        before = service.neighbourhood(service.index(axis, "fr"), service.index(axis, "kn"))
        fill(sessions, [*TINY, entry("sea.noun.1", kn="ಸಮುದ್ರ")])
        build(sessions, service.generations, axis)
        french, kannada = service.index(axis, "fr"), service.index(axis, "kn")
        assert french.manifest.neighbourhoods["kn"] != kannada.manifest.generation
        after = service.neighbourhood(french, kannada)
        # The new word lies between all axes: cosine 1/2 to every French word.
        assert before.tolist() == pytest.approx([1 / 5, 1 / 5, 2 / 5, 1 / 5])
        assert after.tolist() == pytest.approx([1.5 / 6, 1.5 / 6, 2.5 / 6, 1.5 / 6])
        np.testing.assert_array_equal(
            after, means_towards(french.all_vectors(), kannada.all_vectors())
        )
