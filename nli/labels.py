"""The three labels of natural language inference, whatever a file or checkpoint calls them."""

from lexicon.errors import InvalidInput
from lexicon.models import NLI_LABELS

SYNONYMS = {
    "contradictory": "contradiction",
    "contradicts": "contradiction",
    "entails": "entailment",
    "entailed": "entailment",
}


def canonical(label: str) -> str:
    """``entailment``, ``neutral`` or ``contradiction``; :class:`InvalidInput` for other words.

    >>> canonical(" CONTRADICTORY ")
    'contradiction'
    """
    word = label.strip().casefold()
    word = SYNONYMS.get(word, word)
    if word not in NLI_LABELS:
        raise InvalidInput(f"unknown NLI label {label!r}; known: {', '.join(NLI_LABELS)}")
    return word
