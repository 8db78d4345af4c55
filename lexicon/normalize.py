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

# Letters, marks and signs of the lexicon's scripts that are text beyond doubt, so that nine words
# in ten need no closer look. Composition is still checked: it depends on neighbours.
_LETTER = (
    "!-~\u00a1-\u00ac\u00ae-\u024f\u2019\u0900-\u097f"
    "\u0c82\u0c83\u0c85-\u0c8c\u0c8e-\u0c90\u0c92-\u0ca8\u0caa-\u0cb3\u0cb5-\u0cb9"
    "\u0cbc-\u0cc4\u0cc6-\u0cc8\u0cca-\u0ccd"
)
# Scripts without case: nothing to fold, provided that nothing is to be composed either.
_CASELESS = re.compile(
    "[\u0904-\u0928\u092a-\u0930\u0932\u0935-\u0939\u093e-\u094d]+|[\u0c85-\u0cb9\u0cbe-\u0cc4\u0cc7\u0cc8\u0ccb-\u0ccd]+"
)
_PLAIN = re.compile(f"[{_LETTER}]+(?: [{_LETTER}]+)*")


def clean(text: str, what: str = "text", limit: int = MAX_TEXT) -> str:
    """``text`` in NFC, trimmed, with single spaces.

    Joiners (U+200C, U+200D) stay: they are part of how a Kannada or Hindi word is written.
    Raises :class:`InvalidInput` for empty text, control characters, lone surrogates and more
    than ``limit`` characters.

    >>> clean("  cafe\\u0301  au   lait ")
    'café au lait'
    """
    if len(text) <= limit and _PLAIN.fullmatch(text) and unicodedata.is_normalized("NFC", text):
        return text
    # Composing a megabyte first would be work done for a caller who is refused anyway.
    tidy = text
    if len(text) <= 4 * limit:
        tidy = unicodedata.normalize("NFC", _WHITESPACE.sub(" ", text).strip())
    if len(tidy) > limit:
        remedy = "shorten it to a word, phrase or definition" if limit == MAX_TEXT else "shorten it"
        raise InvalidInput(
            f"{what} of {len(tidy):,} characters ({tidy[:20]!r}…) is longer than {limit:,}; "
            f"{remedy}"
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
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip().lower()
    if _CASELESS.fullmatch(text):
        return text
    # Folding first: the fold of "ŉ" is itself two characters, one of them an apostrophe.
    folded = text.casefold().translate(_INVISIBLE).translate(_APOSTROPHES)
    return unicodedata.normalize("NFC", _WHITESPACE.sub(" ", folded).strip())
