"""The study's Table 1 beside stored reports."""

import pytest

from indexer.reports.report import Parameters, report
from indexer.reports.stored import store
from indexer.reports.study import Beside, beside, means, reported
from indexer.reports.table1 import PUBLISHED, table1
from indexer.service import LexiconService
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import AxisEncoder
from tests.indexer.fitting import build_fitted
from tests.indexer.plots.reports import keep
from tests.indexer.worlds import entry, register, world

FEW = Parameters(samples=50, random_pairs=100)
FIGURES = {"concepts": 4.0, "random_cosine_mean": 0.25, "gap": 0.5}


def made(service: LexiconService) -> Beside:
    reports = reported(service)
    found = {one.name: means(service, one.name) for one in reports if one.edition}
    return beside(found, reports)


def test_all_is_as_the_table_that_is_made_anew(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "abcdefgh"
    entries = [
        entry(f"{word}.noun.1", en=f"{word}1", fr=f"{word}2|{word}", hi=f"{word}3", kn=f"{word}4")
        for word in words
    ]
    service = world(settings, sessions, monkeypatch, entries)
    store(service, report(service, parameters=FEW))
    found = made(service)
    assert found.left_out == {}
    whole = [row for row in table1(service, parameters=FEW).rows if row.encoder]
    assert len(found.ours) == len(whole) == len(PUBLISHED)
    for ours, theirs in zip(found.ours, whole, strict=True):
        assert (ours.source, ours.target) == (theirs.source, theirs.target)
        assert (ours.mean_first, ours.n) == (theirs.cosine, theirs.concepts)
        assert ours.mean_first is not None
        assert (ours.random, ours.auc, ours.p_at_1) == (theirs.random, theirs.auc, theirs.p_at_1)
        assert (ours.verdict, ours.evaluation) == (theirs.verdict, "zero-shot")
        assert not ours.stale


def test_the_newest_report_of_a_name_counts(service: LexiconService) -> None:
    pairs = dict.fromkeys((("en", "kn"), ("en", "fr"), ("fr", "en")), FIGURES)
    keep(service, "labse", {("en", "fr"): FIGURES}, revision="2")
    keep(service, "labse", pairs, revision="1", evaluation="memorised")
    keep(service, "bloom-560m", {("fr", "kn"): FIGURES})
    found = made(service)
    assert [(one.encoder, one.source, one.target) for one in found.ours] == [
        ("labse", "en", "fr"),
        ("labse", "en", "kn"),
    ]
    first = found.ours[0]
    assert (first.evaluation, first.verdict, first.n, first.mean_first) == (
        "memorised", None, 4, None,
    )  # fmt: skip
    assert first.gap is not None
    assert (first.gap.value, first.gap.n, first.auc) == (0.5, 4, None)
    # bloom-560m has none of the study's pairs.
    assert list(found.left_out) == ["labse"]


def test_an_encoder_that_became_another_has_no_means(
    service: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(service, report(service, pairs=["en-fr"], parameters=FEW))
    register(monkeypatch, AxisEncoder(revision="2"))
    found = made(LexiconService(service.settings, service.sessions))
    assert [one.mean_first for one in found.ours] == [None]
    assert "other weights" in found.left_out["axis"]


def test_a_folder_is_called_by_its_identity(service: LexiconService) -> None:
    keep(service, "/srv/models/mine", {("en", "fr"): FIGURES})
    found = made(service)
    assert [one.encoder for one in found.ours] == ["/srv/models/mine-1"]
    assert list(found.left_out) == ["/srv/models/mine-1"]


def test_a_post_processed_encoder_is_compared_as_it_is_reported(service: LexiconService) -> None:
    build_fitted(service, "axis+center")
    store(service, report(service, "axis+center", ["en-fr"], parameters=FEW))
    found = made(service)
    (one,) = found.ours
    # Of the stub, only the name without post-processing is one that is known elsewhere.
    assert one.encoder == service.encoder("axis+center").spec.identity
    assert (one.evaluation, found.left_out) == ("cross-validated", {})
    assert one.mean_first is not None


def test_languages_without_words_have_no_mean(service: LexiconService) -> None:
    assert list(means(service, "axis")) == [("en", "fr"), ("en", "kn")]
