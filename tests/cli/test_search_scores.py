"""``lexicon search --score``."""

import math

import pytest

from indexer.service import LexiconService
from tests.cli.terminal import as_json, output, usage_error

EN_KN = ("--from", "en", "--to", "kn")
HALF = round(math.sqrt(1 / 2), 6)


def test_csls_changes_the_order(tiny: LexiconService) -> None:
    answer = as_json("search", "bank", *EN_KN, "-k", "2", "--score", "csls")
    assert answer["score"] == "csls"
    assert [(r["lemma"], r["cosine"], r["csls"]) for r in answer["results"]] == [
        ("ಬ್ಯಾಂಕ್", HALF, 0.954613),
        ("ದಡ", HALF, 0.704613),
    ]


def test_a_margin_ranks_when_it_is_asked_for(tiny: LexiconService) -> None:
    answer = as_json("search", "bank", "--from", "en", "--to", "kn", "--score", "margin")
    margins = [result["margin"] for result in answer["results"]]
    assert answer["score"] == "margin"
    assert margins == sorted(margins, reverse=True)
    assert answer["results"][0]["lemma"] == "ಬ್ಯಾಂಕ್"
    assert (answer["results"][0]["margin"], margins[1]) == pytest.approx((2.66676, 1.81237))


def test_the_table_shows_the_margin_when_it_ranks(tiny: LexiconService) -> None:
    _, header, first, *_ = output("search", "bank", *EN_KN, "--score", "margin").splitlines()
    assert header.split() == ["translation", "known", "cosine", "csls", "margin", "pos", "meaning"]
    assert first.split()[:5] == ["ಬ್ಯಾಂಕ್", "✓", "0.707", "0.955", "2.667"]


def test_an_unknown_score_names_the_known_ones() -> None:
    said = usage_error("search", "bank", *EN_KN, "--score", "dot")
    assert all(score in said for score in ("cosine", "csls", "margin"))
