"""Pages of concepts and words, the same whichever way a condition is looked up."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from lexicon import edits, listing, store
from lexicon.errors import UnknownConcept, UnknownLanguage, UnknownSource, UnknownWord
from lexicon.listing import ConceptFilter, StoredConcept, list_concepts, stored_concept
from lexicon.models import Concept, Lexeme
from lexicon.tallies import LanguageTally, Tallies
from lexicon.word_listing import START, Place, StoredWord, WordFilter, find_word, list_words
from tests.conftest import TINY
from tests.lexicon.counting import statements

SHORE, MONEY, RUN, WATER = "bank.noun.1", "bank.noun.2", "run.verb.1", "water.noun.1"
TEA = replace(
    TINY[0], key="tea", field="food", forms={"hi": ("चाय",)}, external={"ili": ("i2", "i1")}
)


@pytest.fixture(params=[0, 2_000])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Every condition fits too many rows to gather, or none does."""
    monkeypatch.setattr(listing, "FEW", request.param)
    size: int = request.param
    return size


def concepts(
    sessions: store.Sessions, limit: int = 50, after: str = "", **wanted: Any
) -> list[str]:
    with sessions() as session:
        page = list_concepts(session, ConceptFilter(**wanted), limit, after)
    return [one.key for one in page.concepts]


def words(sessions: store.Sessions, limit: int = 50, after: Place = START, **wanted: Any) -> str:
    with sessions() as session:
        page = list_words(session, WordFilter(**wanted), limit, after)
    return " ".join(word.lemma for word in page.words)


def add_tea(sessions: store.Sessions) -> None:
    with store.writing(sessions) as session:
        edits.add(session, TEA)


class TestConcepts:
    def test_pages_lead_from_one_to_the_next_by_key(self, filled: store.Sessions) -> None:
        seen, after = [], ""
        while True:
            with filled() as session:
                page = list_concepts(session, ConceptFilter(), 3, after)
            seen.append([one.key for one in page.concepts])
            if page.next is None:
                break
            after = page.next
        assert seen == [[SHORE, MONEY, RUN], [WATER]]
        assert concepts(filled, after=WATER) == []

    @pytest.mark.usefixtures("few")
    def test_filters_go_together(self, filled: store.Sessions) -> None:
        add_tea(filled)
        cases: list[tuple[list[str], dict[str, Any]]] = [
            (["tea"], {"language": "hi"}),
            ([SHORE, MONEY, RUN, WATER], {"language": "kn"}),
            ([MONEY], {"field": "money"}),
            ([RUN], {"pos": "verb"}),
            (["tea"], {"source": "local"}),
            ([SHORE, MONEY], {"source": "tiny", "prefix": "BAN", "language": "en"}),
            ([MONEY], {"prefix": "banq"}),
            ([SHORE, MONEY], {"prefix": "b"}),
            ([], {"prefix": "banq", "language": "en"}),
            ([WATER], {"prefix": "ನೀ", "field": "water", "pos": "noun"}),
            ([SHORE, MONEY, RUN, "tea", WATER], {"prefix": "\u200d"}),
            ([], {"field": "none"}),
        ]
        for found, wanted in cases:
            assert concepts(filled, **wanted) == found, wanted
        assert concepts(filled, 1, SHORE, prefix="b") == [MONEY]

    def test_what_is_unknown_is_refused(self, filled: store.Sessions) -> None:
        with pytest.raises(UnknownLanguage):
            concepts(filled, language="de")
        with pytest.raises(UnknownSource, match="unknown source 'none'; known: tiny"):
            concepts(filled, source="none")
        with filled() as session, pytest.raises(UnknownConcept, match="GET /v1/concepts"):
            stored_concept(session, "none")

    def test_a_page_costs_as_many_statements_however_long_it_is(
        self, filled: store.Sessions
    ) -> None:
        costs = []
        for limit in (1, 4):
            with statements(filled) as seen:
                assert len(concepts(filled, limit, language="en", field="")) == 0
                assert len(concepts(filled, limit, language="en")) == limit
            costs.append(len(seen))
        assert costs[0] == costs[1]

    def test_a_concept_has_its_words_by_rank_and_its_identifiers_in_order(
        self, filled: store.Sessions
    ) -> None:
        add_tea(filled)
        with filled() as session:
            tea, shore = stored_concept(session, "tea"), stored_concept(session, SHORE)
        assert tea == StoredConcept(
            "tea", "noun", "food", "clear liquid", False, "local",
            {"hi": ("चाय",)}, {"ili": ("i1", "i2")},
        )  # fmt: skip
        assert shore.forms == {"en": ("bank", "shore"), "fr": ("rive",), "kn": ("ದಡ",)}
        assert tea.entry() == replace(TEA, external={"ili": ("i1", "i2")})

    def test_a_concept_whose_words_are_just_being_removed_is_left_out(
        self, filled: store.Sessions
    ) -> None:
        with filled.begin() as session:
            [source] = session.scalars(select(Concept.source_id).limit(1))
            session.add(Concept(key="c", gloss="g", pos="noun", field="f", source_id=source))
        assert concepts(filled) == [SHORE, MONEY, RUN, WATER]
        with filled() as session, pytest.raises(UnknownConcept):
            stored_concept(session, "c")


class TestWords:
    def test_pages_go_on_from_language_to_language(self, filled: store.Sessions) -> None:
        pages, after = [], START
        while True:
            with filled() as session:
                page = list_words(session, WordFilter(), 5, after)
            pages.append(" ".join(word.lemma for word in page.words))
            if page.next is None:
                break
            after = page.next
        assert pages == ["bank run shore water banque", "courir eau rive ಓಡು ಜಲ", "ದಡ ನೀರು ಬ್ಯಾಂಕ್"]
        assert words(filled, language="en", after=Place("fr", "eau", "noun")) == ""

    def test_a_full_page_asks_no_more_languages(self, filled: store.Sessions) -> None:
        with statements(filled) as seen:
            assert words(filled, 2) == "bank run"
        assert len(seen) == 3

    @pytest.mark.usefixtures("few")
    def test_filters_go_together(self, filled: store.Sessions) -> None:
        cases: list[tuple[str, dict[str, Any]]] = [
            ("bank run shore water", {"language": "en"}),
            ("run courir ಓಡು", {"pos": "verb"}),
            ("bank banque", {"prefix": "BAN"}),
            ("bank banque ಬ್ಯಾಂಕ್", {"field": "money"}),
            ("banque", {"field": "money", "language": "fr", "prefix": "b", "pos": "noun"}),
            ("", {"field": "none"}),
        ]
        for found, wanted in cases:
            assert words(filled, **wanted) == found, wanted
        with pytest.raises(UnknownLanguage):
            words(filled, language="de")

    def test_a_word_comes_with_its_concepts(self, filled: store.Sessions) -> None:
        with filled.begin() as session:
            number = session.scalars(select(Lexeme.id).where(Lexeme.lemma == "bank")).one()
            session.execute(update(Lexeme).where(Lexeme.id == number).values(frequency=4.5))
        with filled() as session:
            bank = find_word(session, number)
            assert bank == StoredWord(number, "en", "bank", "noun", "Latn", 4.5, bank.concepts)
            assert [(one.key, one.gloss, one.rank) for one in bank.concepts] == [
                (SHORE, "land beside a river", 0),
                (MONEY, "house that keeps money", 0),
            ]
            with pytest.raises(UnknownWord, match="no word has the id 99999"):
                find_word(session, 99_999)


class TestTallies:
    def test_languages_are_counted_once_in_an_edition(self, filled: store.Sessions) -> None:
        tallies = Tallies()
        with filled() as session:
            first = tallies.languages(session)
        assert first == [
            LanguageTally("en", "English", "English", "Latn", 4, 4),
            LanguageTally("fr", "French", "français", "Latn", 4, 4),
            LanguageTally("hi", "Hindi", "हिन्दी", "Deva", 0, 0),
            LanguageTally("kn", "Kannada", "ಕನ್ನಡ", "Knda", 5, 4),
        ]
        with statements(filled) as seen, filled() as session:
            assert tallies.languages(session) == first
        assert len(seen) == 2
        add_tea(filled)
        with filled() as session:
            assert tallies.languages(session)[2] == replace(first[2], words=1, concepts=1)
