"""The definitions of the reverse dictionary's benchmark are paraphrases."""

import re
from collections import Counter
from pathlib import Path

from indexer.glosses import words
from lexicon import bundled

FILE = Path(__file__).parent.parent / "benchmarks" / "definitions.tsv"

_SAID = (
    "a about after an and anybody anyone anything are as at be been before being but by do does "
    "down for from had has have he her him his how i if in into is it its let like more most no "
    "not of off on one or other out over she so some somebody someone something such than that "
    "the their them then there these they this those through to too under until up very was were "
    "what when where which who whom whose why will with without you your"
)
FUNCTION_WORDS = frozenset(_SAID.split())


def definitions() -> list[tuple[str, str]]:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return [(key, text) for key, text in (line.split("\t") for line in lines)]


def stems(text: str) -> list[str]:
    """Content words without the commonest endings."""
    kept = [word for word in words(text) if word not in FUNCTION_WORDS]
    return [re.sub(r"(ing|ed|e|ly)$", "", word) for word in kept]


def test_two_hundred_concepts_of_many_fields_are_defined_once() -> None:
    entries = {entry.key: entry for entry in bundled.everything()}
    keys = [key for key, _ in definitions()]
    assert len(keys) == len(set(keys)) == 200
    chosen = [entries[key] for key in keys]
    assert Counter(one.pos for one in chosen) == {"noun": 110, "verb": 50, "adj": 40}
    assert len({one.field for one in chosen}) > 70


def test_no_definition_repeats_its_word_or_half_of_its_gloss() -> None:
    entries = {entry.key: entry for entry in bundled.everything()}
    for key, text in definitions():
        entry = entries[key]
        said, gloss = stems(text), set(stems(entry.gloss))
        assert 2 * sum(word in gloss for word in said) <= len(said), key
        for head in (word for form in entry.forms["en"] for word in words(form)):
            if head not in FUNCTION_WORDS:
                same = [word for word in words(text) if word[:5] == head[:5] or word == head]
                assert not same, (key, head, same)
