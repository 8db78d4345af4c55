"""Wordnets of several sources that meet by their interlingual index (ILI)."""

from pathlib import Path

import pytest

from lexicon import browse, edits, store
from lexicon.entries import ConceptEntry
from tests.lexicon.formats.wordnets import document, lexicon, synset, word
from tests.lexicon.importing import counts, file, held, lemmas, owners, run, written
from tests.lexicon.snapshot import everything

ENGLISH = document(
    lexicon(
        "ewn",
        "en",
        word("w1", "car", "ewn-1", "ewn-2")
        + word("w2", "auto", "ewn-1")
        + word("w3", "able", "ewn-3", pos="a")
        + synset("ewn-1", "motor vehicle", "i1")
        + synset("ewn-2", "railway vehicle", "i2")
        + synset("ewn-3", "having the means", "i3", 'partOfSpeech="a"'),
    )
)
FRENCH = document(
    lexicon(
        "wolf",
        "fr",
        word("f1", "voiture", "wolf-1", "wolf-4")
        + word("f2", "auto", "wolf-1")
        + word("f3", "wagon", "wolf-2")
        + synset("wolf-1", "", "i1")
        + synset("wolf-2", "", "i2")
        + synset("wolf-4", "véhicule à cheval", "i4"),
    )
)
HINDI = document(lexicon("iwn", "hi", word("h1", "गाड़ी", "iwn-1") + synset("iwn-1", "वाहन", "i1")))
JOINED = {
    "ewn-1": {"en": "car|auto", "fr": "voiture|auto"},
    "ewn-2": {"en": "car", "fr": "wagon"},
    "ewn-3": {"en": "able"},
    "wolf-4": {"fr": "voiture"},
}
ONLY_ENGLISH = {"ewn-1": {"en": "car|auto"}, "ewn-2": {"en": "car"}, "ewn-3": {"en": "able"}}


def emptied(name: str, language: str, keep: str = "") -> str:
    """A version of a wordnet that holds one word of a concept that nobody else has."""
    content = word("z1", keep or "z", f"{name}-9") + synset(f"{name}-9", "last letter", "i9")
    return document(lexicon(name, language, content))


@pytest.fixture
def both(seeded: store.Sessions, tmp_path: Path) -> store.Sessions:
    """The English wordnet, then the French one."""
    english, french = (
        file(tmp_path, "en.xml", ENGLISH),
        file(tmp_path, "fr.xml", FRENCH),
    )
    assert counts(run(seeded, english)) == {"added": 3}
    assert counts(run(seeded, french)) == {"added": 3}
    return seeded


def test_a_wordnet_of_another_source_joins_the_concepts_of_its_ili(both: store.Sessions) -> None:
    assert held(both) == JOINED
    assert owners(both) == {"ewn-1": "ewn", "ewn-2": "ewn", "ewn-3": "ewn", "wolf-4": "wolf"}
    with both() as session:
        entry = browse.concept_entry(session, "ewn-1")
        senses = {one.name: one.senses for one in browse.source_counts(session)}
    # What the concept is, its own source says.
    assert (entry.gloss, entry.external) == ("motor vehicle", {"ili": ("i1",)})
    assert senses == {"ewn": 4, "wolf": 4}


def test_either_wordnet_again_changes_nothing(both: store.Sessions, tmp_path: Path) -> None:
    before = everything(both)
    for name in ("fr.xml", "en.xml"):
        for replace in (False, True):
            assert counts(run(both, tmp_path / name, replace=replace)) == {"unchanged": 3}
            assert everything(both) == before


def test_the_order_of_the_wordnets_decides_only_whose_the_concepts_are(
    seeded: store.Sessions, tmp_path: Path
) -> None:
    run(seeded, file(tmp_path, "fr.xml", FRENCH))
    assert counts(run(seeded, file(tmp_path, "en.xml", ENGLISH))) == {"added": 3}
    assert held(seeded) == {
        "wolf-1": JOINED["ewn-1"],
        "wolf-2": JOINED["ewn-2"],
        "ewn-3": JOINED["ewn-3"],
        "wolf-4": JOINED["wolf-4"],
    }
    before = everything(seeded)
    assert counts(run(seeded, tmp_path / "en.xml", replace=True)) == {"unchanged": 3}
    assert counts(run(seeded, tmp_path / "fr.xml", replace=True)) == {"unchanged": 3}
    assert everything(seeded) == before


def test_a_word_that_another_source_has_brought_stays_its_own(
    both: store.Sessions, tmp_path: Path
) -> None:
    again = document(
        lexicon("again", "fr", word("a1", "voiture", "again-1") + synset("again-1", "", "i1"))
    )
    path = file(tmp_path, "again.xml", again)
    assert counts(run(both, path)) == {"unchanged": 1}
    assert held(both) == JOINED
    # Nothing is from this source, so nothing goes with it.
    with store.writing(both) as session:
        edits.remove_source(session, "again")
    assert held(both) == JOINED


def test_more_words_are_added_after_those_that_are_there(
    both: store.Sessions, tmp_path: Path
) -> None:
    more = document(
        lexicon(
            "more",
            "fr",
            word("m1", "bagnole", "more-1")
            + word("m2", "auto", "more-1")
            + word("m3", "caisse", "more-1")
            + synset("more-1", "", "i1"),
        )
    )
    path = file(tmp_path, "more.xml", more)
    assert counts(run(both, path)) == {"added": 1}
    assert held(both)["ewn-1"] == {"en": "car|auto", "fr": "voiture|auto|bagnole|caisse"}
    before = everything(both)
    assert counts(run(both, path, replace=True)) == {"unchanged": 1}
    assert everything(both) == before


def test_a_smaller_version_takes_back_only_its_own_words(
    both: store.Sessions, tmp_path: Path
) -> None:
    smaller = file(tmp_path, "fr.xml", emptied("wolf", "fr", "zède"))
    report = run(both, smaller, replace=True)
    # Three words on concepts of others, and one concept of its own.
    assert counts(report) == {"added": 1, "retired": 4}
    assert held(both) == ONLY_ENGLISH | {"wolf-9": {"fr": "zède"}}
    assert lemmas(both) == {"en:car", "en:auto", "en:able", "fr:zède"}


def test_without_replace_a_smaller_version_takes_nothing_back(
    both: store.Sessions, tmp_path: Path
) -> None:
    smaller = file(tmp_path, "fr.xml", emptied("wolf", "fr", "zède"))
    assert counts(run(both, smaller)) == {"added": 1}
    assert held(both) == JOINED | {"wolf-9": {"fr": "zède"}}


def test_a_word_less_on_another_sources_concept_is_taken_back(
    both: store.Sessions, tmp_path: Path
) -> None:
    less = FRENCH.replace('<Sense id="f2-wolf-1" synset="wolf-1"/>', "")
    report = run(both, file(tmp_path, "fr.xml", less), replace=True)
    assert counts(report) == {"unchanged": 3, "retired": 1}
    assert held(both) == JOINED | {"ewn-1": {"en": "car|auto", "fr": "voiture"}}


def test_a_concept_with_words_of_others_outlives_its_source(
    both: store.Sessions, tmp_path: Path
) -> None:
    smaller = file(tmp_path, "en.xml", emptied("ewn", "en"))
    assert counts(run(both, smaller, replace=True)) == {"added": 1, "retired": 3}
    assert held(both) == {
        "ewn-1": {"fr": "voiture|auto"},
        "ewn-2": {"fr": "wagon"},
        "ewn-9": {"en": "z"},
        "wolf-4": {"fr": "voiture"},
    }
    assert owners(both) == {"ewn-1": "wolf", "ewn-2": "wolf", "ewn-9": "ewn", "wolf-4": "wolf"}
    with both() as session:
        entry = browse.concept_entry(session, "ewn-1")
    assert (entry.gloss, entry.external) == ("motor vehicle", {"ili": ("i1",)})


def test_the_heir_keeps_what_it_inherited_when_it_is_imported_again(
    both: store.Sessions, tmp_path: Path
) -> None:
    run(both, file(tmp_path, "en.xml", emptied("ewn", "en")), replace=True)
    before = held(both)
    for replace in (False, True):
        run(both, tmp_path / "fr.xml", replace=replace)
        forms = sorted(tuple(one.items()) for one in held(both).values())
        assert forms == sorted(tuple(one.items()) for one in before.values())


def test_removing_both_sources_leaves_nothing(both: store.Sessions) -> None:
    for name in ("ewn", "wolf"):
        with store.writing(both) as session:
            edits.remove_source(session, name)
    assert held(both) == {}
    assert lemmas(both) == set()
    assert everything(both)["external_id"] == []
    assert everything(both)["source"] == []


def test_an_ili_that_leads_to_two_concepts_leads_nowhere(
    both: store.Sessions, tmp_path: Path
) -> None:
    entries = [
        ConceptEntry("mine", "noun", "f", "g", {"hi": ("गाड़ी",)}, {"ili": ("i1", "i2")}),
    ]
    path = file(tmp_path, "mine.jsonl", written(entries, "jsonl"))
    assert counts(run(both, path)) == {"added": 1}
    assert held(both) == JOINED | {"mine": {"hi": "गाड़ी"}}
    before = everything(both)
    assert counts(run(both, path, replace=True)) == {"unchanged": 1}
    assert everything(both) == before


def test_a_third_source_joins_too(both: store.Sessions, tmp_path: Path) -> None:
    path = file(tmp_path, "hi.xml", HINDI)
    assert counts(run(both, path)) == {"added": 1}
    assert held(both)["ewn-1"] == JOINED["ewn-1"] | {"hi": "गाड़ी"}
    with store.writing(both) as session:
        edits.remove_source(session, "ewn")
    # The older of the two that have words on it inherits the concept.
    assert owners(both)["ewn-1"] == "wolf"
    assert held(both)["ewn-1"] == {"fr": "voiture|auto", "hi": "गाड़ी"}


def test_a_changed_ili_moves_the_words(both: store.Sessions, tmp_path: Path) -> None:
    moved = FRENCH.replace('id="wolf-2" ili="i2"', 'id="wolf-2" ili="i3"')
    report = run(both, file(tmp_path, "fr.xml", moved), replace=True)
    assert counts(report) == {"added": 1, "unchanged": 2, "retired": 1}
    assert held(both) == JOINED | {
        "ewn-2": {"en": "car"},
        "ewn-3": {"en": "able", "fr": "wagon"},
    }


def test_a_concept_renamed_by_its_source_keeps_its_words(
    both: store.Sessions, tmp_path: Path
) -> None:
    renamed = file(tmp_path, "en.xml", ENGLISH.replace("ewn-1", "ewn-7"))
    run(both, renamed, replace=True)
    forms = [one for one in held(both).values() if one.get("fr", "").startswith("voiture|")]
    assert forms == [JOINED["ewn-1"]]
