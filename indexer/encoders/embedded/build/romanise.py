"""A normaliser that writes every script in rough Latin capitals, as rules in tokenizer.json.

Words that are spelt alike for a reason (*computer*, कंप्यूटर, ಕಂಪ್ಯೂಟರ್) then share pieces, and
inflected forms keep their stem. It is lossy on purpose: known words never pass through it.
"""

from string import ascii_lowercase

from tokenizers import Regex, normalizers
from tokenizers.normalizers import Normalizer

# Kannada letters stand 0x380 above their Devanagari twins in Unicode, so one table does for both.
KANNADA = 0x380

CONSONANTS = {
    "k": "क",
    "kh": "ख",
    "g": "ग",
    "gh": "घ",
    "c": "च",
    "ch": "छ",
    "j": "ज",
    "jh": "झ",
    "t": "टत",
    "th": "ठथ",
    "d": "डद",
    "dh": "ढध",
    "n": "ङञणनऩ",
    "p": "प",
    "ph": "फ",
    "b": "ब",
    "bh": "भ",
    "m": "म",
    "y": "य",
    "r": "रऱ",
    "l": "लळऴ",
    "v": "व",
    "s": "शषस",
    "h": "ह",
}
VOWELS = {
    "a": "अआ",
    "i": "इई",
    "u": "उऊ",
    "ri": "ऋ",
    "e": "एऍऎ",
    "ai": "ऐ",
    "o": "ओऑऒ",
    "au": "औ",
}
VOWEL_SIGNS = {
    "a": "\u093e",
    "i": "\u093f\u0940",
    "u": "\u0941\u0942",
    "ri": "\u0943",
    "e": "\u0945\u0946\u0947",
    "ai": "\u0948",
    "o": "\u0949\u094a\u094b",
    "au": "\u094c",
}
NASAL_SIGNS = "\u0901\u0902\u0c81\u0c82"
SILENT = "\u093c\u0cbc\u094d\u0ccd\u200c\u200d\u0903\u0c83"

# Spellings of one sound, folded so that cognates meet.
SOUNDS = (
    ("ph", "f"),
    ("(?<=[kgcjtdbp])h", ""),
    ("[cq]", "k"),
    ("w", "v"),
    ("z", "j"),
    ("y", "i"),
)
DOUBLED = "aeioutnlmkrsdfbpgj"


def _both(letters: str) -> str:
    """The Devanagari letters and those Kannada twins that exist."""
    twins = (chr(ord(letter) + KANNADA) for letter in letters)
    return letters + "".join(twin for twin in twins if twin.isprintable())


def normaliser(languages: list[str]) -> Normalizer:
    """Rules from any of the scripts to rough Latin capitals; language markers vanish.

    Capitals, because known words are stored in lower case: a piece can then never be mistaken for
    a word.

    NFC comes first, and NFD only after the Indic letters are gone: NFD of a whole string would
    split Kannada vowel signs in two.

    >>> rules = normaliser(["kn"])
    >>> [rules.normalize_str(word) for word in ("कंप्यूटर", "ಕಂಪ್ಯೂಟರ್", "computer")]
    ['KANPIUTAR', 'KANPIUTAR', 'KOMPUTER']
    """
    rules: list[Normalizer] = [normalizers.Replace(f"<{code}>", "") for code in languages]
    rules += [normalizers.NFC(), normalizers.Lowercase()]
    # The inherent vowel is spoken before another letter, not before a vowel sign or virama. That
    # letter may have become Latin by an earlier rule; vowels have their turn later.
    follows = "(?=[a-z\u0901-\u0939\u0958-\u0963\u0c81-\u0cb9\u0cde-\u0ce3])"
    for latin, letters in CONSONANTS.items():
        rules.append(
            normalizers.Replace(Regex(f"[{_both(letters)}][\u093c\u0cbc]?{follows}"), latin + "a")
        )
        rules.append(normalizers.Replace(Regex(f"[{_both(letters)}]"), latin))
    for table in (VOWELS, VOWEL_SIGNS):
        for latin, letters in table.items():
            rules.append(normalizers.Replace(Regex(f"[{_both(letters)}]"), latin))
    rules.append(normalizers.Replace(Regex(f"[{NASAL_SIGNS}]"), "n"))
    rules.append(normalizers.Replace(Regex(f"[{SILENT}]"), ""))
    rules += [normalizers.NFD(), normalizers.StripAccents()]
    rules += [normalizers.Replace("œ", "oe"), normalizers.Replace("æ", "ae")]
    rules += [normalizers.Replace(Regex(spelt), said) for spelt, said in SOUNDS]
    rules += [normalizers.Replace(Regex(f"{letter}{letter}+"), letter) for letter in DOUBLED]
    rules += [normalizers.Replace(letter, letter.upper()) for letter in ascii_lowercase]
    return normalizers.Sequence(rules)
