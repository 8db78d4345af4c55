"""Reports layer by layer find the one at which two languages are aligned."""

from pathlib import Path

import pytest

from indexer.build import build
from indexer.encoders.registry import variants
from indexer.reports.report import Parameters, PairReport, ReportedFigure, report
from indexer.reports.stored import store, stored
from indexer.service import LexiconService
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import fill
from tests.indexer.encoders.planted import LAYERS, PLANTED, STRENGTH, WORDS, make_planted, words
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
        found = [pair.all[metric] for pair in layers]
        best = max(range(LAYERS + 1), key=lambda place: found[place].value if found[place] else -1)
        assert best == PLANTED, metric
    # Of an axis that both languages share and one of their own: 9 of 10 parts in common.
    share = STRENGTH**2 / (1 + STRENGTH**2)
    assert values(layers, "cosine_mean")[PLANTED] == pytest.approx(share, abs=1e-3)
    # The last layer ends in a norm, which scales 3 blocks to one spread; the input begins with one.
    one, three = 48**0.5, 48**0.5 * (1 + STRENGTH**2) ** 0.5
    norms = values(layers, "norm_source")
    assert norms == pytest.approx([one, one, three, one, one], rel=1e-3)
    assert values(layers, "norm_target") == pytest.approx(norms, rel=1e-3)
    assert max(values(layers, "variance_source")) == values(layers, "variance_source")[PLANTED]
