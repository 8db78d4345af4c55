"""The three labels of natural language inference, whatever a file or checkpoint calls them."""

from collections.abc import Sequence

from lexicon.errors import InvalidInput
from lexicon.models import NLI_LABELS

SYNONYMS = {
    "contradictory": "contradiction",
    "contradicts": "contradiction",
    "entails": "entailment",
    "entailed": "entailment",
}

# What data sets write where annotators did not agree, or where the answer is kept back.
UNLABELLED = frozenset(("", "-", "-1", "hidden"))


def canonical(label: str) -> str:
    """``entailment``, ``neutral`` or ``contradiction``; :class:`InvalidInput` for other words.

    >>> canonical(" CONTRADICTORY ")
    'contradiction'
    """
    word = label.strip().casefold()
    word = SYNONYMS.get(word, word)
    if word not in NLI_LABELS:
        raise InvalidInput(f"unknown NLI label {label[:40]!r}; known: {', '.join(NLI_LABELS)}")
    return word


def order(words: Sequence[str]) -> tuple[str, ...]:
    """The three labels in the order that a file counts them from 0.

    >>> order(["contradiction", "entails", "neutral"])
    ('contradiction', 'entailment', 'neutral')
    """
    found = tuple(canonical(word) for word in words)
    if sorted(found) != sorted(NLI_LABELS):
        raise InvalidInput(
            f"the order of labels {','.join(words)!r} must name each of "
            f"{', '.join(NLI_LABELS)} once"
        )
    return found


def from_integer(value: int, order: Sequence[str] = NLI_LABELS) -> str | None:
    """The label that a file writes as ``value``; None for -1, which is no gold label.

    >>> from_integer(2)
    'contradiction'
    """
    if value == -1:
        return None
    if not 0 <= value < len(order):
        shown = ", ".join(f"{number} {label}" for number, label in enumerate(order))
        raise InvalidInput(f"unknown NLI label {value}; known: {shown}, -1 none")
    return order[value]


def gold(value: object, order: Sequence[str] = NLI_LABELS) -> str | None:
    """The gold label that a file writes as a word, as an integer or as an integer's digits.

    None where there is none: ``-``, -1, nothing, and what else is in ``UNLABELLED``.

    >>> gold("0"), gold("Neutral"), gold("-")
    ('entailment', 'neutral', None)
    """
    if value is None:
        return None
    if isinstance(value, str):
        word = value.strip().casefold()
        if word in UNLABELLED:
            return None
        if word.isascii() and word.isdigit() and len(word) < 10:
            return from_integer(int(word), order)
        return canonical(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return from_integer(value, order)
    if isinstance(value, float) and value.is_integer():
        # A column of integers with gaps is written as decimals by some programs.
        return from_integer(int(value), order)
    raise InvalidInput(f"the NLI label {str(value)[:40]} is neither a word nor an integer")
