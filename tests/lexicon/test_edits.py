"""Concepts added, changed and removed by hand."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from lexicon import browse, edits, queries, store
from lexicon.entries import ConceptEntry, checked
from lexicon.errors import InvalidInput, UnknownConcept, UnknownLanguage
from lexicon.ingest.report import IngestReport
from lexicon.models import Lexeme, SentencePair
from tests.conftest import TINY
from tests.lexicon.importing import counts, file, held, lemmas, owners, require_sound, run, written
from tests.lexicon.snapshot import everything

WATER, SHORE, MONEY, RUN = TINY
TEA = ConceptEntry(
    "", "noun", "food", "hot drink", {"en": ("tea",), "fr": ("thé",), "kn": ("ಚಹಾ",)}
)


def add(sessions: store.Sessions, entry: ConceptEntry, any_script: bool = False) -> str:
    with store.writing(sessions) as session:
        key = edits.add(session, entry, any_script)
    require_sound(sessions)
    return key


def edit(sessions: store.Sessions, entry: ConceptEntry, any_script: bool = False) -> bool:
    with store.writing(sessions) as session:
        touched = edits.edit(session, entry, any_script)
    require_sound(sessions)
    return touched


def remove(sessions: store.Sessions, *keys: str) -> int:
    with store.writing(sessions) as session:
        words = edits.remove(session, keys)
    require_sound(sessions)
    return words


def remove_source(sessions: store.Sessions, name: str) -> IngestReport:
    with store.writing(sessions) as session:
        report = edits.remove_source(session, name)
    require_sound(sessions)
    return report


def entry(sessions: store.Sessions, key: str) -> ConceptEntry:
    with sessions() as session:
        return browse.concept_entry(session, key)


def senses(sessions: store.Sessions) -> dict[str, int]:
    """How many senses are of each source."""
    with sessions() as session:
        return {one.name: one.senses for one in browse.source_counts(session)}


class TestAdd:
    def test_a_concept_is_of_the_source_local(self, filled: store.Sessions) -> None:
        before = held(filled)
        assert add(filled, TEA) == "tea.noun.1"
        assert held(filled) == before | {"tea.noun.1": {"en": "tea", "fr": "thé", "kn": "ಚಹಾ"}}
        assert entry(filled, "tea.noun.1") == replace(TEA, key="tea.noun.1")
        assert owners(filled)["tea.noun.1"] == "local"
        assert senses(filled) == {"local": 3, "tiny": 14}

    def test_a_store_without_words_takes_a_first_one(self, seeded: store.Sessions) -> None:
        assert add(seeded, TEA) == "tea.noun.1"
        assert held(seeded) == {"tea.noun.1": {"en": "tea", "fr": "thé", "kn": "ಚಹಾ"}}

    @pytest.mark.parametrize(
        ("forms", "pos", "key"),
        [
            ({"en": "bank"}, "noun", "bank.noun.3"),
            ({"en": "bank"}, "verb", "bank.verb.1"),
            ({"fr": "banque", "en": "Bank holiday"}, "noun", "bank-holiday.noun.1"),
            ({"fr": "Œuvre d’art"}, "noun", "oeuvre-dart.noun.1"),
            ({"hi": "पानी", "fr": "eau"}, "noun", "pni.noun.1"),
            ({"en": "!?"}, "x", "concept.x.1"),
        ],
    )
    def test_a_key_is_made_of_word_part_of_speech_and_number(
        self, filled: store.Sessions, forms: dict[str, str], pos: str, key: str
    ) -> None:
        given = replace(checked("new", pos, "f", "g", forms), key="")
        assert add(filled, given) == key
        assert entry(filled, key) == replace(given, key=key)

    def test_the_first_free_number_is_taken(self, seeded: store.Sessions) -> None:
        for key in ("tea.noun.1", "tea.noun.3", "tea.noun.x", "tea.noun.10", "tea.nouns.2"):
            add(seeded, replace(TEA, key=key))
        assert [add(seeded, TEA) for _ in range(3)] == ["tea.noun.2", "tea.noun.4", "tea.noun.5"]

    def test_a_key_that_is_taken_is_refused(self, filled: store.Sessions) -> None:
        before = everything(filled)
        with pytest.raises(InvalidInput) as caught:
            add(filled, replace(TEA, key="water.noun.1"))
        assert str(caught.value) == (
            "concept 'water.noun.1' exists; change it with: lexicon words edit water.noun.1"
        )
        assert everything(filled) == before

    def test_a_language_or_script_that_does_not_fit_is_refused(
        self, filled: store.Sessions
    ) -> None:
        before = everything(filled)
        with pytest.raises(UnknownLanguage):
            add(filled, replace(TEA, forms={"de": ("Tee",)}))
        russian = replace(TEA, forms={"en": ("чай",)})
        with pytest.raises(InvalidInput) as caught:
            add(filled, russian)
        assert str(caught.value) == (
            "en form 'чай' is written in Cyrl, not Latn; write it in Latn, or import with "
            "--any-script"
        )
        assert everything(filled) == before
        assert add(filled, replace(russian, key="tea"), any_script=True) == "tea"
        assert held(filled)["tea"] == {"en": "чай"}

    def test_words_that_are_there_are_used_and_new_ones_know_their_frequency(
        self, filled: store.Sessions
    ) -> None:
        with filled.begin() as session:
            [bank] = session.scalars(select(Lexeme).where(Lexeme.lemma == "bank"))
            bank.frequency = 4.5
        add(filled, checked("a", "noun", "f", "g", {"en": "bank|store"}))
        add(filled, checked("b", "verb", "f", "g", {"en": "bank"}))
        with filled() as session:
            rows = session.execute(
                select(Lexeme.lemma, Lexeme.pos, Lexeme.frequency, Lexeme.folded, Lexeme.script)
                .where(Lexeme.lemma.in_(["bank", "store"]))
                .order_by(Lexeme.lemma, Lexeme.pos)
            )
            assert [tuple(row) for row in rows] == [
                ("bank", "noun", 4.5, "bank", "Latn"),
                ("bank", "verb", 4.5, "bank", "Latn"),
                ("store", "noun", None, "store", "Latn"),
            ]

    def test_identifiers_and_missing_senses_are_kept(self, seeded: store.Sessions) -> None:
        given = replace(TEA, key="tea", external={"ili": ("i1", "i2")}, unsensed=True)
        add(seeded, given)
        assert entry(seeded, "tea") == given


class TestEdit:
    def test_the_same_again_changes_nothing(self, filled: store.Sessions) -> None:
        before = everything(filled)
        assert edit(filled, WATER) is False
        assert everything(filled) == before

    @pytest.mark.parametrize(
        "change", [{"gloss": "h2o"}, {"field": "nature"}, {"unsensed": True}], ids=str
    )
    def test_a_changed_fact_changes_the_concept_alone(
        self, filled: store.Sessions, change: dict[str, object]
    ) -> None:
        before = everything(filled)
        changed = replace(WATER, **change)  # type: ignore[arg-type]
        assert edit(filled, changed) is True
        after = everything(filled)
        assert {name for name in before if before[name] != after[name]} == {"concept"}
        assert entry(filled, "water.noun.1") == changed
        assert owners(filled)["water.noun.1"] == "tiny"

    def test_new_words_are_of_the_source_local_and_the_others_of_theirs(
        self, filled: store.Sessions
    ) -> None:
        changed = replace(WATER, forms={**WATER.forms, "fr": ("flotte", "eau"), "hi": ("पानी",)})
        assert edit(filled, changed) is True
        assert entry(filled, "water.noun.1") == changed
        assert senses(filled) == {"local": 2, "tiny": 14}

    def test_words_that_nothing_else_has_go(self, filled: store.Sessions) -> None:
        before = lemmas(filled)
        changed = replace(SHORE, forms={"en": ("strand",), "fr": ("rive",)})
        assert edit(filled, changed) is True
        assert entry(filled, "bank.noun.1") == changed
        assert lemmas(filled) == before - {"en:shore", "kn:ದಡ"} | {"en:strand"}

    def test_another_part_of_speech_is_other_words(self, filled: store.Sessions) -> None:
        changed = replace(MONEY, pos="verb")
        assert edit(filled, changed) is True
        assert entry(filled, "bank.noun.2") == changed
        with filled() as session:
            rows = session.execute(select(Lexeme.lemma, Lexeme.pos).where(Lexeme.lemma == "bank"))
            assert {tuple(row) for row in rows} == {("bank", "noun"), ("bank", "verb")}

    def test_what_cannot_be_is_refused_and_nothing_changes(self, filled: store.Sessions) -> None:
        before = everything(filled)
        for wrong in (
            replace(WATER, key="water.noun.9"),
            replace(WATER, forms={"de": ("Wasser",)}),
            replace(WATER, forms={"en": ("вода",)}),
        ):
            with pytest.raises(InvalidInput):
                edit(filled, wrong)
        with pytest.raises(UnknownConcept):
            edit(filled, replace(WATER, key="water.noun.9"))
        assert everything(filled) == before

    def test_an_import_puts_back_what_its_source_says_and_keeps_what_was_added(
        self, filled: store.Sessions, tmp_path: Path
    ) -> None:
        edit(filled, replace(WATER, gloss="h2o", forms={"en": ("water", "aqua"), "fr": ("eau",)}))
        path = file(tmp_path, "tiny.tsv", written(TINY, "tsv"))
        assert counts(run(filled, path, replace=True)) == {"updated": 1, "unchanged": 3}
        assert entry(filled, "water.noun.1").gloss == WATER.gloss
        assert held(filled)["water.noun.1"] == {"en": "water|aqua", "fr": "eau", "kn": "ನೀರು|ಜಲ"}
        before = everything(filled)
        assert counts(run(filled, path, replace=True)) == {"unchanged": 4}
        assert everything(filled) == before


class TestChanged:
    def test_forms_replace_a_language_and_others_stay(self) -> None:
        found = edits.changed(WATER, forms={"fr": ["flotte"], "hi": ["पानी"], "kn": []})
        assert found == replace(WATER, forms={"en": ("water",), "fr": ("flotte",), "hi": ("पानी",)})

    def test_words_are_added_last_and_removed(self) -> None:
        found = edits.changed(
            WATER, added=[("kn", "ಉದಕ"), ("hi", "जल")], removed=[("kn", "ನೀರು"), ("fr", "eau")]
        )
        assert found == replace(WATER, forms={"en": ("water",), "kn": ("ಜಲ", "ಉದಕ"), "hi": ("जल",)})

    def test_a_word_added_twice_is_there_once(self) -> None:
        assert edits.changed(WATER, added=[("en", "water"), ("en", "water")]) == WATER

    def test_facts_are_changed_and_identifiers_kept(self) -> None:
        given = replace(WATER, external={"ili": ("i1",)})
        found = edits.changed(given, pos="verb", field="f", gloss="g")
        assert found == replace(given, pos="verb", field="f", gloss="g")

    def test_a_gloss_makes_a_sense_of_a_pair_of_words(self) -> None:
        pair = replace(WATER, unsensed=True)
        assert edits.changed(pair, field="f").unsensed
        assert not edits.changed(pair, gloss="clear liquid").unsensed

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (
                {"removed": [("fr", "flotte")]},
                "concept 'water.noun.1' has no fr word 'flotte'; it has: eau",
            ),
            (
                {"removed": [("hi", "पानी")]},
                "concept 'water.noun.1' has no hi word 'पानी'; it has: none",
            ),
            (
                {"forms": {"en": [], "fr": [], "kn": []}},
                "concept 'water.noun.1' has no word in any language; give at least one",
            ),
            ({"gloss": " "}, "empty gloss ' '; give at least one letter"),
            ({"added": [("en", "")]}, "empty en form ''; give at least one letter"),
        ],
    )
    def test_what_cannot_be_is_refused(self, change: dict[str, object], said: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            edits.changed(WATER, **change)  # type: ignore[arg-type]
        assert str(caught.value) == said


class TestRemove:
    def test_concepts_go_with_the_words_that_nothing_else_has(self, filled: store.Sessions) -> None:
        before = lemmas(filled)
        assert remove(filled, "bank.noun.2", "run.verb.1") == 5
        assert sorted(held(filled)) == ["bank.noun.1", "water.noun.1"]
        gone = {"fr:banque", "kn:ಬ್ಯಾಂಕ್", "en:run", "fr:courir", "kn:ಓಡು"}
        assert lemmas(filled) == before - gone

    def test_identifiers_go_along(self, seeded: store.Sessions) -> None:
        add(seeded, replace(TEA, external={"ili": ("i1",)}))
        assert remove(seeded, "tea.noun.1") == 3
        assert everything(seeded)["external_id"] == []

    def test_an_unknown_key_is_named_and_nothing_is_removed(self, filled: store.Sessions) -> None:
        before = everything(filled)
        with pytest.raises(UnknownConcept) as caught:
            remove(filled, "water.noun.1", "sea.noun.1")
        assert str(caught.value) == (
            "unknown concept 'sea.noun.1'; find keys with: lexicon words find --prefix sea"
        )
        assert everything(filled) == before


class TestRemoveSource:
    def test_all_that_it_brought_goes_and_so_does_the_source(self, filled: store.Sessions) -> None:
        add(filled, TEA)
        assert counts(remove_source(filled, "tiny")) == {"retired": 4}
        assert held(filled) == {"tea.noun.1": {"en": "tea", "fr": "thé", "kn": "ಚಹಾ"}}
        assert lemmas(filled) == {"en:tea", "fr:thé", "kn:ಚಹಾ"}
        assert senses(filled) == {"local": 3}

    def test_words_added_by_hand_keep_their_concept(self, filled: store.Sessions) -> None:
        edit(filled, replace(WATER, forms={**WATER.forms, "en": ("water", "aqua")}))
        assert counts(remove_source(filled, "tiny")) == {"retired": 4}
        assert held(filled) == {"water.noun.1": {"en": "aqua"}}
        assert owners(filled) == {"water.noun.1": "local"}

    def test_words_added_by_hand_can_be_removed_alone(self, filled: store.Sessions) -> None:
        before = held(filled)
        edit(filled, replace(WATER, forms={**WATER.forms, "en": ("water", "aqua")}))
        assert counts(remove_source(filled, "local")) == {"retired": 1}
        assert held(filled) == before

    def test_a_source_of_sentences_stays_listed(self, filled: store.Sessions) -> None:
        with filled.begin() as session:
            source = queries.source(session, "tiny")
            assert source is not None
            session.add(
                SentencePair(
                    dataset="d",
                    split="s",
                    key="1",
                    premise="It rains.",
                    hypothesis="Il pleut.",
                    premise_language="en",
                    hypothesis_language="fr",
                    source_id=source.id,
                )
            )
        remove_source(filled, "tiny")
        assert senses(filled) == {"tiny": 0}

    def test_an_unknown_source_names_the_known_ones(self, filled: store.Sessions) -> None:
        before = everything(filled)
        with pytest.raises(InvalidInput) as caught:
            remove_source(filled, "wolf")
        assert str(caught.value) == "unknown source 'wolf'; known: tiny"
        assert everything(filled) == before
