"""The languages a new store starts with, and the scripts they are written in.

Languages are rows of the store: a fifth is an import, not a release.
"""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class LanguageSeed:
    code: str
    name: str
    autonym: str
    script: str


SEED = (
    LanguageSeed("en", "English", "English", "Latn"),
    LanguageSeed("fr", "French", "français", "Latn"),
    LanguageSeed("hi", "Hindi", "हिन्दी", "Deva"),
    LanguageSeed("kn", "Kannada", "ಕನ್ನಡ", "Knda"),
)

# The first word of a letter's Unicode name is its script; ISO 15924 is what the field writes.
_ISO_15924 = {"LATIN": "Latn", "DEVANAGARI": "Deva", "KANNADA": "Knda", "GREEK": "Grek"}
_ISO_15924 |= {"CYRILLIC": "Cyrl", "ARABIC": "Arab", "BENGALI": "Beng", "TAMIL": "Taml"}
_ISO_15924 |= {"TELUGU": "Telu", "MALAYALAM": "Mlym", "CJK": "Hani", "GUJARATI": "Gujr"}

# Words that need no look at every letter: each is of one script and begins with a letter.
_LATIN = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f][A-Za-z\u00c0-\u024f '.\\-]*")
_DEVANAGARI = re.compile("[\u0904-\u0939][\u0900-\u0963 \\-]*")
_KANNADA = re.compile("[\u0c85-\u0cb9][\u0c82-\u0ccd \\-]*")


def script_of(text: str) -> str:
    """ISO 15924 code of the script of ``text``: ``Zyyy`` without letters, ``Zxxx`` when mixed.

    >>> [script_of(word) for word in ("eau", "पानी", "ನೀರು", "24", "eauನೀ")]
    ['Latn', 'Deva', 'Knda', 'Zyyy', 'Zxxx']
    """
    if _LATIN.fullmatch(text):
        return "Latn"
    if _KANNADA.fullmatch(text):
        return "Knda"
    if _DEVANAGARI.fullmatch(text):
        return "Deva"
    found = set()
    for character in text:
        # Modifier letters, such as the letter apostrophe, belong to every script.
        if unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lo"):
            name = unicodedata.name(character, "UNKNOWN").split()[0]
            found.add(_ISO_15924.get(name, "Zzzz"))
    if not found:
        return "Zyyy"
    return found.pop() if len(found) == 1 else "Zxxx"
