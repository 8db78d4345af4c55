"""English pairs turned word by word into another language, through the lexicon: what the
classifier learns French, Hindi and Kannada from."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from nli.embedded.build.english import lemma, words
from nli.embedded.build.order import GRAMMAR, noun_first, verb_final
from nli.embedded.build.vocabulary import SILENT, Vocabulary

VERB_FINAL = frozenset(("hi", "kn"))
OPEN = frozenset(("noun", "verb", "adj"))
"""Parts of speech whose words are switched even where a gloss has them too."""


@dataclass(frozen=True)
class Recipe:
    """Shares between 0 and 1. ``least``: of the words of a pair that are replaced, drawn between
    this and 1; ``reordered``: of pairs in the other word order; ``unknown``: of replaced words
    that become a token of no meaning; ``constant``: how often a word is replaced as before in the
    same pair; ``crossed``: of pairs whose premise stays English."""

    least: float = 0.6
    reordered: float = 0.75
    unknown: float = 0.08
    unknown_without_word: float = 0.4
    constant: float = 0.6
    crossed: float = 0.1
    choices: int = 6


# What another language does not say with a word; the shares are of the words replaced.
QUESTIONS = {"do": 0.9, "does": 0.9, "did": 0.9}
ARTICLES = {"a": 0.8, "an": 0.9, "the": 0.9}
COPULAS = {"is": 0.4, "are": 0.4, "was": 0.3, "were": 0.3}
DROPPED = {
    "fr": QUESTIONS | {"a": 0.2, "an": 0.2, "the": 0.2},
    "hi": QUESTIONS | ARTICLES,
    "kn": QUESTIONS | ARTICLES | COPULAS,
}
# Words that another language does not tell apart.
FOLDED = {
    "fr": {"her": "his", "its": "his", "an": "a"},
    "hi": {"she": "he", "her": "his", "hers": "his", "an": "a"},
    "kn": {"an": "a"},
}


class Switcher:
    """Rows of pseudo-French, -Hindi or -Kannada for English texts; ``chance`` decides."""

    def __init__(
        self, vocabulary: Vocabulary, language: str, recipe: Recipe, chance: random.Random
    ) -> None:
        self._vocabulary = vocabulary
        self._language = language
        self._recipe = recipe
        self._chance = chance
        self._english: dict[str, tuple[int, ...]] = {}
        shares: dict[str, dict[int, float]] = {}
        adjectives = set()
        content = set()
        for word, held in vocabulary.lexicon[language].items():
            row = vocabulary.words[language, word]
            for phrase, share in held.meaning:
                if " " not in phrase and row != SILENT:
                    mine = shares.setdefault(phrase, {})
                    mine[row] = max(mine.get(row, 0.0), share)
                    if held.pos == {"adj"}:
                        adjectives.add(phrase)
                    if held.pos & OPEN:
                        content.add(phrase)
        self._rows = {
            phrase: sorted(mine.items(), key=lambda item: (-item[1], item[0]))[: recipe.choices]
            for phrase, mine in shares.items()
        }
        self._adjectives = frozenset(adjectives)
        # Function words are glosses of the other language's own: their rows are the English ones.
        self._kept = (vocabulary.function_words[language] - content) | GRAMMAR

    def english(self, word: str) -> tuple[int, ...]:
        if word not in self._english:
            self._english[word] = self._vocabulary.read(word)
        return self._english[word]

    def pair(self, premise: str, hypothesis: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Both texts alike: the same share replaced, the same order, mostly the same choices."""
        share = self._chance.uniform(self._recipe.least, 1.0)
        reordered = self._chance.random() < self._recipe.reordered
        memory: dict[str, tuple[int, ...]] = {}
        crossed = self._chance.random() < self._recipe.crossed
        first = (
            self._vocabulary.read(premise)
            if crossed
            else self._text(premise, share, reordered, memory)
        )
        return first, self._text(hypothesis, share, reordered, memory)

    def _text(
        self, text: str, share: float, reordered: bool, memory: dict[str, tuple[int, ...]]
    ) -> tuple[int, ...]:
        found: list[int] = []
        for word in self._ordered(words(text), reordered):
            if self._chance.random() < share * DROPPED[self._language].get(word, 0.0):
                continue
            word = FOLDED[self._language].get(word, word)
            if word in self._kept or not word.isalpha() or self._chance.random() >= share:
                found += self.english(word)
            elif word in memory and self._chance.random() < self._recipe.constant:
                found += memory[word]
            else:
                memory[word] = self._switched(word)
                found += memory[word]
        return tuple(found) or self.english(".")

    def _ordered(self, found: Sequence[str], reordered: bool) -> Sequence[str]:
        if not reordered:
            return found
        if self._language in VERB_FINAL:
            return verb_final(found)
        return noun_first(found, self._adjectives)

    def _switched(self, word: str) -> tuple[int, ...]:
        known = lemma(word, self._rows)
        if known is not None and self._chance.random() >= self._recipe.unknown:
            rows, shares = zip(*self._rows[known], strict=True)
            return (int(self._chance.choices(rows, shares)[0]),)
        if self._chance.random() < self._recipe.unknown_without_word:
            return (self._vocabulary.unknown_row(word),)
        return self.english(word)
