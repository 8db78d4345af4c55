"""Encoders by language pairs, from stored reports."""

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from indexer.plots.canvas import Ruler, sheet, style
from indexer.plots.pairs import PairScores, PairsPicture, Scored, pair_scores
from indexer.plots.runs import Figure
from indexer.service import LexiconService
from lexicon.errors import InvalidInput, ReportMissing
from lexicon.store import writing
from tests.indexer.plots.drawn import require_drawn
from tests.indexer.plots.reports import keep

BOTH = {("en", "fr"): {"p_at_1": 0.5, "gap": 0.2}, ("fr", "en"): {"p_at_1": 0.25}}


def test_the_newest_report_of_every_encoder(service: LexiconService) -> None:
    keep(service, "b", {("en", "fr"): {"p_at_1": 0.1}})
    keep(service, "b", BOTH)
    keep(service, "a", {("en", "kn"): {"p_at_1": 0.75}}, evaluation="memorised")
    found = pair_scores(service)
    assert found.pairs == (("en", "fr"), ("en", "kn"), ("fr", "en"))
    assert [(one.encoder, one.memorised, one.stale) for one in found.encoders] == [
        ("a", True, False),
        ("b", False, False),
    ]
    values = [[figure and figure.value for figure in one.figures] for one in found.encoders]
    assert values == [[None, 0.75, None], [0.5, None, 0.25]]
    assert found.encoders[1].figures[0] == Figure(0.5, 0.4, 0.6, 4)


def test_of_two_encoders_of_one_name_the_later_report_counts(service: LexiconService) -> None:
    keep(service, "a", BOTH, revision="2")
    keep(service, "a", {("en", "fr"): {"p_at_1": 0.9}}, revision="1")
    (scored,) = pair_scores(service).encoders
    assert scored.figures == (Figure(0.9, pytest.approx(0.8), 1.0, 4),)  # type: ignore[arg-type]


def test_encoders_pairs_and_metrics_can_be_chosen(service: LexiconService) -> None:
    keep(service, "a", BOTH)
    keep(service, "b", BOTH)
    found = pair_scores(service, ["b", "b"], "gap")
    assert [one.encoder for one in found.encoders] == ["b"]
    assert found.pairs == (("en", "fr"),)
    assert pair_scores(service, pairs=["fr-en", "fr-en"]).pairs == (("fr", "en"),)


def test_a_part_of_the_pairs_can_be_chosen(service: LexiconService) -> None:
    keep(service, "a", BOTH, stratum="distinct")
    found = pair_scores(service, stratum="distinct")
    assert found.pairs == (("en", "fr"), ("fr", "en"))
    assert PairsPicture(found).title == (
        "P@1 by encoder and language pair, without identical spellings and names"
    )
    with pytest.raises(InvalidInput, match="no stored report has the part 'pos=noun'; parts are"):
        pair_scores(service, stratum="pos=noun")


def test_a_report_whose_index_is_no_longer_in_use_is_said(service: LexiconService) -> None:
    keep(service, "a", BOTH, generations={"en": "20200101T000000000000-00000000"})
    found = pair_scores(service)
    assert found.encoders[0].stale
    assert PairsPicture(found).notes == [
        "Over 4 forms, with 95% intervals.",
        "Indices have been built again since the report of a.",
    ]


def test_what_no_report_has_is_refused_with_what_there_is(service: LexiconService) -> None:
    with pytest.raises(ReportMissing, match="no alignment report is stored for encoder 'axis'"):
        pair_scores(service)
    keep(service, "a", BOTH)
    with pytest.raises(ReportMissing, match="'b'"):
        pair_scores(service, ["a", "b"])
    with pytest.raises(InvalidInput, match=r"the metric 'auc'; there are: gap, p_at_1$"):
        pair_scores(service, metric="auc")
    with pytest.raises(InvalidInput, match=r"the pair 'kn-en'; there are: en-fr, fr-en$"):
        pair_scores(service, pairs=["kn-en"])


def test_an_encoder_without_a_report_is_none_of_them(service: LexiconService) -> None:
    from lexicon import models

    keep(service, "a", BOTH)
    with writing(service.sessions) as session:
        session.add(models.Encoder(identity="b-1", name="b", dim=4, spec={"layer": 0}))
    assert [one.encoder for one in pair_scores(service).encoders] == ["a"]


PAIRS = tuple(permutations(["en", "fr", "hi", "kn"], 2))


def scored(name: str, memorised: bool = False) -> Scored:
    figures = [Figure(n / 12, n / 12 - 0.01, n / 12 + 0.01, 100 + n) for n in range(11)]
    return Scored(name, memorised, False, (*figures, None))


MANY = PairScores("p_at_1", "", PAIRS, (scored("one"), scored("two", memorised=True)))


def test_the_picture(tmp_path: Path) -> None:
    picture = PairsPicture(MANY)
    said = require_drawn(picture, tmp_path, 7.0)
    assert picture.notes == [
        "Over 100 to 110 forms, with 95% intervals.",
        "† Trained on this lexicon: what it remembers, not how languages align.",
    ]
    assert '"zmin":0.0,"zmax":1.0' in said
    assert '<th scope="row">two†</th><td>0.00 -0.01–0.01</td>' in said
    # What is remembered has no colour, like what is not there.
    assert (
        f'"z":[[{",".join(str(n / 12) for n in range(11))},null],[{",".join(["null"] * 12)}]]'
        in said
    )


def test_without_colours_there_is_no_scale_of_them() -> None:
    with style(["DejaVu Sans"]):
        ruler = Ruler()
        drawn = []
        for memorised in (False, True):
            made = PairScores("p_at_1", "", PAIRS, (scored("one", memorised),))
            drawn.append(sheet(ruler, PairsPicture(made).body(ruler, 7), "", ()).axes)
    assert [len(axes) for axes in drawn] == [2, 1]


def test_on_a_narrow_page_pairs_stand_below_each_other() -> None:
    with style(["DejaVu Sans"]):
        ruler = Ruler()
        wide, narrow = (PairsPicture(MANY).body(ruler, width) for width in (7.0, 3.2))
        assert wide.width > 3.3 > narrow.width
        assert narrow.height > wide.height
        many = PairScores("p_at_1", "", PAIRS, tuple(scored(f"encoder {n}") for n in range(12)))
        with pytest.raises(InvalidInput, match="choose fewer encoders with --encoder or pairs"):
            PairsPicture(many).body(ruler, 3.2)


@pytest.mark.parametrize(
    ("metric", "values", "scale"),
    [
        ("p_at_1", [0.3, 0.4], (0.0, 1.0)),
        ("auc", [0.6, 0.9], (0.5, 1.0)),
        ("centred_auc", [0.4, 0.9], (0.0, 1.0)),
        ("gap", [-0.1, 0.4], (-0.1, 0.4)),
        ("hubness", [3.0], (3.0, 4.0)),
    ],
)
def test_colours_span_what_the_metric_can_be(
    metric: str, values: list[float], scale: tuple[float, float]
) -> None:
    figures = tuple(Figure(value, None, None, 1) for value in values)
    pairs = PAIRS[: len(values)]
    made = PairsPicture(PairScores(metric, "", pairs, (Scored("a", False, False, figures),)))
    heat = made.interactive().data[0]
    assert (heat["zmin"], heat["zmax"]) == scale
    assert np.array(heat["z"]).tolist() == [values]
    assert heat["text"] == [[f"{value:.2f}" for value in values]]
