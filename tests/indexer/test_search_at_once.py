"""Searches that wait for nothing: the same answers as those that do, or none."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import pytest

from indexer import search as searching
from indexer import service as service_module
from indexer.answers import SCORES, Score, SearchAnswer, SearchRequest
from indexer.build import build
from indexer.indices import kinds
from indexer.search import search
from indexer.service import LexiconService
from lexicon import edits
from lexicon.errors import InvalidInput, StoreUnavailable
from lexicon.facts import Facts
from lexicon.settings import Settings
from lexicon.store import Sessions, open_store, writing
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.worlds import entry

WATER = SearchRequest("water", "en", "kn", k=3)


@pytest.fixture(autouse=True)
def never_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, what was looked at stays new enough."""
    monkeypatch.setattr(service_module, "NOTICE", 3_600)


class Clock:
    """The time by which the service says how old what it looked at is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        monkeypatch.setattr(service_module, "time", SimpleNamespace(monotonic=lambda: self.now))


def search_at_once(service: LexiconService, request: SearchRequest) -> SearchAnswer | None:
    """What the JSON says."""
    found = searching.search_at_once(service, request)
    return None if found is None else SearchAnswer.model_validate_json(found)


def lemmas(answer: SearchAnswer | None) -> list[str] | None:
    return None if answer is None else [one.lemma for one in answer.results]


class TestAnswers:
    @pytest.mark.parametrize("score", SCORES)
    def test_they_are_those_of_a_search(self, service: LexiconService, score: Score) -> None:
        for word in ("water", "bank", "shore", "run", "BANK"):
            request = replace(WATER, text=word, score=score)
            expected = search(service, request)
            # As it is written the first time, and again.
            for _ in range(2):
                found = searching.search_at_once(service, request)
                assert found == expected.model_dump_json()

    def test_awkward_texts_are_written_as_the_models_write_them(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        awkward = 'a "quoted" \\ gloss\nof \x7f two\u2028lines \t🙂'
        with writing(sessions) as session:
            edits.edit(session, replace(TINY[0], gloss=awkward))
        expected = search(service, WATER)
        assert expected.results[0].concepts[0].gloss == awkward
        assert searching.search_at_once(service, WATER) == expected.model_dump_json()

    def test_the_store_is_not_asked(
        self, service: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        expected = search(service, WATER)

        def refuse() -> None:
            raise AssertionError("asked")

        monkeypatch.setattr(service, "sessions", refuse)
        assert search_at_once(service, WATER) == expected

    def test_what_cannot_be_answered_is_refused(self, service: LexiconService) -> None:
        with pytest.raises(InvalidInput, match="k=0"):
            search_at_once(service, replace(WATER, k=0))


class TestNone:
    def test_nothing_is_there_before_the_first_search(self, service: LexiconService) -> None:
        assert search_at_once(service, WATER) is None
        search(service, WATER)
        assert lemmas(search_at_once(service, WATER)) == ["ನೀರು", "ಜಲ", "ಓಡು"]
        # Neither the word itself nor the other direction's means have been read.
        assert search_at_once(service, replace(WATER, text="bank")) is None
        assert search_at_once(service, SearchRequest("ನೀರು", "kn", "en")) is None

    @pytest.mark.parametrize(
        "request_",
        [
            replace(WATER, text="a brook"),
            replace(WATER, pos="noun"),
            replace(WATER, concept="water.noun.1"),
            replace(WATER, k=101),
            replace(WATER, encoder="nobody"),
        ],
    )
    def test_it_is_left_to_a_thread(self, service: LexiconService, request_: SearchRequest) -> None:
        search(service, WATER)
        assert search_at_once(service, request_) is None

    def test_a_slow_index_is(
        self, service: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        search(service, WATER)
        monkeypatch.setattr(kinds, "_QUICK", {})
        assert search_at_once(service, WATER) is None

    def test_generations_in_a_database_are(
        self, service: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        search(service, WATER)
        monkeypatch.setattr(service.generations, "at_hand", False)
        assert search_at_once(service, WATER) is None

    def test_a_pointer_that_names_nothing_is(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        search(service, WATER)
        pointer = service.generations.folder(axis.spec.identity, "kn") / "live"
        pointer.write_text("?", encoding="ascii")
        assert search_at_once(service, WATER) is None


class TestNews:
    def test_a_new_generation_is_met_at_once(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        search(service, WATER)
        build(sessions, service.generations, axis, ["kn"], force=True)
        assert search_at_once(service, WATER) is None
        search(service, WATER)
        assert search_at_once(service, WATER) is not None

    def test_what_this_process_writes_is_met_at_once(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        search(service, WATER)
        with writing(sessions) as session:
            edits.edit(session, replace(TINY[0], gloss="h2o"))
        assert search_at_once(service, WATER) is None
        assert search(service, WATER).results[0].concepts[0].gloss == "h2o"
        found = search_at_once(service, WATER)
        assert found is not None
        assert found.results[0].concepts[0].gloss == "h2o"

    def test_other_words_stay_known(self, service: LexiconService, sessions: Sessions) -> None:
        for text in ("water", "bank"):
            search(service, replace(WATER, text=text, k=1))
        with writing(sessions) as session:
            edits.edit(session, replace(TINY[0], gloss="h2o"))
        search(service, replace(WATER, k=1))
        assert search_at_once(service, replace(WATER, text="bank", k=1)) is not None

    def test_all_words_are_known_once_they_were_read(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        search(service, WATER)
        assert search_at_once(service, replace(WATER, text="run")) is None
        service.read_facts(axis)
        assert search_at_once(service, replace(WATER, text="run")) is not None

    def test_reading_all_words_ends_where_somebody_writes(
        self,
        service: LexiconService,
        sessions: Sessions,
        axis: AxisEncoder,
    ) -> None:
        read = Facts.read_all

        def write(self: Facts, ids: list[int], sessions_: Sessions) -> None:
            with writing(sessions) as session:
                edits.edit(session, replace(TINY[0], gloss=f"h{len(ids)}o"))
            read(self, ids, sessions_)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Facts, "read_all", write)
            service.read_facts(axis)
        assert search(service, WATER).results[0].concepts[0].gloss.startswith("h")

    def test_what_another_process_writes_is_met_soon(
        self,
        service: LexiconService,
        settings: Settings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        search(service, WATER)
        other = open_store(settings)
        with writing(other) as session:
            edits.edit(session, replace(TINY[0], gloss="h2o"))
        other.kw["bind"].dispose()
        held = search_at_once(service, WATER)
        assert held is not None
        assert held.results[0].concepts[0].gloss == "clear liquid"
        monkeypatch.setattr(service_module, "NOTICE", 0)
        assert search_at_once(service, WATER) is None
        assert search(service, WATER).results[0].concepts[0].gloss == "h2o"

    def test_what_another_process_writes_is_looked_for_beside_the_answers(
        self, service: LexiconService, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock = Clock(monkeypatch)
        search(service, WATER)
        other = open_store(settings)
        with writing(other) as session:
            edits.edit(session, replace(TINY[0], gloss="h2o"))
        other.kw["bind"].dispose()
        clock.now += 1.5 * service_module.NOTICE
        held = search_at_once(service, WATER)
        assert held is not None
        assert held.results[0].concepts[0].gloss == "clear liquid"
        end = time.monotonic() + 30
        while service.at_hand(None, "en", "kn") is None or (
            (found := search_at_once(service, WATER)) is not None
            and found.results[0].concepts[0].gloss != "h2o"
        ):
            assert time.monotonic() < end, "nobody looked"
            time.sleep(0.01)
        # The new edition's facts of a word that changed are read by whoever may wait.
        assert search(service, WATER).results[0].concepts[0].gloss == "h2o"

    def test_a_look_that_fails_is_told_to_whoever_waits(
        self, service: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock = Clock(monkeypatch)
        search(service, WATER)
        looked = threading.Event()

        def fail(*_: object) -> None:
            looked.set()
            raise StoreUnavailable("gone")

        monkeypatch.setattr(service_module, "changed_since", fail)
        clock.now += 1.5 * service_module.NOTICE
        assert search_at_once(service, WATER) is not None
        assert looked.wait(30)
        clock.now += service_module.NOTICE
        assert search_at_once(service, WATER) is None
        with pytest.raises(StoreUnavailable, match="gone"):
            search(service, WATER)

    def test_facts_stay_where_no_word_changed(
        self, service: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(service_module, "NOTICE", 0)
        assert service.facts() is service.facts()

    def test_an_edition_that_ends_in_the_middle_begins_the_search_again(
        self,
        service: LexiconService,
        sessions: Sessions,
        axis: AxisEncoder,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        read = Facts.words
        changes = iter([None])

        def changed(self: Facts, ids: list[int], sessions_: Sessions | None) -> object:
            for _ in changes:
                with writing(sessions) as session:
                    edits.edit(session, replace(TINY[0], gloss="h2o"))
            return read(self, ids, sessions_)

        monkeypatch.setattr(Facts, "words", changed)
        answer = search(service, replace(WATER, text="brook"))
        glosses = {one.gloss for result in answer.results for one in result.concepts}
        assert "h2o" in glosses
        assert "clear liquid" not in glosses
        assert axis.encoded == 1


def test_answers_are_of_one_edition_while_words_and_indices_change(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder
) -> None:
    # Both glosses change together, so no answer may show one of each kind.
    done = threading.Event()

    def write(number: int) -> None:
        with writing(sessions) as session:
            for concept in TINY[1:3]:
                edits.edit(session, replace(concept, gloss=f"edition {number}"))

    write(0)

    def ask_on() -> int:
        asked = 0
        while not done.is_set():
            request = SearchRequest("bank", "en", "fr", k=2)
            answer = search_at_once(service, request) or search(service, request)
            glosses = {one.gloss for result in answer.results for one in result.concepts}
            assert len(glosses) == 1, glosses
            asked += 1
        return asked

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask_on) for _ in range(2)]
        try:
            for number in range(1, 16):
                write(number)
                if number % 5 == 0:
                    build(sessions, service.generations, axis, ["en", "fr"], force=True)
        finally:
            done.set()
        assert all(one.result() > 0 for one in asking)
    last = search(service, SearchRequest("bank", "en", "fr", k=2))
    assert {one.gloss for one in last.results[0].concepts} == {"edition 15"}


def test_a_word_that_came_is_ranked_with_the_others(
    service: LexiconService, sessions: Sessions
) -> None:
    search(service, SearchRequest("water", "en", "fr", k=100))
    fill(sessions, [*TINY, entry("sea.noun.1", fr="mer")])
    answer = search(service, SearchRequest("water", "en", "fr", k=100))
    assert "mer" in [one.lemma for one in answer.results]
    assert answer == search_at_once(service, SearchRequest("water", "en", "fr", k=100))
