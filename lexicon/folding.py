"""What is left of a word when its spelling is forgiven: the key of suggestions, never of answers.

Latin words lose accents and case. Hindi and Kannada words are written in Latin letters as people
type them, then reduced to what all ways of typing them share: *paani*, *pānī* and पानी are all
``pni``. Lengths of vowels, the vowel *a* (often unwritten, as in कमल *kamal*), aspiration, nukta
and doubled consonants are what people differ in.
"""

import re
import unicodedata

# Row by row of the alphabet, the same in every script of India: a letter's place in its Unicode
# block says what it is. The vowel a inside a word is left out at once.
_CONSONANTS = "kkggnccjjnttddnttddnnpfbbmyrrlllvsssh"
_VOWELS = {0x05: "a", 0x06: "a", 0x07: "i", 0x08: "i", 0x09: "u", 0x0A: "u", 0x0B: "ri"}
_VOWELS |= {0x0C: "lri", 0x0D: "e", 0x0E: "e", 0x0F: "e", 0x10: "ai", 0x11: "o", 0x12: "o"}
_VOWELS |= {0x13: "o", 0x14: "au", 0x60: "ri", 0x61: "lri"}
_SIGNS = {0x3E: "", 0x3F: "i", 0x40: "i", 0x41: "u", 0x42: "u", 0x43: "ri", 0x44: "ri"}
_SIGNS |= {0x45: "e", 0x46: "e", 0x47: "e", 0x48: "ai", 0x49: "o", 0x4A: "o", 0x4B: "o"}
_SIGNS |= {0x4C: "au", 0x4D: "", 0x62: "lri", 0x63: "lri"}
# Nasal signs are n before anything; the nukta and the breath sign are not heard by most.
_MARKS = {0x01: "n", 0x02: "n", 0x03: "", 0x3C: "", 0x3D: "", 0x55: "", 0x56: ""}
# Letters that Unicode keeps whole: k kh g j d dh f y with a nukta.
_NUKTA_LETTERS = dict(zip(range(0x58, 0x60), "kkgjddfy", strict=True))


def _block(base: int) -> dict[int, str]:
    places = {0x15 + place: letter for place, letter in enumerate(_CONSONANTS)}
    places |= _VOWELS | _SIGNS | _MARKS | _NUKTA_LETTERS
    places |= {0x66 + digit: str(digit) for digit in range(10)}
    return {base + place: letter for place, letter in places.items()}


_INDIC = _block(0x0900) | _block(0x0C80)
_INDIC |= {0x0950: "om", 0x0CDD: "n", 0x0CDE: "l", 0x0972: "a", 0x200C: "", 0x200D: ""}
_INDIC |= dict.fromkeys(map(ord, " -'."), "")
_SCRIPTS = re.compile("[\u0900-\u097f\u0c80-\u0cff]")
_GNYA = "\u091c\u094d\u091e"  # written jñ, said gy

_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d"}
)
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")
_DOUBLED = re.compile(r"(.)\1+")
# As typed → as folded, longest first.
_TYPED = (
    ("ksh", "ks"), ("chh", "c"), ("ch", "c"), ("sh", "s"), ("ph", "f"), ("gny", "gy"), ("x", "ks"),
    ("ee", "i"), ("oo", "u"), ("ck", "k"), ("q", "k"), ("w", "v"), ("z", "j"),
)  # fmt: skip
_BREATH = re.compile("(?<=[bcdgjkt])h")


def fold(text: str) -> str:
    """The key that ``text`` shares with its likely misspellings; may be empty.

    For Latin script: letters and digits without accents or case. For Hindi and Kannada: the
    shared skeleton, the same as :func:`fold_romanised` gives for the word typed in Latin letters.

    >>> fold("Éléphant"), fold("पानी"), fold_romanised("paani")
    ('elephant', 'pni', 'pni')
    """
    if text.isascii():
        return text.lower() if text.isalnum() else _NOT_A_LETTER.sub("", text.lower())
    if _SCRIPTS.search(text):
        letters = text.replace(_GNYA, "gy").translate(_INDIC)
        return _skeleton(letters if letters.isascii() else _latin(letters))
    return _NOT_A_LETTER.sub("", _latin(text))


def fold_romanised(text: str) -> str:
    """The skeleton of a Hindi or Kannada word that was typed in Latin letters.

    >>> fold_romanised("neeru") == fold("ನೀರು")
    True
    """
    letters = _NOT_A_LETTER.sub("", _latin(text))
    for typed, folded in _TYPED:
        letters = letters.replace(typed, folded)
    return _skeleton(_BREATH.sub("", letters))


def _latin(text: str) -> str:
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFD", text).casefold().translate(_LIGATURES)
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _skeleton(letters: str) -> str:
    if not (letters.isascii() and letters.isalpha() and letters.islower()):
        letters = _NOT_A_LETTER.sub("", letters.lower())
    # A nasal before a lip is said m and typed either way.
    letters = letters.replace("mb", "nb").replace("mp", "np").replace("mf", "nf")
    rest = letters[1:].replace("a", "").replace("y", "i").replace("w", "v")
    folded = letters[:1] + rest
    return _DOUBLED.sub(r"\1", folded) if _DOUBLED.search(folded) else folded
