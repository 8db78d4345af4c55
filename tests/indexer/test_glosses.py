"""What texts are about, by hand: words on the axes of a plane."""

from collections.abc import Sequence

import numpy as np
import pytest

from indexer.glosses import Glosses, rarity, words
from indexer.vectors import Vectors

AXES = {"red": [1, 0], "fruit": [0, 1], "car": [0, -1], "the": [1, 0], "unheard": [0, 1]}


def vectors(wanted: Sequence[str]) -> Vectors:
    return np.array([AXES[word] for word in wanted], dtype=np.float32)


def test_words_of_other_scripts_are_whole() -> None:
    assert words("ನೀರಿನ ಬಣ್ಣ, हिन्दी।") == ["ನೀರಿನ", "ಬಣ್ಣ", "हिन्दी"]
    assert words(" … ") == []


@pytest.mark.parametrize(
    ("plural", "singular"),
    [("ties", "tie"), ("movies", "movy"), ("boas", "boa"), ("eaies", "eaie"), ("as", "as")],
)
def test_plurals(plural: str, singular: str) -> None:
    assert words(plural) == [singular]


def test_rare_words_count_for_more_than_common_ones() -> None:
    assert rarity(10, 1) > rarity(10, 9) > 0


def test_what_all_texts_share_says_nothing() -> None:
    glosses = Glosses([["the", "fruit"], ["the", "car"]], vectors)
    # The weights are log 1.2 and log 2, so the texts (.254, ±.967) and their mean (.254, 0): what
    # is left lies opposite each other, and of "fruit" (-.246, .969) is left.
    said = ["fruit"]
    assert glosses.cosines(said, vectors(said)).tolist() == pytest.approx([0.969, -0.969], abs=1e-3)
    common = ["the", "the"]
    near, far = glosses.cosines(common, vectors(common)).tolist()
    assert near == pytest.approx(far) == pytest.approx(0, abs=1e-6)


def test_a_word_that_no_text_has_counts_as_the_rarest() -> None:
    glosses = Glosses([["the", "fruit"], ["the", "car"]], vectors)
    said = ["the", "unheard"]
    # Weights log 1.2 and log 6: of (.101, .995) is left (-.152, .988).
    assert glosses.cosines(said, vectors(said))[0] == pytest.approx(0.988, abs=1e-3)
    said = ["the", "fruit"]
    assert glosses.cosines(said, vectors(said))[0] == pytest.approx(1)
