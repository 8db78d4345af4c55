"""Searching for one sense or part of speech, and what a search refuses."""

import pytest

from indexer.service import LexiconService
from lexicon.errors import (
    EncoderFault,
    IndexMissing,
    InvalidInput,
    NoWords,
    UnknownConcept,
    UnknownEncoder,
    UnknownLanguage,
)
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import AxisEncoder
from tests.indexer.asking import ask, lemmas, unit
from tests.indexer.worlds import Table, entry, register, world


class TestSenses:
    def test_a_concept_chooses_the_sense(self, tiny: LexiconService) -> None:
        assert lemmas(ask(tiny, "bank", concept="bank.noun.1"))[0] == "rive"
        assert lemmas(ask(tiny, "bank", concept="bank.noun.2"))[0] == "banque"

    def test_a_chosen_concept_alone_counts_as_translation(self, tiny: LexiconService) -> None:
        answer = ask(tiny, "bank", concept="bank.noun.1")
        assert {r.lemma for r in answer.results if r.known_translation} == {"rive"}
        both = ask(tiny, "bank")
        assert {r.lemma for r in both.results if r.known_translation} == {"rive", "banque"}

    def test_a_concept_is_the_mean_of_its_languages_but_the_target(
        self, tiny: LexiconService
    ) -> None:
        answer = ask(tiny, "bank", concept="bank.noun.1", k=2)
        english = unit([0, 1, 1, 0]) + unit([0, 1, 0, 0])
        vector = unit(english / 2 + unit([0, 1, 0, 0]))
        assert [r.cosine for r in answer.results] == pytest.approx(vector[1:3], abs=2e-6)

    def test_a_concept_may_be_asked_for_in_words_that_the_lexicon_has_not(
        self, tiny: LexiconService
    ) -> None:
        answer = ask(tiny, "riverside", concept="bank.noun.1", k=1)
        assert lemmas(answer) == ["rive"]
        assert answer.results[0].known_translation
        assert answer.query.covered is False

    def test_an_unknown_concept_is_refused_with_the_way_to_list_them(
        self, tiny: LexiconService
    ) -> None:
        with pytest.raises(UnknownConcept, match=r"^unknown concept 'bank.noun.9'; .*words export"):
            ask(tiny, "bank", concept="bank.noun.9")

    def test_a_concept_that_the_word_has_not_is_refused_with_those_it_has(
        self, tiny: LexiconService
    ) -> None:
        with pytest.raises(
            InvalidInput, match=r"^'bank' .* 'water.noun.1'; it expresses: bank.noun.1, bank.noun.2"
        ):
            ask(tiny, "bank", concept="water.noun.1")

    def test_a_concept_of_the_target_language_alone_is_refused(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = [entry("one", en="x", fr="y"), entry("two", fr="z")]
        service = world(settings, sessions, monkeypatch, entries)
        with pytest.raises(InvalidInput, match=r"concept 'two' has words in 'fr' only; .*without"):
            ask(service, "unknown", concept="two")

    @pytest.fixture
    def lights(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> LexiconService:
        entries = [
            entry("light.noun.1", "noun", en="light", fr="lumière"),
            entry("light.adj.1", "adj", en="light", fr="léger|lumière"),
        ]
        table: Table = {
            "en": {"light": [1, 1, 0, 0]},
            "fr": {"lumière": [1, 0.5, 0, 0], "léger": [0, 1, 0, 0]},
        }
        return world(settings, sessions, monkeypatch, entries, table)

    def test_a_part_of_speech_chooses_the_sense(self, lights: LexiconService) -> None:
        noun = ask(lights, "light", pos="noun")
        assert [(r.lemma, r.pos) for r in noun.results] == [("lumière", ["noun"])]
        assert [c.key for c in noun.results[0].concepts] == ["light.noun.1"]
        adjective = ask(lights, "light", pos="adj")
        assert [(r.lemma, r.pos) for r in adjective.results] == [
            ("lumière", ["adj"]),
            ("léger", ["adj"]),
        ]
        assert [c.key for c in adjective.results[0].concepts] == ["light.adj.1"]
        assert len(noun.query.lexeme_ids) == len(adjective.query.lexeme_ids) == 1
        assert noun.query.lexeme_ids != adjective.query.lexeme_ids

    def test_a_part_of_speech_limits_the_answers_to_an_unknown_text(
        self, tiny: LexiconService
    ) -> None:
        assert lemmas(ask(tiny, "brook", pos="verb")) == ["courir"]
        assert lemmas(ask(tiny, "brook", pos="adv")) == []

    def test_a_part_of_speech_is_looked_for_in_the_whole_index(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        names = [f"f{n:03}" for n in range(300)]
        entries = [
            entry("nouns", "noun", en="x", fr="|".join(names)),
            entry("verb", "verb", fr="last"),
        ]
        table: Table = {
            "en": {"x": [1, 0, 0, 0]},
            "fr": {**{name: [1, 0, 0, 0] for name in names}, "last": [0, 1, 0, 0]},
        }
        service = world(settings, sessions, monkeypatch, entries, table)
        assert lemmas(ask(service, "unknown", k=1, pos="verb")) == ["last"]

    def test_a_part_of_speech_that_the_word_has_not_is_refused(self, tiny: LexiconService) -> None:
        with pytest.raises(
            InvalidInput, match=r"^'water' \(en\) is no verb .*leave the part of speech out"
        ):
            ask(tiny, "water", pos="verb")

    def test_part_of_speech_and_concept_must_agree(self, lights: LexiconService) -> None:
        with pytest.raises(InvalidInput, match=r"does not express 'light.adj.1'; .*light.noun.1"):
            ask(lights, "light", pos="noun", concept="light.adj.1")


class TestBadInput:
    @pytest.mark.parametrize("k", [0, -1, 1_001, 10**9])
    def test_a_k_out_of_range_is_refused_with_the_range(self, tiny: LexiconService, k: int) -> None:
        with pytest.raises(InvalidInput, match=rf"^k={k} is not between 1 and 1,000$"):
            ask(tiny, "water", k=k)

    @pytest.mark.parametrize("text", ["", " ", "\t\n", "\u200b"])
    def test_an_empty_query_is_refused(self, tiny: LexiconService, text: str) -> None:
        with pytest.raises(InvalidInput, match=r"^empty query "):
            ask(tiny, text)

    def test_a_query_of_ten_thousand_characters_is_refused_by_its_length(
        self, tiny: LexiconService
    ) -> None:
        with pytest.raises(InvalidInput, match=r"^query of 10,000 characters .* 1,000; shorten"):
            ask(tiny, "x" * 10_000)

    @pytest.mark.parametrize(("source", "target"), [("xx", "fr"), ("en", "xx"), ("en", "")])
    def test_an_unknown_language_names_the_known_ones(
        self, tiny: LexiconService, source: str, target: str
    ) -> None:
        with pytest.raises(UnknownLanguage, match=r"unknown language .*; known: en, fr, hi, kn$"):
            ask(tiny, "water", source, target)

    def test_one_language_twice_is_refused(self, tiny: LexiconService) -> None:
        with pytest.raises(InvalidInput, match=r"both 'en'; choose two different languages"):
            ask(tiny, "water", "en", "en")

    def test_an_unknown_encoder_names_the_known_ones(self, tiny: LexiconService) -> None:
        with pytest.raises(
            UnknownEncoder,
            match=r"'nope'; known: bloom-1b7, bloom-560m, embedded, labse, or the path",
        ):
            ask(tiny, "water", encoder="nope")

    def test_an_unknown_score_names_the_known_ones(self, tiny: LexiconService) -> None:
        with pytest.raises(InvalidInput, match=r"'dot'; known: cosine, csls, margin$"):
            ask(tiny, "water", score="dot")  # type: ignore[arg-type]

    def test_an_unknown_part_of_speech_names_the_known_ones(self, tiny: LexiconService) -> None:
        with pytest.raises(InvalidInput, match=r"unknown part of speech 'nom'; known: noun, verb"):
            ask(tiny, "water", pos="nom")

    @pytest.mark.parametrize(("source", "target"), [("en", "hi"), ("hi", "en")])
    def test_a_language_without_words_is_refused(
        self, tiny: LexiconService, source: str, target: str
    ) -> None:
        with pytest.raises(NoWords, match=r"no words of language 'hi'"):
            ask(tiny, "brook", source, target)

    def test_an_encoder_without_an_index_is_refused_with_the_command_that_builds_it(
        self, tiny: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        register(monkeypatch, AxisEncoder(name="other", revision="2"))
        with pytest.raises(IndexMissing, match=r"lexicon index build --encoder other$"):
            ask(tiny, "water", encoder="other")

    def test_an_encoder_that_gives_no_direction_is_refused(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = [entry("one", en="x", fr="y")]
        with pytest.raises(EncoderFault, match=r"axis gave a zero vector for text 0"):
            world(settings, sessions, monkeypatch, entries, {"en": {"x": [0, 0, 0, 0]}})
