"""Facts of words in memory: read once, of one edition only, and forgotten when not asked for."""

from dataclasses import replace

import pytest
from sqlalchemy import event, select

from lexicon import changes, edits, store
from lexicon.errors import UnknownLanguage
from lexicon.facts import EditionOver, Facts, NotInMemory, Recent
from lexicon.models import Lexeme
from tests.conftest import TINY, fill


@pytest.fixture
def facts(sessions: store.Sessions) -> Facts:
    """Of the tiny lexicon."""
    fill(sessions)
    with sessions() as session:
        return Facts(changes.edition(session))


@pytest.fixture
def statements(sessions: store.Sessions) -> list[str]:
    """What the store is asked, as it is asked."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(sessions.kw["bind"], "before_cursor_execute", note)
    return asked


def known(facts: Facts, sessions: store.Sessions | None, language: str, text: str) -> list[str]:
    """Lemma and concept keys of a word."""
    form = facts.form(language, text, sessions)
    if form is None:
        return []
    (word,) = facts.words(form.lexeme_ids[:1], sessions)
    assert word is not None
    return [word.lemma, *(sense.key for sense in word.senses)]


class TestReading:
    def test_what_was_read_is_not_read_again(
        self, facts: Facts, sessions: store.Sessions, statements: list[str]
    ) -> None:
        for _ in range(2):
            assert known(facts, sessions, "en", "bank") == ["bank", "bank.noun.1", "bank.noun.2"]
            facts.require_language("en", sessions)
        once = len(statements)
        assert known(facts, None, "en", "bank") == ["bank", "bank.noun.1", "bank.noun.2"]
        facts.require_language("fr", None)
        assert len(statements) == once > 0

    def test_a_spelling_is_found_however_it_is_written(
        self, facts: Facts, sessions: store.Sessions
    ) -> None:
        assert known(facts, sessions, "en", "BANK") == known(facts, sessions, "en", "bank")
        assert facts.form("en", "banker", sessions) is None

    def test_one_part_of_speech_is_a_word_with_those_senses(
        self, facts: Facts, sessions: store.Sessions
    ) -> None:
        form = facts.form("en", "run", sessions)
        assert form is not None
        (word,) = facts.words(form.lexeme_ids, sessions)
        assert word is not None
        assert [sense.key for sense in word.of("verb").senses] == ["run.verb.1"]
        assert word.of("noun").senses == ()

    def test_a_lexeme_that_is_gone_is_none_and_stays_so(
        self, facts: Facts, sessions: store.Sessions, statements: list[str]
    ) -> None:
        assert facts.words([999_999], sessions) == [None]
        asked = len(statements)
        assert facts.words([999_999], None) == [None]
        assert len(statements) == asked

    def test_an_unknown_language_is_named(self, facts: Facts, sessions: store.Sessions) -> None:
        with pytest.raises(UnknownLanguage, match="unknown language 'xx'"):
            facts.require_language("xx", sessions)


class TestMemory:
    def test_without_the_store_what_is_missing_is_said(self, facts: Facts) -> None:
        with pytest.raises(NotInMemory):
            facts.form("en", "bank", None)
        with pytest.raises(NotInMemory):
            facts.words([1], None)
        with pytest.raises(NotInMemory):
            facts.require_language("en", None)

    def test_texts_that_are_no_words_are_not_kept(
        self, facts: Facts, sessions: store.Sessions
    ) -> None:
        assert facts.form("en", "banker", sessions) is None
        with pytest.raises(NotInMemory):
            facts.form("en", "banker", None)


class TestEditions:
    def test_nothing_is_read_of_another_edition(
        self, facts: Facts, sessions: store.Sessions
    ) -> None:
        before = known(facts, sessions, "en", "bank")
        fill(sessions, TINY[:1])
        with pytest.raises(EditionOver):
            facts.form("en", "water", sessions)
        # What was read of the old one is still told of the old one.
        assert known(facts, None, "en", "bank") == before

    def test_a_change_while_something_is_read_is_noticed(
        self, facts: Facts, sessions: store.Sessions
    ) -> None:
        with pytest.raises(EditionOver), facts.reading(sessions):
            fill(sessions, TINY[:1])


class TestRecent:
    def test_what_is_asked_for_stays_and_the_rest_goes(self) -> None:
        recent = Recent[int, str](4)
        for number in range(100):
            recent.put(number, str(number))
            assert recent.get(0) == "0"
            assert len(recent) <= 4
        assert recent.get(50) is None

    def test_the_least_holds_one(self) -> None:
        recent = Recent[int, str](1)
        recent.put(1, "one")
        assert recent.get(1) == "one"


class TestAfterAFewWordsChanged:
    @pytest.fixture
    def later(self, facts: Facts, sessions: store.Sessions) -> Facts:
        """Facts of everything, after water has been edited."""
        known(facts, sessions, "en", "BANK")
        with sessions() as session:
            ids = list(session.scalars(select(Lexeme.id).order_by(Lexeme.id)))
        facts.read_all(ids, sessions)
        facts.require_language("en", sessions)
        with store.writing(sessions) as session:
            sea = {**TINY[0].forms, "fr": ("mer",)}
            edits.edit(session, replace(TINY[0], gloss="h2o", forms=sea))
        with sessions() as session:
            edition, lemmas = changes.changed_since(session, facts.edition)
        assert lemmas is not None
        return facts.after(edition, lemmas)

    def test_what_they_say_is_read_anew(self, later: Facts, sessions: store.Sessions) -> None:
        for language, text in (("en", "water"), ("kn", "ನೀರು"), ("fr", "eau")):
            with pytest.raises(NotInMemory):
                known(later, None, language, text)
        form = later.form("en", "water", sessions)
        assert form is not None
        (water,) = later.words(form.lexeme_ids, sessions)
        assert water is not None
        assert [sense.gloss for sense in water.senses] == ["h2o"]
        assert later.form("fr", "eau", sessions) is None

    def test_what_others_say_is_still_known(
        self, later: Facts, sessions: store.Sessions, statements: list[str]
    ) -> None:
        later.require_language("en", None)
        assert known(later, None, "en", "bank") == ["bank", "bank.noun.1", "bank.noun.2"]
        assert known(later, None, "kn", "ಓಡು") == ["ಓಡು", "run.verb.1"]
        # This might be a word by now.
        with pytest.raises(NotInMemory):
            later.form("en", "BANK", None)
        assert known(later, sessions, "en", "BANK") == ["bank", "bank.noun.1", "bank.noun.2"]
        assert statements


def test_what_is_read_at_once_leaves_room(facts: Facts, sessions: store.Sessions) -> None:
    few = Facts(facts.edition, most=12)
    assert few.room == 5
    with sessions() as session:
        ids = list(session.scalars(select(Lexeme.id).order_by(Lexeme.id).limit(few.room)))
    few.read_all(ids, sessions)
    assert all(word is not None for word in few.words(ids, None))
