"""English pairs in the words of another language."""

import random
from dataclasses import replace

import pytest

from nli.embedded.build.switching import Recipe, Switcher
from nli.embedded.build.vocabulary import Vocabulary

ALL = Recipe(least=1.0, reordered=1.0, unknown=0.0, unknown_without_word=0.0, crossed=0.0)


def switched(
    vocabulary: Vocabulary, language: str, recipe: Recipe, text: str, seed: int = 0
) -> tuple[int, ...]:
    return Switcher(vocabulary, language, recipe, random.Random(seed)).pair(text, text)[1]


def rows(vocabulary: Vocabulary, text: str) -> tuple[int, ...]:
    return vocabulary.read(text)


def test_content_words_become_the_rows_of_their_translations(vocabulary: Vocabulary) -> None:
    found = switched(vocabulary, "hi", ALL, "eat bread")
    assert found == rows(vocabulary, "खाना रोटी")


def test_inflected_words_are_translated_by_their_lemma(vocabulary: Vocabulary) -> None:
    found = switched(vocabulary, "kn", ALL, "cities living")
    assert found == rows(vocabulary, "ನಗರ ವಾಸಿಸು")


def test_grammar_stays_english(vocabulary: Vocabulary) -> None:
    found = switched(vocabulary, "hi", ALL, "he is not in it")
    assert found == rows(vocabulary, "he in it not is")


def test_most_articles_go_where_a_language_has_none(vocabulary: Vocabulary) -> None:
    def kept(language: str) -> int:
        article = rows(vocabulary, "the")[0]
        texts = (switched(vocabulary, language, ALL, "the rain", seed) for seed in range(100))
        return sum(article in text for text in texts)

    # Nine in ten go in Hindi, one in five in French.
    assert kept("hi") < 25
    assert kept("fr") > 65


def test_languages_have_their_own_order(vocabulary: Vocabulary) -> None:
    assert switched(vocabulary, "fr", ALL, "red house") == rows(vocabulary, "maison rouge")
    kept = replace(ALL, reordered=0.0)
    assert switched(vocabulary, "fr", kept, "red house") == rows(vocabulary, "rouge maison")


class Least(random.Random):
    """Draws the least of every range."""

    def uniform(self, a: float, b: float) -> float:
        return min(a, b)


def test_a_share_of_nothing_changes_no_word(vocabulary: Vocabulary) -> None:
    none = replace(ALL, least=0.0, reordered=0.0)
    switcher = Switcher(vocabulary, "fr", none, Least(0))
    assert switcher.pair("eat bread", "red")[0] == rows(vocabulary, "eat bread")


def test_a_seed_decides(vocabulary: Vocabulary) -> None:
    text = "he drinks water in the red house , not rain"
    recipe = Recipe()
    first, again, other = (
        [switched(vocabulary, "hi", recipe, text, seed * 100 + n) for n in range(5)]
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_what_the_lexicon_lacks_stays_english_or_becomes_unknown(vocabulary: Vocabulary) -> None:
    assert switched(vocabulary, "kn", ALL, "river") == rows(vocabulary, "river")
    unknown = replace(ALL, unknown_without_word=1.0)
    assert switched(vocabulary, "kn", unknown, "river") == (vocabulary.unknown_row("river"),)
    forced = replace(unknown, unknown=1.0)
    assert switched(vocabulary, "kn", forced, "water") == (vocabulary.unknown_row("water"),)


def test_both_texts_of_a_pair_share_their_choices(vocabulary: Vocabulary) -> None:
    constant = replace(ALL, unknown=0.5, unknown_without_word=1.0, constant=1.0)
    for seed in range(10):
        switcher = Switcher(vocabulary, "fr", constant, random.Random(seed))
        premise, hypothesis = switcher.pair("water", "water")
        assert premise == hypothesis


def test_a_premise_may_stay_english(vocabulary: Vocabulary) -> None:
    crossed = replace(ALL, crossed=1.0)
    switcher = Switcher(vocabulary, "hi", crossed, random.Random(0))
    found = switcher.pair("he is in the house", "bread")
    assert found == (rows(vocabulary, "he is in the house"), rows(vocabulary, "रोटी"))


@pytest.mark.parametrize("language", ["fr", "hi", "kn"])
def test_no_text_becomes_empty(vocabulary: Vocabulary, language: str) -> None:
    for seed in range(20):
        found = switched(vocabulary, language, ALL, "the", seed)
        assert found in (rows(vocabulary, "the"), rows(vocabulary, "."))


def test_words_that_a_language_does_not_tell_apart_become_one(vocabulary: Vocabulary) -> None:
    assert switched(vocabulary, "hi", ALL, "she") == rows(vocabulary, "he")
    assert switched(vocabulary, "kn", ALL, "she") == rows(vocabulary, "she")


def test_content_words_that_glosses_use_are_switched_too(vocabulary: Vocabulary) -> None:
    assert "rain" in vocabulary.function_words["fr"]  # pleut
    found = {switched(vocabulary, "fr", ALL, "rain", seed) for seed in range(50)}
    assert found == {rows(vocabulary, "pluie"), rows(vocabulary, "eau")}
