"""Digests of words, and the rows and lexemes that are found by them."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.generations.arrays import Words
from indexer.generations.texts import digests, places, written

LEMMAS = st.lists(st.text(max_size=4), unique=True, max_size=30)


@given(known=LEMMAS, wanted=st.lists(st.text(max_size=4), max_size=30))
def test_a_text_is_found_where_it_is_and_nowhere_else(known: list[str], wanted: list[str]) -> None:
    asked = [*wanted, *known[::2]]
    expected = [known.index(text) if text in known else -1 for text in asked]
    assert places(digests(known), digests(asked)).tolist() == expected


@pytest.mark.parametrize(("known", "wanted"), [([], []), ([], ["a"]), (["a"], [])])
def test_of_nothing_nothing_is_found(known: list[str], wanted: list[str]) -> None:
    found = places(digests(known), digests(wanted))
    assert found.tolist() == [-1] * len(wanted)
    assert found.dtype == np.int64


def test_half_a_digest_is_not_the_text() -> None:
    known = digests(["eau"])
    other = known.copy()
    other[0, 1] ^= np.uint64(1)
    assert places(known, other).tolist() == [-1]


@given(texts=LEMMAS)
def test_digests_are_written_as_different_hexadecimal_digits(texts: list[str]) -> None:
    found = {written(one) for one in digests(texts)}
    assert len(found) == len(texts)
    assert all(len(one) == 32 and int(one, 16) >= 0 for one in found)


def test_a_digest_is_the_same_on_every_machine() -> None:
    expected = blake2b("ನೀರು".encode(), digest_size=16).hexdigest()
    assert written(digests(["eau", "ನೀರು"])[1]) == expected


@st.composite
def forms(draw: st.DrawFn) -> list[tuple[int, ...]]:
    """Ascending lexemes of each row, in any order of rows."""
    every = draw(st.lists(st.integers(1, 10**12), unique=True, max_size=40))
    rows: list[list[int]] = []
    for lexeme in every:
        joins: bool = draw(st.booleans())
        if rows and joins:
            rows[draw(st.integers(0, len(rows) - 1))].append(lexeme)
        else:
            rows.append([lexeme])
    return [tuple(sorted(row)) for row in rows]


def words(some: Sequence[tuple[int, ...]]) -> Words:
    return Words.of(
        list(some), digests([str(n) for n in range(len(some))]), np.ones(len(some), np.bool_)
    )


@given(some=forms(), others=st.lists(st.integers(-5, 10**12), max_size=20))
def test_a_lexeme_has_the_row_of_its_form(some: list[tuple[int, ...]], others: list[int]) -> None:
    rows = {lexeme: row for row, ids in enumerate(some) for lexeme in ids}
    asked = [*others, *rows]
    found = words(some).rows_of(np.array(asked, dtype=np.int64))
    assert found.tolist() == [rows.get(lexeme, -1) for lexeme in asked]
    assert found.dtype == np.int64
