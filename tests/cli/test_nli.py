"""``lexicon nli classify`` and ``predict``."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from lexicon.predictions import predictions
from lexicon.settings import Settings
from lexicon.store import Sessions
from nli import registry
from nli.predict import predict as predict_stored
from nli.protocol import NliPair, NliScores
from tests.cli.terminal import as_csv, as_json, invoke, output, refusal, usage_error
from tests.lexicon.sentences import know_languages
from tests.nli import tiny
from tests.nli.stub import SPEC, StubNli, add_pairs

ME = SPEC.identity
PAIR = ("nli", "classify", "a dog", "an animal")
SAID = {
    "label": "entailment",
    "scores": {"entailment": 0.75, "neutral": 0.125, "contradiction": 0.125},
    "truncated": False,
    "covered": None,
    "model": ME,
}


@pytest.fixture(autouse=True)
def stub(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> StubNli:
    """The classifier that answers when none is named."""
    made = StubNli()
    monkeypatch.setitem(registry.NAMED, "stub", lambda _settings: made)
    monkeypatch.setenv("LEXICON_HOME", str(settings.home))
    monkeypatch.setenv("LEXICON_NLI", "stub")
    monkeypatch.setenv("COLUMNS", "160")
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.tsv"
    path.write_text("a dog\tan animal\na dog\tthe cat\n" + "one " * 10 + "\ttwo\n")
    return path


class TestClassifying:
    def test_a_pair_is_answered_as_an_object(self) -> None:
        assert as_json(*PAIR) == SAID

    def test_a_pair_is_answered_as_a_table_that_names_the_model(self) -> None:
        result = invoke(*PAIR)
        assert [line.split() for line in result.stdout.splitlines()] == [
            ["stub"],
            ["label", "entailment", "neutral", "contradiction", "premise", "hypothesis"],
            ["entailment", "0.750", "0.125", "0.125", "a", "dog", "an", "animal"],
        ]
        assert result.stderr == f"model  {ME}\n"

    def test_a_file_is_answered_line_by_line(self, file: Path) -> None:
        lines = output("nli", "classify", "--file", file, "--format", "json").splitlines()
        found = [json.loads(line) for line in lines]
        assert found[0] == SAID
        labels = [(one["label"], one["truncated"]) for one in found]
        assert labels == [("entailment", False), ("neutral", False), ("contradiction", True)]

    def test_a_file_is_answered_as_csv_and_as_a_table(self, file: Path) -> None:
        rows = as_csv("nli", "classify", "--file", file)
        assert rows[0] == {
            "label": "entailment",
            "entailment": "0.750000",
            "neutral": "0.125000",
            "contradiction": "0.125000",
            "truncated": "false",
            "covered": "",
            "premise": "a dog",
            "hypothesis": "an animal",
        }
        assert [row["truncated"] for row in rows] == ["false", "false", "true"]
        assert "truncated" in output("nli", "classify", "--file", file)

    @pytest.mark.parametrize("arguments", [("-",), ("--file", "-")])
    def test_standard_input_is_a_file_as_well(self, arguments: tuple[str, ...]) -> None:
        command = ["nli", "classify", *arguments, "--format", "json"]
        result = CliRunner().invoke(app, command, input="a dog\tan animal\na\tb\n")
        assert [json.loads(line)["label"] for line in result.stdout.splitlines()] == [
            "entailment",
            "neutral",
        ]

    def test_a_long_text_is_not_printed_whole(self) -> None:
        printed = output("nli", "classify", "word " * 1_000, "x")
        assert printed.count("word") < 50
        assert "…" in printed

    def test_what_the_model_does_not_know_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Baseline(StubNli):
            spec = replace(SPEC, kind="baseline")

            def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
                return [replace(one, covered=0.5) for one in super().classify(pairs)]

        monkeypatch.setitem(registry.NAMED, "stub", lambda _settings: Baseline())
        result = invoke(*PAIR)
        assert "50% known" in result.stdout
        assert "note: embedded-nli is a baseline; for production: lexicon models pull" in (
            result.stderr
        )
        assert as_csv(*PAIR)[0]["covered"] == "0.500"

    @pytest.mark.parametrize(
        "arguments",
        [
            ("a",),
            (),
            ("a", "b", "--file", "x"),
            ("-", "--file", "x"),
            ("a", "--file", "x"),
        ],
    )
    def test_a_pair_and_a_file_do_not_go_together(self, arguments: tuple[str, ...]) -> None:
        assert "give either PREMISE and HYPOTHESIS or" in usage_error("nli", "classify", *arguments)

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("", "b"), "empty premise ''; give at least one letter"),
            (("a", " "), "empty hypothesis ' '; give at least one letter"),
            (("a", "b\x07"), "hypothesis 'b\\x07' holds the character U+0007"),
            (("a", "b", "--model", "word2vec"), "unknown classifier 'word2vec'; known: "),
            (("a", "b", "--model", "xlmr-base-xnli"), "model 'xlmr-base-xnli' is not on this"),
            (("a", "b", "--labels", "neutral"), "the order of labels 'neutral' must name each"),
            (("a", "b", "--max-length", "9"), "classifier 'stub' has no options; leave 'max_le"),
            (("--file", "/nowhere/x"), "/nowhere/x cannot be read: No such file"),
        ],
    )
    def test_what_cannot_be_answered_is_one_line(
        self, arguments: tuple[str, ...], said: str
    ) -> None:
        assert refusal("nli", "classify", *arguments).startswith(said)

    def test_nothing_is_answered_of_a_file_with_a_fault(self, file: Path, stub: StubNli) -> None:
        with file.open("a") as stream:
            stream.write("a\t\n")
        assert refusal("nli", "classify", "--file", file) == (
            f"{file}: line 4: empty hypothesis ''; give at least one letter"
        )
        assert stub.asked == 0


class TestPredicting:
    @pytest.fixture(autouse=True)
    def pairs(self, sessions: Sessions) -> None:
        know_languages(sessions)
        add_pairs(sessions, 8)
        add_pairs(sessions, 4, languages=("fr", "kn"))

    def test_a_selection_is_predicted_once(self, sessions: Sessions, stub: StubNli) -> None:
        arguments = ("nli", "predict", "--dataset", "xnli", "--split", "test", "--language", "kn")
        result = invoke(*arguments)
        assert result.exception is None
        assert result.stdout == ""
        line, model = result.stderr.splitlines()[-2:]
        assert line.startswith("pairs  4: 0 had a prediction, 4 have one now (")
        assert line.endswith("/s), 1 of them truncated")
        assert model == f"model  {ME}"
        again = invoke(*arguments).stderr.splitlines()
        assert again[-2] == (
            "pairs  4: 4 had a prediction, 0 have one now (0.0/s), 0 of them truncated"
        )
        with sessions() as session:
            assert len(list(predictions(session, ME))) == stub.asked == 4

    def test_progress_is_of_pairs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        told: list[tuple[str, int, int]] = []
        monkeypatch.setattr("cli.output.Bars.advance", lambda _bars, *told_: told.append(told_))
        output("nli", "predict")
        assert told == [("pairs", 0, 12), ("pairs", 12, 12)]

    def test_what_cannot_be_predicted_is_one_line(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        assert refusal("nli", "predict", "--dataset", "none").startswith("no stored pair is like")
        assert refusal("nli", "predict", "--model", "word2vec").startswith("unknown classifier")
        monkeypatch.setenv("LEXICON_HOME", str(tmp_path / "none"))
        assert refusal("nli", "predict").endswith("create it with: lexicon init")


def test_a_checkpoint_predicts_what_it_classifies(
    settings: Settings, sessions: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXICON_DEVICE", "cpu")
    monkeypatch.setenv("LEXICON_THREADS", "1")
    folder = tiny.make_bloom(tmp_path / "bloom", ("LABEL_0", "LABEL_1", "LABEL_2"))
    assert "does not name its labels" in refusal(*PAIR, "--model", folder)
    labels = ("--labels", "contradiction,neutral,entailment")
    options = (*labels, "--max-length", "64", "--precision", "fp32", "--model", str(folder))
    know_languages(sessions)
    add_pairs(sessions)
    result = invoke("nli", "predict", *options)
    assert result.exception is None
    assert "hardly better than guessing" in result.stderr
    classified = as_json(*PAIR, *options)
    with sessions() as session:
        pair, said = next(predictions(session, classified["model"]))
    assert (pair.premise, pair.hypothesis) == ("a dog", "an animal")
    for label, value in classified["scores"].items():
        assert getattr(said, label) == pytest.approx(value, abs=1e-6)
    assert predict_stored(sessions, StubNli()).added == 4
