"""Translations that encoders put far apart."""

from collections.abc import Sequence

import numpy as np
import pytest

from indexer.build import build
from indexer.reports.outliers import outliers
from indexer.service import LexiconService
from lexicon.errors import InvalidInput
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import AxisEncoder, fill
from tests.indexer.worlds import Table, entry, register

AXES = np.eye(8)
WORDS = [f"w{number}" for number in range(8)]


def table(order: Sequence[int]) -> Table:
    return {
        "en": {word: AXES[place].tolist() for place, word in enumerate(WORDS)},
        "fr": {f"f{word}": AXES[order[place]].tolist() for place, word in enumerate(WORDS)},
    }


def add(
    service: LexiconService, patch: pytest.MonkeyPatch, name: str, vectors: Table, **more: object
) -> None:
    encoder = AxisEncoder(vectors, name=name, model_id=f"tests/{name}", dim=8, **more)
    build(service.sessions, service.generations, register(patch, encoder))


@pytest.fixture
def service(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> LexiconService:
    """``one`` has w0 and w1 the wrong way round, ``two`` also w2 and w3; ``known`` remembers."""
    fill(sessions, [entry(word, en=word, fr=f"f{word}") for word in WORDS])
    made = LexiconService(settings, sessions)
    add(made, monkeypatch, "one", table([1, 0, 2, 3, 4, 5, 6, 7]))
    add(made, monkeypatch, "two", table([1, 0, 3, 2, 4, 5, 6, 7]))
    add(made, monkeypatch, "known", table(range(8)), trained_on="this lexicon")
    return made


def test_what_all_doubt_comes_first_with_the_likelier_form(service: LexiconService) -> None:
    found = outliers(service, "en-fr", ["one", "two"], limit=4)
    assert found.encoders == ["one", "two"]
    assert (found.pairs, found.candidates) == (8, 8)
    first = found.outliers[:2]
    assert {one.source_form for one in first} == {"w0", "w1"}
    for one in first:
        assert one.likelier is not None
        assert one.likelier.form == {"w0": "fw1", "w1": "fw0"}[one.source_form]
        assert max(one.percentiles.values()) < one.likelier.percentile
        assert one.rank == 2.0
        assert one.gloss == f"gloss of {one.concept}"
    # What one of them finds is no outlier, whatever the other says.
    for one in found.outliers[2:]:
        assert max(one.percentiles.values()) > max(first[0].percentiles.values())


def test_the_one_that_remembers_is_not_asked_unless_named(service: LexiconService) -> None:
    found = outliers(service, "en-fr")
    assert found.encoders == ["one", "two"]
    # Its index is still there, but nothing opens it.
    assert list(found.unusable) == ["axis"]
    named = outliers(service, "en-fr", ["known"], limit=1)
    assert named.encoders == named.memorised == ["known"]
    # It finds every listed form first, so nothing is likelier.
    assert [one.likelier for one in named.outliers] == [None]


def test_the_same_twice_is_the_same(service: LexiconService) -> None:
    first = outliers(service, "fr-en", limit=8)
    assert first.model_dump_json() == outliers(service, "fr-en", limit=8).model_dump_json()
    assert len(first.outliers) == 8


def test_what_cannot_be_answered_is_refused(service: LexiconService) -> None:
    with pytest.raises(InvalidInput, match="limit 0 is less than 1"):
        outliers(service, "en-fr", limit=0)
    with pytest.raises(InvalidInput, match="pair 'en-en' is not two different known languages"):
        outliers(service, "en-en")


def test_without_an_index_there_is_no_opinion(settings: Settings, sessions: Sessions) -> None:
    fill(sessions, [entry("w", en="w", fr="f")])
    with pytest.raises(InvalidInput, match="no encoder has an index of en and fr"):
        outliers(LexiconService(settings, sessions), "en-fr")


def test_without_random_pairs_there_is_no_measure(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sessions, [entry("w0", en="w0", fr="fw0")])
    alone = LexiconService(settings, sessions)
    add(alone, monkeypatch, "one", table(range(8)))
    with pytest.raises(InvalidInput, match="no random pairs to judge them by"):
        outliers(alone, "en-fr")
