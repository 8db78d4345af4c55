"""Reports in SQL: what comes back, and when it is stale."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from indexer.alignment.figures import METRICS, OPTIONAL
from indexer.build import build
from indexer.reports.report import AlignmentReport, Parameters, report
from indexer.reports.stored import StoredReport, listed, numbered, runs, store, stored
from indexer.service import LexiconService
from lexicon import migrate
from lexicon import store as stores
from lexicon.errors import InvalidInput, ReportMissing, UnknownLanguage
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import AxisEncoder
from tests.indexer.fitting import build_fitted
from tests.indexer.plots.reports import keep
from tests.indexer.worlds import entry, register, world

FEW = Parameters(samples=100)
WRITTEN = ["en-fr", "en-kn", "fr-en", "fr-kn", "kn-en", "kn-fr"]


def scored(service: LexiconService, *pairs: str, encoder: str | None = None) -> AlignmentReport:
    return report(service, encoder, pairs, parameters=FEW)


def unstored(found: StoredReport) -> AlignmentReport:
    """What was stored, without what the store adds."""
    return AlignmentReport.model_validate_json(
        found.model_dump_json(exclude={"run", "created_at", "stale"})
    )


def named(found: AlignmentReport) -> list[str]:
    return [f"{pair.source}-{pair.target}" for pair in found.pairs]


class TestStored:
    def test_what_is_stored_comes_back_byte_for_byte(self, service: LexiconService) -> None:
        made = scored(service)
        run = store(service, made)
        found = stored(service)
        assert named(found) == WRITTEN
        assert (found.run, found.stale) == (run, False)
        assert found.created_at[:2] == "20"
        assert found.created_at[-1] == "Z"
        assert unstored(found).model_dump_json() == made.model_dump_json()
        assert any(pair.verdict for pair in made.pairs)
        assert all(pair.strata for pair in made.pairs)

    def test_missing_figures_come_back_missing(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = [entry("one", "verb", en="x"), entry("two", fr="y"), entry("three", kn="z")]
        service = world(settings, sessions, monkeypatch, entries)
        made = scored(service, "en-fr", "en-hi")
        store(service, made)
        assert stored(service).pairs == made.pairs

    @pytest.mark.parametrize("method", ["center", "procrustes"])
    def test_gains_of_post_processing_come_back(self, service: LexiconService, method: str) -> None:
        build_fitted(service, f"axis+{method}")
        made = scored(service, encoder=f"axis+{method}")
        assert made.evaluation == "cross-validated"
        assert all("p_at_1_gain" in pair.all for pair in made.pairs)
        store(service, made)
        found = stored(service, f"axis+{method}")
        assert unstored(found).model_dump_json() == made.model_dump_json()
        # It is scored on vectors of its base's index.
        assert found.stale is False

    def test_no_gain_comes_back_where_there_is_none(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = [entry("one", "verb", en="x"), entry("two", fr="y")]
        service = world(settings, sessions, monkeypatch, entries)
        build_fitted(service, "axis+center")
        made = scored(service, "en-fr", encoder="axis+center")
        store(service, made)
        assert stored(service, "axis+center").pairs == made.pairs
        assert "p_at_1_gain" not in made.pairs[0].all

    def test_the_newest_is_the_one(self, service: LexiconService) -> None:
        first = store(service, scored(service, "en-fr"))
        second = store(service, scored(service, "fr-en"))
        assert second > first
        found = stored(service)
        assert found.run == second
        assert named(found) == ["fr-en"]

    def test_it_can_be_limited_to_a_source_or_a_target(self, service: LexiconService) -> None:
        store(service, scored(service, *WRITTEN))

        def pairs(source: str | None, target: str | None) -> list[str]:
            return named(stored(service, source=source, target=target))

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

    def test_another_identity_has_its_own_reports(
        self, service: LexiconService, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store(service, scored(service, "en-fr"))
        register(monkeypatch, AxisEncoder(revision="2"))
        with pytest.raises(ReportMissing):
            stored(LexiconService(service.settings, sessions))


class TestStale:
    @pytest.mark.parametrize("language", ["en", "fr", "kn"])
    def test_once_any_index_was_rebuilt(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder, language: str
    ) -> None:
        """Folds depend on the words of all languages."""
        store(service, scored(service, "en-fr"))
        assert stored(service).stale is False
        build(sessions, service.generations, axis, [language], force=True)
        assert stored(service).stale is True

    def test_where_an_index_is_gone(self, service: LexiconService, axis: AxisEncoder) -> None:
        store(service, scored(service, "en-fr"))
        (service.generations.folder(axis.spec.identity, "en") / "live").unlink()
        assert stored(service).stale is True

    def test_once_the_index_of_the_base_was_rebuilt(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        build_fitted(service, "axis+center")
        store(service, scored(service, "en-fr", encoder="axis+center"))
        build(sessions, service.generations, axis, ["fr"], force=True)
        assert stored(service, "axis+center").stale is True


class TestListed:
    def test_the_newest_come_first_as_far_as_they_are_wanted(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        for pair in ("en-fr", "en-kn"):
            store(service, scored(service, pair))
        keep(service, "/srv/models/mine", {}, evaluation="memorised")
        found = listed(service, 10)
        assert [(one.run, one.encoder, one.evaluation, one.stale) for one in found] == [
            (3, "/srv/models/mine-1", "memorised", False),
            (2, "axis", "zero-shot", False),
            (1, "axis", "zero-shot", False),
        ]
        assert found[0].created_at.endswith("Z")
        assert listed(service, 1) == found[:1]
        build(service.sessions, service.generations, axis, ["fr"], force=True)
        # Folds depend on the words of all languages.
        assert [one.stale for one in listed(service, 10)] == [False, True, True]

    def test_what_is_gone_or_damaged_is_not_in_use(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        keep(service, "other", {}, generations={"en": "gone"})
        assert [one.stale for one in listed(service, 10)] == [True]
        store(service, scored(service, "en-fr"))
        live = service.generations.folder(axis.spec.identity, "kn") / "live"
        live.write_bytes(b"?" * 999)
        assert [one.stale for one in listed(service, 10)] == [True, True]
        live.unlink()
        assert [one.stale for one in listed(service, 10)] == [True, True]


class TestRuns:
    def test_all_are_listed_the_newest_first(
        self, service: LexiconService, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert runs(service) == []
        first = store(service, scored(service, "en-fr"))
        taught = register(monkeypatch, AxisEncoder(name="taught", trained_on="digest"))
        build(sessions, service.generations, taught)
        second = store(service, scored(service, "kn-fr", "en-kn", encoder="taught"))
        found = runs(service)
        assert [(one.run, one.encoder, one.evaluation, one.pairs) for one in found] == [
            (second, "taught", "memorised", ["en-kn", "kn-fr"]),
            (first, "axis", "zero-shot", ["en-fr"]),
        ]
        assert found[0].identity == taught.spec.identity

    def test_one_is_read_by_its_number_and_stale_once_there_is_a_newer(
        self, service: LexiconService
    ) -> None:
        made = scored(service, "en-fr")
        first = store(service, made)
        assert (numbered(service, first).stale, named(numbered(service, first))) == (
            False,
            ["en-fr"],
        )
        second = store(service, scored(service, "fr-en"))
        assert numbered(service, first).stale is True
        assert numbered(service, second).stale is False
        assert unstored(numbered(service, first)) == made

    def test_a_number_without_a_report_is_refused_with_those_there_are(
        self, service: LexiconService
    ) -> None:
        with pytest.raises(
            InvalidInput, match=r"no report 1; stored: none; see: lexicon report list"
        ):
            numbered(service, 1)
        run = store(service, scored(service, "en-fr"))
        with pytest.raises(InvalidInput, match=rf"no report 99; stored: {run}; "):
            numbered(service, 99)


def test_a_report_of_the_third_schema_is_read_as_one_with_fewer_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, axis: AxisEncoder
) -> None:
    settings = Settings(home=tmp_path / "home", encoder="axis")
    stores.make_home(settings)
    engine = stores.connect(settings)
    command.upgrade(migrate.config(engine), "0003")
    old = {"n": 4, "random_n": 9, "forms": 5, "candidates": 6, "covered": 5, "left_out": 1}
    old_figures = {"cosine_mean": 0.75, "random_cosine_mean": 0.25, "gap": 0.5, "p_at_1": 0.5}
    with engine.begin() as connection:
        for line in (
            "INSERT INTO language VALUES ('en', 'English', 'English', 'Latn')",
            f"INSERT INTO encoder VALUES ('{axis.spec.identity}', 'axis', 4, '{{}}', '2024-02-29')",
            f"""INSERT INTO alignment_run VALUES (3, '{axis.spec.identity}', 'zero-shot',
             '{{"seed": 7, "random_pairs": 9}}', '{{"en": "g1"}}', '2024-02-29 12:00:00')""",
            *(
                f"INSERT INTO alignment_score VALUES (3, 'en', 'fr', '{name}', {value}, 0, 1, 4)"
                for name, value in (old | old_figures).items()
            ),
        ):
            connection.execute(text(line))
    migrate.upgrade(engine)
    engine.dispose()
    service = LexiconService(settings, stores.open_store(settings))
    found = stored(service)
    (pair,) = found.pairs
    assert (found.run, found.seed, found.random_pairs, found.stale) == (3, 7, 9, True)
    assert (pair.concepts, pair.forms, pair.candidates) == (4, 5, 6)
    assert (pair.covered, pair.left_out, pair.verdict) == (5, 1, None)
    figures = {name: one for name, one in pair.all.items() if one is not None}
    assert {name: one.value for name, one in figures.items()} == old_figures
    assert {name: one.n for name, one in figures.items()} == {
        "cosine_mean": 4,
        "random_cosine_mean": 9,
        "gap": 4,
        "p_at_1": 5,
    }
    assert set(pair.all) == set(METRICS) - OPTIONAL
    assert pair.strata == {}
    assert set(pair.distinct.values()) == {None}
    service.sessions.kw["bind"].dispose()
