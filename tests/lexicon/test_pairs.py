"""Reading stored pairs: pages, counts, and all of them in order."""

from dataclasses import replace
from pathlib import Path

import pytest

from lexicon.errors import InvalidInput
from lexicon.ingest.sentences import import_pairs
from lexicon.pairs import PairCount, every_pair, list_pairs, pair_counts
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
