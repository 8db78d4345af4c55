"""Translations as arrays, counted by hand."""

import numpy as np
import pytest

from indexer.alignment.bitext import Bitext, Expressions, bitext, expressions, random_pairs
from indexer.service import LexiconService
from lexicon import queries
from lexicon.queries import SenseTriple


def says(*senses: tuple[int, int, str]) -> Expressions:
    """Expressions from (row, concept, part of speech)."""
    return Expressions(
        np.array([sense[0] for sense in senses], dtype=np.int64),
        np.array([sense[1] for sense in senses], dtype=np.int64),
        np.array([sense[2] for sense in senses], dtype=np.str_),
    )


def triples(found: Bitext) -> list[tuple[int, int, int]]:
    return list(
        zip(found.concept.tolist(), found.source.tolist(), found.target.tolist(), strict=True)
    )


def test_every_form_of_a_concept_meets_every_form_of_the_other_language() -> None:
    source = says((0, 7, "noun"), (1, 7, "noun"), (0, 9, "noun"))
    target = says((4, 7, "noun"), (5, 7, "noun"), (5, 9, "noun"))
    found = bitext(source, target)
    assert triples(found) == [(7, 0, 4), (7, 0, 5), (7, 1, 4), (7, 1, 5), (9, 0, 5)]
    assert found.concepts == 2


def test_the_order_of_the_target_does_not_matter() -> None:
    source = says((0, 7, "noun"), (1, 9, "noun"))
    target = says((3, 9, "noun"), (2, 7, "noun"))
    assert triples(bitext(source, target)) == [(7, 0, 2), (9, 1, 3)]


def test_a_form_that_is_two_lexemes_of_a_concept_is_one_pair() -> None:
    source = says((0, 7, "noun"), (0, 7, "verb"))
    target = says((3, 7, "noun"), (3, 7, "verb"))
    assert triples(bitext(source, target)) == [(7, 0, 3)]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (says((0, 1, "noun")), says((0, 2, "noun"))),
        (says(), says((0, 2, "noun"))),
        (says((0, 1, "noun")), says()),
        (says(), says()),
    ],
)
def test_no_shared_concept_gives_no_pair(source: Expressions, target: Expressions) -> None:
    found = bitext(source, target)
    assert triples(found) == []
    assert found.concepts == 0


def test_senses_become_rows_of_the_index(service: LexiconService) -> None:
    index = service.index(service.encoder(None), "en")
    with service.sessions() as session:
        senses = queries.sense_triples(session, "en")
        lemmas = [form.lemma for form in queries.forms(session, "en")]
    found, left_out = expressions(index, senses)
    assert [lemmas[row] for row in found.row] == ["water", "bank", "shore", "bank", "run"]
    assert found.concept.tolist() == sorted(found.concept.tolist())
    assert found.pos.tolist() == ["noun", "noun", "noun", "noun", "verb"]
    assert left_out == 0


def test_senses_without_a_row_are_counted(service: LexiconService) -> None:
    index = service.index(service.encoder(None), "en")
    found, left_out = expressions(
        index, [SenseTriple(999, 1, "noun", 0), SenseTriple(int(index.ids[2]), 1, "noun", 0)]
    )
    assert found.row.tolist() == [2]
    assert left_out == 1


def crowd(size: int) -> tuple[Expressions, Expressions]:
    """``size`` concepts of two parts of speech; concept n is row n on both sides, and every
    fifth row of the source also expresses the next concept."""
    ours = [(n, n, "noun" if n % 3 else "verb") for n in range(size)]
    more = [(n, (n + 1) % size, "noun" if n % 3 else "verb") for n in range(0, size, 5)]
    return says(*sorted(ours + more, key=lambda sense: sense[1])), says(*ours)


def test_random_pairs_share_a_part_of_speech_and_no_concept() -> None:
    source, target = crowd(60)
    left, right = random_pairs(source, target, bitext(source, target), 5_000, 1)
    concepts: dict[int, set[int]] = {}
    for row, concept in zip(source.row.tolist(), source.concept.tolist(), strict=True):
        concepts.setdefault(row, set()).add(concept)
    assert len(left) == len(right) == 5_000
    assert all(int(b) not in concepts[int(a)] for a, b in zip(left, right, strict=True))
    assert all((a % 3 == 0) == (b % 3 == 0) for a, b in zip(left, right, strict=True))


def test_random_pairs_reach_every_pair_that_qualifies() -> None:
    source, target = crowd(12)
    pairs = bitext(source, target)
    left, right = random_pairs(source, target, pairs, 5_000, 1)
    translations = {(a, b) for _, a, b in triples(pairs)}
    possible = {
        (a, b)
        for a in range(12)
        for b in range(12)
        if (a % 3 == 0) == (b % 3 == 0) and (a, b) not in translations
    }
    assert set(zip(left.tolist(), right.tolist(), strict=True)) == possible


def test_random_pairs_depend_on_the_seed_alone() -> None:
    source, target = crowd(60)
    pairs = bitext(source, target)
    first, again = (random_pairs(source, target, pairs, 200, 1) for _ in range(2))
    other = random_pairs(source, target, pairs, 200, 2)
    np.testing.assert_array_equal(first, again)
    assert np.not_equal(first, other).any()


def test_fewer_random_pairs_come_where_few_draws_qualify() -> None:
    source = says((0, 1, "noun"), (1, 2, "noun"))
    target = says((0, 1, "noun"), (1, 2, "noun"))
    left, right = random_pairs(source, target, bitext(source, target), 1_000, 1)
    assert 0 < len(left) < 1_000
    assert set(zip(left.tolist(), right.tolist(), strict=True)) == {(0, 1), (1, 0)}


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (says(), says((0, 1, "noun"))),
        (says((0, 1, "noun")), says()),
        (says((0, 1, "noun")), says((0, 2, "verb"))),
        (says((0, 1, "noun")), says((0, 1, "noun"))),
    ],
    ids=["no source", "no target", "no common part of speech", "translations only"],
)
def test_no_random_pair_where_none_qualifies(source: Expressions, target: Expressions) -> None:
    left, right = random_pairs(source, target, bitext(source, target), 100, 1)
    assert len(left) == len(right) == 0
