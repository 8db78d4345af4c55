"""The service: what it opens, what it keeps, and neighbourhoods after a rebuild."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from indexer import service as service_module
from indexer.answers import SearchRequest
from indexer.build import build
from indexer.building.neighbourhoods import means_towards
from indexer.encoders import registry
from indexer.encoders.protocol import Encoder
from indexer.search import search
from indexer.service import LexiconService, open_service
from lexicon.errors import IndexMissing, NoWords, StoreMissing, UnknownEncoder
from lexicon.settings import Settings
from lexicon.store import Sessions, open_store
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
        stored = french.base.neighbourhood("en")
        assert stored is not None
        assert found.means.tolist() == stored.tolist()
        assert found.least == tuple(stored.min(axis=0).tolist())
        assert found.greatest == tuple(stored.max(axis=0).tolist())
        assert service.neighbourhood(french, english) is found

    def test_means_against_a_language_that_was_rebuilt_are_those_towards_its_words_now(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        before = service.neighbourhood(service.index(axis, "fr"), service.index(axis, "kn"))
        fill(sessions, [*TINY, entry("sea.noun.1", kn="ಸಮುದ್ರ")])
        build(sessions, service.generations, axis)
        french, kannada = service.index(axis, "fr"), service.index(axis, "kn")
        assert french.manifest.neighbourhoods["kn"] != kannada.manifest.generation
        after = service.neighbourhood(french, kannada)
        # The new word lies between all axes: cosine 1/2 to every French word.
        np.testing.assert_allclose(before.means[:, 0], [1 / 5, 1 / 5, 2 / 5, 1 / 5])
        np.testing.assert_allclose(after.means[:, 0], [1.5 / 6, 1.5 / 6, 2.5 / 6, 1.5 / 6])
        np.testing.assert_array_equal(
            after.means, means_towards(french.base.half, kannada.base.searcher)
        )

    def test_where_neither_knows_the_other_they_are_taken_now(
        self,
        settings: Settings,
        sessions: Sessions,
        axis: AxisEncoder,
    ) -> None:
        fill(sessions)
        service = LexiconService(settings, sessions)
        build(sessions, service.generations, axis, ["fr"])
        first = service.index(axis, "fr")
        build(sessions, service.generations, axis, ["fr"], force=True)
        build(sessions, service.generations, axis, ["kn"])
        found = service.neighbourhood(first, service.index(axis, "kn"))
        np.testing.assert_allclose(found.means[:, 0], [1 / 5, 1 / 5, 2 / 5, 1 / 5])

    def test_words_that_came_since_have_means_and_those_that_left_have_none(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        axis.table = {"fr": {"mer": [1, 0, 0, 0]}, "kn": {"ಸಮುದ್ರ": [1, 0, 0, 0]}}
        fill(sessions, [*TINY[:3], entry("sea.noun.1", fr="mer", kn="ಸಮುದ್ರ")])
        french, kannada = service.index(axis, "fr"), service.index(axis, "kn")
        found = service.neighbourhood(french, kannada)
        assert len(found.means) == french.rows == 4
        # Of ನೀರು, ಜಲ, ದಡ, ಬ್ಯಾಂಕ್ and the new one, three are water.
        np.testing.assert_allclose(found.means[-1], [3 / 5, 3 / 4])


class TestNews:
    def test_what_this_process_writes_is_found_at_once(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        before = service.index(axis, "en")
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea")])
        assert (before.rows, service.index(axis, "en").rows) == (4, 5)
        fill(sessions)
        assert service.index(axis, "en").rows == 4

    def test_what_another_process_writes_is_found_soon(
        self,
        service: LexiconService,
        settings: Settings,
        axis: AxisEncoder,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(service_module, "NOTICE", 3_600)
        before = service.index(axis, "en")
        other = open_store(settings)
        fill(other, [*TINY, entry("sea.noun.1", en="sea")])
        other.kw["bind"].dispose()
        assert service.index(axis, "en") is before
        monkeypatch.setattr(service_module, "NOTICE", 0)
        assert service.index(axis, "en").rows == 5

    def test_nothing_new_leaves_the_index_as_it_is(
        self, service: LexiconService, axis: AxisEncoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(service_module, "NOTICE", 0)
        assert service.index(axis, "en") is service.index(axis, "en")

    def test_a_look_without_encoding_is_not_what_searches_get(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea")])
        looked = service.index(axis, "en", encode=False)
        assert (looked.rows, looked.changes.pending, axis.encoded) == (4, 1, 0)
        found = service.index(axis, "en")
        assert (found.rows, found.changes.pending, axis.encoded) == (5, 0, 1)

    def test_a_language_whose_words_all_left_has_none(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        fill(sessions, [entry("sea.noun.1", en="sea")])
        with pytest.raises(NoWords, match=r"no words of language 'fr'"):
            service.index(axis, "fr")


def test_searches_go_on_while_indices_are_published(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder
) -> None:
    done = threading.Event()

    def ask_on() -> int:
        asked = 0
        while not done.is_set():
            answer = search(service, SearchRequest("water", "en", "kn", k=3, score="csls"))
            assert [result.lemma for result in answer.results[:2]] == ["ನೀರು", "ಜಲ"]
            asked += 1
        return asked

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask_on) for _ in range(2)]
        try:
            for time in range(20):
                some = None if time % 2 else ["kn", "en"][time // 2 % 2 :]
                build(sessions, service.generations, axis, some, force=True)
        finally:
            done.set()
        assert all(one.result() > 0 for one in asking)
