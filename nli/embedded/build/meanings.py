"""What words of French, Hindi and Kannada mean in English, as weights over English phrases."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lexicon.entries import ConceptEntry

Meaning = tuple[tuple[str, float], ...]
"""English phrases and their weights, which sum to 1, the heaviest first."""

SENSES = 5
"""English phrases that a word is made of at most."""

RARE = 2.5
"""The Zipf value of an English phrase that nobody has counted."""

FREQUENCY_WEIGHT = 0.3
"""Of two English words for one, the common one is likelier meant: 10 ** (this * Zipf)."""

LIGHT = {
    "hi": "करना होना देना लेना जाना आना रखना लगाना लगना बनाना पाना पड़ना डालना",
    "kn": "ಮಾಡು ಆಗು ಕೊಡು ಹಾಕು ಪಡು ಹೊಂದು ನೀಡು ಮಾಡಿಸು ಇರು",
}
"""Verbs that only make verbs of other words: शुरू करना is to begin, and शुरू is what says so."""

REFLEXIVE = ("se ", "s'")


@dataclass(frozen=True)
class Word:
    """``meaning`` of a word of one language, and the parts of speech that it has."""

    meaning: Meaning
    pos: frozenset[str] = field(default_factory=frozenset)


def weighted(shares: Mapping[str, float]) -> Meaning:
    """The heaviest phrases, weights rounded so that equal words share a row.

    >>> weighted({"water": 3.0, "rain": 1.0})
    (('water', 0.75), ('rain', 0.25))
    """
    ranked = sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:SENSES]
    total = sum(share for _, share in ranked)
    rounded = [(phrase, round(share / total, 2)) for phrase, share in ranked]
    kept = [(phrase, share) for phrase, share in rounded if share >= 0.05]
    total = sum(share for _, share in kept)
    return tuple((phrase, round(share / total, 4)) for phrase, share in kept)


def words(
    entries: Sequence[ConceptEntry],
    language: str,
    zipf: Mapping[tuple[str, str], float],
    spelt: Callable[[str], str],
) -> dict[str, Word]:
    """Every word of ``language`` that is one token, spelt as the tokenizer reads it.

    A concept's English forms count by rank (1, 1/2, 1/3 …) and by how common they are; so does
    the concept, by the rank that the word has among the language's forms.
    """
    shares: dict[str, dict[str, float]] = {}
    pos: dict[str, set[str]] = {}
    for entry in entries:
        english = entry.forms.get("en", ())
        for place, lemma in enumerate(entry.forms.get(language, ())):
            word = spelt(bare(lemma, language))
            if not english or not is_word(word):
                continue
            pos.setdefault(word, set()).add(entry.pos)
            mine = shares.setdefault(word, {})
            for rank, form in enumerate(english):
                phrase = spelt(form)
                common = 10 ** (FREQUENCY_WEIGHT * (zipf.get(("en", form), RARE) - 4))
                mine[phrase] = mine.get(phrase, 0.0) + common / (1 + rank) / (1 + place)
    return {word: Word(weighted(mine), frozenset(pos[word])) for word, mine in shares.items()}


def bare(lemma: str, language: str) -> str:
    """``lemma`` without a light verb or a reflexive pronoun.

    >>> bare("शुरू करना", "hi"), bare("se laver", "fr"), bare("करना", "hi")
    ('शुरू', 'laver', 'करना')
    """
    first, _, last = lemma.rpartition(" ")
    if first and last in LIGHT.get(language, "").split():
        return first
    if language == "fr" and lemma.startswith(REFLEXIVE):
        return lemma.removeprefix(REFLEXIVE[0]).removeprefix(REFLEXIVE[1])
    return lemma


def is_word(text: str) -> bool:
    """Whether the tokenizer would take ``text`` as one word: letters and vowel signs alone.

    >>> [is_word(text) for text in ("ಮನೆ", "पानी", "bien que", "lʼ", "24")]
    [True, True, False, True, False]
    """
    return bool(text) and all(
        letter.isalpha() or "\u0900" <= letter <= "\u0963" or "\u0c80" <= letter <= "\u0ce5"
        for letter in text
    )
