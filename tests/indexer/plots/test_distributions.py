"""Cosines of translations against random pairs, over worlds that can be counted."""

from pathlib import Path

import numpy as np
import pytest

from indexer.alignment.resampling import Figure
from indexer.plots.distributions import (
    Distribution,
    Distributions,
    DistributionsPicture,
    distributions,
)
from indexer.service import LexiconService
from lexicon.errors import InvalidInput, NoWords
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.indexer.plots.drawn import require_drawn
from tests.indexer.worlds import Table, entry, world

HALF = 0.5**0.5


def test_every_translation_counts_with_the_weight_of_its_concept(tiny: LexiconService) -> None:
    found = distributions(tiny, ["en-fr"])
    assert (found.encoder, found.memorised, found.distinct) == ("axis", False, False)
    (one,) = found.pairs
    # river bank: bank and shore; money bank: bank; run; water.
    order = np.lexsort((one.weights, one.translations))
    assert one.translations[order].tolist() == pytest.approx([HALF, HALF, 1, 1, 1], abs=1e-3)
    assert one.weights[order].tolist() == [0.5, 1, 0.5, 1, 1]
    assert one.concepts == 4
    assert set(one.random.tolist()) == {0.0}
    # Every translation is closer than every random pair.
    assert one.area is not None
    assert (one.area.value, one.area.n) == (1.0, 4)


def test_pairs_come_in_the_order_that_they_are_asked_for(tiny: LexiconService) -> None:
    found = distributions(tiny, ["kn-en", "en-fr", "kn-en"])
    assert [(one.source, one.target) for one in found.pairs] == [("kn", "en"), ("en", "fr")]


def test_identical_spellings_and_names_can_be_left_out(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [
        entry("one", en="radio", fr="radio"),
        entry("two", en="x", fr="y"),
        entry("three", "propn", en="India", fr="Inde"),
    ]
    same = [1, 0, 0, 0]
    table: Table = {"en": {"radio": same, "x": [0, 1, 0, 0], "India": same}, "fr": {"radio": same}}
    service = world(settings, sessions, monkeypatch, entries, table)
    assert distributions(service, ["en-fr"]).pairs[0].concepts == 3
    (one,) = distributions(service, ["en-fr"], distinct=True).pairs
    assert one.concepts == 1
    # y is guessed, which is half of each axis.
    assert one.translations.tolist() == pytest.approx([0.5], abs=1e-3)


def test_pairs_that_have_nothing_are_refused(
    tiny: LexiconService, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NoWords, match="'hi'"):
        distributions(tiny, ["en-hi"])
    with pytest.raises(InvalidInput, match="pair 'en-xx'"):
        distributions(tiny, ["en-xx"])
    entries = [entry("one", en="x"), entry("two", fr="y"), entry("three", en="z", kn="z")]
    service = world(settings, sessions, monkeypatch, entries)
    with pytest.raises(InvalidInput, match=r"no concept has words in both 'en' and 'fr'; choose"):
        distributions(service, ["en-fr"])
    with pytest.raises(InvalidInput, match="'kn', without identical spellings and names; choose"):
        distributions(service, ["en-kn"], distinct=True)


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
