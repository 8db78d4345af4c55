"""Adding and removing single pairs."""

import pytest
from sqlalchemy import func, select

from lexicon import pair_edits, store
from lexicon.errors import InvalidInput, PairConflict, UnknownLanguage, UnknownPair
from lexicon.formats.pairs.entry import PairEntry
from lexicon.models import NliPrediction
from lexicon.pairs import StoredPair, find_pair
from lexicon.predictions import Prediction, write
from lexicon.store import Sessions
from tests.lexicon.sentences import know_languages, stored

ENTRY = PairEntry("", "It  rains.", "Il pleut.", "en", "fr", "Entails")


@pytest.fixture(autouse=True)
def languages(sessions: Sessions) -> None:
    """The store knows the four languages."""
    know_languages(sessions)


def add(
    sessions: Sessions, dataset: str = "own", split: str = "test", **changes: str | None
) -> tuple[StoredPair, bool]:
    entry = PairEntry(**{**vars(ENTRY), **changes})
    with store.writing(sessions) as session:
        return pair_edits.add(session, dataset, split, entry)


def test_a_pair_is_kept_canonical_under_a_key_of_its_texts(sessions: Sessions) -> None:
    pair, new = add(sessions)
    assert new
    assert pair == StoredPair(
        pair_edits.text_key("It rains.", "Il pleut."),
        "It rains.",
        "Il pleut.",
        "en",
        "fr",
        "entailment",
        pair.id,
        "own",
        "test",
    )
    assert stored(sessions) == [pair]


def test_the_same_pair_twice_is_one(sessions: Sessions) -> None:
    first, _ = add(sessions)
    assert add(sessions, premise="It rains. ") == (first, False)
    assert add(sessions, split="dev")[1]
    assert add(sessions, hypothesis_language="en")[1]
    assert len(stored(sessions)) == 3


def test_a_key_of_another_pair_is_refused_by_what_differs(sessions: Sessions) -> None:
    held, _ = add(sessions, key="7")
    with pytest.raises(PairConflict) as refused:
        add(sessions, key="7", premise="It pours.", label=None)
    assert str(refused.value) == (
        f"the key '7' of own/test is that of the pair {held.id}, which has another premise and "
        f"label; give another key, or remove it first with: DELETE /v1/pairs/{held.id}"
    )
    assert stored(sessions) == [held]


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"premise": " "}, InvalidInput, "empty premise"),
        ({"hypothesis": "a\0"}, InvalidInput, "holds the character U+0000"),
        ({"label": "maybe"}, InvalidInput, "unknown NLI label 'maybe'"),
        ({"premise_language": "de"}, UnknownLanguage, "unknown language 'de'; known: en, fr"),
        ({"hypothesis_language": ""}, UnknownLanguage, "unknown language ''"),
        ({"key": "k" * 201}, InvalidInput, "key of 201 characters"),
        ({"dataset": "\n"}, InvalidInput, "empty data set name"),
        ({"split": "s" * 33}, InvalidInput, "split name of 33 characters"),
    ],
)
def test_what_is_no_pair_is_refused(
    sessions: Sessions, changes: dict[str, str], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said.replace("+", r"\+")):
        add(sessions, **changes)
    assert stored(sessions) == []


def test_a_pair_goes_with_its_predictions(sessions: Sessions) -> None:
    pair, _ = add(sessions)
    with store.writing(sessions) as session:
        write(session, "m", [(pair, Prediction(1.0, 0.0, 0.0, truncated=False))])
    with sessions() as session:
        assert find_pair(session, pair.id) == pair
    with store.writing(sessions) as session:
        pair_edits.remove(session, pair.id)
    with sessions() as session:
        assert find_pair(session, pair.id) is None
        assert session.scalar(select(func.count()).select_from(NliPrediction)) == 0
    with pytest.raises(UnknownPair, match=f"no stored pair has the id {pair.id}"):  # noqa: SIM117
        with store.writing(sessions) as session:
            pair_edits.remove(session, pair.id)


def test_the_number_of_a_pair_that_left_is_not_given_again(sessions: Sessions) -> None:
    first, _ = add(sessions)
    with store.writing(sessions) as session:
        pair_edits.remove(session, first.id)
    second, _ = add(sessions)
    assert second.id == first.id + 1
