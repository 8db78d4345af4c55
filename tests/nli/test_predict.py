"""Classifying stored pairs: all of them, once, whatever happens meanwhile."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from lexicon import store
from lexicon.errors import InvalidInput
from lexicon.models import NliPrediction, SentencePair
from lexicon.predictions import predictions
from lexicon.store import Sessions
from nli import predict as predicting
from nli.predict import predict, require_pairs
from nli.protocol import NliPair, NliScores
from tests.lexicon.sentences import know_languages
from tests.nli.stub import ROWS, SPEC, StubNli, add_pairs

ME = SPEC.identity


@pytest.fixture(autouse=True)
def languages(sessions: Sessions) -> None:
    """The store knows the four languages."""
    know_languages(sessions)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five pairs at a time, however fast they are."""
    monkeypatch.setattr(predicting, "FEWEST", 5)
    monkeypatch.setattr(predicting, "MOST", 5)


def count(sessions: Sessions) -> int:
    with sessions() as session:
        return int(session.scalar(select(func.count()).select_from(NliPrediction)) or 0)


class Stopped(StubNli):
    """Is stopped before it answers for the second time."""

    def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
        if self.asked:
            raise KeyboardInterrupt
        return super().classify(pairs)


def test_every_pair_has_the_prediction_that_the_classifier_gives(sessions: Sessions) -> None:
    add_pairs(sessions)
    told: list[tuple[int, int]] = []
    made = predict(sessions, StubNli(), advance=lambda *now: told.append(now))
    assert (made.checkpoint, made.pairs, made.held, made.added, made.truncated) == (ME, 4, 0, 4, 1)
    assert told == [(0, 4), (4, 4)]
    assert made.rate == pytest.approx(4 / made.seconds)
    with sessions() as session:
        found = [
            (pair.label, said.label, said.truncated) for pair, said in predictions(session, ME)
        ]
    labels = [label for label, *_ in ROWS]
    assert found == [
        *((label, label, False) for label in labels[:3]),
        (None, "contradiction", True),
    ]


def test_again_asks_for_nothing(sessions: Sessions) -> None:
    add_pairs(sessions)
    predict(sessions, StubNli())
    classifier = StubNli()
    made = predict(sessions, classifier)
    assert (made.pairs, made.held, made.added, made.rate) == (4, 4, 0, 0)
    assert classifier.asked == 0


def test_only_the_selection_is_classified(sessions: Sessions) -> None:
    add_pairs(sessions, 4)
    add_pairs(sessions, 6, languages=("fr", "kn"))
    add_pairs(sessions, 8, dataset="snli", split="dev")
    assert predict(sessions, StubNli(), language="kn").pairs == 6
    assert predict(sessions, StubNli(), "xnli", "test").added == 4
    assert predict(sessions, StubNli(), split="dev").added == 8
    assert predict(sessions, StubNli()).held == 18


@pytest.mark.usefixtures("few")
def test_what_was_stopped_goes_on_where_it_was(sessions: Sessions) -> None:
    add_pairs(sessions, 23)
    with pytest.raises(KeyboardInterrupt):
        predict(sessions, Stopped())
    assert count(sessions) == 5
    classifier = StubNli()
    made = predict(sessions, classifier)
    assert (made.held, made.added, classifier.asked, count(sessions)) == (5, 18, 18, 23)


def test_more_are_taken_at_a_time_while_that_is_quick(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predicting, "FEWEST", 2)
    monkeypatch.setattr(predicting, "MOST", 8)
    add_pairs(sessions, 30)
    told: list[int] = []
    predict(sessions, StubNli(), advance=lambda done, _total: told.append(done))
    assert told == [0, 2, 6, 14, 22, 30]
    monkeypatch.setattr(predicting, "BRIEF", 0.0)
    add_pairs(sessions, 7, dataset="other")
    told.clear()
    predict(sessions, StubNli(), "other", advance=lambda done, _total: told.append(done))
    assert told == [0, 2, 4, 6, 7]


@pytest.mark.usefixtures("few")
def test_a_pair_whose_text_changes_meanwhile_is_classified_again(sessions: Sessions) -> None:
    numbers = add_pairs(sessions, 12)

    class Overtaken(StubNli):
        def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
            found = super().classify(pairs)
            if self.asked == 5:
                with store.writing(sessions) as session:
                    changed = SentencePair.id == numbers[1]
                    session.execute(update(SentencePair).where(changed).values(hypothesis="a cat"))
            return found

    classifier = Overtaken()
    made = predict(sessions, classifier)
    assert (made.added, classifier.asked, count(sessions)) == (12, 13, 12)
    with sessions() as session:
        said = {pair.id: said.label for pair, said in predictions(session, ME)}
    assert said[numbers[1]] == "entailment"


@pytest.mark.usefixtures("few")
def test_pairs_that_come_meanwhile_are_classified_as_well(sessions: Sessions) -> None:
    add_pairs(sessions, 6)
    told: list[tuple[int, int]] = []

    class Late(StubNli):
        def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
            if not self.asked:
                add_pairs(sessions, 6, dataset="late")
            return super().classify(pairs)

    assert predict(sessions, Late(), advance=lambda *now: told.append(now)).added == 12
    assert told == [(0, 6), (5, 6), (10, 10), (12, 12)]


@pytest.mark.usefixtures("few")
def test_two_at_once_predict_each_pair_once(sessions: Sessions) -> None:
    add_pairs(sessions, 40)
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _: predict(sessions, StubNli()), range(2)))
    assert sum(one.added for one in made) == count(sessions) == 40


@pytest.mark.usefixtures("few")
def test_the_order_of_languages_is_handed_on(sessions: Sessions) -> None:
    add_pairs(sessions, 1, languages=("fr", "kn"))
    seen: list[NliPair] = []

    class Watching(StubNli):
        def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
            seen.extend(pairs)
            return super().classify(pairs)

    predict(sessions, Watching())
    assert seen == [NliPair("a dog", "an animal", "fr", "kn")]


def test_a_selection_without_pairs_is_refused(sessions: Sessions) -> None:
    add_pairs(sessions)
    said = "no stored pair is like that; see what there is: lexicon pairs list"
    for refused in (
        lambda: predict(sessions, StubNli(), "none"),
        lambda: require_pairs(sessions, None, None, "fr"),
    ):
        with pytest.raises(InvalidInput, match=said):
            refused()
    require_pairs(sessions, "xnli", "test", "en")
