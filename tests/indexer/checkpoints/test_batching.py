"""Batches without padding, and with little."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from indexer.checkpoints.batching import buckets, joined, near

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


class TestJoined:
    def test_none_gives_none(self) -> None:
        assert list(joined([], 10, 5)) == []

    @given(LENGTHS, st.integers(1, 60), st.integers(0, 40))
    def test_each_text_once_longest_first_and_no_pass_costs_more_than_it_spares(
        self, lengths: list[int], tokens: int, spared: int
    ) -> None:
        made = [batch.tolist() for batch in joined(lengths, tokens, spared)]
        assert sorted(place for batch in made for place in batch) == list(range(len(lengths)))
        for batch in made:
            sizes = [lengths[place] for place in batch]
            assert sizes == sorted(sizes, reverse=True)
            assert len(batch) == 1 or len(batch) * sizes[0] <= tokens
            for size in set(sizes):
                assert sizes.count(size) * (sizes[0] - size) <= spared

    @given(LENGTHS, st.integers(1, 60))
    def test_nothing_spared_is_nothing_padded(self, lengths: list[int], tokens: int) -> None:
        for batch in joined(lengths, tokens, 0):
            assert len({lengths[place] for place in batch.tolist()}) == 1

    def test_few_short_texts_go_along_and_many_do_not(self) -> None:
        few = [batch.tolist() for batch in joined([8, 6, 6, 3], 4_096, 10)]
        assert few == [[0, 1, 2, 3]]
        many = [len(batch) for batch in joined([8] + [6] * 6 + [3], 4_096, 10)]
        assert many == [1, 7]


class TestNear:
    def test_none_gives_none(self) -> None:
        assert list(near([], 10, 0.5)) == []

    @given(LENGTHS, st.integers(1, 60), st.sampled_from([0.0, 1 / 32, 1 / 4, 1.0]))
    def test_every_text_is_in_one_batch_that_is_not_too_large(
        self, lengths: list[int], tokens: int, padding: float
    ) -> None:
        made = [batch.tolist() for batch in near(lengths, tokens, padding)]
        assert sorted(place for batch in made for place in batch) == list(range(len(lengths)))
        before = 10**9
        for batch in made:
            sizes = [lengths[place] for place in batch]
            whole = max(sizes) * len(sizes)
            assert len(batch) == 1 or whole <= tokens
            assert whole - sum(sizes) <= padding * whole
            assert max(sizes) <= before
            before = min(sizes)

    @given(LENGTHS, st.integers(1, 60))
    def test_without_padding_they_are_batches_of_one_length(
        self, lengths: list[int], tokens: int
    ) -> None:
        padded = [batch.tolist() for batch in near(lengths, tokens, 0.0)]
        assert [len({lengths[place] for place in batch}) for batch in padded] == [1] * len(padded)
        plain = [batch.tolist() for batch in buckets(lengths, tokens)]
        if 0 not in lengths:
            assert padded == plain
