"""Predicting in the background: followed, not started twice, and told when it fails."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence

import pytest

from lexicon.errors import EncoderFault, InvalidInput, UnknownRun
from lexicon.store import Sessions
from nli import run_ids, runs
from nli.protocol import NliPair, NliScores
from nli.runs import PredictionRun, PredictionRuns
from tests.lexicon.sentences import know_languages
from tests.nli.stub import SPEC, StubNli, add_pairs

PATIENCE = 30.0


@pytest.fixture(autouse=True)
def pairs(sessions: Sessions) -> None:
    """Twelve English pairs and four in French."""
    know_languages(sessions)
    add_pairs(sessions, 12)
    add_pairs(sessions, 4, languages=("fr", "fr"))


class HeldNli(StubNli):
    """Answers when it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
        assert self.go.wait(PATIENCE)
        return super().classify(pairs)


def ended(made: PredictionRuns, name: str, sessions: Sessions) -> PredictionRun:
    deadline = time.monotonic() + PATIENCE
    while made.get(name, sessions).state == "running":
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return made.get(name, sessions)


def test_a_run_is_followed_to_its_end(sessions: Sessions) -> None:
    made, classifier = PredictionRuns(), HeldNli()
    begun = made.start(sessions, classifier, "xnli", "test", "en")
    assert (begun.state, begun.model, begun.ended_at) == ("running", SPEC.identity, None)
    assert (begun.dataset, begun.split, begun.language) == ("xnli", "test", "en")
    assert made.get(begun.id, sessions).pairs_per_second is None
    classifier.go.set()
    last = ended(made, begun.id, sessions)
    assert (last.state, last.done, last.total, last.error) == ("done", 12, 12, None)
    assert last.pairs_per_second is not None
    assert last.pairs_per_second > 0
    assert last.ended_at is not None
    assert last.ended_at >= last.started_at
    again = ended(made, made.start(sessions, classifier, "xnli", "test", "en").id, sessions)
    assert (again.state, again.done, again.pairs_per_second) == ("done", 12, None)
    assert classifier.asked == 12


def test_the_same_pairs_are_not_begun_twice_and_others_are(sessions: Sessions) -> None:
    made, classifier = PredictionRuns(), HeldNli()
    first = made.start(sessions, classifier, language="en")
    assert made.start(sessions, classifier, language="en").id == first.id
    other = made.start(sessions, classifier, language="fr")
    assert other.id != first.id
    classifier.go.set()
    assert [ended(made, run.id, sessions).done for run in (first, other)] == [12, 4]
    assert made.start(sessions, classifier, language="en").id != first.id


def test_a_run_that_fails_says_why(sessions: Sessions, caplog: pytest.LogCaptureFixture) -> None:
    class Faulty(StubNli):
        def __init__(self, fault: Exception) -> None:
            super().__init__()
            self.fault = fault

        def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
            raise self.fault

    made = PredictionRuns()
    known = made.start(sessions, Faulty(EncoderFault("gives no probabilities")))
    last = ended(made, known.id, sessions)
    assert (last.state, last.error) == ("failed", "gives no probabilities")
    assert last.ended_at is not None
    assert not caplog.records
    unknown = ended(
        made, made.start(sessions, Faulty(RuntimeError("the secret cause"))).id, sessions
    )
    assert unknown.error == "unexpected error; the server's log has its cause"
    assert "the secret cause" in caplog.text


def test_pairs_that_are_not_there_are_refused_at_once(sessions: Sessions) -> None:
    with pytest.raises(InvalidInput, match="no stored pair is like that"):
        PredictionRuns().start(sessions, StubNli(), language="kn")


def test_old_runs_are_forgotten_and_those_that_are_on_are_not(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "REMEMBERED", 2)
    made, held = PredictionRuns(), HeldNli()
    first = made.start(sessions, held, language="fr")
    names = [
        ended(made, made.start(sessions, StubNli(), language="en").id, sessions).id
        for _ in range(3)
    ]
    assert made.get(first.id, sessions).state == "running"
    assert made.get(names[-1], sessions).state == "done"
    assert set(made.known()) == {first.id, names[-1]}
    held.go.set()
    ended(made, first.id, sessions)


def test_another_process_knows_a_run_by_its_name(sessions: Sessions) -> None:
    mine, other, classifier = PredictionRuns(), PredictionRuns(), HeldNli()
    begun = mine.start(sessions, classifier, "xnli", "test", "en")
    seen = other.get(begun.id, sessions)
    assert (seen.state, seen.done, seen.total) == ("elsewhere", 0, 12)
    assert seen.model_copy(update={"state": "running", "total": 0}) == begun
    classifier.go.set()
    ended(mine, begun.id, sessions)
    seen = other.get(begun.id, sessions)
    assert (seen.state, seen.done, seen.total) == ("done", 12, 12)


@pytest.mark.parametrize(
    "change",
    [
        lambda name: "0" * 32,
        lambda name: name[:-5],
        lambda name: name + "=",
        lambda name: "x" * 5_000,
        lambda name: "",
        lambda name: "é",
    ],
)
def test_what_names_no_run_is_unknown(sessions: Sessions, change: Callable[[str], str]) -> None:
    made = PredictionRuns()
    name = made.start(sessions, StubNli(), language="en").id
    ended(made, name, sessions)
    with pytest.raises(UnknownRun, match="names no prediction run"):
        made.get(change(name), sessions)


@pytest.mark.parametrize(
    "held",
    [
        {},
        ["t", "2026-01-01T00:00:00", "m", None, None, None],
        ["t", "yesterday", "m", None, None, None],
        ["t", "2026-01-01T00:00:00+00:00", "m\0", None, None, None],
        ["t", "2026-01-01T00:00:00+00:00", "m", "d\0", None, None],
        ["t", "2026-01-01T00:00:00+00:00", 7, None, None, None],
        ["t", "2026-01-01T00:00:00+00:00", "m", None, None, 7],
        ["t", "2026-01-01T00:00:00+00:00", "m", None, None],
    ],
)
def test_a_forged_name_is_none(held: object) -> None:
    text = json.dumps(held, separators=(",", ":")).encode()
    assert run_ids.read(urlsafe_b64encode(text).decode().rstrip("=")) is None
