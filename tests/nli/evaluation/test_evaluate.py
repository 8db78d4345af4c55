"""Stored predictions against gold labels: what counts, what is left out, what is compared."""

import numpy as np
import pytest

from lexicon.errors import InvalidInput
from lexicon.models import NLI_LABELS
from lexicon.pairs import StoredPair
from lexicon.store import Sessions
from nli.evaluation.evaluate import compare, evaluate
from nli.evaluation.results import Comparison, Evaluation
from tests.lexicon.sentences import know_languages
from tests.nli.evaluation.stored import (
    add_pairs,
    constant,
    firsts,
    predict,
    right,
    turned,
)

ONE, TWO = "one-0123456789abcdef", "two-0123456789abcdef"


@pytest.fixture(autouse=True)
def languages(sessions: Sessions) -> None:
    know_languages(sessions)


def evaluated(sessions: Sessions, **chosen: object) -> list[Evaluation]:
    with sessions() as session:
        return evaluate(session, **chosen)  # type: ignore[arg-type]


def only(sessions: Sessions, **chosen: object) -> Evaluation:
    [found] = evaluated(sessions, **chosen)
    return found


def compared(sessions: Sessions, first: str, second: str) -> list[Comparison]:
    with sessions() as session:
        return compare(session, first, second)


def refusal(sessions: Sessions, **chosen: object) -> str:
    with pytest.raises(InvalidInput) as caught:
        evaluated(sessions, **chosen)
    return str(caught.value)


class TestScores:
    def test_perfect_predictions_are_exactly_one(self, sessions: Sessions) -> None:
        add_pairs(sessions)
        predict(sessions, ONE, right)
        found = only(sessions)
        assert (found.accuracy, found.macro_f1, found.calibration_error) == (1.0, 1.0, 0.0)
        assert found.accuracy_interval == found.macro_f1_interval == (1.0, 1.0)
        assert found.confusion == [[4, 0, 0], [0, 4, 0], [0, 0, 4]]
        assert (found.pairs, found.premises, found.model) == (12, 4, ONE)
        assert found.transfer is None
        for label, scores in zip(NLI_LABELS, found.labels, strict=True):
            assert (scores.label, scores.gold, scores.predicted) == (label, 4, 4)
            assert (scores.precision, scores.recall, scores.f1) == (1.0, 1.0, 1.0)

    def test_one_answer_for_all_is_a_third_and_a_sixth(self, sessions: Sessions) -> None:
        add_pairs(sessions)
        predict(sessions, ONE, constant, sure=0.9)
        found = only(sessions)
        assert found.accuracy == 1 / 3
        assert found.macro_f1 == pytest.approx(1 / 6, abs=1e-15)
        assert found.calibration_error == pytest.approx(0.9 - 1 / 3)
        entailment, neutral, _ = found.labels
        assert (entailment.precision, entailment.recall, entailment.f1) == (1 / 3, 1.0, 0.5)
        assert (neutral.gold, neutral.predicted, neutral.f1) == (4, 0, 0.0)

    def test_guessing_has_an_interval_around_a_third(self, sessions: Sessions) -> None:
        for number in range(20):
            add_pairs(sessions, split=f"part{number}")
        draw = np.random.default_rng(1)

        def guessed(_pair: StoredPair) -> str:
            return NLI_LABELS[int(draw.integers(3))]

        predict(sessions, ONE, guessed)
        found = [one.accuracy_interval for one in evaluated(sessions)]
        assert len(found) == 20
        assert sum(low <= 1 / 3 <= high for low, high in found) >= 17

    def test_a_seed_gives_the_same_intervals_always(self, sessions: Sessions) -> None:
        add_pairs(sessions)
        predict(sessions, ONE, firsts(7))
        one, again, other = (only(sessions, seed=seed) for seed in (1, 1, 2))
        assert one == again
        assert one.accuracy == other.accuracy == 7 / 12
        assert one.accuracy_interval[0] < 7 / 12 < one.accuracy_interval[1]

    def test_what_was_cut_is_counted(self, sessions: Sessions) -> None:
        add_pairs(sessions)
        predict(sessions, ONE, right, most=3, truncated=True)
        predict(sessions, ONE, right)
        found = only(sessions)
        assert (found.truncated, found.truncated_share) == (3, 0.25)


class TestLeftOut:
    def test_pairs_without_a_prediction_or_a_label_are_counted(self, sessions: Sessions) -> None:
        add_pairs(sessions, labels=["entailment", "neutral", None])
        predict(sessions, ONE, right, most=10)
        found = only(sessions)
        with sessions() as session:
            assert evaluate(session) == [found]
        assert (found.pairs, found.unpredicted) == (10 - found.unlabelled, 2)
        assert found.unlabelled >= 2
        assert found.labels[2].gold == 0
        assert found.macro_f1 == pytest.approx(2 / 3), "contradiction counts as 0"

    def test_no_gold_labels_at_all(self, sessions: Sessions) -> None:
        add_pairs(sessions, labels=[None])
        predict(sessions, ONE, constant)
        assert refusal(sessions) == (
            "the 12 predicted pairs of xnli/test have no gold label to compare with; "
            "import them with labels"
        )
        add_pairs(sessions, "fr", labels=[None])
        predict(sessions, ONE, constant)
        assert refusal(sessions).startswith("none of these predicted pairs has a gold label")
        add_pairs(sessions, "kn")
        predict(sessions, ONE, constant)
        assert only(sessions).premise_language == "kn"

    def test_no_predictions_at_all(self, sessions: Sessions) -> None:
        add_pairs(sessions)
        assert refusal(sessions) == (
            "no pair like that was predicted; predict some with: lexicon nli predict"
        )
        predict(sessions, ONE, right)
        assert refusal(sessions, dataset="snli").startswith("no pair like that was predicted")
        assert refusal(sessions, languages=["kn"]) == (
            "no pair of language kn was predicted by it, only of en; "
            "predict some with: lexicon nli predict"
        )


class TestChoice:
    def test_languages_are_those_of_premise_or_hypothesis(self, sessions: Sessions) -> None:
        add_pairs(sessions, "en")
        add_pairs(sessions, "fr", "kn")
        predict(sessions, ONE, right)
        assert [one.languages for one in evaluated(sessions)] == ["en", "fr→kn"]
        assert [one.languages for one in evaluated(sessions, languages=["kn"])] == ["fr→kn"]
        assert only(sessions, languages=["en"]).pairs == 12

    def test_pairs_of_the_same_premise_language_are_kept_apart(self, sessions: Sessions) -> None:
        add_pairs(sessions, "fr")
        add_pairs(sessions, "fr", "kn")
        predict(sessions, ONE, lambda pair: right(pair) if pair.hypothesis_language == "fr" else
                turned(pair))  # fmt: skip
        assert [(one.languages, one.accuracy) for one in evaluated(sessions)] == [
            ("fr", 1.0),
            ("fr→kn", 0.0),
        ]

    @pytest.mark.parametrize(
        "name",
        ["xlmr-base-xnli", "xlmr-base-xnli?max_length=64", "xlmr-base-xnli-0123456789abcdef",
         "symanto/xlm-roberta-base-snli-mnli-anli-xnli", "/home/me/xlmr-base-xnli",
         "me/xlmr-base-xnli"],
    )  # fmt: skip
    def test_a_model_is_named_as_anywhere_else(self, sessions: Sessions, name: str) -> None:
        add_pairs(sessions)
        predict(sessions, ONE, right)
        predict(sessions, "xlmr-base-xnli-0123456789abcdef", turned)
        assert only(sessions, models=[name]).model == "xlmr-base-xnli-0123456789abcdef"
        assert len(evaluated(sessions, models=[name, "one"])) == 2

    def test_a_model_that_has_predicted_nothing(self, sessions: Sessions) -> None:
        add_pairs(sessions)
        predict(sessions, ONE, right)
        assert refusal(sessions, models=["two"]) == (
            f"'two' has predicted none of these pairs; there are predictions of {ONE}, and more "
            "come with: lexicon nli predict --model two"
        )

    def test_a_name_that_means_two(self, sessions: Sessions) -> None:
        add_pairs(sessions)
        for digits in ("0" * 16, "1" * 16):
            predict(sessions, f"one-{digits}", right)
        assert refusal(sessions, models=["one"]) == (
            f"'one' has predicted as 2 identities (one-{'0' * 16}, one-{'1' * 16}); name one"
        )


class TestTransfer:
    def test_accuracy_is_a_share_of_that_on_english(self, sessions: Sessions) -> None:
        for language in ("en", "fr"):
            add_pairs(sessions, language)
        predict(sessions, ONE, firsts(8), "en")
        predict(sessions, ONE, firsts(6), "fr")
        english, french = evaluated(sessions)
        assert english.transfer is None
        transfer = french.transfer
        assert transfer is not None
        assert transfer.efficiency == pytest.approx(6 / 8)
        assert (transfer.english_accuracy, transfer.english_pairs) == (8 / 12, 12)
        assert transfer.paired
        assert transfer.interval is not None
        assert transfer.interval[0] < 0.75 < transfer.interval[1] <= 1.0

    def test_failing_alike_has_no_spread_where_translations_are_drawn_together(
        self, sessions: Sessions
    ) -> None:
        for language in ("en", "fr"):
            add_pairs(sessions, language)
            predict(sessions, ONE, firsts(11), language)
        transfer = evaluated(sessions)[1].transfer
        assert transfer is not None
        assert (transfer.efficiency, transfer.interval) == (1.0, (1.0, 1.0))

    @pytest.mark.parametrize("first_key", [1, 100])
    def test_keys_that_mean_other_pairs_are_drawn_apart(
        self, sessions: Sessions, first_key: int
    ) -> None:
        add_pairs(sessions, "en")
        add_pairs(sessions, "kn", first_key=first_key)
        for language in ("en", "kn"):
            predict(sessions, ONE, firsts(first_key + 10), language)
        transfer = evaluated(sessions)[1].transfer
        assert transfer is not None
        assert not transfer.paired

    def test_more_pairs_than_english_ones_keep_premises_of_their_own(
        self, sessions: Sessions
    ) -> None:
        for language in ("en", "fr"):
            add_pairs(sessions, language)
        predict(sessions, ONE, right, "en", most=6)
        predict(sessions, ONE, right, "fr")
        transfer = evaluated(sessions)[1].transfer
        assert transfer is not None
        assert (transfer.paired, transfer.efficiency, transfer.english_pairs) == (True, 1.0, 6)

    def test_nothing_right_in_english_is_no_share(self, sessions: Sessions) -> None:
        for language in ("en", "fr"):
            add_pairs(sessions, language)
        predict(sessions, ONE, turned, "en")
        predict(sessions, ONE, right, "fr")
        transfer = evaluated(sessions, languages=["fr"])[0].transfer
        assert transfer is not None
        assert (transfer.efficiency, transfer.interval) == (None, None)

    def test_english_without_labels_or_of_another_data_set_does_not_count(
        self, sessions: Sessions
    ) -> None:
        add_pairs(sessions, "en", labels=[None])
        add_pairs(sessions, "en", dataset="snli")
        add_pairs(sessions, "fr")
        predict(sessions, ONE, constant)
        assert only(sessions, dataset="xnli").transfer is None


class TestComparison:
    def test_pairs_that_one_alone_has_right_are_counted(self, sessions: Sessions) -> None:
        add_pairs(sessions)
        predict(sessions, ONE, firsts(9))
        predict(sessions, TWO, firsts(4))
        [found] = compared(sessions, "one", "two")
        assert (found.first, found.second, found.pairs) == (ONE, TWO, 12)
        assert (found.first_only, found.second_only) == (5, 0)
        assert (found.p, found.exact) == (2 / 32, True)
        assert (found.first_accuracy, found.second_accuracy) == (9 / 12, 4 / 12)

    def test_only_pairs_that_both_predicted_count(self, sessions: Sessions) -> None:
        for language in ("en", "fr", "kn"):
            add_pairs(sessions, language)
        predict(sessions, ONE, right)
        predict(sessions, TWO, turned, "fr", most=5)
        [found] = compared(sessions, "one", "two")
        assert (found.premise_language, found.pairs) == ("fr", 5)
        assert (found.first_only, found.second_only) == (5, 0)

    def test_nothing_in_common(self, sessions: Sessions) -> None:
        for language in ("en", "fr"):
            add_pairs(sessions, language)
        predict(sessions, ONE, right, "en")
        predict(sessions, TWO, right, "fr")
        with pytest.raises(InvalidInput, match="was predicted by both 'one' and 'two'"):
            compared(sessions, "one", "two")

    def test_pairs_without_labels_are_nothing_in_common(self, sessions: Sessions) -> None:
        add_pairs(sessions, labels=[None])
        for model in (ONE, TWO):
            predict(sessions, model, constant)
        with pytest.raises(InvalidInput, match="no pair with a gold label"):
            compared(sessions, "one", "two")

    def test_a_model_against_itself(self, sessions: Sessions) -> None:
        add_pairs(sessions)
        predict(sessions, ONE, right)
        with pytest.raises(InvalidInput, match="is the same classifier as 'one'; name another"):
            compared(sessions, "one", ONE)
