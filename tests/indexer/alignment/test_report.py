"""The alignment report on worlds that can be counted by hand."""

import pytest
from numpy.testing import assert_allclose

from indexer import delta
from indexer.reports.report import (
    RANDOM_PAIRS,
    SEED,
    AlignmentReport,
    PairReport,
    parse_pairs,
    report,
    store,
    stored,
)
from indexer.build import build
from indexer.service import LexiconService
from lexicon.errors import IndexMissing, InvalidInput, ReportMissing, UnknownLanguage
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.worlds import Table, entry, register, world

HALF = 0.5**0.5
WRITTEN = ["en-fr", "en-kn", "fr-en", "fr-kn", "kn-en", "kn-fr"]


def figures(made: AlignmentReport, source: str, target: str) -> PairReport:
    (found,) = (pair for pair in made.pairs if (pair.source, pair.target) == (source, target))
    return found


class TestFigures:
    def test_english_to_french_by_hand(self, tiny: LexiconService) -> None:
        pair = figures(report(tiny, pairs=["en-fr"]), "en", "fr")
        assert pair.n == 4
        # water 1; river bank: bank 1/√2 and shore 1; money bank 1/√2; run 1.
        assert pair.cosine_mean == pytest.approx((1 + (1 + HALF) / 2 + HALF + 1) / 4, abs=1e-6)
        assert pair.random_cosine_mean == 0.0
        assert pair.gap == pair.cosine_mean
        assert (pair.p_at_1, pair.p_at_5, pair.p_at_10) == (1.0, 1.0, 1.0)
        # One right of four for water, shore and run, two for bank.
        assert pair.chance_p_at_1 == (3 * 0.25 + 0.5) / 4
        assert (pair.forms, pair.candidates, pair.covered, pair.left_out) == (4, 4, 4, 0)
        assert 0 < pair.random_n <= RANDOM_PAIRS
        assert pair.p_at_1_interval == pytest.approx((0.510109, 1.0), abs=1e-6)

    def test_kannada_counts_both_its_words_for_water(self, tiny: LexiconService) -> None:
        there = figures(report(tiny, pairs=["en-kn"]), "en", "kn")
        back = figures(report(tiny, pairs=["kn-en"]), "kn", "en")
        assert (there.forms, there.candidates) == (4, 5)
        assert (back.forms, back.candidates) == (5, 4)
        assert there.n == back.n == 4
        assert there.cosine_mean == back.cosine_mean
        assert there.chance_p_at_1 == pytest.approx((0.4 + 0.4 + 0.2 + 0.2) / 4)

    @pytest.fixture
    def crooked(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> LexiconService:
        """French *banque* lies where *eau* does, and *courir* opposite to *run*."""
        table: Table = {
            "en": AxisEncoder().table["en"],
            "fr": {
                "eau": [1, 0, 0, 0],
                "banque": [1, 0, 0, 0],
                "rive": [0, 1, 0, 0],
                "courir": [0, 0, 0, -1],
            },
        }
        return world(settings, sessions, monkeypatch, TINY, table)

    def test_ties_and_misses_by_hand(self, crooked: LexiconService) -> None:
        pair = figures(report(crooked, pairs=["en-fr"]), "en", "fr")
        assert pair.cosine_mean == pytest.approx((1 + (1 + HALF) / 2 + 0 - 1) / 4, abs=1e-6)
        # water: eau or banque, a coin's toss; bank: rive; shore: rive; run: courir comes last.
        assert pair.p_at_1 == pytest.approx((0.5 + 1 + 1 + 0) / 4)
        assert (pair.p_at_5, pair.p_at_10) == (1.0, 1.0)
        back = figures(report(crooked, pairs=["fr-en"]), "fr", "en")
        # banque finds water first, and bank among four of cosine 0 or 1: never right at 1.
        assert back.p_at_1 == pytest.approx((1 + 0 + 1 + 0) / 4)

    def test_random_pairs_average_what_does_not_translate(self, crooked: LexiconService) -> None:
        pair = figures(report(crooked, pairs=["en-fr"]), "en", "fr")
        # Only water and banque are alike without sharing a concept: one draw in nine of the
        # noun pairs, of which four are translations.
        assert pair.random_cosine_mean is not None
        assert pair.random_cosine_mean == pytest.approx(1 / 7, abs=0.02)
        assert pair.gap == pytest.approx((pair.cosine_mean or 0) - pair.random_cosine_mean)

    def test_words_the_encoder_guessed_are_not_covered(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        table: Table = {"en": {"water": [1, 0, 0, 0]}}
        service = world(settings, sessions, monkeypatch, TINY, table)
        pair = figures(report(service, pairs=["en-fr"]), "en", "fr")
        assert (pair.forms, pair.covered) == (4, 1)
        # Guesses lie all in one place, so that ties decide: chance.
        assert pair.p_at_1 == pair.chance_p_at_1

    def test_words_that_have_come_since_the_build_are_counted(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea|ocean", fr="mer")])
        pair = figures(report(service, pairs=["en-fr"]), "en", "fr")
        assert (pair.n, pair.left_out, pair.forms, pair.candidates) == (5, 0, 6, 5)

    def test_words_that_have_no_vector_yet_are_left_out_and_counted(
        self, service: LexiconService, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delta, "FEW", 0)
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea|ocean", fr="mer")])
        pair = figures(report(service, pairs=["en-fr"]), "en", "fr")
        assert (pair.n, pair.left_out, pair.forms, pair.candidates) == (4, 2, 4, 4)

    def test_a_pair_without_a_common_concept_has_no_figures(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = [entry("one", "verb", en="x"), entry("two", fr="y")]
        service = world(settings, sessions, monkeypatch, entries)
        pair = figures(report(service, pairs=["en-fr"]), "en", "fr")
        said = pair.model_dump()
        counts = {"n": 0, "random_n": 0, "forms": 0, "candidates": 1, "covered": 0, "left_out": 0}
        assert {name: said[name] for name in counts} == counts
        others = set(said) - set(counts) - {"source", "target"}
        assert all(said[name] is None for name in others)

    def test_the_mean_has_an_interval_around_it(self, tiny: LexiconService) -> None:
        pair = figures(report(tiny, pairs=["en-fr"]), "en", "fr")
        assert pair.cosine_mean is not None
        assert pair.cosine_mean_interval is not None
        low, high = pair.cosine_mean_interval
        assert HALF - 1e-6 <= low < pair.cosine_mean < high <= 1


class TestReport:
    def test_it_says_what_it_measured(self, tiny: LexiconService, tiny_axis: AxisEncoder) -> None:
        made = report(tiny, pairs=["en-kn"])
        assert (made.encoder, made.identity) == ("axis", tiny_axis.spec.identity)
        assert made.seed == SEED
        assert made.generations == {
            code: tiny.index(tiny_axis, code).manifest.generation for code in ("en", "kn")
        }

    def test_two_runs_are_equal_byte_for_byte(self, tiny: LexiconService) -> None:
        first, second = (report(tiny, pairs=WRITTEN).model_dump_json() for _ in range(2))
        assert first == second

    def test_an_encoder_that_was_taught_no_lexicon_is_scored_zero_shot(
        self, tiny: LexiconService
    ) -> None:
        assert report(tiny, pairs=["en-fr"]).evaluation == "zero-shot"

    def test_an_encoder_that_was_taught_a_lexicon_only_remembers(
        self, service: LexiconService, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        taught = register(monkeypatch, AxisEncoder(name="taught", trained_on="digest"))
        build(sessions, service.generations, taught)
        made = report(service, "taught", ["en-fr"])
        assert made.evaluation == "memorised"
        store(service, made)
        assert stored(service, "taught").evaluation == "memorised"

    def test_every_pair_of_written_languages_is_scored_unless_some_are_named(
        self, tiny: LexiconService
    ) -> None:
        made = report(tiny)
        assert [f"{pair.source}-{pair.target}" for pair in made.pairs] == WRITTEN

    def test_pairs_come_in_the_order_they_are_named(self, tiny: LexiconService) -> None:
        made = report(tiny, pairs=["kn-en", "en-fr", "kn-en"])
        assert [(pair.source, pair.target) for pair in made.pairs] == [("kn", "en"), ("en", "fr")]

    def test_progress_is_told_per_pair(self, tiny: LexiconService) -> None:
        told: list[tuple[int, int]] = []
        report(tiny, pairs=["en-fr", "fr-en"], advance=lambda *said: told.append(said))
        assert told == [(0, 2), (1, 2), (2, 2)]

    def test_nothing_is_encoded(self, tiny: LexiconService, tiny_axis: AxisEncoder) -> None:
        report(tiny, pairs=WRITTEN)
        assert tiny_axis.encoded == 0

    def test_a_language_without_an_index_is_refused(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        service = world(settings, sessions, monkeypatch, TINY, languages=["en"])
        with pytest.raises(IndexMissing, match=r"language 'fr'; .*index build --encoder axis"):
            report(service, pairs=["en-fr"])


class TestPairs:
    def test_no_pair_means_every_ordered_pair(self) -> None:
        assert parse_pairs([], ["en", "fr", "kn"]) == [
            ("en", "fr"),
            ("en", "kn"),
            ("fr", "en"),
            ("fr", "kn"),
            ("kn", "en"),
            ("kn", "fr"),
        ]

    def test_a_pair_named_twice_is_scored_once(self) -> None:
        assert parse_pairs(["en-fr", "fr-en", "en-fr"], ["en", "fr"]) == [
            ("en", "fr"),
            ("fr", "en"),
        ]

    @pytest.mark.parametrize(
        "text", ["", "-", "en", "en-", "-en", "en-en", "en-xx", "en_fr", "EN-fr"]
    )
    def test_what_is_no_pair_is_refused_with_an_example_and_the_known_languages(
        self, text: str
    ) -> None:
        with pytest.raises(
            InvalidInput, match=rf"^pair '{text}' is not .* such as en-kn, out of: en, fr$"
        ):
            parse_pairs([text], ["en", "fr"])


class TestStored:
    def test_what_is_stored_comes_back(self, service: LexiconService) -> None:
        made = report(service, pairs=WRITTEN)
        run = store(service, made)
        found = stored(service)
        assert found.run == run
        assert found.stale is False
        assert AlignmentReport.model_validate(found.model_dump()) == made
        assert found.created_at[:2] == "20"

    def test_missing_figures_come_back_missing(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = [entry("one", "verb", en="x"), entry("two", fr="y")]
        service = world(settings, sessions, monkeypatch, entries)
        made = report(service, pairs=["en-fr"])
        store(service, made)
        assert stored(service).pairs == made.pairs

    def test_the_newest_is_the_one(self, service: LexiconService) -> None:
        first = store(service, report(service, pairs=["en-fr"]))
        second = store(service, report(service, pairs=["fr-en"]))
        assert second > first
        found = stored(service)
        assert found.run == second
        assert [(pair.source, pair.target) for pair in found.pairs] == [("fr", "en")]

    def test_it_can_be_limited_to_a_source_or_a_target(self, service: LexiconService) -> None:
        store(service, report(service, pairs=WRITTEN))

        def pairs(source: str | None, target: str | None) -> list[str]:
            found = stored(service, source=source, target=target)
            return [f"{pair.source}-{pair.target}" for pair in found.pairs]

        assert pairs("en", None) == ["en-fr", "en-kn"]
        assert pairs(None, "en") == ["fr-en", "kn-en"]
        assert pairs("kn", "fr") == ["kn-fr"]
        assert pairs("hi", None) == []

    def test_an_unknown_language_names_the_known_ones(self, tiny: LexiconService) -> None:
        for source, target in (("xx", None), (None, "xx")):
            with pytest.raises(UnknownLanguage, match=r"'xx'; known: en, fr, hi, kn"):
                stored(tiny, source=source, target=target)

    def test_no_report_is_named_with_the_command_that_makes_one(self, tiny: LexiconService) -> None:
        with pytest.raises(ReportMissing, match=r"'axis'; .*lexicon report --encoder axis$"):
            stored(tiny)

    def test_it_is_stale_once_one_of_its_indices_was_rebuilt(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        store(service, report(service, pairs=["en-fr"]))
        build(sessions, service.generations, axis, ["kn"], force=True)
        assert stored(service).stale is False
        build(sessions, service.generations, axis, ["fr"], force=True)
        assert stored(service).stale is True

    def test_it_is_stale_where_an_index_is_gone(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        store(service, report(service, pairs=["en-fr"]))
        (service.generations.folder(axis.spec.identity, "en") / "live").unlink()
        assert stored(service).stale is True

    def test_another_identity_has_its_own_reports(
        self, service: LexiconService, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store(service, report(service, pairs=["en-fr"]))
        register(monkeypatch, AxisEncoder(revision="2"))
        with pytest.raises(ReportMissing):
            stored(LexiconService(service.settings, sessions))

    def test_figures_keep_their_interval(self, service: LexiconService) -> None:
        made = report(service, pairs=["en-fr"])
        store(service, made)
        kept = stored(service).pairs[0].p_at_1_interval
        assert kept is not None
        assert_allclose(kept, made.pairs[0].p_at_1_interval or ())
