"""``lexicon vectors export``."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from cli.vectors import Spaces, Writable
from indexer.build import build
from indexer.export import FORMATS, SPACES
from indexer.service import LexiconService
from lexicon.entries import checked
from tests.cli.terminal import PROGRAM, contents, invoke, output, refusal, usage_error
from tests.conftest import TINY, AxisEncoder, fill

EXPORT = ("vectors", "export", "--language", "kn", "--out")
PHRASES = checked("well.noun.1", "noun", "water", "hole", {"kn": "ನೀರಿನ ಹೊಂಡ|ನೀರಿನ_ಹೊಂಡ|ಬಾವಿ"})


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder / "kn.vec"


@pytest.fixture
def phrases(tiny: LexiconService, axis: AxisEncoder) -> LexiconService:
    """Two of the forms differ by an underscore; none of the three is in the vocabulary."""
    fill(tiny.sessions, [*TINY, PHRASES])
    build(tiny.sessions, tiny.generations, axis)
    return tiny


def test_a_file_is_written_and_said(tiny: LexiconService, out: Path) -> None:
    result = invoke(*EXPORT, out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.endswith(f"vectors {out}: 5 forms of kn in 4 dimensions\n")
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "5 4"
    assert "ನೀರು 1.0000000 0.0000000 0.0000000 0.0000000" in lines
    assert len(lines) == 6


def test_standard_output_is_the_same(tiny: LexiconService, out: Path) -> None:
    invoke(*EXPORT, out)
    assert output(*EXPORT, "-") == out.read_text(encoding="utf-8")


def test_whatever_the_terminal_it_is_utf_8(tiny: LexiconService, out: Path) -> None:
    invoke(*EXPORT, out)
    done = subprocess.run(
        [PROGRAM, "vectors", "export", "-l", "kn", "-o", "-", "-e", "embedded"],
        env={"LEXICON_HOME": str(tiny.settings.home), "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    # That encoder has built nothing here, which is said in the same way.
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"lexicon: no index for encoder 'embedded', language 'kn'; ")


def test_the_bundled_vectors_go_through_a_pipe(bundled: Path) -> None:
    done = subprocess.run(
        f"{PROGRAM} vectors export -l kn -o - 2>/dev/null | head -n 2",
        shell=True,
        env={"LEXICON_HOME": str(bundled), "PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        timeout=60,
        check=True,
    )
    header, first = done.stdout.decode().splitlines()
    many, dim = map(int, header.split())
    assert many > 5_000
    assert dim == 128
    assert len(first.split(" ")) == 129


def test_whatever_is_written_otherwise_or_left_out_is_counted(
    phrases: LexiconService, out: Path
) -> None:
    said = invoke(*EXPORT, out).stderr.splitlines()
    assert said[-2:] == [
        "note: written with _ for a space (or left out, with --spaces skip): 1 form",
        "note: left out, the same text as another once _ stands for a space: 1 form",
    ]
    skipped = invoke(*EXPORT, out, "--spaces", "skip", "--overwrite").stderr
    assert skipped.endswith("note: left out, with a space: 1 form\n")
    known = invoke(*EXPORT, out, "--covered", "--overwrite").stderr
    assert known.endswith("note: left out, not in the vocabulary of 'axis': 3 forms\n")


def test_words_without_a_vector_say_what_takes_them_in(
    tiny: LexiconService, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.delta.FEW", 1)
    fill(tiny.sessions, [*TINY, PHRASES])
    assert invoke(*EXPORT, out).stderr.endswith(
        "note: left out, without a vector until the next build "
        "(lexicon index build --encoder axis): 2 forms\n"
    )


def test_an_encoder_can_be_named(
    tiny: LexiconService, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indexer.encoders import registry

    other = AxisEncoder({"kn": {"ನೀರು": [0, 0, 0, 1]}}, name="other", revision="2")
    monkeypatch.setitem(registry.NAMED, "other", lambda _settings: other)
    build(tiny.sessions, tiny.generations, other, ["kn"])
    invoke(*EXPORT, out, "--encoder", "other", "--as", "npz")
    with np.load(out) as held:
        row = held["forms"].tolist().index("ನೀರು")
        assert held["vectors"][row].tolist() == [0, 0, 0, 1]


def test_refusals_are_one_line_and_write_nothing(tiny: LexiconService, out: Path) -> None:
    before = contents(tiny.settings.home)
    export = ("vectors", "export", "--out", out, "--language")
    assert refusal(*export, "hi") == "the lexicon has no words of language 'hi'; add some first"
    assert refusal(*export, "xx") == "unknown language 'xx'; known: en, fr, hi, kn"
    assert refusal(*export, "kn", "-e", "nix").startswith("unknown encoder 'nix'; known:")
    assert refusal(*EXPORT, out / "file") == (
        f"there is no folder {out}; make it, or name another file"
    )
    assert refusal(*EXPORT, "-", "--as", "npz").startswith("npz is no text; name a file")
    assert list(out.parent.iterdir()) == []
    out.write_text("mine")
    assert refusal(*EXPORT, out) == f"{out} is there already; replace it with: --overwrite"
    assert out.read_text() == "mine"
    assert contents(tiny.settings.home) == before


def test_options_that_are_none_are_wrong_usage(tiny: LexiconService, out: Path) -> None:
    assert "--as" in usage_error(*EXPORT, out, "--as", "glove")
    assert "--spaces" in usage_error(*EXPORT, out, "--spaces", "keep")
    assert "--out" in usage_error("vectors", "export", "--language", "kn")
    assert "--language" in usage_error("vectors", "export", "--out", out)


def test_the_choices_are_those_that_can_be_written() -> None:
    assert [one.value for one in Writable] == list(FORMATS)
    assert [one.value for one in Spaces] == list(SPACES)
