"""``lexicon nli evaluate``: every format, what is noted, and what is refused."""

from pathlib import Path

import pytest

from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.cli.terminal import as_csv, as_json, invoke, output, refusal
from tests.lexicon.sentences import know_languages
from tests.nli.evaluation.stored import add_pairs, constant, firsts, predict, right

ONE, TWO = "one-0123456789abcdef", "two-0123456789abcdef"
EVALUATE = ("nli", "evaluate")


@pytest.fixture(autouse=True)
def home(settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    """English and French pairs that one model has all right; another has half of the French."""
    monkeypatch.setenv("LEXICON_HOME", str(settings.home))
    know_languages(sessions)
    for language in ("en", "fr"):
        add_pairs(sessions, language)
    predict(sessions, ONE, right)
    predict(sessions, TWO, firsts(6), "fr")
    return sessions


def said(*arguments: str | Path) -> list[str]:
    """The lines of a successful command on standard error."""
    result = invoke(*arguments)
    assert result.exception is None, result.exception
    return result.stderr.splitlines()


class TestFormats:
    def test_a_table_for_each_model(self) -> None:
        shown = output(*EVALUATE)
        assert f"{ONE}: scores in per cent, with 95% intervals over premises" in shown
        assert f"{TWO}: by gold label, in per cent" in shown
        assert "100.00 (100.00–100.00)" in shown
        assert "xnli/test fr" in shown

    def test_json_has_everything(self) -> None:
        said = as_json(*EVALUATE, "--language", "fr", "--model", "two")
        [found] = said["evaluations"]
        assert (found["model"], found["pairs"], found["accuracy"]) == (TWO, 12, 0.5)
        assert len(found["labels"]) == len(found["confusion"]) == 3
        assert said["comparisons"] == said["published"] == []

    def test_csv_has_a_row_for_each_evaluation(self) -> None:
        rows = as_csv(*EVALUATE)
        assert [(row["model"], row["premise_language"]) for row in rows] == [
            (ONE, "en"),
            (ONE, "fr"),
            (TWO, "fr"),
        ]
        assert rows[1]["transfer_efficiency"] == "1.0"
        assert rows[0]["transfer_efficiency"] == ""

    def test_markdown_and_latex_are_for_papers(self) -> None:
        shown = output(*EVALUATE, "--format", "markdown")
        assert shown.startswith("**Scores in per cent")
        assert shown.count("|---|") >= 2
        latex = output(*EVALUATE, "--format", "latex")
        assert latex.count(r"\begin{table}") == latex.count(r"\bottomrule") == 2

    def test_the_study_stands_beside_ours_and_differs(self) -> None:
        arguments = (*EVALUATE, "--model", "two", "--study")
        shown = output(*arguments)
        assert "74.83" in shown
        assert "61.54" in shown
        notes = said(*arguments)
        assert any("the study gives no intervals" in note for note in notes)

    def test_a_picture(self, tmp_path: Path) -> None:
        file = tmp_path / "bars.svg"
        assert said(*EVALUATE, "--plot", file)[-1] == f"drawn  {file}"
        assert file.read_text(encoding="utf-8").rstrip().endswith("</svg>")


class TestAgainst:
    ARGUMENTS = (*EVALUATE, "--model", "one", "--against", "two")

    def test_two_models_are_compared(self) -> None:
        assert f"McNemar's test of {ONE} (1) and {TWO} (2)" in output(*self.ARGUMENTS)
        [found] = as_json(*self.ARGUMENTS)["comparisons"]
        assert (found["first_only"], found["second_only"], found["p"]) == (6, 0, 2 / 64)
        assert as_csv(*self.ARGUMENTS)[0]["exact"] == "True"
        assert any("takes pairs for independent" in note for note in said(*self.ARGUMENTS))

    def test_the_first_must_be_named(self) -> None:
        line = "--against compares two classifiers; name the first one with --model"
        assert refusal(*EVALUATE, "--against", "two") == line
        assert refusal(*self.ARGUMENTS, "--model", "two") == line

    def test_it_goes_with_nothing_else(self, tmp_path: Path) -> None:
        for more in (("--study",), ("--plot", tmp_path / "a.png")):
            assert "--against goes with neither" in refusal(*self.ARGUMENTS, *more)


class TestNotes:
    def test_what_is_left_out_is_told(self, sessions: Sessions) -> None:
        add_pairs(sessions, "kn", labels=["entailment", "neutral", None])
        predict(sessions, ONE, constant, "kn")
        add_pairs(sessions, "hi")
        predict(sessions, ONE, constant, "hi", most=5)
        notes = said(*EVALUATE, "--language", "kn", "--language", "hi")
        hindi, kannada = (f"note: xnli/test {language}, {ONE}:" for language in ("hi", "kn"))
        remedy = "predict them with: lexicon nli predict --dataset xnli"
        assert notes == [
            f"{hindi} 7 pairs have no prediction and are left out; {remedy}",
            f"{kannada} 4 pairs have no gold label and are left out",
            f"{kannada} no pair has the gold label contradiction, whose F1 counts as 0",
        ]

    def test_nothing_is_noted_where_nothing_is_left_out(self) -> None:
        assert said(*EVALUATE) == []


class TestRefused:
    def test_a_picture_of_no_kind_before_anything_is_read(self, tmp_path: Path) -> None:
        assert "is no kind of picture" in refusal(*EVALUATE, "--plot", tmp_path / "a.pdf")

    def test_what_was_not_predicted(self) -> None:
        assert "no pair like that was predicted" in refusal(*EVALUATE, "--dataset", "snli")
        assert "'three' has predicted none" in refusal(*EVALUATE, "--model", "three")
