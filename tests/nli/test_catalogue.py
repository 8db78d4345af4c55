"""Which classifiers there are and what they have predicted, told without opening one."""

from pathlib import Path

import pytest

from lexicon.settings import Settings
from lexicon.store import Sessions
from nli.catalogue import ClassifierItem, DatasetItem, PredictedBy, classifiers, datasets, name_of
from nli.registry import KNOWN, PULLED
from tests.lexicon.sentences import know_languages
from tests.nli.evaluation.stored import add_pairs, predict, right

BASELINE = ClassifierItem(name="embedded-nli", here=True, baseline=True, checkpoint=None)


class TestClassifiers:
    def test_every_known_one_is_told_of(self, tmp_path: Path) -> None:
        settings = Settings(home=tmp_path)
        (settings.models / "xlmr-large-xnli").mkdir(parents=True)
        assert classifiers(settings) == [
            BASELINE,
            ClassifierItem(
                name="xlmr-base-xnli",
                here=False,
                baseline=False,
                checkpoint="symanto/xlm-roberta-base-snli-mnli-anli-xnli",
            ),
            ClassifierItem(
                name="xlmr-large-xnli",
                here=True,
                baseline=False,
                checkpoint="joeddav/xlm-roberta-large-xnli",
            ),
        ]

    @pytest.mark.parametrize(
        ("name", "here", "checkpoint"),
        [
            ("org/name?max_length=64", False, "org/name"),
            ("{folder}", True, None),
            ("xlmr-base-xnli?nonsense=1", False, None),
            ("~nobody-is-called-so/x y", False, None),
        ],
    )
    def test_the_configured_one_is_among_them(
        self, tmp_path: Path, name: str, here: bool, checkpoint: str | None
    ) -> None:
        named = name.format(folder=tmp_path)
        found = classifiers(Settings(home=tmp_path, nli=named))
        assert [one.name for one in found] == sorted([*KNOWN, named])
        assert ClassifierItem(name=named, here=here, baseline=False, checkpoint=checkpoint) in found


def test_an_identity_has_the_name_of_a_known_classifier() -> None:
    assert [name_of(f"{name}-0123456789abcdef") for name in KNOWN] == list(KNOWN)
    assert name_of(PULLED[0]) is None


def test_data_sets_say_what_is_labelled_and_predicted(sessions: Sessions) -> None:
    know_languages(sessions)
    with sessions() as session:
        assert datasets(session) == []
    add_pairs(sessions)
    add_pairs(sessions, "fr", "kn", labels=("neutral", None))
    predict(sessions, "tuned-0123456789abcdef", right, "en", most=5)
    predict(sessions, "embedded-nli-0123456789abcdef", right, "en")
    with sessions() as session:
        found = datasets(session)
    assert found == [
        DatasetItem(
            dataset="xnli",
            split="test",
            premise_language="en",
            hypothesis_language="en",
            pairs=12,
            labelled=12,
            predictions=[
                PredictedBy(model="embedded-nli-0123456789abcdef", name="embedded-nli", pairs=12),
                PredictedBy(model="tuned-0123456789abcdef", name=None, pairs=5),
            ],
        ),
        DatasetItem(
            dataset="xnli",
            split="test",
            premise_language="fr",
            hypothesis_language="kn",
            pairs=12,
            labelled=6,
            predictions=[],
        ),
    ]
