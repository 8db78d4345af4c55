"""Two encoders on the words that both cover."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from indexer.build import build
from indexer.reports.compare import compare, two_sided
from indexer.reports.report import Parameters
from indexer.service import LexiconService
from lexicon.errors import InvalidInput
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import AxisEncoder, fill
from tests.indexer.worlds import Table, entry, register

FEW = Parameters(samples=100)
AXES = np.eye(8)
WORDS = [f"w{number}" for number in range(8)]
ENTRIES = [entry(word, en=word, fr=f"f{word}") for word in WORDS]


def table(order: Sequence[int], known: Sequence[str] = WORDS) -> Table:
    """English words on one axis each; French ones on the axis of the word in ``order``."""
    english = {word: AXES[place].tolist() for place, word in enumerate(WORDS) if word in known}
    french = {f"f{word}": AXES[order[place]].tolist() for place, word in enumerate(WORDS)}
    return {"en": english, "fr": french}


@pytest.fixture
def pair(settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> LexiconService:
    """``right`` finds all eight words; ``half`` has four of them the wrong way round and does not
    know ``w7``."""
    fill(sessions, ENTRIES)
    service = LexiconService(settings, sessions)
    tables: Mapping[str, Table] = {
        "right": table(range(8)),
        "half": table([1, 0, 3, 2, 4, 5, 6, 7], WORDS[:7]),
    }
    for name, vectors in tables.items():
        encoder = AxisEncoder(vectors, name=name, model_id=f"tests/{name}", dim=8)
        build(sessions, service.generations, register(monkeypatch, encoder))
    return service


def test_only_words_that_both_cover_are_asked_for(pair: LexiconService) -> None:
    (found,) = compare(pair, "half", "right", ["en-fr"], parameters=FEW).pairs
    assert (found.forms, found.concepts) == (7, 7)
    assert found.candidates == 8


def test_the_second_less_the_first_by_hand(pair: LexiconService) -> None:
    (found,) = compare(pair, "half", "right", ["en-fr"], parameters=FEW).pairs
    gain = found.distinct["p_at_1"]
    assert gain is not None
    assert gain.first == pytest.approx(3 / 7, abs=1e-6)
    assert (gain.second, gain.n) == (1.0, 7)
    assert gain.difference == pytest.approx(4 / 7, abs=1e-6)
    assert gain.low is not None
    assert gain.high is not None
    assert 0 < gain.low < gain.difference < gain.high <= 1
    assert gain.p is not None
    assert gain.p < 0.05


def test_turned_round_the_sign_changes_and_nothing_else(pair: LexiconService) -> None:
    (one,) = compare(pair, "half", "right", ["en-fr"], parameters=FEW).pairs
    (other,) = compare(pair, "right", "half", ["en-fr"], parameters=FEW).pairs
    for name, found in one.all.items():
        back = other.all[name]
        assert (found is None) == (back is None)
        if found is not None and back is not None:
            assert found.difference == -back.difference
            assert found.p == back.p
            assert found.low == (None if back.high is None else -back.high)


def test_the_same_twice_is_the_same(pair: LexiconService) -> None:
    first = compare(pair, "half", "right", parameters=FEW)
    assert [(one.source, one.target) for one in first.pairs] == [("en", "fr"), ("fr", "en")]
    again = compare(pair, "half", "right", parameters=FEW)
    assert first.model_dump_json() == again.model_dump_json()


def test_an_encoder_is_not_compared_with_itself(pair: LexiconService) -> None:
    with pytest.raises(InvalidInput, match="'half' and 'half' are one encoder"):
        compare(pair, "half", "half")


def test_memorised_encoders_are_named_so(
    pair: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    knowing = AxisEncoder(
        table(range(8)), name="knowing", model_id="tests/knowing", dim=8, trained_on="x"
    )
    build(pair.sessions, pair.generations, register(monkeypatch, knowing))
    assert compare(pair, "half", "knowing", ["en-fr"], parameters=FEW).evaluations == (
        "zero-shot",
        "memorised",
    )


@pytest.mark.parametrize(
    ("samples", "expected"),
    [([1.0] * 99, 2 / 100), ([-1.0] * 99, 2 / 100), ([0.0] * 99, 1.0), ([1.0, -1.0, 1.0], 1.0)],
)
def test_a_share_is_never_nothing(samples: list[float], expected: float) -> None:
    assert two_sided(np.array(samples)) == pytest.approx(expected)
