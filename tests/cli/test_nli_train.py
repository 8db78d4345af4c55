"""``lexicon nli train``, and what comes of it: predict and evaluate."""

import json
from pathlib import Path

import pytest

from lexicon.models import NLI_LABELS
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.cli.terminal import as_json, invoke, output, refusal
from tests.lexicon.sentences import know_languages
from tests.nli.training.toy import make_base, rows, write

SMALL = ("--batch", "16", "--max-length", "32", "--evaluations", "2", "--average-of", "2")


@pytest.fixture(autouse=True)
def home(settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    for name, value in (("HOME", str(settings.home)), ("DEVICE", "cpu"), ("THREADS", "1")):
        monkeypatch.setenv(f"LEXICON_{name}", value)
    know_languages(sessions)
    return sessions


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("base") / "tiny-xlmr")


@pytest.fixture
def files(tmp_path: Path, base: Path) -> tuple[str, ...]:
    """The options that name base, files and folder."""
    train = write(tmp_path / "train.tsv", rows(96, 0))
    dev = write(tmp_path / "dev.tsv", rows(40, 1))
    return (
        "--base", str(base), "--train", str(train), "--dev", str(dev),
        "--out", str(tmp_path / "tuned"),
    )  # fmt: skip


def test_what_was_trained_predicts_and_is_evaluated(tmp_path: Path, files: tuple[str, ...]) -> None:
    result = invoke("nli", "train", *files, "--language", "en", "--epochs", "1", *SMALL)
    assert result.exception is None, result.exception
    assert "Checkpoints on the development set" in result.stdout
    assert result.stdout.endswith("on 40 development pairs\n")
    lines = result.stderr.splitlines()
    assert [line for line in lines if line.startswith("seed 42, step 3 of 6: loss")]
    assert lines[-1].startswith(f"written  {tmp_path / 'tuned'}; use it with: --model")
    write(tmp_path / "test.tsv", rows(30, 2))
    output("pairs", "import", tmp_path / "test.tsv", "--dataset", "toy", "--language", "en")
    output("nli", "predict", "--dataset", "toy", "--model", tmp_path / "tuned")
    arguments = ("nli", "evaluate", "--dataset", "toy", "--model", tmp_path / "tuned")
    [found] = as_json(*arguments)["evaluations"]
    assert found["pairs"] == 30
    assert found["model"].startswith("tuned-")


def test_everything_that_one_ought_to_know_is_noted(tmp_path: Path, files: tuple[str, ...]) -> None:
    same = rows(200, 0)
    write(
        tmp_path / "train.tsv",
        [*same, ("perhaps", "a", "b"), ("-", "the cat", "the dog"), ("neutral", "sun " * 80, "a")],
    )
    write(tmp_path / "dev.tsv", [*rows(40, 1), *same[:3]])
    more = (
        "--epochs",
        "1",
        "--lr",
        "1e-12",
        "--patience",
        "1",
        "--seeds",
        "2",
        "--max-length",
        "48",
    )
    result = invoke("nli", "train", *files, *SMALL, "--evaluations", "4", *more)
    assert result.exception is None, result.exception
    notes = [line[6:] for line in result.stderr.splitlines() if line.startswith("note: ")]
    for wanted in (
        "train.tsv does not say its language and was taken for English",
        "train.tsv: bad lines, left out: 1, such as line 202: unknown NLI label 'perhaps'; known: "
        + ", ".join(NLI_LABELS),
        "train.tsv: pairs without a gold label, left out: 1",
        "development pairs that were learnt from as well: 3; scores on them flatter",
        "pairs cut to 48 tokens: 1 of those learnt from, 0 of the development set",
        "seed 43 was stopped after 6 of 13 steps, since nothing got better (--patience 1)",
    ):
        assert wanted in notes


@pytest.mark.parametrize("form", ["json", "csv"])
def test_programs_get_the_record(files: tuple[str, ...], form: str) -> None:
    shown = output(
        "nli", "train", *files, *SMALL, "--language", "en", "--epochs", "1", "--seed", "5",
        "--seeds", "2", "--format", form,
    )  # fmt: skip
    if form == "json":
        made = json.loads(shown)
        assert [run["seed"] for run in made["runs"]] == [5, 6]
        assert made["dev"]["pairs"] == 40
    else:
        header, first, *rest = shown.splitlines()
        assert header == "seed,step,epoch,train_loss,dev_loss,dev_accuracy,dev_macro_f1"
        assert first.startswith("5,3,")
        assert len(rest) == 3


def test_a_better_single_checkpoint_and_a_completed_tokenizer_are_noted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from cli.nli_train import _notes
    from nli.training.examples import FileFacts
    from nli.training.recipe import checked
    from nli.training.records import Begun, DevScores, Member, TrainingRecord
    from nli.training.run import Evaluated, RunRecord

    facts = FileFacts(
        name="a", sha256="0", pairs=1, by_label={}, unlabelled=0, rejected=0, first_reject=None,
        skipped=0, assumed=False,
    )  # fmt: skip
    scores = [
        Evaluated(step=step, epoch=1, train_loss=1, dev_loss=1, dev_accuracy=right, dev_macro_f1=0)
        for step, right in ((1, 0.75), (2, 0.5))
    ]
    record = TrainingRecord(
        begun=Begun(
            recipe=checked(base="b"), base="b", base_revision="", train=facts, dev=facts,
            precision="fp32", device="cpu",
        ),
        labels=(),
        remarks=("padding is '</s>': the tokenizer had none",),
        train_truncated=0,
        dev_truncated=0,
        in_both=0,
        runs=[RunRecord(seed=1, steps=2, planned_steps=2, stopped_early=False,
                        evaluations=scores, kept=[1, 2])],
        members=[Member(seed=1, step=2, dev_accuracy=0.5)],
        dev=DevScores(
            pairs=1, premises=1, accuracy=0.5, accuracy_interval=(0, 1), macro_f1=0,
            macro_f1_interval=(0, 1), calibration_error=0, confusion=[],
        ),
        versions={},
    )  # fmt: skip
    _notes(record, Path("out"))
    better, completed, *_ = capsys.readouterr().err.splitlines()
    assert better.startswith("note: the best single checkpoint, step 1 of seed 1, scores 0.7500;")
    assert completed == "note: padding is '</s>': the tokenizer had none"


def test_what_cannot_be_is_refused(tmp_path: Path, files: tuple[str, ...]) -> None:
    assert refusal("nli", "train", *files, "--lr", "-1").startswith("--lr -1.0: must be greater")
    assert "give all of them, or one" in refusal(
        "nli", "train", *files, "--seed", "1", "--seed", "2", "--seeds", "3"
    )
    write(tmp_path / "dev.tsv", [("-", "It rains.", "It pours.")])
    assert "has no gold labels" in refusal("nli", "train", *files)
