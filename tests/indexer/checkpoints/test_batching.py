"""Batches without padding."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from indexer.checkpoints.batching import buckets

LENGTHS = st.lists(st.integers(0, 40), max_size=80)


def test_none_gives_none() -> None:
    assert list(buckets([], 10)) == []


def test_a_text_longer_than_the_limit_is_a_batch_of_its_own() -> None:
    made = [batch.tolist() for batch in buckets([50, 3, 50, 3, 3], 7)]
    assert made == [[0], [2], [1, 3], [4]]


@given(LENGTHS, st.integers(1, 60))
def test_every_text_is_in_one_batch(lengths: list[int], tokens: int) -> None:
    places = [place for batch in buckets(lengths, tokens) for place in batch.tolist()]
    assert sorted(places) == list(range(len(lengths)))


@given(LENGTHS, st.integers(1, 60))
def test_a_batch_has_one_length_and_no_more_tokens_than_fit(
    lengths: list[int], tokens: int
) -> None:
    for batch in buckets(lengths, tokens):
        (length,) = {lengths[place] for place in batch.tolist()}
        assert len(batch) == 1 or len(batch) * length <= tokens


@given(LENGTHS, st.integers(1, 60))
def test_batches_come_longest_first_and_full(lengths: list[int], tokens: int) -> None:
    made = [(lengths[batch[0]], len(batch)) for batch in buckets(lengths, tokens)]
    for (length, count), (following, _) in pairwise(made):
        assert length >= following
        if length == following:
            assert (count + 1) * max(length, 1) > tokens


@given(LENGTHS, st.integers(1, 60))
def test_texts_of_one_length_keep_their_order(lengths: list[int], tokens: int) -> None:
    for length in set(lengths):
        same = [
            place
            for batch in buckets(lengths, tokens)
            for place in batch.tolist()
            if lengths[place] == length
        ]
        assert same == sorted(same)
