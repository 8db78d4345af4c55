"""Histograms of cosines of translations and of random pairs."""

from pathlib import Path

import numpy as np
import pytest

from indexer.alignment.resampling import Figure
from indexer.plots.distributions import DistributionsPicture
from indexer.reports.distributions import Distribution, Distributions
from tests.indexer.plots.drawn import require_drawn


def drawn(seed: int, area: Figure | None, random: int = 300) -> Distribution:
    draw = np.random.default_rng(seed)
    return Distribution(
        "en", "fr", draw.normal(0.6, 0.1, 200).clip(-1, 1), np.ones(200),
        draw.normal(0.1, 0.1, random).clip(-1, 1), area,
    )  # fmt: skip


def test_the_picture(tmp_path: Path) -> None:
    pairs = (drawn(1, Figure(0.98, 0.975, 0.984, 200)), drawn(2, Figure(0.98, None, None, 200)))
    picture = DistributionsPicture(Distributions("axis", True, True, pairs))
    said = require_drawn(picture, tmp_path)
    assert said.count('"text":"en→fr: AUC 0.980 (0.975–0.984)"') == 1
    assert said.count('"text":"en→fr: AUC 0.980"') == 1
    assert '<th scope="row">en→fr</th><td>200</td>' in said
    assert picture.title == "Cosines under axis, without identical spellings and names"
    assert picture.notes[1:] == ["axis was trained on this lexicon: this is what it remembers."]


def test_densities_are_shares_of_their_own_kind() -> None:
    picture = DistributionsPicture(Distributions("axis", False, False, (drawn(1, None),)))
    data = picture.interactive().data
    assert [bars["name"] for bars in data] == ["translations", "random pairs"]
    for bars in data:
        assert sum(bars["y"]) * bars["width"] == pytest.approx(1)


def test_without_random_pairs_there_is_nothing_to_compare(tmp_path: Path) -> None:
    alone = Distribution("en", "fr", np.ones(3), np.ones(3), np.zeros(0), None)
    picture = DistributionsPicture(Distributions("axis", False, False, (alone,)))
    said = require_drawn(picture, tmp_path)
    assert '"text":"en→fr"' in said
    assert "random pairs" not in picture.words()
    assert "<td>1.000</td><td>0</td><td>–</td><td>–</td>" in said
