"""Any picture as a file: what can be none, whole files, letters joined."""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer.plots import canvas
from indexer.plots.canvas import Body, Ruler
from indexer.plots.page import Interactive, Said, Table
from indexer.plots.picture import Wanted, require_writable, save
from lexicon.errors import ExtraMissing, InvalidInput, StoreUnavailable
from tests.indexer.plots.drawn import outlines, page_of, require_drawn, size_and_colours


@dataclass(frozen=True)
class Word:
    """A picture with one word on it."""

    text: str
    title: str = "A word"
    notes: tuple[str, ...] = ("It stands alone.",)

    def words(self) -> Iterable[str]:
        return [self.text]

    def body(self, ruler: Ruler, width: float) -> Body:
        return Body(
            width,
            1.0,
            lambda figure, box: canvas.write(figure, box.left, box.bottom, self.text, 20),
        )

    def interactive(self) -> Interactive:
        data = [{"type": "scatter", "x": [1], "y": [2], "text": [self.text]}]
        table = Table(["word", "letters"], [[Said(self.text, "en"), str(len(self.text))]])
        return Interactive(data, {"showlegend": False}, 300, table)


def test_a_picture_in_every_kind(tmp_path: Path) -> None:
    said = require_drawn(Word("water"), tmp_path, 3.3)
    assert "<td>5</td>" in said
    assert '<th scope="row" lang="en">water</th>' in said
    assert "<title>A word</title>" in said
    assert "<p>It stands alone.</p>" in said
    assert "default-src 'none'" in said
    assert size_and_colours(tmp_path / "picture.png")[0] == pytest.approx(3.3, abs=0.01)
    assert {path.name for path in tmp_path.iterdir()} == {
        "picture.png", "picture.svg", "picture.html"
    }  # fmt: skip


def test_a_title_may_be_another_or_none(tmp_path: Path) -> None:
    heights, paths = [], []
    for title in (None, "", "Another " * 12):
        save(Word("water"), Wanted(tmp_path / "picture.svg", 3.3, title))
        found = re.search(r'height="([\d.]+)pt"', (tmp_path / "picture.svg").read_text())
        assert found is not None
        heights.append(float(found[1]))
        paths.append(outlines(tmp_path / "picture.svg"))
    assert heights[1] < heights[0] < heights[2]
    save(Word("water"), Wanted(tmp_path / "picture.html", title="Another"))
    assert "<h1>Another</h1>" in page_of(tmp_path / "picture.html")


def test_no_word_ends_the_script_or_becomes_markup(tmp_path: Path) -> None:
    odd = "</script><b>&\u2028"
    save(Word(odd), Wanted(tmp_path / "picture.html"))
    said = page_of(tmp_path / "picture.html")
    assert "<b>" not in said
    assert "\\u003c/script>" in said
    assert "&lt;/script&gt;&lt;b&gt;&amp;" in said


def test_dollar_signs_are_no_formula(tmp_path: Path) -> None:
    save(Word("$\\frac{"), Wanted(tmp_path / "picture.png"))


def test_lines_break_between_words() -> None:
    with canvas.style(["DejaVu Sans"]):
        ruler = Ruler()
        lines = ruler.wrapped("one two three four", 9, ruler.width("one two ", 9))
    assert lines == ["one two", "three", "four"]


def test_conjuncts_are_joined_and_vowel_signs_take_their_place(
    indic_fonts: tuple[str, ...],
) -> None:
    with canvas.style(indic_fonts):
        ruler = Ruler()
        for whole, parts in (
            ("क्ष", ("क", "ष")),
            ("हिन्दी", ("हि", "न", "दी")),
            ("ಕನ್ನಡ", ("ಕ", "ನ", "ನ", "ಡ")),
            ("ಕ್ಷ", ("ಕ", "ಷ")),
            ("विद्यार्थी", ("वि", "द", "या", "र", "थी")),
        ):
            # A letter below or before another takes less room than beside it.
            assert ruler.width(whole, 20) < sum(ruler.width(part, 20) for part in parts)


def test_words_of_two_scripts_in_all_kinds(indic_fonts: tuple[str, ...], tmp_path: Path) -> None:
    said = require_drawn(Word("ವಿದ್ಯಾರ್ಥಿ विद्यार्थी"), tmp_path)
    assert "ವಿದ್ಯಾರ್ಥಿ विद्यार्थी" in said


@pytest.mark.parametrize(
    ("name", "width", "said"),
    [
        ("picture.pdf", 7, "is no kind of picture that can be drawn; end its name in one of .png"),
        ("picture", 7, "end its name in one of .png, .svg, .html"),
        ("none/picture.png", 7, "there is no folder"),
        ("folder.svg", 7, "folder.svg is a folder; name a file in it"),
        ("picture.png", 1, "a width of 1 inches is not between 2.5 and 40"),
        ("picture.png", float("nan"), "a width of nan inches"),
    ],
)
def test_what_can_be_no_picture(tmp_path: Path, name: str, width: float, said: str) -> None:
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(InvalidInput, match=re.escape(said)):
        require_writable(Wanted(tmp_path / name, width))


def test_a_disk_that_is_full_is_said_and_leaves_the_old_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "picture.html"
    out.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreUnavailable, match=r"picture.html cannot be written \(No space left"):
        save(Word("water"), Wanted(out))
    assert [path.name for path in tmp_path.iterdir()] == ["picture.html"]
    assert out.read_text() == "old"


def test_without_the_extra_every_kind_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    with pytest.raises(ExtraMissing, match=r"interactive picture needs the extra 'plots'"):
        save(Word("water"), Wanted(tmp_path / "picture.html"))
    monkeypatch.setattr("indexer.plots.fonts.families", lambda _texts: ("DejaVu Sans",))
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ExtraMissing, match="drawing needs the extra 'plots'"):
        save(Word("water"), Wanted(tmp_path / "picture.png"))
    assert not list(tmp_path.iterdir())
