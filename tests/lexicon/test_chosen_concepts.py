"""Some concepts of many, with their words."""

import pytest

from lexicon import chosen_concepts as module
from lexicon import store
from lexicon.chosen_concepts import ChosenConcept, chosen_concepts, concept_ids


def named(found: list[ChosenConcept]) -> list[dict[str, list[str]]]:
    return [
        {code: [lemma for lemma, _ in words] for code, words in one.words.items()} for one in found
    ]


def test_concepts_come_by_field_with_their_words_by_rank(
    filled: store.Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    with filled() as session:
        ids = concept_ids(session, None, ["en", "kn"])
        found = chosen_concepts(session, ids, ["en", "kn"])
        assert named(found) == [
            {"en": ["bank", "shore"], "kn": ["ದಡ"]},
            {"en": ["bank"], "kn": ["ಬ್ಯಾಂಕ್"]},
            {"en": ["run"], "kn": ["ಓಡು"]},
            {"en": ["water"], "kn": ["ನೀರು", "ಜಲ"]},
        ]
        assert found[0].gloss == "land beside a river"
        assert len({number for one in found for _, number in one.words["en"]}) == 4
        monkeypatch.setattr(module, "_CHUNK", 3)
        assert chosen_concepts(session, ids, ["en", "kn"]) == found


def test_only_what_is_wanted_is_there(filled: store.Sessions) -> None:
    with filled() as session:
        [water] = concept_ids(session, "water", ["en"])
        assert concept_ids(session, "water", ["hi"]) == []
        assert concept_ids(session, "none", ["en"]) == []
        assert named(chosen_concepts(session, [10_000, water], ["fr"])) == [{"fr": ["eau"]}]
        # Whose words have left meanwhile.
        assert named(chosen_concepts(session, [water], ["hi"])) == [{}]
