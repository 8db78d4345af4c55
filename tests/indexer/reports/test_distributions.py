"""Cosines of translations against random pairs, over worlds that can be counted."""

import numpy as np
import pytest

from indexer.build import build
from indexer.reports.distributions import (
    BINS,
    Distribution,
    densities,
    distributions,
    edges,
    histogram,
    pair_edition,
)
from indexer.service import LexiconService
from lexicon import edits
from lexicon.errors import IndexMissing, InvalidInput, NoWords, UnknownLanguage
from lexicon.settings import Settings
from lexicon.store import Sessions, writing
from tests.conftest import AxisEncoder
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


class TestHistogram:
    def test_a_histogram_is_what_the_cosines_say(self, tiny: LexiconService) -> None:
        found = histogram(tiny, "en", "fr")
        assert (found.encoder, found.memorised, found.distinct) == ("axis", False, False)
        assert (found.source, found.target, found.concepts) == ("en", "fr", 4)
        assert len(found.edges) == BINS + 1
        assert (found.edges[0], found.edges[-1]) == pytest.approx((0, 1), abs=1e-3)
        assert len(found.translations) == len(found.random) == BINS
        # Two of the four concepts lie in the last bin, and half of each of two; see above.
        width = 1 / BINS
        assert found.translations[-1] == pytest.approx(2.5 / 4 / width, rel=1e-2)
        assert sum(found.translations) * width == pytest.approx(1, rel=1e-2)
        assert found.random[0] == pytest.approx(1 / width, rel=1e-2)
        assert found.means.translations == pytest.approx((1.5 * HALF + 2.5) / 4, abs=1e-3)
        assert found.means.random == 0
        assert found.auc is not None
        assert (found.auc.value, found.auc.n) == (1.0, 4)

    def test_both_kinds_of_pairs_are_in_the_bins(self) -> None:
        one = Distribution("a", "b", np.array([0.5]), np.ones(1), np.array([-0.25]), None)
        bins = edges([one])
        assert (bins[0], bins[-1], len(bins)) == (-0.25, 0.5, BINS + 1)
        _, random = densities(one, bins)
        assert random is not None
        assert (random.mean, random.shares[0]) == (-0.25, pytest.approx(BINS / 0.75))

    def test_equal_cosines_have_bins_of_some_width(self) -> None:
        alone = Distribution("a", "b", np.ones(3), np.ones(3), np.zeros(0), None)
        bins = edges([alone])
        assert (bins[0], bins[-1]) == (1.0, 1.001)
        assert np.all(np.diff(bins) > 0)

    def test_without_random_pairs_their_part_is_empty(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        service = world(settings, sessions, monkeypatch, [entry("one", en="x", fr="y")])
        found = histogram(service, "en", "fr")
        assert (found.random, found.means.random, found.auc) == ([], None, None)
        assert found.concepts == 1


class TestEdition:
    def test_it_is_another_once_words_or_indices_are(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        first = pair_edition(service, "en", "fr")
        assert first == pair_edition(service, "fr", "en", "axis")
        # Folds depend on the words of all languages.
        build(service.sessions, service.generations, axis, ["kn"], force=True)
        second = pair_edition(service, "en", "fr")
        with writing(service.sessions) as session:
            edits.remove(session, ["water.noun.1"])
        assert len({first, second, pair_edition(service, "en", "fr")}) == 3

    def test_what_cannot_be_compared_is_refused_before_anything_is_read(
        self, tiny: LexiconService, service: LexiconService
    ) -> None:
        with pytest.raises(InvalidInput, match="both 'en'; choose two different languages"):
            pair_edition(tiny, "en", "en")
        for source, target in (("xx", "en"), ("en", "xx")):
            with pytest.raises(UnknownLanguage, match="'xx'"):
                pair_edition(tiny, source, target)
        for source, target in (("hi", "en"), ("en", "hi")):
            with pytest.raises(NoWords, match="'hi'"):
                pair_edition(tiny, source, target)
        for live in service.settings.indices.glob("*/fr/live"):
            live.unlink()
        with pytest.raises(IndexMissing, match="'fr'"):
            pair_edition(service, "en", "kn")
