"""What random pairs score is taken once in every edition of the words."""

from typing import Any

import pytest

from indexer.alignment import similarities as module
from indexer.alignment.pairwise import random_cosines
from indexer.alignment.similarities import Chance, Chances, similarities
from indexer.service import LexiconService
from lexicon import edits
from lexicon.store import writing
from tests.indexer.worlds import entry


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pairs of languages whose random pairs were drawn."""
    pairs: list[str] = []
    plain = random_cosines

    def counting(session: Any, one: Any, two: Any) -> Any:
        pairs.append(f"{one.language}-{two.language}")
        return plain(session, one, two)

    monkeypatch.setattr(module, "random_cosines", counting)
    return pairs


def test_chance_is_remembered_while_the_words_stay(
    service: LexiconService, taken: list[str]
) -> None:
    chances = Chances()
    first = similarities(service, "water", "en", chances=chances)
    again = similarities(service, "run", "en", targets=["kn"], chances=chances)
    assert taken == ["en-fr", "en-kn", "fr-kn"]
    assert first.chance == (
        Chance("en", "fr", 0.0), Chance("en", "kn", 0.0), Chance("fr", "kn", 0.0)
    )  # fmt: skip
    assert again.chance == (Chance("en", "kn", 0.0),)
    with writing(service.sessions) as session:
        edits.add(session, entry("ink", en="ink", fr="encre"))
    similarities(service, "run", "en", targets=["kn"], chances=chances)
    assert taken[3:] == ["en-kn"]


def test_little_is_remembered(
    service: LexiconService, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 1)
    chances = Chances()
    for _ in range(2):
        similarities(service, "water", "en", chances=chances)
    assert taken == 2 * ["en-fr", "en-kn", "fr-kn"]
