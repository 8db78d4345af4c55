"""The alignment report on worlds that can be counted by hand."""

from dataclasses import replace

import numpy as np
import pytest

from indexer import delta
from indexer.alignment.figures import BROKEN_DOWN, METRICS, OPTIONAL
from indexer.alignment.sample import SEED
from indexer.build import build
from indexer.reports.report import (
    AlignmentReport,
    PairReport,
    Parameters,
    ReportedFigure,
    parse_pairs,
    report,
)
from indexer.reports.stored import store, stored
from indexer.service import LexiconService
from lexicon.errors import IndexMissing, InvalidInput
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.fitting import build_fitted
from tests.indexer.worlds import Table, entry, register, world

FEW = Parameters(samples=100)
HALF = 0.5**0.5
WRITTEN = ["en-fr", "en-kn", "fr-en", "fr-kn", "kn-en", "kn-fr"]


def figures(made: AlignmentReport, source: str, target: str) -> PairReport:
    (found,) = (pair for pair in made.pairs if (pair.source, pair.target) == (source, target))
    return found


def of(service: LexiconService, source: str, target: str) -> PairReport:
    return figures(report(service, pairs=[f"{source}-{target}"], parameters=FEW), source, target)


def figure(found: ReportedFigure | None) -> ReportedFigure:
    assert found is not None
    return found


def value(pair: PairReport, metric: str) -> float:
    return figure(pair.all[metric]).value


class TestFigures:
    def test_english_to_french_by_hand(self, tiny: LexiconService) -> None:
        pair = of(tiny, "en", "fr")
        # water 1; river bank: bank 1/√2 and shore 1; money bank 1/√2; run 1.
        mean = (1 + (1 + HALF) / 2 + HALF + 1) / 4
        assert value(pair, "cosine_mean") == pytest.approx(mean, abs=1e-6)
        # shore and banque are the only two nouns of one fold that share no concept.
        assert value(pair, "random_cosine_mean") == 0.0
        assert value(pair, "gap") == value(pair, "cosine_mean")
        assert value(pair, "auc") == 1.0
        for metric in ("p_at_1", "p_at_5", "p_at_10", "mrr", "csls_p_at_1", "csls_mrr"):
            assert value(pair, metric) == 1.0
        # One right of four for water, shore and run, two for bank.
        assert value(pair, "chance_p_at_1") == (3 * 0.25 + 0.5) / 4
        assert value(pair, "xsim_error") == 0.0
        # Whatever is no translation lies at a right angle.
        assert value(pair, "strong_alignment") == 1.0
        assert (pair.concepts, pair.forms, pair.candidates) == (4, 4, 4)
        assert (pair.covered, pair.left_out) == (4, 0)

    def test_kannada_counts_both_its_words_for_water(self, tiny: LexiconService) -> None:
        there, back = of(tiny, "en", "kn"), of(tiny, "kn", "en")
        assert (there.forms, there.candidates) == (4, 5)
        assert (back.forms, back.candidates) == (5, 4)
        assert there.concepts == back.concepts == 4
        assert value(there, "cosine_mean") == value(back, "cosine_mean")
        assert value(there, "chance_p_at_1") == pytest.approx((0.4 + 0.4 + 0.2 + 0.2) / 4)

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
        pair = of(crooked, "en", "fr")
        mean = (1 + (1 + HALF) / 2 + 0 - 1) / 4
        assert value(pair, "cosine_mean") == pytest.approx(mean, abs=1e-6)
        # water: eau or banque, a coin's toss; bank: rive; shore: rive; run: courir comes last.
        assert value(pair, "p_at_1") == pytest.approx((0.5 + 1 + 1 + 0) / 4)
        assert value(pair, "mrr") == pytest.approx((0.75 + 1 + 1 + 0.25) / 4)
        assert (value(pair, "p_at_5"), value(pair, "p_at_10")) == (1.0, 1.0)
        back = of(crooked, "fr", "en")
        # banque finds water first, and bank among four of cosine 0 or 1: never right at 1.
        assert value(back, "p_at_1") == pytest.approx((1 + 0 + 1 + 0) / 4)
        # Strong are shore and river bank's shore: half of one concept of four.
        assert value(pair, "strong_alignment") == pytest.approx(1 / 4)

    def test_words_the_encoder_guessed_are_not_covered(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        table: Table = {"en": {"water": [1, 0, 0, 0]}}
        service = world(settings, sessions, monkeypatch, TINY, table)
        pair = of(service, "en", "fr")
        assert (pair.forms, pair.covered) == (4, 1)
        # Guesses lie all in one place, so that ties decide: chance.
        assert value(pair, "p_at_1") == value(pair, "chance_p_at_1")

    def test_words_that_have_come_since_the_build_are_counted(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea|ocean", fr="mer")])
        pair = of(service, "en", "fr")
        assert (pair.concepts, pair.left_out, pair.forms, pair.candidates) == (5, 0, 6, 5)

    def test_words_that_have_no_vector_yet_are_left_out_and_counted(
        self, service: LexiconService, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delta, "FEW", 0)
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea|ocean", fr="mer")])
        pair = of(service, "en", "fr")
        assert (pair.concepts, pair.left_out, pair.forms, pair.candidates) == (4, 2, 4, 4)

    def test_intervals_are_around_their_figures(self, tiny: LexiconService) -> None:
        pair = of(tiny, "en", "fr")
        mean, rate = figure(pair.all["cosine_mean"]), figure(pair.all["p_at_1"])
        assert mean.low is not None
        assert mean.high is not None
        # Without the banks, and with them alone.
        assert (1 + 3 * HALF) / 4 - 1e-6 <= mean.low < mean.value < mean.high <= 1
        assert (rate.low, rate.high, rate.n) == (1.0, 1.0, 4)

    def test_a_pair_without_a_common_concept_has_no_figures(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = [entry("one", "verb", en="x"), entry("two", fr="y")]
        service = world(settings, sessions, monkeypatch, entries)
        nothing(of(service, "en", "fr"), candidates=1)

    def test_a_language_without_words_has_no_figures(self, tiny: LexiconService) -> None:
        nothing(of(tiny, "en", "hi"), candidates=0)
        nothing(of(tiny, "hi", "en"), candidates=4)


def nothing(pair: PairReport, candidates: int) -> None:
    assert (pair.concepts, pair.forms, pair.candidates) == (0, 0, candidates)
    assert (pair.covered, pair.left_out, pair.verdict, pair.strata) == (0, 0, None, {})
    assert set(pair.all) == set(pair.distinct) == set(METRICS) - OPTIONAL
    assert set(pair.all.values()) == set(pair.distinct.values()) == {None}


class TestParts:
    @pytest.fixture
    def alike(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> LexiconService:
        """Four words spelt alike and two names in one place; two other words that are apart."""
        entries = [
            *(entry(word, en=word, fr=word.upper()) for word in ("ab", "cd", "ef", "gh")),
            entry("oslo", "propn", en="oslo", fr="kristiania"),
            entry("rome", "propn", en="rome", fr="roma"),
            entry("sea", en="sea", fr="mer"),
            entry("sky", en="sky", fr="ciel"),
        ]
        words = ["ab", "cd", "ef", "gh", "oslo", "rome", "sea", "sky"]
        french = ["AB", "CD", "EF", "GH", "kristiania", "roma", "ciel", "mer"]
        table: Table = {
            code: {word: np.eye(8)[place].tolist() for place, word in enumerate(some)}
            for code, some in (("en", words), ("fr", french))
        }
        encoder = register(monkeypatch, AxisEncoder(table, dim=8))
        fill(sessions, entries)
        service = LexiconService(settings, sessions)
        build(sessions, service.generations, encoder)
        return service

    def test_what_is_spelt_alike_and_names_prove_nothing(self, alike: LexiconService) -> None:
        pair = of(alike, "en", "fr")
        # sea finds ciel and sky mer; the six others find what they should.
        whole, distinct = figure(pair.all["p_at_1"]), figure(pair.distinct["p_at_1"])
        assert (whole.value, whole.n) == (0.75, 8)
        assert (distinct.value, distinct.n) == (0.0, 2)
        assert value(pair, "cosine_mean") == 0.75
        assert figure(pair.distinct["cosine_mean"]).value == 0.0

    def test_strata_have_the_most_important_figures(self, alike: LexiconService) -> None:
        pair = of(alike, "en", "fr")
        assert list(pair.strata) == [
            *("field=field", "frequency=unknown", "pos=noun", "pos=propn"),
        ]
        wanted = [name for name in METRICS if name in BROKEN_DOWN]
        assert all(list(found) == wanted for found in pair.strata.values())
        nouns, names = pair.strata["pos=noun"], pair.strata["pos=propn"]
        assert figure(nouns["p_at_1"]).value == pytest.approx(4 / 6, abs=1e-6)
        assert (figure(names["p_at_1"]).value, figure(names["p_at_1"]).n) == (1.0, 2)

    def test_strata_can_be_left_out(self, alike: LexiconService) -> None:
        made = report(alike, pairs=["en-fr"], parameters=Parameters(samples=50, broken_down=False))
        assert made.pairs[0].strata == {}


class TestReport:
    def test_it_says_what_it_measured(self, tiny: LexiconService, tiny_axis: AxisEncoder) -> None:
        made = report(tiny, pairs=["en-kn"], parameters=FEW)
        assert (made.encoder, made.identity) == ("axis", tiny_axis.spec.identity)
        assert (made.seed, made.samples, made.random_pairs) == (SEED, 100, 10_000)
        # Folds depend on the words of all languages.
        assert made.generations == {
            code: tiny.index(tiny_axis, code).manifest.generation for code in ("en", "fr", "kn")
        }

    def test_all_figures_come_in_one_order(self, tiny: LexiconService) -> None:
        for pair in report(tiny, parameters=FEW).pairs:
            wanted = [name for name in METRICS if name not in OPTIONAL]
            assert list(pair.all) == list(pair.distinct) == wanted

    def test_two_runs_are_equal_byte_for_byte(self, tiny: LexiconService) -> None:
        first, second = (
            report(tiny, pairs=WRITTEN, parameters=FEW).model_dump_json() for _ in range(2)
        )
        assert first == second

    def test_another_seed_draws_others(self, tiny: LexiconService) -> None:
        made = [
            report(tiny, pairs=["en-fr"], parameters=replace(FEW, seed=seed, random_pairs=2))
            for seed in range(4)
        ]
        figures = [one.pairs[0].model_dump_json() for one in made]
        assert len(set(figures)) > 1
        assert len({value(one.pairs[0], "cosine_mean") for one in made}) == 1

    def test_an_encoder_that_was_taught_no_lexicon_is_scored_zero_shot(
        self, tiny: LexiconService
    ) -> None:
        assert report(tiny, pairs=["en-fr"], parameters=FEW).evaluation == "zero-shot"

    def test_an_encoder_that_was_taught_a_lexicon_only_remembers(
        self, service: LexiconService, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        taught = register(monkeypatch, AxisEncoder(name="taught", trained_on="digest"))
        build(sessions, service.generations, taught)
        made = report(service, "taught", ["en-fr"], parameters=FEW)
        assert made.evaluation == "memorised"
        assert (value(made.pairs[0], "p_at_1"), made.pairs[0].verdict) == (1.0, None)
        store(service, made)
        found = stored(service, "taught")
        assert (found.evaluation, found.pairs[0].verdict) == ("memorised", None)

    def test_what_was_memorised_stays_so_after_post_processing(
        self, service: LexiconService, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        taught = register(monkeypatch, AxisEncoder(name="taught", trained_on="digest"))
        build(sessions, service.generations, taught)
        build_fitted(service, "taught+center")
        made = report(service, "taught+center", ["en-fr"], parameters=FEW)
        assert (made.evaluation, made.pairs[0].verdict) == ("memorised", None)

    def test_figures_of_held_out_words_come_with_the_encoder_that_has_them(
        self, service: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = report(service, pairs=["en-fr", "fr-en"], parameters=FEW)
        said = [pair.model_dump() for pair in made.pairs]
        monkeypatch.setattr(AxisEncoder, "held_out", lambda _self: said, raising=False)
        found = report(service, pairs=["en-kn", "fr-en"], parameters=FEW)
        assert found.held_out == made.pairs[1:]
        store(service, found)
        assert stored(service).held_out == made.pairs[1:]
        assert stored(service, source="en").held_out is None

    def test_every_pair_of_written_languages_is_scored_unless_some_are_named(
        self, tiny: LexiconService
    ) -> None:
        made = report(tiny, parameters=FEW)
        assert [f"{pair.source}-{pair.target}" for pair in made.pairs] == WRITTEN

    def test_pairs_come_in_the_order_they_are_named(self, tiny: LexiconService) -> None:
        made = report(tiny, pairs=["kn-en", "en-fr", "kn-en"], parameters=FEW)
        assert [(pair.source, pair.target) for pair in made.pairs] == [("kn", "en"), ("en", "fr")]

    def test_progress_is_told_per_pair_and_both_directions_come_at_once(
        self, tiny: LexiconService
    ) -> None:
        told: list[tuple[int, int]] = []
        report(
            tiny,
            pairs=["en-fr", "en-kn", "fr-en"],
            advance=lambda *said: told.append(said),
            parameters=FEW,
        )
        assert told == [(0, 3), (2, 3), (3, 3)]

    def test_nothing_is_encoded(self, tiny: LexiconService, tiny_axis: AxisEncoder) -> None:
        report(tiny, pairs=WRITTEN, parameters=FEW)
        assert tiny_axis.encoded == 0

    def test_a_language_without_an_index_is_refused(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        service = world(settings, sessions, monkeypatch, TINY, languages=["en"])
        with pytest.raises(IndexMissing, match=r"language 'fr'; .*index build --encoder axis"):
            report(service, pairs=["en-fr"])

    def test_a_store_without_words_has_nothing_to_report(
        self, settings: Settings, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        service = LexiconService(settings, sessions)
        assert report(service).pairs == []
        fill(sessions, [])
        nothing(of(service, "en", "fr"), candidates=0)

    def test_an_encoder_of_unit_rows_has_no_states(self, tiny: LexiconService) -> None:
        with pytest.raises(InvalidInput, match="'axis' has no hidden states"):
            report(tiny, pairs=["en-fr"], parameters=Parameters(states=True))


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
