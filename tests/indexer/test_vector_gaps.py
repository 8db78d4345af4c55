"""Forms without a vector, counted; and the words that an unknown query may have meant."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from indexer.answers import SearchRequest, Suggested
from indexer.build import build
from indexer.search import search
from indexer.service import LexiconService
from indexer.status import VectorGap, index_status, vector_gaps
from lexicon import browse, edits
from lexicon.settings import Settings
from lexicon.store import Sessions, writing
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.worlds import entry, register

WATER, SHORE, MONEY, RUN = TINY


def missing(service: LexiconService) -> dict[str, int]:
    """By language, where there are any."""
    found = index_status(service, "axis").indices
    return {item.language: item.missing for item in found if item.missing}


def change(sessions: Sessions, key: str, **changes: Sequence[tuple[str, str]]) -> None:
    """Edit a concept as by hand: ``added`` and ``removed`` words."""
    with writing(sessions) as session:
        held = browse.concept_entry(session, key)
        edits.edit(session, edits.changed(held, **changes))  # type: ignore[arg-type]


def sound(name: str = "axis") -> VectorGap:
    return VectorGap(encoder=name, missing=0, uncovered=0)


class TestMissing:
    def test_none_after_a_build(self, tiny: LexiconService) -> None:
        assert vector_gaps(tiny) == [sound()]

    def test_forms_added_since_are_missing_until_the_next_build(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        change(sessions, "water.noun.1", added=[("fr", "flotte"), ("fr", "onde"), ("en", "aqua")])
        assert missing(service) == {"en": 1, "fr": 2}
        assert vector_gaps(service) == [VectorGap(encoder="axis", missing=3, uncovered=0)]
        build(sessions, service.generations, axis)
        # The encoder knows none of the three; their vectors are guesses.
        assert vector_gaps(service) == [VectorGap(encoder="axis", missing=0, uncovered=3)]

    def test_a_form_that_is_taken_back_is_missing_no_more(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        change(sessions, "water.noun.1", added=[("fr", "flotte")])
        change(sessions, "water.noun.1", removed=[("fr", "flotte")])
        assert vector_gaps(service) == [sound()]
        assert {item.state for item in index_status(service, "axis").indices} == {"current"}

    def test_a_form_that_has_left_is_not_missing(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        fill(sessions, [WATER, SHORE])
        assert vector_gaps(service) == [sound()]
        told = index_status(service, "axis").indices
        assert [(item.state, item.rows, item.changes) for item in told] == [
            ("current", 3, 1),
            ("current", 2, 2),
            ("current", 3, 2),
        ]

    def test_a_word_of_a_form_that_is_there_is_not_missing(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        fill(sessions, [*TINY, entry("water.verb.1", "verb", en="water")])
        assert missing(service) == {}

    def test_a_moved_word_is_not_missing(self, service: LexiconService, sessions: Sessions) -> None:
        fill(sessions, [WATER, replace(SHORE, key="shore.noun.1", gloss="edge"), MONEY, RUN])
        assert vector_gaps(service) == [sound()]

    def test_all_forms_of_a_language_that_has_no_index_are_missing(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        fill(sessions, [*TINY, entry("tea.noun.1", hi="चाय|पेय", en="tea")])
        assert missing(service) == {"en": 1, "hi": 2}

    def test_all_forms_are_missing_where_nothing_was_built(
        self, sessions: Sessions, settings: Settings, axis: AxisEncoder
    ) -> None:
        fill(sessions)
        service = LexiconService(settings, sessions)
        assert missing(service) == {"en": 4, "fr": 4, "kn": 5}
        assert vector_gaps(service) == [VectorGap(encoder="axis", missing=13, uncovered=0)]

    def test_a_damaged_index_has_no_vectors(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        (service.generations.folder(axis.spec.identity, "fr") / "live").write_text("?")
        assert missing(service) == {"fr": 4}

    def test_nothing_is_missing_in_an_empty_store(
        self, sessions: Sessions, settings: Settings, axis: AxisEncoder
    ) -> None:
        assert vector_gaps(LexiconService(settings, sessions)) == [sound()]

    def test_a_store_emptied_since_the_build_misses_nothing(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        fill(sessions, [])
        assert vector_gaps(service) == [sound()]

    @pytest.mark.parametrize(
        "removed",
        ["ನೀರು", "ಬ್ಯಾಂಕ್"],
    )
    def test_a_new_word_does_not_take_over_the_vector_of_one_that_left(
        self, service: LexiconService, sessions: Sessions, removed: str
    ) -> None:
        [key] = [one.key for one in TINY if removed in one.forms["kn"]]
        change(sessions, key, removed=[("kn", removed)])
        change(sessions, "run.verb.1", added=[("kn", "ಧಾವಿಸು")])
        assert missing(service) == {"kn": 1}


class TestEncoders:
    def test_the_default_comes_first_then_those_that_have_built_something(
        self, service: LexiconService, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = register(monkeypatch, AxisEncoder(name="aaa", revision="2"))
        build(sessions, service.generations, other)
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea")])
        build(sessions, service.generations, other)
        assert vector_gaps(service) == [
            VectorGap(encoder="axis", missing=1, uncovered=0),
            VectorGap(encoder="aaa", missing=0, uncovered=1),
        ]

    def test_one_that_cannot_be_opened_says_why(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        build(sessions, service.generations, AxisEncoder(name="gone", revision="2"))
        first, second = vector_gaps(service)
        assert first == sound()
        assert (second.encoder, second.missing, second.uncovered) == ("gone", 0, 0)
        assert second.problem is not None
        assert second.problem.startswith("unknown encoder 'gone'")


class TestSuggestions:
    def ask(self, service: LexiconService, text: str, source: str = "en") -> list[Suggested]:
        target = "fr" if source != "fr" else "en"
        return search(service, SearchRequest(text, source, target)).suggestions

    @pytest.mark.parametrize(
        ("source", "text", "lemma", "kind"),
        [
            ("en", "watre", "water", "spelling"),
            ("en", "wäter", "water", "accents"),
            ("kn", "neeru", "ನೀರು", "romanised"),
            ("fr", "banqeu", "banque", "spelling"),
        ],
    )
    def test_an_unknown_text_comes_with_the_words_that_were_meant(
        self, tiny: LexiconService, source: str, text: str, lemma: str, kind: str
    ) -> None:
        [meant] = self.ask(tiny, text, source)
        assert meant.model_dump() == {"lemma": lemma, "language": source, "kind": kind}

    @pytest.mark.parametrize("text", ["water", "WATER", "wa\u200dter", "bank"])
    def test_a_word_of_the_lexicon_has_none(self, tiny: LexiconService, text: str) -> None:
        assert self.ask(tiny, text) == []

    def test_nor_has_a_word_that_has_no_vector_yet(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        fill(sessions, [*TINY, entry("later.adv.1", "adv", en="later|wader")])
        assert self.ask(service, "wader") == []
        assert [one.lemma for one in self.ask(service, "waxer")] == ["wader", "water"]

    @pytest.mark.parametrize("text", ["brook", "to move fast on foot over some rather long way"])
    def test_a_text_that_is_like_no_word_has_none(self, tiny: LexiconService, text: str) -> None:
        assert self.ask(tiny, text) == []

    def test_the_results_are_those_of_the_text_as_it_is(self, tiny: LexiconService) -> None:
        answer = search(tiny, SearchRequest("watre", "en", "fr"))
        assert answer.query.text == "watre"
        assert answer.query.covered is False
        assert not any(result.known_translation for result in answer.results)
