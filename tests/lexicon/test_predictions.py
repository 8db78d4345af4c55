"""Predictions of stored pairs: what is left, what is written, and whose text it was."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import delete, func, select, update

from lexicon import store
from lexicon.ingest.pair_merge import lock
from lexicon.ingest.sentences import import_pairs
from lexicon.models import NliPrediction, SentencePair
from lexicon.pairs import StoredPair
from lexicon.predictions import (
    Prediction,
    PredictionCount,
    checkpoints,
    of_pairs,
    prediction_counts,
    predictions,
    progress,
    unpredicted,
    write,
)
from lexicon.store import Sessions
from tests.lexicon.sentences import THREE, WANTED, file, know_languages, stored

SAID = Prediction(0.5, 0.25, 0.25, truncated=False)
OTHER = Prediction(0.25, 0.25, 0.5, truncated=True)


@pytest.fixture
def several(sessions: Sessions, tmp_path: Path) -> Sessions:
    """Three pairs each of xnli/dev in English, of it in French with English, and of Snli."""
    know_languages(sessions)
    for wanted in (
        WANTED,
        replace(WANTED, language="fr", hypothesis_language="en"),
        replace(WANTED, dataset="Snli"),
    ):
        import_pairs(sessions, file(tmp_path, *THREE), wanted)
    return sessions


def left(sessions: Sessions, checkpoint: str = "m", **where: str | int) -> list[StoredPair]:
    with sessions() as session:
        return unpredicted(session, checkpoint, **where)  # type: ignore[arg-type]


def keep(
    sessions: Sessions, pairs: list[StoredPair], said: Prediction = SAID, checkpoint: str = "m"
) -> int:
    with store.writing(sessions) as session:
        return len(write(session, checkpoint, [(pair, said) for pair in pairs]))


def there(sessions: Sessions) -> int:
    with sessions() as session:
        return int(session.scalar(select(func.count()).select_from(NliPrediction)) or 0)


class TestWhatIsLeft:
    def test_pairs_come_page_by_page_in_their_order(self, several: Sessions) -> None:
        first = left(several, limit=4)
        second = left(several, limit=100, after=first[-1].id)
        assert first + second == stored(several)
        assert (len(first), len(second)) == (4, 5)

    def test_a_selection_leaves_others_out(self, several: Sessions) -> None:
        assert len(left(several, dataset="Snli")) == 3
        assert len(left(several, dataset="xnli", split="dev")) == 6
        assert len(left(several, language="fr")) == 3
        assert len(left(several, language="en")) == 9
        assert left(several, split="test") == []

    def test_what_one_has_predicted_is_left_for_another(self, several: Sessions) -> None:
        pairs = stored(several)
        assert keep(several, pairs[:2]) == 2
        assert left(several) == pairs[2:]
        assert left(several, "n") == pairs
        with several() as session:
            assert progress(session, "m") == (2, 9)
            assert progress(session, "m", language="fr") == (0, 3)
            assert progress(session, "n") == (0, 9)
            assert progress(session, "m", "none") == (0, 0)


class TestWriting:
    def test_a_pair_keeps_the_prediction_that_it_has(self, several: Sessions) -> None:
        pairs = stored(several)
        assert keep(several, pairs[:3]) == 3
        assert keep(several, pairs[:5], OTHER) == 2
        assert keep(several, pairs[:5], OTHER) == 0
        assert keep(several, pairs[:1], OTHER, "n") == 1
        with several() as session:
            found = list(predictions(session, "m"))
        assert [pair for pair, _ in found] == pairs[:5]
        assert [said for _, said in found] == [SAID] * 3 + [OTHER] * 2
        assert keep(several, []) == 0

    def test_another_text_by_now_gets_none(self, several: Sessions) -> None:
        pairs = stored(several)
        with store.writing(several) as session:
            session.execute(
                update(SentencePair).where(SentencePair.id == pairs[0].id).values(premise="A")
            )
            session.execute(
                update(SentencePair).where(SentencePair.id == pairs[1].id).values(hypothesis="D")
            )
            session.execute(
                update(SentencePair).where(SentencePair.id == pairs[2].id).values(label="neutral")
            )
            session.execute(delete(SentencePair).where(SentencePair.id == pairs[3].id))
        assert keep(several, pairs) == 6
        assert [pair.id for pair in left(several)] == [pairs[0].id, pairs[1].id]

    def test_an_import_that_is_about_to_give_another_text_is_waited_for(
        self, several: Sessions
    ) -> None:
        pairs = stored(several)
        written: list[int] = []
        other = Thread(target=lambda: written.append(keep(several, pairs[:3])))
        engine = several.kw["bind"]
        with engine.connect() as connection:
            store.about_to_write(connection)
            with connection.begin():
                lock(connection)
                changed = SentencePair.id == pairs[0].id
                connection.execute(update(SentencePair).where(changed).values(premise="A"))
                other.start()
                other.join(0.3)
                assert other.is_alive()
        other.join(30)
        assert written == [2]
        assert [pair.id for pair in left(several, limit=1)] == [pairs[0].id]

    def test_several_at_once_write_each_once(self, several: Sessions) -> None:
        pairs = stored(several)
        with ThreadPoolExecutor(4) as pool:
            counts = list(pool.map(lambda _: keep(several, pairs), range(4)))
        assert sum(counts) == there(several) == 9

    def test_what_fails_leaves_nothing(self, several: Sessions) -> None:
        answers = [(pair, SAID) for pair in stored(several)]

        def stopped() -> None:
            with store.writing(several) as session:
                assert len(write(session, "m", answers)) == 9
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            stopped()
        assert there(several) == 0

    def test_another_text_on_import_takes_the_prediction_and_another_label_does_not(
        self, several: Sessions, tmp_path: Path
    ) -> None:
        keep(several, stored(several))
        changed = (("1", "entailment", "a", "b"), ("2", "-", "C", "d"), THREE[2])
        import_pairs(several, file(tmp_path, *changed), WANTED)
        [again] = left(several)
        assert (again.key, again.premise, again.dataset) == ("2", "C", "xnli")
        assert there(several) == 8


class TestReading:
    def test_the_label_is_the_likeliest(self) -> None:
        assert SAID.label == "entailment"
        assert OTHER.label == "contradiction"
        assert Prediction(0.25, 0.375, 0.375, truncated=False).label == "neutral"

    def test_predictions_of_a_selection_come_in_order(self, several: Sessions) -> None:
        keep(several, stored(several))
        with several() as session:
            assert len(list(predictions(session, "m", "xnli", "dev", "fr"))) == 3
            assert list(predictions(session, "n")) == []
            keys = [pair.key for pair, _ in predictions(session, "m", "Snli")]
        assert keys == ["1", "2", "3"]

    def test_predictions_of_pairs_say_whose_they_are_and_when_they_were_made(
        self, several: Sessions
    ) -> None:
        first, second, *_ = stored(several)
        keep(several, [first], OTHER, "n")
        keep(several, [first, second])
        with several() as session:
            found = of_pairs(session, [first.id, second.id, 10**9])
        assert [said.checkpoint for said in found[first.id]] == ["m", "n"]
        assert [said.truncated for said in found[first.id]] == [False, True]
        assert len(found[second.id]) == 1
        assert found[10**9] == []
        age = datetime.now(UTC) - found[first.id][0].predicted_at
        assert timedelta(0) <= age < timedelta(minutes=5)

    def test_it_is_counted_how_far_each_has_come(self, several: Sessions) -> None:
        pairs = stored(several)
        keep(several, pairs[:4])
        keep(several, pairs[8:], OTHER, "n")
        with several() as session:
            assert prediction_counts(session) == [
                PredictionCount("Snli", "dev", "en", "en", "n", 1, 3),
                PredictionCount("xnli", "dev", "en", "en", "m", 3, 3),
                PredictionCount("xnli", "dev", "fr", "en", "m", 1, 3),
            ]
            assert prediction_counts(session, language="fr") == [
                PredictionCount("xnli", "dev", "fr", "en", "m", 1, 3)
            ]


def test_those_that_have_predicted_are_named(several: Sessions) -> None:
    pairs = stored(several)
    with several() as session:
        assert checkpoints(session) == []
    for checkpoint in ("n-2", "M", "n-10"):
        keep(several, pairs, checkpoint=checkpoint)
    with several() as session:
        assert checkpoints(session) == ["M", "n-10", "n-2"]


def test_predictions_of_one_identity_can_be_asked_for(several: Sessions) -> None:
    one, other, *_ = [pair.id for pair in stored(several)]
    keep(several, stored(several)[:1])
    keep(several, stored(several)[:2], OTHER, "n")
    with several() as session:
        found = of_pairs(session, [one, other], "n")
        assert [[said.checkpoint for said in found[number]] for number in (one, other)] == [
            ["n"],
            ["n"],
        ]
        assert of_pairs(session, [other], "m") == {other: []}
        assert len(of_pairs(session, [one])[one]) == 2
