"""Nearest-translation search over worlds that can be counted by hand, and against brute force."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import update

from indexer.build import build
from indexer.search import MAX_K, Score, SearchAnswer, SearchRequest, known_form, search
from indexer.service import LexiconService
from lexicon import models
from lexicon.entries import ConceptEntry
from lexicon.errors import (
    EncoderFault,
    IndexMissing,
    InvalidInput,
    NoWords,
    UnknownConcept,
    UnknownEncoder,
    UnknownLanguage,
)
from lexicon.ingest.report import SourceEntry
from lexicon.ingest.words import replace_source
from lexicon.settings import Settings
from lexicon.store import Sessions, writing
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.worlds import Table, entry, register, world

DIAGONAL = 0.707107


def ask(
    service: LexiconService,
    text: str,
    source: str = "en",
    target: str = "fr",
    k: int = 10,
    score: Score = "cosine",
    encoder: str | None = None,
    pos: str | None = None,
    concept: str | None = None,
) -> SearchAnswer:
    request = SearchRequest(text, source, target, k, score, encoder, pos, concept)
    return search(service, request)


def lemmas(answer: SearchAnswer) -> list[str]:
    return [result.lemma for result in answer.results]


class TestAnswers:
    def test_an_answer_says_all_that_the_contract_names(self, tiny: LexiconService) -> None:
        answer = ask(tiny, "bank", k=1)
        query = answer.query.model_dump()
        assert len(query.pop("lexeme_ids")) == 1
        assert query == {"text": "bank", "language": "en", "covered": True}
        assert (answer.target_language, answer.encoder, answer.score) == ("fr", "axis", "cosine")
        best = answer.results[0].model_dump()
        assert len(best.pop("lexeme_ids")) == 1
        # Every French word has one neighbour of cosine 1/√2 or 1 among three English words.
        assert best.pop("csls") == pytest.approx(
            2 * DIAGONAL - 2 * DIAGONAL / 4 - DIAGONAL / 4, abs=1e-5
        )
        assert best == {
            "lemma": "banque",
            "language": "fr",
            "pos": ["noun"],
            "concepts": [{"key": "bank.noun.2", "gloss": "house that keeps money"}],
            "covered": True,
            "cosine": DIAGONAL,
            "known_translation": True,
        }

    def test_equal_scores_are_ordered_by_sense_rank(self, tiny: LexiconService) -> None:
        for score in ("cosine", "csls"):
            answer = ask(tiny, "water", target="kn", k=2, score=score)
            assert lemmas(answer) == ["ನೀರು", "ಜಲ"]
            assert answer.results[0].cosine == answer.results[1].cosine == 1.0

    def test_equal_scores_and_ranks_are_ordered_by_lemma(self, tiny: LexiconService) -> None:
        answer = ask(tiny, "bank")
        assert lemmas(answer)[:2] == ["banque", "rive"]
        assert [result.cosine for result in answer.results] == [DIAGONAL, DIAGONAL, 0.0, 0.0]
        assert lemmas(answer)[2:] == ["courir", "eau"]

    def test_the_rank_that_counts_is_that_of_the_shared_concept(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # "b" is first choice of another concept, but second of the one that is asked for.
        entries = [entry("one", en="x", fr="c|b"), entry("two", fr="b|c")]
        same = [1, 0, 0, 0]
        table: Table = {"en": {"x": same}, "fr": {"b": same, "c": same}}
        service = world(settings, sessions, monkeypatch, entries, table)
        assert lemmas(ask(service, "x")) == ["c", "b"]

    def test_a_known_word_is_never_encoded(
        self, tiny: LexiconService, tiny_axis: AxisEncoder
    ) -> None:
        assert lemmas(ask(tiny, "water", target="kn", score="csls"))[0] == "ನೀರು"
        assert lemmas(ask(tiny, "bank", concept="bank.noun.1"))[0] == "rive"
        assert tiny_axis.encoded == 0

    def test_an_unknown_text_is_encoded_once_and_marked(
        self, tiny: LexiconService, tiny_axis: AxisEncoder
    ) -> None:
        answer = ask(tiny, "brook")
        assert tiny_axis.encoded == 1
        assert answer.query.covered is False
        assert answer.query.lexeme_ids == []
        # As near to one word as to the next: rank and lemma decide.
        assert lemmas(answer) == ["banque", "courir", "eau", "rive"]
        assert {result.cosine for result in answer.results} == {0.5}
        assert not any(result.known_translation for result in answer.results)

    @pytest.mark.parametrize("written", ["WATER", " water ", "Water", "wa\u200dter"])
    def test_a_known_word_is_found_however_it_is_written(
        self, tiny: LexiconService, tiny_axis: AxisEncoder, written: str
    ) -> None:
        answer = ask(tiny, written, k=1)
        assert lemmas(answer) == ["eau"]
        assert answer.query.text == written.strip()
        assert len(answer.query.lexeme_ids) == 1
        assert tiny_axis.encoded == 0

    def test_text_is_composed_before_it_is_looked_up(
        self, tiny: LexiconService, tiny_axis: AxisEncoder
    ) -> None:
        answer = ask(tiny, "ಓಡು", source="kn", k=1)
        assert lemmas(answer) == ["courir"]
        assert tiny_axis.encoded == 0

    def test_a_homograph_is_one_result_with_all_its_lexemes(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = [
            entry("light.noun.1", "noun", en="light", fr="lumière"),
            entry("light.adj.1", "adj", en="light|weightless", fr="léger"),
        ]
        table: Table = {
            "en": {"light": [1, 1, 0, 0], "weightless": [0, 1, 0, 0]},
            "fr": {"lumière": [1, 0, 0, 0], "léger": [0, 1, 0, 0]},
        }
        service = world(settings, sessions, monkeypatch, entries, table)
        answer = ask(service, "léger", source="fr", target="en")
        assert lemmas(answer) == ["weightless", "light"]
        light = answer.results[1]
        assert len(light.lexeme_ids) == 2
        assert light.lexeme_ids == sorted(light.lexeme_ids)
        assert light.pos == ["adj", "noun"]
        assert [concept.key for concept in light.concepts] == ["light.adj.1", "light.noun.1"]
        assert len(ask(service, "light").query.lexeme_ids) == 2

    def test_a_result_that_the_encoder_guessed_says_so(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = [entry("one", en="x", fr="known|unknown")]
        table: Table = {"en": {"x": [1, 0, 0, 0]}, "fr": {"known": [1, 0, 0, 0]}}
        service = world(settings, sessions, monkeypatch, entries, table)
        answer = ask(service, "x")
        assert [(r.lemma, r.covered) for r in answer.results] == [
            ("known", True),
            ("unknown", False),
        ]

    def test_a_known_word_that_the_encoder_guessed_says_so(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = [entry("one", en="x", fr="y")]
        service = world(settings, sessions, monkeypatch, entries, {"fr": {"y": [1, 0, 0, 0]}})
        query = ask(service, "x").query
        assert query.covered is False
        assert len(query.lexeme_ids) == 1


class TestDepth:
    @pytest.mark.parametrize("k", [4, 5, MAX_K])
    def test_k_beyond_the_rows_gives_every_form(self, tiny: LexiconService, k: int) -> None:
        assert lemmas(ask(tiny, "eau", "fr", "en", k=k)) == ["water", "bank", "run", "shore"]

    def test_one_row_is_enough(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        service = world(settings, sessions, monkeypatch, [entry("one", en="x", fr="y")])
        for score in ("cosine", "csls"):
            assert lemmas(ask(service, "x", score=score)) == ["y"]

    @pytest.mark.parametrize("score", ["cosine", "csls"])
    @pytest.mark.parametrize("k", [1, 2, 5])
    def test_a_tie_at_the_cut_goes_to_the_better_rank(
        self,
        settings: Settings,
        sessions: Sessions,
        monkeypatch: pytest.MonkeyPatch,
        k: int,
        score: Score,
    ) -> None:
        # 300 equal forms, far more than the first look into the index; the store's first choices
        # come last there.
        names = [f"f{n:03}" for n in range(300)]
        entries = [
            entry("a.other", fr="|".join(names)),
            entry("z.wanted", en="x", fr="|".join(reversed(names))),
        ]
        table: Table = {"en": {"x": [1, 0, 0, 0]}, "fr": {name: [1, 0, 0, 0] for name in names}}
        service = world(settings, sessions, monkeypatch, entries, table)
        assert lemmas(ask(service, "x", k=k, score=score)) == names[: -k - 1 : -1]

    def test_csls_finds_what_many_nearer_words_hide(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def at(degrees: float, tilt: float = 0.0) -> list[float]:
            angle = np.radians(degrees)
            return [float(np.cos(angle)), float(np.sin(angle)), tilt, 0.0]

        # 150 hubs 25° away, which 200 English words surround; 32° away, a word nobody is near.
        crowd = {f"e{n}": at(0, n / 5_000) for n in range(200)}
        hubs = {f"f{n}": at(0, n / 5_000) for n in range(150)}
        entries = [
            entry("query", en="query"),
            entry("crowd", en="|".join(crowd)),
            entry("hubs", fr="|".join(hubs)),
            entry("lonely", fr="lonely"),
        ]
        table: Table = {"en": {"query": at(25), **crowd}, "fr": {"lonely": at(57), **hubs}}
        service = world(settings, sessions, monkeypatch, entries, table)
        assert lemmas(ask(service, "query", k=1, score="cosine")) == ["f0"]
        assert lemmas(ask(service, "query", k=1, score="csls")) == ["lonely"]
        assert lemmas(ask(service, "query", k=151, score="cosine"))[150] == "lonely"


Float = NDArray[np.float64]


def random_table(seed: int, english: int, french: int) -> Table:
    random = np.random.default_rng(seed)
    return {
        "en": {f"e{n:03}": random.standard_normal(4).tolist() for n in range(english)},
        "fr": {f"f{n:03}": random.standard_normal(4).tolist() for n in range(french)},
    }


def unit(rows: object) -> Float:
    wide = np.asarray(rows, dtype=np.float64)
    scaled: Float = wide / np.linalg.norm(wide, axis=-1, keepdims=True)
    return scaled


def reference(table: Table, query: Float) -> tuple[dict[str, float], dict[str, float]]:
    """Cosine and CSLS of every French word for ``query``, in double precision, by sorting."""
    english, french = (unit(list(table[code].values())) for code in ("en", "fr"))
    to_query = french @ query
    own = np.sort(to_query)[::-1][:10].mean()
    theirs = np.sort(french @ english.T, axis=1)[:, ::-1][:, :10].mean(axis=1)
    scores = 2 * to_query - own - theirs
    names = list(table["fr"])
    return (
        dict(zip(names, to_query.tolist(), strict=True)),
        dict(zip(names, scores.tolist(), strict=True)),
    )


class TestBruteForce:
    @pytest.mark.parametrize(
        ("seed", "english", "french"), [(1, 400, 500), (2, 9, 350), (3, 350, 7)]
    )
    def test_both_scores_equal_brute_force_in_double_precision(
        self,
        settings: Settings,
        sessions: Sessions,
        monkeypatch: pytest.MonkeyPatch,
        seed: int,
        english: int,
        french: int,
    ) -> None:
        table = random_table(seed, english, french)
        entries = [
            *(entry(f"en.{name}", en=name) for name in table["en"]),
            *(entry(f"fr.{name}", fr=name) for name in table["fr"]),
        ]
        service = world(settings, sessions, monkeypatch, entries, table)
        texts = {name: unit(table["en"][name]) for name in list(table["en"])[:6]}
        texts["unknown"] = unit([1, 1, 1, 1])
        changed = 0
        for text, vector in texts.items():
            cosine, csls = reference(table, vector)
            changed += sorted(cosine, key=cosine.__getitem__) != sorted(csls, key=csls.__getitem__)
            for score, expected in (("cosine", cosine), ("csls", csls)):
                for k in (1, 7, 60, 1_000):
                    found = ask(service, text, k=k, score=score)  # type: ignore[arg-type]
                    best = sorted(expected.values(), reverse=True)[:k]
                    names = lemmas(found)
                    assert len(set(names)) == len(best)
                    np.testing.assert_allclose([expected[n] for n in names], best, atol=2e-5)
                    np.testing.assert_allclose(
                        [(r.cosine, r.csls) for r in found.results],
                        [(cosine[n], csls[n]) for n in names],
                        atol=3e-6,
                    )
        assert changed > 0


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
        with pytest.raises(UnknownEncoder, match=r"'nope'; known: embedded, labse, or the path"):
            ask(tiny, "water", encoder="nope")

    def test_an_unknown_score_names_the_known_ones(self, tiny: LexiconService) -> None:
        with pytest.raises(InvalidInput, match=r"unknown score 'dot'; known: cosine, csls"):
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


class TestFrequency:
    def test_the_commoner_of_two_equal_words_comes_first(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        assert lemmas(ask(service, "bank", "en", "fr", k=2)) == ["banque", "rive"]
        with writing(sessions) as session:
            replace_source(
                session,
                SourceEntry("tiny", "CC0-1.0", "1", "-"),
                TINY,
                {("fr", "rive"): 4.5, ("fr", "banque"): 4.0},
            )
        answer = ask(service, "bank", "en", "fr", k=2)
        assert lemmas(answer) == ["rive", "banque"]
        assert answer.results[0].cosine == answer.results[1].cosine


class TestAfterTheBuild:
    def test_a_word_that_has_left_the_store_is_no_answer(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        fill(sessions, [*TINY[1:], entry("water.noun.1", en="water", kn="ಜಲ")])
        assert lemmas(ask(service, "water", target="kn", k=2)) == ["ಜಲ", "ಓಡು"]
        assert "eau" not in lemmas(ask(service, "water"))

    @pytest.mark.parametrize("score", ["cosine", "csls"])
    def test_however_many_words_have_left_the_rest_still_answer(
        self,
        settings: Settings,
        sessions: Sessions,
        monkeypatch: pytest.MonkeyPatch,
        score: Score,
    ) -> None:
        names = [f"f{n:03}" for n in range(80)]
        entries = [entry("x", en="x"), *(entry(f"c.{name}", fr=name) for name in names)]
        table: Table = {
            "en": {"x": [1, 0, 0, 0]},
            "fr": {name: [1, place / 100, 0, 0] for place, name in enumerate(names)},
        }
        service = world(settings, sessions, monkeypatch, entries, table)
        fill(sessions, [entries[0], *entries[41:]])
        assert lemmas(ask(service, "x", k=3, score=score)) == names[40:43]

    def test_a_word_that_has_come_since_is_encoded(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea", fr="mer")])
        answer = ask(service, "sea")
        assert axis.encoded == 1
        assert len(answer.query.lexeme_ids) == 1
        assert "mer" not in lemmas(answer)

    def test_a_concept_of_words_that_have_come_since_is_encoded(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea", fr="mer")])
        assert not any(
            r.known_translation for r in ask(service, "sea", concept="sea.noun.1").results
        )
        assert axis.encoded == 2

    def test_a_new_generation_answers_at_once(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        assert len(ask(service, "water").results) == 4
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea", fr="mer")])
        build(sessions, service.generations, axis)
        assert len(ask(service, "water").results) == 5


class TestKnownForm:
    def both(self) -> list[ConceptEntry]:
        return [entry("soil", fr="terre"), entry("planet", "propn", fr="Terre")]

    @pytest.mark.parametrize(
        ("text", "lemma"), [("terre", "terre"), ("Terre", "Terre"), ("TERRE", "terre")]
    )
    def test_the_exact_spelling_wins_then_lower_case(
        self, sessions: Sessions, text: str, lemma: str
    ) -> None:
        fill(sessions, self.both())
        with sessions() as session:
            found = known_form(session, "fr", text)
        assert found is not None
        assert found.lemma == lemma
        assert len(found.lexeme_ids) == 1

    def test_a_text_of_another_language_is_unknown(self, sessions: Sessions) -> None:
        fill(sessions, self.both())
        with sessions() as session:
            assert known_form(session, "en", "terre") is None

    def test_a_homograph_has_all_its_lexemes(self, sessions: Sessions) -> None:
        fill(sessions, [entry("a", "noun", en="light"), entry("b", "adj", en="light")])
        with sessions() as session:
            found = known_form(session, "en", "Light")
        assert found is not None
        assert len(found.lexeme_ids) == 2


def test_a_form_respelt_since_the_build_is_shown_as_it_is_now(
    service: LexiconService, sessions: Sessions
) -> None:
    with writing(sessions) as session:
        session.execute(
            update(models.Lexeme).where(models.Lexeme.lemma == "ಜಲ").values(lemma="ಜಲಜ")
        )
    answer = ask(service, "water", target="kn", k=2)
    assert lemmas(answer) == ["ನೀರು", "ಜಲಜ"]
