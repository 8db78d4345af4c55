"""Reports layer by layer find the one at which two languages are aligned."""

from pathlib import Path

import pytest

from indexer.build import build
from indexer.encoders.registry import variants
from indexer.reports.report import PairReport, Parameters, ReportedFigure, report
from indexer.reports.stored import store, stored
from indexer.service import LexiconService
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import fill
from tests.indexer.encoders.planted import (
    DIM,
    LAYERS,
    PLANTED,
    SHARE,
    STRENGTH,
    WORDS,
    make_planted,
    words,
)
from tests.indexer.worlds import entry

QUICK = Parameters(samples=100, random_pairs=2_000, broken_down=False, states=True)


@pytest.fixture
def layers(
    tmp_path: Path, settings: Settings, sessions: Sessions, one_thread: None
) -> list[PairReport]:
    """The report of every layer, English to French, as it was stored."""
    folder = make_planted(tmp_path / "planted")
    both = zip(words("en"), words("fr"), strict=True)
    fill(sessions, [entry(en, en=en, fr=fr) for en, fr in both])
    service = LexiconService(settings.model_copy(update={"device": "cpu", "threads": 1}), sessions)
    found = []
    for name in variants(str(folder), service.settings, layer="all", precision="fp32"):
        build(sessions, service.generations, service.encoder(name))
        made = report(service, name, ["en-fr"], parameters=QUICK)
        store(service, made)
        (pair,) = stored(service, name).pairs
        assert pair == made.pairs[0]
        found.append(pair)
    return found


def values(layers: list[PairReport], metric: str) -> list[float]:
    found = [pair.all[metric] for pair in layers]
    assert all(isinstance(one, ReportedFigure) for one in found)
    return [one.value for one in found if one is not None]


def test_the_planted_layer_is_found(layers: list[PairReport]) -> None:
    assert [pair.concepts for pair in layers] == [WORDS] * (LAYERS + 1)
    wanted = ["no alignment beyond anisotropy"] * (LAYERS + 1)
    wanted[PLANTED] = "aligned"
    assert [pair.verdict for pair in layers] == wanted
    for metric in ("auc", "cosine_mean", "p_at_1", "csls_p_at_1", "strong_alignment", "d_prime"):
        found = values(layers, metric)
        assert max(found) == found[PLANTED], metric
        assert found.count(max(found)) == 1, metric
    assert values(layers, "cosine_mean")[PLANTED] == pytest.approx(SHARE, abs=0.01)
    assert values(layers, "random_cosine_mean") == pytest.approx([0] * (LAYERS + 1), abs=0.02)
    # Norms of layers bring all states to one length; the planted one stands between two of them.
    one, three = DIM**0.5, (DIM * (1 + STRENGTH**2 / 2)) ** 0.5
    norms = values(layers, "norm_source")
    assert norms == pytest.approx([one, one, three, one, one], rel=1e-3)
    assert values(layers, "norm_target") == pytest.approx(norms, rel=1e-3)
    variances = values(layers, "variance_source")
    assert max(variances) == variances[PLANTED]
