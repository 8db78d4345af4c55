"""Single words added, corrected and removed; concepts changed by who has seen them."""

from dataclasses import replace

import pytest

from lexicon import browse, concept_edits, store, word_edits
from lexicon.entries import ConceptEntry, checked
from lexicon.errors import (
    ConceptExists,
    InvalidInput,
    UnknownConcept,
    UnknownLanguage,
    UnknownWord,
    WordConflict,
)
from lexicon.word_listing import StoredWord, find_word, word_number
from tests.conftest import TINY
from tests.lexicon.importing import held, require_sound
from tests.lexicon.snapshot import everything

SHORE, MONEY, RUN, WATER = "bank.noun.1", "bank.noun.2", "run.verb.1", "water.noun.1"


def number(sessions: store.Sessions, language: str, lemma: str, pos: str = "noun") -> int:
    with sessions() as session:
        found = word_number(session, language, lemma, pos)
    assert found is not None
    return found


def add(
    sessions: store.Sessions,
    language: str,
    lemma: str,
    key: str,
    rank: int | None = None,
    any_script: bool = False,
) -> tuple[StoredWord, bool]:
    with store.writing(sessions) as session:
        found = word_edits.add(session, language, lemma, key, rank, any_script)
    require_sound(sessions)
    return found


def respell(
    sessions: store.Sessions, which: int, lemma: str, merge: bool = False, any_script: bool = False
) -> StoredWord:
    with store.writing(sessions) as session:
        found = word_edits.respell(session, which, lemma, merge, any_script)
    require_sound(sessions)
    return found


def remove(sessions: store.Sessions, which: int) -> None:
    with store.writing(sessions) as session:
        word_edits.remove(session, which)
    require_sound(sessions)


def ranks(sessions: store.Sessions, key: str, language: str) -> list[tuple[str, int]]:
    with sessions() as session:
        entry = browse.concept_entry(session, key)
        found = []
        for lemma in entry.forms[language]:
            which = word_number(session, language, lemma, entry.pos)
            assert which is not None
            [rank] = (one.rank for one in find_word(session, which).concepts if one.key == key)
            found.append((lemma, rank))
    return found


class TestAdd:
    def test_a_word_is_the_last_of_its_language_unless_told(self, filled: store.Sessions) -> None:
        word, new = add(filled, "en", " strand ", SHORE)
        assert (word.lemma, word.pos, new) == ("strand", "noun", True)
        add(filled, "en", "coast", SHORE, rank=1)
        add(filled, "hi", "तट", SHORE, rank=7)
        assert held(filled)[SHORE]["en"] == "bank|coast|shore|strand"
        assert held(filled)[SHORE]["hi"] == "तट"

    def test_one_that_was_there_takes_the_rank_that_is_said(self, filled: store.Sessions) -> None:
        before = everything(filled)
        _, new = add(filled, "en", "shore", SHORE)
        assert not new
        assert everything(filled) == before
        _, new = add(filled, "en", "shore", SHORE, rank=0)
        assert not new
        assert ranks(filled, SHORE, "en") == [("shore", 0), ("bank", 1)]

    def test_what_cannot_be_added_is_refused(
        self, filled: store.Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = everything(filled)
        with pytest.raises(UnknownConcept):
            add(filled, "en", "tea", "tea.noun.1")
        with pytest.raises(UnknownLanguage):
            add(filled, "de", "Tee", WATER)
        with pytest.raises(InvalidInput, match=r"not Latn; write it in Latn, or say any_script"):
            add(filled, "en", "чай", WATER)
        with pytest.raises(InvalidInput, match="separates alternatives"):
            add(filled, "en", "a|b", SHORE)
        monkeypatch.setattr(concept_edits, "MAX_WORDS", 4)
        with pytest.raises(InvalidInput, match="would have 5 words, and at most 4 are taken"):
            add(filled, "en", "aqua", WATER)
        assert everything(filled) == before

    def test_a_word_of_another_script_does_not_close_its_concept(
        self, filled: store.Sessions
    ) -> None:
        add(filled, "en", "вода", WATER, any_script=True)
        add(filled, "en", "aqua", WATER)
        assert held(filled)[WATER]["en"] == "water|вода|aqua"


class TestRespell:
    def test_a_spelling_is_corrected_wherever_it_stands(self, filled: store.Sessions) -> None:
        old = number(filled, "en", "bank")
        word = respell(filled, old, "banc")
        assert word.id != old
        assert [one.key for one in word.concepts] == [SHORE, MONEY]
        assert (held(filled)[SHORE]["en"], held(filled)[MONEY]["en"]) == ("banc|shore", "banc")
        with pytest.raises(UnknownWord):
            respell(filled, old, "bank")

    def test_the_same_spelling_changes_nothing(self, filled: store.Sessions) -> None:
        old = number(filled, "en", "bank")
        assert respell(filled, old, " bank ").id == old

    def test_a_word_that_is_there_elsewhere_is_joined(self, filled: store.Sessions) -> None:
        word = respell(filled, number(filled, "fr", "banque"), "eau")
        assert word.id == number(filled, "fr", "eau")
        assert [one.key for one in word.concepts] == [MONEY, WATER]

    def test_two_spellings_of_one_concept_are_merged_only_when_told(
        self, filled: store.Sessions
    ) -> None:
        before = everything(filled)
        old = number(filled, "en", "bank")
        with pytest.raises(WordConflict) as caught:
            respell(filled, old, "shore")
        assert str(caught.value) == (
            "'shore' (en) is a word of bank.noun.1 already; correct 'bank' there by hand, or say "
            "merge to make one word of the two"
        )
        assert everything(filled) == before
        add(filled, "en", "coast", SHORE)
        respell(filled, old, "shore", merge=True)
        assert ranks(filled, SHORE, "en") == [("shore", 0), ("coast", 1)]
        assert ranks(filled, MONEY, "en") == [("shore", 0)]
        respell(filled, number(filled, "kn", "ಜಲ"), "ನೀರು", merge=True)
        assert ranks(filled, WATER, "kn") == [("ನೀರು", 0)]

    def test_a_word_of_another_script_is_taken_only_when_told(self, filled: store.Sessions) -> None:
        old = number(filled, "en", "water")
        with pytest.raises(InvalidInput, match="say any_script=true"):
            respell(filled, old, "вода")
        assert respell(filled, old, "вода", any_script=True).script == "Cyrl"


class TestRemove:
    def test_a_word_leaves_all_of_its_concepts(self, filled: store.Sessions) -> None:
        add(filled, "en", "till", MONEY)
        remove(filled, number(filled, "en", "bank"))
        assert ranks(filled, SHORE, "en") == [("shore", 0)]
        assert ranks(filled, MONEY, "en") == [("till", 0)]

    def test_the_only_word_of_a_concept_stays(self, filled: store.Sessions) -> None:
        with store.writing(filled) as session:
            for place in range(7):
                entry = checked(f"c{place}", "noun", "f", "g", {"en": "bank"})
                concept_edits.create(session, entry)
        before = everything(filled)
        with pytest.raises(WordConflict) as caught:
            remove(filled, number(filled, "en", "bank"))
        assert str(caught.value) == (
            "'bank' (en) is the only word of c0, c1, c2, c3, c4 and 2 more; give it another word "
            "first, or remove the concept with: DELETE /v1/concepts/{key}"
        )
        assert everything(filled) == before


class TestConcepts:
    def entry(self, forms: int) -> ConceptEntry:
        return replace(TINY[0], key="c", forms={"en": tuple(f"w{n}" for n in range(forms))})

    def test_a_key_that_is_taken_or_no_address_is_refused(self, filled: store.Sessions) -> None:
        with store.writing(filled) as session:
            with pytest.raises(ConceptExists):
                concept_edits.create(session, TINY[0])
            with pytest.raises(InvalidInput, match=r"'\.\.' is a step in a path"):
                concept_edits.create(session, replace(TINY[0], key=".."))
            with pytest.raises(UnknownLanguage):
                concept_edits.create(session, replace(self.entry(1), forms={"de": ("a",)}))

    def test_a_concept_of_too_many_words_may_shrink(
        self, filled: store.Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with store.writing(filled) as session:
            concept_edits.create(session, self.entry(5))
        monkeypatch.setattr(concept_edits, "MAX_WORDS", 3)
        with store.writing(filled) as session:
            seen = concept_edits.held_concept(session, "c")
            with pytest.raises(InvalidInput, match="would have 6 words"):
                concept_edits.change(session, seen, self.entry(6))
            made = concept_edits.change(session, seen, self.entry(4))
        assert made.forms == {"en": ("w0", "w1", "w2", "w3")}

    def test_identifiers_are_replaced_too(self, filled: store.Sessions) -> None:
        with store.writing(filled) as session:
            seen = concept_edits.held_concept(session, WATER)
            entry = replace(seen.entry(), external={"ili": ("i2", "i1", "i1")})
            made = concept_edits.change(session, seen, entry)
            assert made.external == {"ili": ("i1", "i2")}
            entry = replace(made.entry(), external={"q": ("1",)})
            assert concept_edits.change(session, made, entry).external == {"q": ("1",)}
        require_sound(filled)

    def test_a_made_up_key_is_no_longer_than_a_key_may_be(self, filled: store.Sessions) -> None:
        with store.writing(filled) as session:
            made = concept_edits.create(
                session, replace(self.entry(1), key="", forms={"en": ("w" * 1_000,)})
            )
        assert made.key == f"{'w' * 200}.noun.1"
