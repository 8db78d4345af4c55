"""Maps of words."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.plots import map as maps
from indexer.plots.labels import Label, spread
from indexer.plots.map import MapPicture
from indexer.plots.picture import Wanted, save
from indexer.projection import Placed, Projection, Selection
from tests.indexer.plots.drawn import outlines, require_drawn

DRAW = np.random.default_rng(1)
WORDS = tuple(
    Placed(number, f"w<{number}", language, (f"gloss {number}",))
    for number, language in enumerate(["en", "fr"] * 12)
)
MADE = Projection(
    points=DRAW.normal(size=(24, 2)).astype(np.float32),
    words=WORDS,
    lines=np.array([[0, 1], [2, 3], [4, 5]]),
    concepts=12,
    encoder="axis",
    memorised=False,
    selection=Selection(field="food"),
    method="tsne",
)


def test_the_picture(tmp_path: Path) -> None:
    picture = MapPicture(MADE)
    said = require_drawn(picture, tmp_path)
    assert picture.title == "Words of the field food under axis: t-SNE"
    assert picture.notes == [
        "24 words of 12 concepts; lines join 3 pairs of translations.",
        "t-SNE keeps neighbours together; distances between groups say little.",
    ]
    assert '["w&lt;7","gloss 7"]'.replace("<", "\\u003c") in said
    data = picture.interactive().data
    assert [(trace["type"], trace["mode"]) for trace in data] == [
        ("scatter", "lines"), ("scatter", "markers"), ("scatter", "markers")
    ]  # fmt: skip
    assert len(data[1]["x"]) == len(data[2]["x"]) == 12
    # Each line ends before the next begins.
    assert [place for place, x in enumerate(data[0]["x"]) if x is None] == [2, 5, 8]


def test_principal_components_say_what_they_explain() -> None:
    made = replace(
        MADE,
        method="pca",
        explained=(0.5, 0.25),
        memorised=True,
        pending=2,
        selection=Selection(concepts=12),
    )
    picture = MapPicture(made)
    assert picture.title == "Words under axis: principal components"
    assert picture.notes == [
        "24 words of 12 concepts chosen at random; lines join 3 pairs of translations.",
        "axis was trained on this lexicon: this is what it remembers.",
        "Words without a vector until the next build: 2.",
    ]
    layout = picture.interactive().layout
    assert layout["xaxis"]["title"]["text"] == "first component (50.0% of the variance)"
    assert layout["yaxis"]["title"]["text"] == "second component (25.0%)"


def test_where_there_are_too_many_there_are_no_names_or_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "picture.svg"
    save(MapPicture(MADE), Wanted(out))
    named = outlines(out)
    for name, few in (("LABELLED", 23), ("MOST_LINES", 2), ("WEB_GL", 23), ("_SIZES", ())):
        monkeypatch.setattr(maps, name, few)
    picture = MapPicture(MADE)
    save(picture, Wanted(out))
    assert outlines(out) < named
    assert "w<7" not in set(picture.words())
    assert "; lines between 3 pairs of translations are left out." in picture.notes[0]
    data = picture.interactive().data
    assert {trace["type"] for trace in data} == {"scattergl"}
    assert data[0]["x"] == []


def test_words_in_one_place_are_a_map_too(tmp_path: Path) -> None:
    made = replace(MADE, points=np.zeros((24, 2), dtype=np.float32))
    save(MapPicture(made), Wanted(tmp_path / "picture.svg"))
    assert outlines(tmp_path / "picture.svg") > 24


def test_first_choices_are_named_first() -> None:
    picture = MapPicture(MADE)
    assert set(picture._labelled[:6]) == set(range(6))
    assert sorted(picture._labelled) == list(range(24))


class TestLabels:
    room = (3.0, 3.0)

    def labels(self, points: list[list[float]], most: int = 9, radius: float = 0.0) -> list[Label]:
        sizes = dict.fromkeys(range(len(points)), (0.5, 0.1))
        return spread(np.array(points), sizes, range(len(points)), self.room, most, radius)

    def test_right_left_above_below(self) -> None:
        assert self.labels([[1, 1]]) == [Label(0, 1.02, 0.95)]
        assert self.labels([[2.9, 1]]) == [Label(0, 2.38, 0.95)]
        # Others right and left of it, then above as well.
        beside: list[list[float]] = [[1, 1], [1.3, 1], [0.7, 1]]
        assert self.labels(beside, 1) == [Label(0, 0.75, 1.02)]
        assert self.labels([*beside, [1, 1.1]], 1) == [Label(0, 0.75, 0.88)]
        assert self.labels([*beside, [1, 1.1], [1, 0.9]], 1)[0].point == 1

    def test_none_covers_another_or_leaves_the_page(self) -> None:
        points = np.random.default_rng(2).uniform(0, 3, (80, 2))
        found = self.labels(points.tolist(), most=80, radius=0.02)
        assert 5 < len(found) < 80
        for one in found:
            assert 0 <= one.left <= 2.5
            assert 0 <= one.bottom <= 2.9
            for other in found:
                apart = (
                    abs(one.left - other.left) >= 0.4999 or abs(one.bottom - other.bottom) >= 0.0999
                )
                assert apart or one is other
            inside = (points > (one.left, one.bottom)) & (
                points < (one.left + 0.5, one.bottom + 0.1)
            )
            assert not inside.all(axis=1).any()

    def test_a_marker_takes_room(self) -> None:
        assert self.labels([[1, 1], [1.53, 1]], 1) == [Label(0, 1.02, 0.95)]
        assert self.labels([[1, 1], [1.53, 1]], 1, radius=0.04) == [Label(0, 0.44, 0.95)]
