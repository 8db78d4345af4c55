"""Reading stored pairs: pages, counts, and all of them in order."""

from dataclasses import replace
from pathlib import Path

import pytest

from lexicon import store
from lexicon.errors import InvalidInput
from lexicon.ingest.sentences import import_pairs
from lexicon.models import NLI_LABELS, SentencePair
from lexicon.pairs import PairCount, every_pair, list_pairs, pair_counts
from lexicon.predictions import Prediction, write
from lexicon.store import Sessions
from tests.lexicon.sentences import THREE, WANTED, file, know_languages


@pytest.fixture
def several(sessions: Sessions, tmp_path: Path) -> Sessions:
    """Three pairs of each of three sources."""
    know_languages(sessions)
    for wanted in (
        replace(WANTED, split="test"),
        replace(WANTED, language="fr", hypothesis_language="en"),
        replace(WANTED, dataset="Snli"),
    ):
        import_pairs(sessions, file(tmp_path, *reversed(THREE)), wanted)
    return sessions


def test_pairs_are_listed_page_by_page(several: Sessions) -> None:
    with several() as session:
        first = list_pairs(session, limit=4)
        second = list_pairs(session, limit=100, after=first[-1].id)
        assert [pair.id for pair in first + second] == sorted(p.id for p in list_pairs(session))
        assert len(first) == 4
        assert len(second) == 5
        assert {pair.dataset for pair in list_pairs(session, dataset="Snli")} == {"Snli"}
        assert len(list_pairs(session, "xnli", "dev", "fr", "entailment")) == 1
        assert {pair.key for pair in list_pairs(session, language="en", label="-")} == {"2"}
        assert len(list_pairs(session, language="en")) == 9
        with pytest.raises(InvalidInput, match="unknown NLI label 'x'"):
            list_pairs(session, label="x")


def said(label: str) -> Prediction:
    """Sure of a label."""
    entailment, neutral, contradiction = (float(one == label) for one in NLI_LABELS)
    return Prediction(entailment, neutral, contradiction, truncated=False)


def test_pairs_that_were_predicted_otherwise_can_be_asked_for(several: Sessions) -> None:
    with several() as session:
        every = list_pairs(session, limit=100)
    labelled = [pair for pair in every if pair.label]
    assert {pair.label for pair in labelled} == {"entailment", "neutral"}
    wrong = [pair for pair in labelled if pair.label == "neutral"]
    with store.writing(several) as session:
        # The last pair has no prediction; others have another classifier's.
        answers = [(pair, said("entailment")) for pair in every]
        write(session, "m", [one for one in answers if one[0].id != wrong[-1].id])
        write(session, "n", [(pair, said(pair.label or "neutral")) for pair in every])
    with several() as session:
        assert list_pairs(session, limit=9, against="m") == wrong[:-1]
        assert list_pairs(session, limit=1, after=wrong[0].id, against="m") == wrong[1:2]
        assert list_pairs(session, label="entailment", against="m") == []
        assert list_pairs(session, "xnli", against="m") == wrong[:2]
        assert list_pairs(session, "xnli", "test", "en", against="m") == wrong[:1]
        assert list_pairs(session, "Snli", against="m") == []
        assert list_pairs(session, "gone", against="m") == []
        assert list_pairs(session, against="n") == list_pairs(session, against="none") == []


@pytest.mark.parametrize(
    ("shares", "label"),
    [
        ((0.4, 0.4, 0.2), "entailment"),
        ((0.4, 0.2, 0.4), "entailment"),
        ((0.2, 0.4, 0.4), "neutral"),
        ((0.3, 0.4, 0.3), "neutral"),
        ((0.4, 0.1, 0.5), "contradiction"),
    ],
)
def test_of_equal_probabilities_the_first_label_counts_in_sql_as_well(
    several: Sessions, shares: tuple[float, float, float], label: str
) -> None:
    assert Prediction(*shares, truncated=False).label == label
    with store.writing(several) as session:
        pairs = list_pairs(session, limit=3)
        for pair, gold in zip(pairs, NLI_LABELS, strict=True):
            session.get_one(SentencePair, pair.id).label = gold
        write(session, "m", [(pair, Prediction(*shares, truncated=False)) for pair in pairs])
    with several() as session:
        found = [pair.label for pair in list_pairs(session, against="m")]
    assert found == [one for one in NLI_LABELS if one != label]


def test_pairs_are_counted(several: Sessions) -> None:
    with several() as session:
        assert pair_counts(session)[:4] == [
            PairCount("Snli", "dev", "en", "en", None, 1),
            PairCount("Snli", "dev", "en", "en", "entailment", 1),
            PairCount("Snli", "dev", "en", "en", "neutral", 1),
            PairCount("xnli", "dev", "fr", "en", None, 1),
        ]
        assert sum(count.pairs for count in pair_counts(session)) == 9
        assert pair_counts(session, dataset="none") == []


def test_all_pairs_come_by_identity(several: Sessions) -> None:
    with several() as session:
        found = [(p.dataset, p.split, p.premise_language, p.key) for p in every_pair(session)]
        assert found == sorted(found)
        assert len(found) == 9
        assert [pair.key for pair in every_pair(session, "xnli", "test", "en")] == ["1", "2", "3"]
