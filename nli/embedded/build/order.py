"""The order of words: English clauses made roughly verb-final, as Hindi and Kannada have them."""

from collections.abc import Container, Sequence

_PREPOSITIONS = """
of in on at to from with without by about for into under above near inside outside during between
after before until through against over behind toward among around
"""
_AUXILIARIES = """
is are was were am be been being will would can could may might must should shall have has had do
does did not never
"""
_CONJUNCTIONS = "and or but because if when that which who so although while where since"
_PRONOUNS = "i you he she it we they this that these those there"

PREPOSITIONS = frozenset(_PREPOSITIONS.split())
AUXILIARIES = frozenset(_AUXILIARIES.split())
CONJUNCTIONS = frozenset(_CONJUNCTIONS.split())
PRONOUNS = frozenset(_PRONOUNS.split())
GRAMMAR = PREPOSITIONS | AUXILIARIES | CONJUNCTIONS | PRONOUNS
ARTICLES = frozenset(("a", "an", "the"))
NEGATIVES = frozenset(("not", "never"))
COPULAS = frozenset(("is", "are", "was", "were", "am"))

PHRASE = 4
"""Words that a postposition may follow."""


def verb_final(words: Sequence[str]) -> list[str]:
    """Clause by clause: postpositions for prepositions, auxiliaries last, *not* before them.

    >>> " ".join(verb_final("he does not live in the house".split()))
    'he the house in live not does'
    """
    found: list[str] = []
    clause: list[str] = []
    for word in words:
        if word in CONJUNCTIONS or not word[0].isalnum():
            found += [*_clause(clause), word]
            clause = []
        else:
            clause.append(word)
    return found + _clause(clause)


def _clause(words: list[str]) -> list[str]:
    place = next((place for place, word in enumerate(words) if word in AUXILIARIES), None)
    if place is None:
        return postpositions(words)
    end = place
    while end < len(words) and words[end] in AUXILIARIES:
        end += 1
    group = words[place:end]
    verb = []
    # After a bare copula comes what the subject is, not a verb.
    if not set(group) <= COPULAS | NEGATIVES or (end < len(words) and words[end].endswith("ing")):
        verb = words[end : end + 1]
    rest = postpositions(words[end + len(verb) :])
    negative = [word for word in group if word in NEGATIVES]
    others = [word for word in group if word not in NEGATIVES]
    return [*postpositions(words[:place]), *rest, *verb, *negative, *others]


def postpositions(words: Sequence[str]) -> list[str]:
    """Prepositions after the phrase that they stand before.

    >>> postpositions(["book", "on", "the", "table"])
    ['book', 'the', 'table', 'on']
    """
    stops = PREPOSITIONS | AUXILIARIES | PRONOUNS
    found: list[str] = []
    place = 0
    while place < len(words):
        end = place + 1
        if words[place] in PREPOSITIONS:
            while end < len(words) and end - place <= PHRASE and words[end] not in stops:
                end += 1
            found += words[place + 1 : end]
        found.append(words[place])
        place = end
    return found


def noun_first(words: Sequence[str], adjectives: Container[str]) -> list[str]:
    """Adjectives after the word that they stand before, as most are in French.

    >>> noun_first(["a", "red", "car", "."], {"red"})
    ['a', 'car', 'red', '.']
    """
    found = list(words)
    for place in range(len(found) - 2, -1, -1):
        after = found[place + 1]
        free = after.isalpha() and after not in PREPOSITIONS | AUXILIARIES | CONJUNCTIONS | PRONOUNS
        if found[place] in adjectives and free:
            found[place], found[place + 1] = after, found[place]
    return found
