"""What the tokenizer does to a text before it looks words up: one spelling for each of them, and
a mark on words that English and French share, where the text is French."""

from collections.abc import Iterable

from tokenizers import Regex, normalizers
from tokenizers.normalizers import Normalizer

FRENCH = "ᶠ"
"""Stands before a word that is to be read as French: ``ᶠpain`` is bread."""

VERDICT = f" {FRENCH}"
"""Ends a text that is French beyond doubt, and is not itself read."""

ELIDED = "ʼ"
"""Ends a word that lost its vowel. A letter to Unicode, so that no tokenizer cuts there."""

INVISIBLE = "[\u200b-\u200f\u2060\ufeff\u00ad]"
APOSTROPHES = "[\u2019\u02bc\u2018\uff07]"
NUKTA = "[\u093c\u0cbc]"

# What tells French words apart that differ by nothing but an accent; all other accents go, as in
# the vocabulary of the base.
KEPT = {"à": "ā", "là": "lā", "où": "oū", "dès": "dēs", "sûr": "sūr", "été": "ētē", "né": "nē"}
ACCENTS = {
    "a": "àâäáãå",
    "c": "ç",
    "e": "éèêë",
    "i": "îïíì",
    "n": "ñ",
    "o": "ôöóòõ",
    "u": "ûüúù",
    "y": "ÿý",
    "oe": "œ",
    "ae": "æ",
}

# Words that say which of the two languages a text is, spelt as after the rules above.
_FRENCH = """
le la les un une des du de et est sont dans que qui ne pas il elle ils elles je nous vous ce cette
ces avec pour mais ou etait etaient aux au se sa ses leur leurs mon ma mes tres plus ont avait ētē ā
oū lā lʼ dʼ quʼ cʼ nʼ jʼ sʼ mʼ tʼ tout tous toutes comme fait peut bien aussi sans etre avoir
"""
_ENGLISH = """
the of and is are was were to that this with have has had not you he she they it we i my his her
their be been will would can could do does did at by for from what when there who how if so but
because about than then them these those your our its it some any which
"""
FRENCH_CUES = frozenset(_FRENCH.split())
ENGLISH_CUES = frozenset(_ENGLISH.split())


def alternatives(words: Iterable[str]) -> str:
    """A pattern that matches any of ``words``, grouped by first letter so that it fails early.

    >>> alternatives(["pain", "on", "or"])
    'o(?:n|r)|p(?:ain)'
    """
    groups: dict[str, list[str]] = {}
    for word in sorted(set(words)):
        groups.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in groups.items())


def spelling() -> Normalizer:
    """One spelling for each word: lower case, no accents, no nukta, ASCII digits.

    >>> spelling().normalize_str("L’École où j’ai lu १२ किताबें।")
    'lʼ ecole oū jʼ ai lu 12 किताबें.'
    """
    rules: list[Normalizer] = [normalizers.NFC(), normalizers.Lowercase()]
    rules += [
        normalizers.Replace(Regex(INVISIBLE), ""),
        normalizers.Replace(Regex(APOSTROPHES), "'"),
        normalizers.Replace(Regex(NUKTA), ""),
        normalizers.Replace("\u0901", "\u0902"),
        normalizers.Replace(Regex("[\u0964\u0965]"), "."),
    ]
    rules += [
        normalizers.Replace(Regex(f"[{chr(0x966 + digit)}{chr(0xCE6 + digit)}]"), str(digit))
        for digit in range(10)
    ]
    # A letter may stand before a combining mark of another script, but not before these words.
    rules += [normalizers.Replace(Regex(rf"\b{word}\b"), kept) for word, kept in KEPT.items()]
    rules += [
        normalizers.Replace(Regex(f"[{letters}]"), plain) for plain, letters in ACCENTS.items()
    ]
    # English n't is left alone.
    elided = r"\b[cdjlmnst]|\bqu|\bjusqu|\blorsqu|\bpuisqu|\bquelqu|\baujourd"
    rules.append(normalizers.Replace(Regex(rf"(?<={elided})' ?(?!t\b)(?=\p{{L}})"), ELIDED + " "))
    return normalizers.Sequence(rules)


def normaliser(shared: Iterable[str]) -> Normalizer:
    """:func:`spelling`, then the mark before every word of ``shared`` in a French text: one that
    has a word only French has, and none that only English has.

    >>> rules = normaliser(["pain", "on"])
    >>> rules.normalize_str("On a du pain"), rules.normalize_str("The pain goes on")
    ('ᶠon a du ᶠpain', 'the pain goes on')
    >>> rules.normalize_str("Pain blanc" + VERDICT)
    'ᶠpain blanc'
    """
    marks: list[Normalizer] = []
    if words := alternatives(shared):
        french, english = alternatives(FRENCH_CUES), alternatives(ENGLISH_CUES)
        # The verdict waits at the end of the text, where looking ahead can see it.
        verdict = rf"(?m)\A(?=.*\b(?:{french})\b)(?!.*\b(?:{english})\b).*\K\z"
        marks = [
            normalizers.Replace(Regex(verdict), VERDICT),
            normalizers.Replace(Regex(rf"(?m)\b(?=(?:{words})\b.*{VERDICT}\z)"), FRENCH),
            normalizers.Replace(Regex(rf"(?:{VERDICT})+\z"), ""),
        ]
    return normalizers.Sequence([spelling(), *marks])
