"""The door through which premises and hypotheses reach a classifier."""

from collections.abc import Sequence
from dataclasses import replace

from lexicon.errors import InvalidInput
from lexicon.normalize import clean
from nli.protocol import NliPair

MAX_TEXT = 100_000
"""Characters in a premise or hypothesis; a classifier reads the beginning of a long one."""


def tidy(pairs: Sequence[NliPair]) -> list[NliPair]:
    """The pairs with both texts made canonical.

    Raises :class:`InvalidInput` for text that is empty, longer than ``MAX_TEXT`` or not text, and
    says of which pair, from 1.

    >>> tidy([NliPair("Il  pleut. ", "It rains.")])[0].premise
    'Il pleut.'
    """
    return [_tidy(pair, number, len(pairs)) for number, pair in enumerate(pairs, start=1)]


def _tidy(pair: NliPair, number: int, count: int) -> NliPair:
    try:
        return replace(
            pair,
            premise=clean(pair.premise, "premise", MAX_TEXT),
            hypothesis=clean(pair.hypothesis, "hypothesis", MAX_TEXT),
        )
    except InvalidInput as error:
        raise InvalidInput(f"pair {number}: {error}" if count > 1 else str(error)) from error
