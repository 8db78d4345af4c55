"""Verdicts on encoders whose alignment is known."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.reports.report import AlignmentReport, PairReport, ReportedFigure
from indexer.service import LexiconService
from tests.indexer.conftest import engine_of
from tests.indexer.fitting import build_fitted
from tests.indexer.reports import synthetic
from tests.indexer.reports.synthetic import SIZE, scored

PAIRS = ("en-fr", "fr-en")
NOT_ONTO = "fr-hi"
"""A pair without the language onto which the others are turned."""

NONE = "no alignment beyond anisotropy"


@pytest.fixture(scope="module")
def home(_empty_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("synthetic") / "home"
    shutil.copytree(_empty_home, made, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    return made


@pytest.fixture(scope="module")
def service(home: Path) -> Iterator[LexiconService]:
    with pytest.MonkeyPatch.context() as patch:
        made = synthetic.made(synthetic.opened(home, patch))
        yield made
        engine_of(made.sessions).dispose()


def figure(pair: PairReport, metric: str) -> ReportedFigure:
    found = pair.distinct[metric]
    assert found is not None
    return found


def bounds(pair: PairReport, metric: str) -> tuple[float, float]:
    found = figure(pair, metric)
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


def verdicts(made: AlignmentReport) -> set[str | None]:
    assert {f"{pair.source}-{pair.target}" for pair in made.pairs} >= set(PAIRS)
    assert all(pair.concepts == SIZE for pair in made.pairs)
    return {pair.verdict for pair in made.pairs}


def test_a_mean_that_all_words_share_is_no_alignment(service: LexiconService) -> None:
    made = scored(service, "anisotropic", *PAIRS)
    assert verdicts(made) == {NONE}
    for pair in made.pairs:
        assert figure(pair, "cosine_mean").value >= 0.97
        assert figure(pair, "random_cosine_mean").value >= 0.97
        assert abs(figure(pair, "centred_cosine_mean").value) < 0.02
        assert bounds(pair, "auc")[0] < 0.5 < bounds(pair, "auc")[1]
        assert figure(pair, "p_at_1").value < 0.02
        assert abs(figure(pair, "cka").value) < 0.05
        assert figure(pair, "isotropy_source").value < 0.2


def test_random_vectors_are_not_aligned(service: LexiconService) -> None:
    made = scored(service, "random", *PAIRS)
    assert verdicts(made) == {NONE}
    assert all(abs(figure(pair, "cosine_mean").value) < 0.05 for pair in made.pairs)


def test_what_is_aligned_is_found_to_be(service: LexiconService) -> None:
    made = scored(service, "aligned", *PAIRS)
    assert verdicts(made) == {"aligned"}
    for pair in made.pairs:
        assert bounds(pair, "auc")[0] > 0.95
        assert figure(pair, "csls_p_at_1").value > 0.8


def test_a_shared_mean_hides_no_alignment(service: LexiconService) -> None:
    made = scored(service, "leaning", *PAIRS)
    assert verdicts(made) == {"aligned"}
    assert all(figure(pair, "random_cosine_mean").value > 0.95 for pair in made.pairs)


class TestRotated:
    def test_languages_turned_their_own_way_are_not_aligned(self, service: LexiconService) -> None:
        made = scored(service, "rotated", *PAIRS, NOT_ONTO)
        assert verdicts(made) == {NONE}
        for pair in made.pairs:
            assert figure(pair, "p_at_1").value < 0.02
            # The arrangement is the same all the while.
            assert figure(pair, "cka").value > 0.5

    def test_turned_back_they_are(self, service: LexiconService) -> None:
        build_fitted(service, "rotated+procrustes")
        made = scored(service, "rotated+procrustes", *PAIRS, NOT_ONTO)
        assert made.evaluation == "cross-validated"
        assert verdicts(made) == {"aligned"}
        for pair in made.pairs:
            low, high = bounds(pair, "p_at_1_gain")
            assert 0.5 < low <= figure(pair, "p_at_1_gain").value <= high

    def test_nothing_is_gained_where_there_is_nothing_to_learn(
        self, service: LexiconService
    ) -> None:
        """Held-out words tell what a map has only remembered."""
        build_fitted(service, "random+procrustes")
        made = scored(service, "random+procrustes", *PAIRS)
        assert verdicts(made) == {NONE}
        for pair in made.pairs:
            assert bounds(pair, "p_at_1_gain")[0] <= 0
            assert abs(figure(pair, "p_at_1_gain").value) < 0.02


def test_centring_takes_out_what_all_share_and_aligns_nothing(service: LexiconService) -> None:
    build_fitted(service, "anisotropic+center")
    made = scored(service, "anisotropic+center", *PAIRS)
    assert verdicts(made) == {NONE}
    assert all(abs(figure(pair, "random_cosine_mean").value) < 0.05 for pair in made.pairs)


def test_what_was_memorised_has_figures_and_no_verdict(service: LexiconService) -> None:
    made = scored(service, "taught", *PAIRS)
    assert made.evaluation == "memorised"
    assert verdicts(made) == {None}
    assert all(figure(pair, "p_at_1").value > 0.8 for pair in made.pairs)


def test_another_process_gives_the_same_bytes(service: LexiconService, home: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "tests.indexer.reports.synthetic", home, "leaning"],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert said.stdout == scored(service, "leaning", *PAIRS).model_dump_json() + "\n"
