"""What a search makes of words that came, left or changed since the index was built."""

import pytest
from sqlalchemy import update

from indexer import delta
from indexer.answers import Score
from indexer.build import build
from indexer.service import LexiconService
from lexicon import models
from lexicon.entries import ConceptEntry
from lexicon.facts import known_form
from lexicon.settings import Settings
from lexicon.store import Sessions, writing
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.asking import ask, lemmas
from tests.indexer.worlds import Table, entry, world


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

    def test_words_that_have_come_since_are_encoded_once_and_found(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        axis.table = {"en": {"sea": [1, 0.5, 0, 0]}, "fr": {"mer": [1, 0.5, 0, 0]}}
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea", fr="mer")])
        for _ in range(2):
            answer = ask(service, "sea")
            assert len(answer.query.lexeme_ids) == 1
            assert answer.query.covered
            assert lemmas(answer)[:2] == ["mer", "eau"]
            assert answer.results[0].known_translation
            assert answer.pending == 0
        assert axis.encoded == 2

    def test_a_concept_of_words_that_have_come_since_is_found(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea", fr="mer")])
        found = ask(service, "sea", concept="sea.noun.1").results
        assert [r.lemma for r in found if r.known_translation] == ["mer"]
        assert axis.encoded == 2

    def test_words_too_many_to_wait_for_are_counted_and_encoded_when_asked_for(
        self,
        service: LexiconService,
        sessions: Sessions,
        axis: AxisEncoder,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(delta, "FEW", 0)
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea", fr="mer|océan", kn="ಸಮುದ್ರ")])
        answer = ask(service, "sea")
        assert answer.pending == 2
        assert len(answer.query.lexeme_ids) == 1
        assert sorted(lemmas(answer)) == ["banque", "courir", "eau", "rive"]
        assert axis.encoded == 1
        assert not any(
            r.known_translation for r in ask(service, "sea", concept="sea.noun.1").results
        )

    def test_a_language_all_of_whose_words_are_new_and_too_many_answers_with_nothing(
        self, service: LexiconService, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delta, "FEW", 0)
        fill(sessions, [*(one for one in TINY if "water" in one.forms["en"])])
        fill(sessions, [entry("sea.noun.1", en="water", fr="mer")])
        answer = ask(service, "water")
        assert (lemmas(answer), answer.pending) == ([], 1)

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
