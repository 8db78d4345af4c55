"""Texts against each other, on axes: English *bank* lies midway between two."""

import pytest

from indexer.alignment.matrix import Chance, matrix
from indexer.alignment.pairwise import similarity
from indexer.reports.report import report
from indexer.reports.stored import store
from indexer.service import LexiconService
from lexicon.errors import InvalidInput, UnknownLanguage

TEXTS = [("bank", "en"), ("rive", "fr"), ("flurbish", "en"), ("eau", "fr")]


def test_the_cosines_can_be_read_off_the_axes(service: LexiconService) -> None:
    found = matrix(service, TEXTS)
    half = 0.707107
    assert found.cosine[0] == pytest.approx([1, half, half, 0], abs=1e-3)
    assert found.cosine == [list(column) for column in zip(*found.cosine, strict=True)]
    assert [(one.covered, one.known) for one in found.texts] == [
        (True, True),
        (True, True),
        (False, False),
        (True, True),
    ]


def test_a_pair_scores_as_the_command_for_pairs_says(service: LexiconService) -> None:
    found = similarity(service, "bank", "rive", "en", "fr")
    assert matrix(service, TEXTS[:2]).cosine[0][1] == found.cosine


def test_a_stored_report_gives_the_baseline(service: LexiconService) -> None:
    remedy = "no stored report has it; make one with: lexicon report --encoder axis"
    assert matrix(service, TEXTS).chance == [
        Chance(source="en", target="fr", random_cosine_mean=None, n=0, note=remedy)
    ]
    made = report(service)
    store(service, made)
    (chance,) = matrix(service, TEXTS).chance
    figure = next(one for one in made.pairs if (one.source, one.target) == ("en", "fr")).all[
        "random_cosine_mean"
    ]
    assert figure is not None
    assert chance.random_cosine_mean == round(figure.value, 6)
    assert (chance.n, chance.note) == (figure.n, None)


def test_texts_of_one_language_have_no_baseline_in_reports(service: LexiconService) -> None:
    (chance,) = matrix(service, TEXTS[:1]).chance
    assert (chance.source, chance.target, chance.random_cosine_mean) == ("en", "en", None)
    assert chance.note == "reports are of two languages: see those of GET /v1/alignment"


def test_a_text_that_is_refused_is_named_by_its_place(service: LexiconService) -> None:
    with pytest.raises(InvalidInput, match="empty text 2 ' '"):
        matrix(service, [("water", "en"), (" ", "en")])
    with pytest.raises(UnknownLanguage):
        matrix(service, [("water", "xx")])
