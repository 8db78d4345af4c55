"""How much of two texts is kept, and how pairs become rows of numbers."""

import pytest

from nli.embedded.packing import SPECIAL, fit, packed


@pytest.mark.parametrize(
    ("lengths", "kept"),
    [
        ((3, 4), (3, 4)),
        ((5, 5), (5, 5)),
        ((9, 2), (8, 2)),
        ((2, 9), (2, 8)),
        ((9, 9), (5, 5)),
        ((0, 40), (0, 10)),
        ((5, 6), (5, 5)),
    ],
)
def test_the_longer_text_is_cut_until_both_fit(
    lengths: tuple[int, int], kept: tuple[int, int]
) -> None:
    assert fit(*lengths, 10) == kept


def test_an_odd_room_goes_to_the_second_text() -> None:
    assert fit(9, 9, 7) == (3, 4)


def test_pairs_are_padded_to_the_longest() -> None:
    ids, segments, mask, cut = packed([([5, 6], [7]), ([8], [])], start=1, end=2, pad=0, most=20)
    assert ids.tolist() == [[1, 5, 6, 2, 7, 2], [1, 8, 2, 2, 0, 0]]
    assert segments.tolist() == [[0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 0, 0]]
    assert mask.tolist() == [[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]]
    assert cut == [False, False]


def test_a_pair_that_is_too_long_is_cut_and_said_so() -> None:
    ids, _, _, cut = packed([([4] * 9, [5] * 9), ([4], [5])], 1, 2, 0, most=SPECIAL + 4)
    assert ids.tolist() == [[1, 4, 4, 2, 5, 5, 2], [1, 4, 2, 5, 2, 0, 0]]
    assert cut == [True, False]


def test_no_pairs_are_no_rows() -> None:
    ids, _, _, cut = packed([], 1, 2, 0, 10)
    assert ids.shape == (0, SPECIAL)
    assert cut == []
