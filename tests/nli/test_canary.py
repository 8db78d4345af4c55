"""Canaries: what they say of an order of labels, and a checkpoint that they refuse."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indexer.checkpoints.pair_model import PairModel
from lexicon.errors import LabelsRefused
from lexicon.models import NLI_LABELS
from lexicon.settings import Settings
from nli import canary
from nli.canary import CANARIES, GOLD, Sung, judge
from nli.checkpoint import CheckpointNli
from nli.labels import Labels
from nli.options import Options, named
from nli.registry import open_classifier
from tests.nli.tiny import ORDERS, PAIRS

DECLARED: Labels = ("entailment", "neutral", "contradiction")
TURNED: Labels = ("neutral", "contradiction", "entailment")


def answers(order: Labels, right: int) -> list[int]:
    """Of a checkpoint that counts so and has this many right; else its answer is the next label."""
    return [(order.index(gold) + (number >= right)) % 3 for number, gold in enumerate(GOLD)]


@pytest.fixture
def home(settings: Settings) -> Settings:
    """Settings in which nothing was learnt about checkpoints."""
    return settings.model_copy(update={"device": "cpu", "threads": 1})


@pytest.fixture
def counts_so(bloom: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let BLOOM be right about all canaries if its labels are counted in a certain order, and
    about no other."""
    says: list[int] = [0, 1, 2] * 4

    def said(order: Labels, right: int = 12) -> None:
        monkeypatch.setattr(canary, "GOLD", tuple(order[answer] for answer in says))
        chosen = [(one + (number >= right)) % 3 for number, one in enumerate(says)]

        def classified(_self: PairModel, pairs: Any) -> Any:
            import numpy as np

            return np.eye(3)[chosen[: len(pairs)]], [False] * len(pairs)

        monkeypatch.setattr(PairModel, "classify", classified)

    return said


def opened(folder: Path, settings: Settings, labels: Labels | None = None) -> CheckpointNli:
    return CheckpointNli(str(folder), folder, settings, Options(labels, precision="fp32"))


def test_there_are_four_pairs_of_each_label_and_none_twice() -> None:
    assert Counter(GOLD) == dict.fromkeys(NLI_LABELS, 4)
    assert len(set(CANARIES)) == 12


class TestJudging:
    @pytest.mark.parametrize("order", ORDERS)
    def test_the_right_order_is_found_whatever_is_declared(self, order: Labels) -> None:
        found = judge(DECLARED, answers(order, 12))
        assert (found.best, found.best_right) == (order, 12)
        assert found.right == sum(one == two for one, two in zip(order, DECLARED, strict=True)) * 4
        assert found.misnamed is (order != DECLARED)

    @pytest.mark.parametrize(
        ("order", "right", "misnamed", "weak"),
        [
            (DECLARED, 12, False, False),
            (DECLARED, 7, False, False),
            (DECLARED, 6, False, True),
            (DECLARED, 0, True, True),
            (TURNED, 9, True, True),
            (TURNED, 8, False, True),
        ],
    )
    def test_it_takes_nine_for_another_order_and_four_at_most_for_the_declared(
        self, order: Labels, right: int, misnamed: bool, weak: bool
    ) -> None:
        found = judge(DECLARED, answers(order, right))
        assert (found.misnamed, found.weak) == (misnamed, weak)

    def test_one_label_for_everything_is_weak_and_not_misnamed(self) -> None:
        for number in range(3):
            found = judge(TURNED, [number] * 12)
            assert (found.right, found.best, found.best_right) == (4, TURNED, 4)


class TestRefusing:
    @pytest.mark.parametrize("order", ORDERS)
    def test_labels_that_are_not_what_they_say_are_refused_with_those_that_are(
        self, order: Labels, bloom: Path, home: Settings, counts_so: Any
    ) -> None:
        counts_so(order)
        classifier = opened(bloom, home)
        fixed = sum(one == two for one, two in zip(order, DECLARED, strict=True)) * 4
        if order == DECLARED:
            assert classifier.classify(PAIRS)
            assert classifier.notes == ()
            return
        for _ in "12":
            with pytest.raises(LabelsRefused) as refused:
                classifier.classify(PAIRS)
            assert str(refused.value) == (
                f"nli '{bloom}' counts its labels as {', '.join(order)}, and not as entailment, "
                f"neutral, contradiction: so 12 of 12 unmistakable pairs are right, and {fixed} as "
                f"declared; use --labels {','.join(order)}"
            )
        assert not (home.home / "cache" / "canary.json").exists()
        remedy = str(refused.value).rpartition("--labels ")[2]
        cured = open_classifier(named(str(bloom), remedy, precision="fp32"), home)
        assert cured.spec.labels == order
        assert cured.classify(PAIRS)

    def test_wrong_labels_that_were_given_are_refused_as_well(
        self, bloom: Path, home: Settings, counts_so: Any
    ) -> None:
        counts_so(DECLARED)
        with pytest.raises(LabelsRefused, match=r"--labels entailment,neutral,contradiction$"):
            opened(bloom, home, TURNED).classify(PAIRS)

    def test_a_weak_one_answers_and_that_is_said(
        self, bloom: Path, home: Settings, counts_so: Any
    ) -> None:
        counts_so(DECLARED, right=6)
        classifier = opened(bloom, home)
        assert len(classifier.classify(PAIRS)) == len(PAIRS)
        assert classifier.notes == (
            (
                f"nli '{bloom}' has 6 of 12 unmistakable English pairs right, which is hardly "
                "better than guessing: evaluate it before you rely on it"
            ),
        )
        counts_so(DECLARED, right=7)
        assert opened(bloom, home).notes == classifier.notes, "asked again"
        assert opened(bloom, home.model_copy(update={"home": home.home / "new"})).notes == ()

    def test_a_canary_that_sang_is_not_asked_again(
        self, bloom: Path, home: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[int] = []
        classify = PairModel.classify

        def counted(self: PairModel, pairs: Any) -> Any:
            asked.append(len(pairs))
            return classify(self, pairs)

        monkeypatch.setattr(PairModel, "classify", counted)
        for labels in (None, None, TURNED):
            opened(bloom, home, labels).classify(PAIRS)
        assert asked == [12, 5, 5, 12, 5]


class TestRemembering:
    def test_what_is_added_is_there_for_the_next(self, tmp_path: Path) -> None:
        file = tmp_path / "a" / "canary.json"
        Sung(file).add("one", 12)
        Sung(file).add("two", 5)
        assert (Sung(file).get("one"), Sung(file).get("two"), Sung(file).get("o")) == (12, 5, None)
        assert json.loads(file.read_text()) == {"one": 12, "two": 5}
        assert [path.name for path in file.parent.iterdir()] == ["canary.json"]

    @pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"3", b"[1]", b'{"one": []}'])
    def test_a_broken_file_is_as_good_as_none(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "canary.json"
        file.write_bytes(content)
        assert Sung(file).get("one") is None
        Sung(file).add("one", 7)
        assert Sung(file).get("one") == 7

    def test_a_file_in_the_way_is_no_error(self, tmp_path: Path) -> None:
        (tmp_path / "cache").write_text("in the way")
        Sung(tmp_path / "cache" / "canary.json").add("one", 7)
