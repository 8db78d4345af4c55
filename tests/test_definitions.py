"""The definitions of the reverse dictionary's benchmark are paraphrases."""

import re
from collections import Counter

import pytest

from benchmarks.reverse_dictionary import definitions
from indexer.glosses import words
from lexicon import bundled
from lexicon.entries import ConceptEntry

_SAID = (
    "a about after an and anybody anyone anything are as at be been before being but by do does "
    "down for from had has have he her him his how i if in into is it its let like more most no "
    "not of off on one or other out over she so some somebody someone something such than that "
    "the their them then there these they this those through to too under until up very was were "
    "what when where which who whom whose why will with without you your"
)
FUNCTION_WORDS = frozenset(_SAID.split())

Entries = dict[str, ConceptEntry]


@pytest.fixture(scope="module")
def entries() -> Entries:
    return {entry.key: entry for entry in bundled.everything()}


def stems(text: str) -> list[str]:
    """Content words without the commonest endings."""
    kept = [word for word in words(text) if word not in FUNCTION_WORDS]
    return [re.sub(r"(ing|ed|e|ly)$", "", word) for word in kept]


def test_three_hundred_concepts_are_defined_once() -> None:
    keys = [one.key for one in definitions()]
    assert len(keys) == len(set(keys)) == 300


@pytest.mark.parametrize(
    ("measured", "pos", "fields"),
    [
        (False, {"noun": 55, "verb": 25, "adj": 20}, 57),
        (True, {"noun": 110, "verb": 50, "adj": 40}, 72),
    ],
)
def test_both_parts_are_of_many_fields(
    entries: Entries, measured: bool, pos: dict[str, int], fields: int
) -> None:
    part = [entries[one.key] for one in definitions() if one.measured == measured]
    assert Counter(one.pos for one in part) == pos
    assert len({one.field for one in part}) == fields


def test_no_definition_repeats_its_word_or_half_of_its_gloss(entries: Entries) -> None:
    for key, text, _ in definitions():
        entry = entries[key]
        said, gloss = stems(text), set(stems(entry.gloss))
        assert 2 * sum(word in gloss for word in said) <= len(said), key
        for head in (word for form in entry.forms["en"] for word in words(form)):
            if head not in FUNCTION_WORDS:
                same = [word for word in words(text) if word[:5] == head[:5] or word == head]
                assert not same, (key, head, same)
