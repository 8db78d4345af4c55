"""English weights of a lexicon's words."""

import pytest

from lexicon.entries import checked
from nli.embedded.build.meanings import bare, is_word, weighted, words
from nli.embedded.build.normalising import spelling
from tests.nli.embedded.small import LEXICON, ZIPF

SPELT = spelling().normalize_str


def test_a_word_of_one_sense_means_its_translation() -> None:
    found = words(LEXICON, "fr", ZIPF, SPELT)
    assert found["maison"].meaning == (("house", 1.0),)
    assert found["maison"].pos == {"noun"}


def test_senses_count_by_rank_and_frequency() -> None:
    # *eau* is the first form of water (Zipf 5) and the second of rain (Zipf 4):
    # 10^.3 / 1 to 10^0 / 2, that is 1.995 to .5.
    assert words(LEXICON, "fr", ZIPF, SPELT)["eau"].meaning == (("water", 0.8), ("rain", 0.2))


def test_english_forms_count_by_rank() -> None:
    entry = checked("big.adj.1", "adj", "x", "x", {"en": "big|large", "hi": "बड़ा"})
    found = words([entry], "hi", {}, SPELT)
    assert found["बडा"].meaning == (("big", 0.67), ("large", 0.33))


def test_phrases_and_words_without_english_are_left_out() -> None:
    entries = [
        checked("a.noun.1", "noun", "x", "x", {"fr": "toit"}),
        checked("b.noun.1", "noun", "x", "x", {"en": "b", "fr": "pomme de terre|n°"}),
    ]
    assert words(entries, "fr", {}, SPELT) == {}


def test_light_verbs_and_reflexive_pronouns_are_taken_off() -> None:
    assert words(LEXICON, "hi", ZIPF, SPELT)["निवास"].meaning == (("live", 1.0),)
    assert words(LEXICON, "fr", ZIPF, SPELT)["loger"].meaning == (("live", 1.0),)
    assert bare("s'appeler", "fr") == "appeler"
    assert bare("शुरू करना", "fr") == "शुरू करना"
    assert bare("ಕೆಲಸ ಮಾಡು", "kn") == "ಕೆಲಸ"


def test_a_share_of_nearly_nothing_is_dropped() -> None:
    assert weighted({"a": 97.0, "b": 3.0}) == (("a", 1.0),)
    assert len(weighted(dict.fromkeys("abcdefgh", 1.0))) == 5


@pytest.mark.parametrize("text", ["", "n°", "24", "a b", "x-y"])
def test_what_is_no_word(text: str) -> None:
    assert not is_word(text)
