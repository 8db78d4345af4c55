"""Encoders whose alignment is known, because it was put there.

As a program, ``python -m tests.indexer.reports.synthetic HOME ENCODER`` prints a report of one of
them as JSON.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.build import build
from indexer.reports.report import AlignmentReport, Parameters, report
from indexer.service import LexiconService
from lexicon import store
from lexicon.entries import ConceptEntry
from lexicon.settings import Settings
from tests.conftest import AxisEncoder, fill
from tests.indexer.worlds import entry, register

SIZE = 400
DIM = 32
LANGUAGES = ("en", "fr", "hi")
QUICK = Parameters(samples=100, random_pairs=2_000, broken_down=False)

Rows = NDArray[np.float64]
Meanings = Mapping[str, Rows]
"""(words, dim) by language; row n is a word of concept n."""


def _random(name: str) -> np.random.Generator:
    return np.random.default_rng(list(name.encode()))


def _unit(rows: Rows) -> Rows:
    found: Rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found


def _noise(name: str) -> Rows:
    """Rows of about unit length without a direction in common."""
    found: Rows = _random(name).standard_normal((SIZE, DIM)) / DIM**0.5
    return found


def aligned() -> Meanings:
    """Translations share most of what their vectors say."""
    return {code: _noise("meaning") + 0.5 * _noise(code) for code in LANGUAGES}


def rotated() -> Meanings:
    """As :func:`aligned`, each language turned its own way: onto other axes, so that no direction
    stays near itself by chance."""
    return {code: np.roll(rows, 5 * turn, 1) for turn, (code, rows) in enumerate(aligned().items())}


def independent() -> Meanings:
    """Translations have nothing in common."""
    return {code: _noise(f"only {code}") for code in LANGUAGES}


def leaning(rows: Meanings) -> Meanings:
    """All words have a long mean in common."""
    mean = 7 * _unit(_random("mean").standard_normal((1, DIM)))
    return {code: some + mean for code, some in rows.items()}


def word(code: str, number: int) -> str:
    return f"{code}{number}"


def entries() -> list[ConceptEntry]:
    """Nouns and verbs; every fiftieth concept has an English word with the one before it."""
    return [
        entry(
            f"c{number}",
            "verb" if number % 3 == 0 else "noun",
            **{code: word(code, number) for code in LANGUAGES if code != "en"},
            en="|".join(word("en", one) for one in {number, number - (number % 50 == 7)}),
        )
        for number in range(SIZE)
    ]


def encoders() -> list[AxisEncoder]:
    made = {
        "aligned": aligned(),
        "rotated": rotated(),
        "random": independent(),
        "anisotropic": leaning(independent()),
        "leaning": leaning(aligned()),
        "taught": aligned(),
    }
    return [
        AxisEncoder(
            {
                code: {word(code, number): row.tolist() for number, row in enumerate(_unit(some))}
                for code, some in rows.items()
            },
            name=name,
            model_id=f"tests/{name}",
            dim=DIM,
            trained_on="this lexicon" if name == "taught" else None,
        )
        for name, rows in made.items()
    ]


def opened(home: Path, patch: pytest.MonkeyPatch) -> LexiconService:
    """A service of ``home`` that knows the encoders."""
    for encoder in encoders():
        register(patch, encoder)
    settings = Settings(home=home, encoder="aligned")
    return LexiconService(settings, store.open_store(settings))


def made(service: LexiconService) -> LexiconService:
    """The same service, its store filled and its indices built."""
    fill(service.sessions, entries())
    for encoder in encoders():
        build(service.sessions, service.generations, encoder)
    return service


def scored(service: LexiconService, name: str, *pairs: str) -> AlignmentReport:
    return report(service, name, pairs, parameters=QUICK)


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as context:
        there = scored(opened(Path(sys.argv[1]), context), sys.argv[2], "en-fr", "fr-en")
        print(there.model_dump_json())
