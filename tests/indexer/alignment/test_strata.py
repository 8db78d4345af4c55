"""Parts of a sample by what is known of its words."""

import numpy as np
import pytest

from indexer.alignment import strata as module
from indexer.alignment.sample import Sample, Subset, sample
from indexer.alignment.strata import band, strata, tokens_of
from tests.indexer.alignment.bilingual import Sense, sampled, words


@pytest.mark.parametrize(
    ("frequency", "name"),
    [
        (-1.0, "below 3"),
        (0.0, "below 3"),
        (2.99, "below 3"),
        (3.0, "3 to 4"),
        (4.0, "4 to 5"),
        (4.999, "4 to 5"),
        (5.0, "5 and above"),
        (7.7, "5 and above"),
        (float("nan"), "unknown"),
    ],
)
def test_bands_begin_where_they_say(frequency: float, name: str) -> None:
    assert band(frequency) == name


@pytest.mark.parametrize(
    ("count", "name"),
    [(0, "1"), (1, "1"), (2, "2"), (3, "3"), (4, "4 and more"), (9, "4 and more")],
)
def test_tokens_are_counted_up_to_four(count: int, name: str) -> None:
    assert tokens_of(count) == name


SENSES: list[Sense] = [
    (0, 0, "noun"),
    (1, 1, "noun"),
    (2, 2, "verb"),
    (3, 3, "noun"),
    (4, 4, "noun"),
    # Row 0 is a verb as well.
    (0, 5, "verb"),
]
FIELDS = {0: "water", 1: "water", 2: "motion", 3: "money", 4: "money", 5: "motion"}


@pytest.fixture(scope="module")
def data() -> Sample:
    english = words("en", SENSES, frequency=[5.5, 3.1, np.nan, 3.9, 0.1], tokens=[1, 1, 2, 5, 4])
    # One fold, so that there are random pairs of so few words.
    together = np.zeros(5, dtype=np.int64)
    return sample(english, words("fr", SENSES), together, together, n=400, seed=1)


def rows(data: Sample, part: Subset) -> tuple[list[int], list[int]]:
    """Concepts of the pairs and rows of the forms of a part."""
    return data.pairs.concept[part.pairs].tolist(), data.forms[part.forms].tolist()


def test_every_stratum_by_hand(data: Sample) -> None:
    found = strata(data, FIELDS)
    assert {name: rows(data, part) for name, part in found.items()} == {
        "field=money": ([3, 4], [3, 4]),
        "field=motion": ([2, 5], [0, 2]),
        "field=water": ([0, 1], [0, 1]),
        "frequency=3 to 4": ([1, 3], [1, 3]),
        "frequency=5 and above": ([0, 5], [0]),
        "frequency=below 3": ([4], [4]),
        "frequency=unknown": ([2], [2]),
        "pos=noun": ([0, 1, 3, 4], [0, 1, 3, 4]),
        "pos=verb": ([2, 5], [0, 2]),
        "tokens=1": ([0, 1, 5], [0, 1]),
        "tokens=2": ([2], [2]),
        "tokens=4 and more": ([3, 4], [3, 4]),
    }
    assert list(found) == sorted(found)


def test_a_random_pair_is_where_its_source_word_is(data: Sample) -> None:
    found = strata(data, FIELDS)
    source = data.random_rows[0]
    meant = data.source.expressions.concept[data.random_source]
    assert len(source) >= 5
    assert set(source[found["tokens=4 and more"].random].tolist()) <= {3, 4}
    assert set(source[found["frequency=below 3"].random].tolist()) <= {4}
    assert set(meant[found["pos=verb"].random].tolist()) <= {2, 5}
    assert set(meant[found["field=water"].random].tolist()) <= {0, 1}
    for kind in ("field", "frequency", "pos", "tokens"):
        parts = [part.random for name, part in found.items() if name.startswith(f"{kind}=")]
        assert np.sum(parts, axis=0).tolist() == [1] * len(source)


def test_the_other_direction_goes_by_the_other_words(data: Sample) -> None:
    found = strata(data.turned(), FIELDS)
    # French words come without frequencies and tokens.
    assert [name for name in found if name.startswith(("frequency", "tokens"))] == [
        "frequency=unknown"
    ]
    assert rows(data.turned(), found["pos=verb"]) == ([2, 5], [0, 2])


def test_the_largest_fields_are_broken_down(data: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FIELDS", 1)
    fields = {**FIELDS, 4: "water"}
    assert [name for name in strata(data, fields) if name.startswith("field")] == ["field=water"]


def test_a_concept_without_a_field_is_of_the_empty_one(data: Sample) -> None:
    assert rows(data, strata(data, {0: "water"})["field="])[0] == [1, 2, 3, 4, 5]


def test_no_pairs_have_no_strata() -> None:
    assert strata(sampled(words("en", [(0, 0, "noun")]), words("fr", [(0, 1, "noun")])), {}) == {}
