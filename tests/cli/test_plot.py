"""``lexicon plot``."""

import inspect
from pathlib import Path

import pytest

from cli import plot
from indexer.alignment.similarities import MOST
from indexer.plots.picture import WIDTH
from indexer.projection import METHODS
from indexer.service import LexiconService
from tests.cli.terminal import contents, invoke, output, refusal, usage_error
from tests.indexer.plots.reports import keep


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder / "picture.html"


def test_a_word(tiny: LexiconService, out: Path) -> None:
    result = invoke(
        "plot", "word", "bank", "--from", "en", "--out", out, "--to", "fr", "--pos", "noun",
        "-k", "1", "--title", "A bank",
    )  # fmt: skip
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.endswith(f"picture {out}\n")
    said = out.read_text(encoding="utf-8")
    assert "<h1>A bank</h1>" in said
    assert "Translations left out: 1." in said
    output("plot", "word", "bank", "--from", "en", "-o", out, "--concept", "bank.noun.2")
    said = out.read_text(encoding="utf-8")
    assert 'lang="kn">ಬ್ಯಾಂಕ್<' in said
    assert ">rive<" not in said


def test_a_picture_on_paper_is_as_wide_as_asked(tiny: LexiconService, out: Path) -> None:
    widths = []
    for width in ("3.3", "7"):
        drawn = out.with_name(f"{width}.png")
        output(
            "plot", "distributions", "--pair", "en-fr", "--distinct", "-o", drawn, "--width", width
        )
        widths.append(int.from_bytes(drawn.read_bytes()[16:20]))
    assert widths == pytest.approx([660, 1400], abs=1)


def test_a_map(tiny: LexiconService, out: Path) -> None:
    chosen = ("-l", "en", "-l", "fr", "--method", "pca")
    output("plot", "map", "--out", out, *chosen, "-n", "0")
    said = out.read_text(encoding="utf-8")
    assert "8 words of 4 concepts; " in said
    output("plot", "map", "--out", out, *chosen)
    assert "8 words of 4 concepts; " in out.read_text(encoding="utf-8")
    # All of them, however it is said.
    assert len(list((tiny.settings.home / "projections").rglob("*.points"))) == 1
    assert refusal("plot", "map", "-o", out, "--field", "water").startswith("4 words are too few")


def test_a_map_by_tsne_tells_how_far_it_is(tiny: LexiconService, out: Path) -> None:
    result = invoke("plot", "map", "--out", out)
    assert result.exit_code == 0
    assert "750/750" in result.stderr
    assert "13 words of 4 concepts; " in out.read_text(encoding="utf-8")


def test_stored_reports(tiny: LexiconService, out: Path) -> None:
    for layer in (0, 1):
        figures = {("en", "fr"): {"p_at_1": 0.25, "auc": 0.75}}
        keep(tiny, f"bloom-560m?layer={layer}", figures, layer)
    output("plot", "pairs", "--out", out, "--metric", "auc", "--pair", "en-fr")
    said = out.read_text(encoding="utf-8")
    assert "<h1>AUC by encoder and language pair</h1>" in said
    assert '<th scope="row">bloom-560m?layer=1</th><td>0.75 0.65–0.85</td>' in said
    output("plot", "pairs", "--out", out, "-e", "bloom-560m?layer=0")
    assert "layer=1" not in out.read_text(encoding="utf-8")
    output("plot", "layers", "-e", "bloom-560m", "--out", out, "--pair", "en-fr")
    assert "<h1>P@1 by layer of bloom-560m</h1>" in out.read_text(encoding="utf-8")
    output(
        "plot", "layers", "-e", "bloom-560m", "--out", out, "--metric", "auc", "--metric", "p_at_1"
    )
    assert "<h1>AUC and P@1 by layer of bloom-560m</h1>" in out.read_text(encoding="utf-8")
    for command in (("pairs",), ("layers", "-e", "bloom-560m")):
        said = refusal("plot", *command, "-o", out, "--stratum", "pos=noun")
        assert said.startswith("no stored report has the part 'pos=noun'")


def test_refusals_are_one_line_and_leave_the_home_alone(tiny: LexiconService, out: Path) -> None:
    before = contents(tiny.settings.home)
    word = ("plot", "word", "water", "--from", "en", "--out")
    assert refusal(*word, out.with_suffix(".pdf")).endswith(
        "end its name in one of .png, .svg, .html"
    )
    assert refusal(*word, out / "x.png").startswith("there is no folder")
    assert refusal(*word, out, "--width", "1").startswith("a width of 1 inches")
    assert refusal(*word, out, "--to", "xx") == "unknown language 'xx'; known: en, fr, hi, kn"
    assert refusal(*word, out, "-e", "nix").startswith("unknown encoder 'nix'")
    assert refusal("plot", "pairs", "-o", out).startswith(
        "no alignment report is stored for encoder 'axis'"
    )
    assert refusal("plot", "layers", "-e", "axis", "-o", out).startswith(
        "reports of 0 layers of 'axis'"
    )
    assert refusal("plot", "distributions", "--pair", "en-xx", "-o", out).startswith("pair 'en-xx'")
    assert refusal("plot", "map", "--field", "x", "-o", out).startswith(
        "no concept of the field 'x'"
    )
    assert list(out.parent.iterdir()) == []
    assert contents(tiny.settings.home) == before


def test_wrong_usage(tiny: LexiconService, out: Path) -> None:
    assert "--out" in usage_error("plot", "pairs")
    assert "--from" in usage_error("plot", "word", "water", "--out", out)
    assert "--method" in usage_error("plot", "map", "--out", out, "--method", "umap")
    assert "--encoder" in usage_error("plot", "layers", "--out", out)
    assert "--pair" in usage_error("plot", "distributions", "--out", out)
    assert "-n" in usage_error("plot", "map", "--out", out, "-n", "-1")


def test_defaults_are_those_of_the_library() -> None:
    for command in (plot.word, plot.pairs, plot.map_, plot.layers, plot.distributions):
        assert inspect.signature(command).parameters["width"].default == WIDTH
    assert inspect.signature(plot.word).parameters["k"].default == MOST
    assert [one.value for one in plot.Method] == list(METHODS)
