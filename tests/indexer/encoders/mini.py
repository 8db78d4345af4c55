"""A lexicon of a dozen concepts in four languages, and a teacher who needs no weights."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from indexer.encoders.embedded.build.distil import Recipe
from indexer.encoders.embedded.build.teacher import Matrix, unit
from lexicon.entries import ConceptEntry, checked

RECIPE = Recipe(dim=16, english_words=8, pieces=80)


def _entry(key: str, field: str, gloss: str, en: str, fr: str, hi: str, kn: str) -> ConceptEntry:
    pos = key.split(".")[1]
    return checked(key, pos, field, gloss, {"en": en, "fr": fr, "hi": hi, "kn": kn})


MINI: tuple[ConceptEntry, ...] = (
    _entry("water.noun.1", "water", "clear liquid", "water", "eau", "पानी|जल", "ನೀರು|ಜಲ"),
    _entry("gold.noun.1", "material", "yellow metal", "gold", "or", "सोना", "ಚಿನ್ನ"),
    _entry("or.conj.1", "conjunction", "joins alternatives", "or", "ou", "या", "ಅಥವಾ"),
    _entry("orange.noun.1", "food", "round fruit", "orange", "orange", "संतरा", "ಕಿತ್ತಳೆ"),
    _entry("bank.noun.1", "landscape", "land beside a river", "bank|shore", "rive", "तट", "ದಡ"),
    _entry("bank.noun.2", "money", "house that keeps money", "bank", "banque", "बैंक", "ಬ್ಯಾಂಕ್"),
    _entry(
        "computer.noun.1",
        "technology",
        "machine that computes",
        "computer",
        "ordinateur",
        "कंप्यूटर",
        "ಕಂಪ್ಯೂಟರ್",
    ),
    _entry("sound.noun.1", "perception", "what is heard", "sound", "son", "ध्वनि", "ಶಬ್ದ"),
    _entry("big.adj.1", "quality", "of great size", "big|large", "grand", "बड़ा", "ದೊಡ್ಡ"),
    _entry("sleep.verb.1", "life", "to rest with eyes shut", "sleep", "dormir", "सोना", "ಮಲಗು"),
    _entry("india.propn.1", "place", "country in Asia", "India", "Inde", "भारत", "ಭಾರತ"),
    _entry("france.propn.1", "place", "country in Europe", "France", "France", "फ़्रांस", "ಫ್ರಾನ್ಸ್"),
    _entry(
        "ice.noun.1",
        "food",
        "frozen sweet",
        "ice cream|ice-cream",
        "crème glacée",
        "आइसक्रीम",
        "ಐಸ್ ಕ್ರೀಮ್",
    ),
)
"""French *or* is English *gold*; Hindi सोना is gold and to sleep; *orange* begins with *or*."""

FREQUENT = ("the", "water", "son", "liquid", "huge", "orchard", "money", "river")
"""*son* is French for sound; *orchard* begins with *or*; *water* is in the lexicon."""


class HashTeacher:
    """Every text has a direction of its own, and the same one always."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Matrix:
        self.asked += texts
        seeds = [int.from_bytes(sha256(text.encode()).digest()[:8]) for text in texts]
        return unit(np.stack([np.random.default_rng(s).standard_normal(48) for s in seeds]))

    def frequent_words(self, count: int) -> list[str]:
        return list(FREQUENT[:count])
