"""The one door through which text enters, on ingest and on query.

``clean`` is the text as written, made canonical: that is what a lexeme keeps.
``search_key`` is what two spellings of one word have in common: that is what a lookup compares.
"""

import re
import unicodedata

from lexicon.errors import InvalidInput

VERSION = 1
"""Part of every encoder's identity: a vector is only comparable under one normaliser."""

MAX_TEXT = 1_000
"""Characters in a word, phrase or definition; a longer one is a document, not a lexeme."""

# Written or pasted along with a word without changing which word it is.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))
_APOSTROPHES = str.maketrans("\u2019\u02bc\u2018\uff07", "''''")
_WHITESPACE = re.compile(r"\s+")


def clean(text: str, what: str = "text") -> str:
    """``text`` in NFC, trimmed, with single spaces.

    Joiners (U+200C, U+200D) stay: they are part of how a Kannada or Hindi word is written.
    Raises :class:`InvalidInput` for empty text, control characters, lone surrogates and more
    than ``MAX_TEXT`` characters.

    >>> clean("  cafe\\u0301  au   lait ")
    'café au lait'
    """
    # Composing a megabyte first would be work done for a caller who is refused anyway.
    tidy = text
    if len(text) <= 4 * MAX_TEXT:
        tidy = unicodedata.normalize("NFC", _WHITESPACE.sub(" ", text).strip())
    if len(tidy) > MAX_TEXT:
        raise InvalidInput(
            f"{what} of {len(tidy):,} characters ({tidy[:20]!r}…) is longer than {MAX_TEXT:,}; "
            "shorten it to a word, phrase or definition"
        )
    if not tidy.translate(_INVISIBLE).strip():
        raise InvalidInput(f"empty {what} {text!r}; give at least one letter")
    for character in tidy:
        if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn"):
            raise InvalidInput(
                f"{what} {tidy[:40]!r} holds the character U+{ord(character):04X}, which is not "
                "text; remove it"
            )
    return tidy


def search_key(text: str) -> str:
    """What a lookup compares: ``clean`` text without case, joiners and apostrophe variants.

    Accents and nukta stay, because they tell words apart (French *a* and *à*).

    >>> search_key("L\\u2019Inde") == search_key("l'inde")
    True
    """
    # Folding first: the fold of "ŉ" is itself two characters, one of them an apostrophe.
    folded = text.casefold().translate(_INVISIBLE).translate(_APOSTROPHES)
    return unicodedata.normalize("NFC", _WHITESPACE.sub(" ", folded).strip())
