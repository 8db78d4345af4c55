"""Alignment reports as documents: which tables there are and what stands in them."""

from indexer.alignment.figures import METRICS
from indexer.reports.documents.alignment import EVERYTHING, KINDS, Wanted, document
from indexer.reports.documents.document import Named, Table, said
from tests.indexer.reports.formats.reported import LISTED, kept, pair, reported


def column(table: Table, title: str) -> list[str]:
    """What a column shows, from the top down."""
    place = [said(one.title) for one in table.columns].index(title)
    return [said(row[place]) for row in table.rows]


def test_the_summary_comes_without_and_with_what_needs_no_alignment() -> None:
    (summary,) = document([reported()]).sections
    distinct, whole = summary.tables
    assert (distinct.title, whole.title) == (
        "Without identical spellings and without names",
        "All pairs",
    )
    assert column(distinct, "pair") == ["en→fr", "en→kn"]
    assert column(distinct, "verdict") == ["weakly aligned", "aligned"]
    assert column(distinct, "concepts") == ["40", "40"]
    assert column(whole, "concepts") == ["100", "100"]
    assert column(whole, "P@1")[0] == "0.500 [0.400, 0.600]"
    # A verdict does not rest on these.
    assert "verdict" not in [column.title for column in whole.columns]


def test_every_important_figure_is_in_the_summary() -> None:
    table = document([reported()]).sections[0].tables[0]
    important = {name for name, metric in METRICS.items() if metric.headline}
    assert set(table.named) == important | {"chance_p_at_1"}


def test_a_cosine_leaves_a_narrow_table_together_with_that_of_random_pairs() -> None:
    table = document([reported()]).sections[0].tables[0]
    ranks = {said(one.title): one.rank for one in table.columns}
    assert ranks["cosine"] == ranks["random"] > 0
    assert [name for name, rank in ranks.items() if not rank] == [
        *("pair", "concepts", "AUC", "P@1", "verdict")
    ]


def test_figures_that_do_not_exist_are_dashes_over_nothing() -> None:
    values: dict[str, float | None] = dict.fromkeys(LISTED)
    nothing = pair("en", "fr", None, (), **values)
    table = document([reported(nothing)]).sections[0].tables[0]
    (row,) = table.rows
    assert [said(cell) for cell in row][:4] == ["en→fr", "0", "0", "1,234"]
    assert {said(cell) for cell in row[4:]} == {"–"}


def test_what_an_encoder_remembers_has_no_verdict_and_says_why() -> None:
    made = document([reported(pair("en", "fr", None), evaluation="memorised")])
    assert column(made.sections[0].tables[0], "verdict") == ["memorised"]
    assert any(note.startswith("Memorised: ") for note in made.notes)
    assert not any(note.startswith("Cross-validated: ") for note in made.notes)
    fitted = document([reported(evaluation="cross-validated")])
    assert any(note.startswith("Cross-validated: ") for note in fitted.notes)


def test_all_metrics_are_a_table_for_each_pair() -> None:
    made = document([reported()], Wanted(all_metrics=True))
    assert [section.key for section in made.sections] == ["summary", "pair-en-fr", "pair-en-kn"]
    (table,) = made.sections[1].tables
    assert [cell for row in table.rows for cell in row[:1]] == [Named(name) for name in LISTED]
    assert column(table, "all pairs") == ["0.500 [0.400, 0.600]"] * len(LISTED)
    assert [row[2] for row in table.rows] == [100] * len(LISTED)
    assert [row[4] for row in table.rows] == [40] * len(LISTED)
    assert "100 concepts, 110 forms of which 109 are covered, 1,234 candidates" in table.title


def test_parts_are_a_table_for_each_pair_and_kind() -> None:
    made = document([reported()], Wanted(by=("pos", "field")))
    (table,) = made.sections[1].tables
    assert (table.key, column(table, "pos")) == ("en-fr-pos", ["noun", "verb"])
    assert column(table, "concepts") == ["7", "7"]
    # There are none by field, which is said.
    assert "axis has no figures by semantic field." in made.notes


def test_a_kind_that_no_pair_has_makes_no_section() -> None:
    made = document([reported()], Wanted(by=("tokens",)))
    assert [section.key for section in made.sections] == ["summary"]


def test_a_part_without_a_name_is_called_none() -> None:
    made = document([reported(pair("en", "fr", strata=["field="]))], Wanted(by=("field",)))
    assert column(made.sections[1].tables[0], "field") == ["none"]


def test_encoders_stand_side_by_side_in_each_pair() -> None:
    other = reported(pair("en", "kn", auc=0.9), pair("kn", "en"), encoder="labse", seed=2)
    made = document([reported(), other], Wanted(all_metrics=True))
    table = made.sections[0].tables[0]
    assert list(zip(column(table, "pair"), column(table, "encoder"), strict=True)) == [
        ("en→fr", "axis"),
        ("en→kn", "axis"),
        ("en→kn", "labse"),
        ("kn→en", "labse"),
    ]
    assert column(table, "AUC")[2].startswith("0.900")
    assert made.title == "alignment under axis (zero-shot) and labse (zero-shot)"
    assert [len(section.tables) for section in made.sections[1:]] == [1, 2, 1]
    keys = [table.key for table in made.tables]
    assert len(set(keys)) == len(keys)


def test_runs_of_one_encoder_are_told_apart() -> None:
    made = document([kept(3), kept(7)])
    assert set(column(made.sections[0].tables[0], "encoder")) == {"axis (run 3)", "axis (run 7)"}
    assert "; run 3 of 2026-01-02T03:04:05." in made.facts[0]


def test_what_figures_rest_on_is_said() -> None:
    made = document([reported()])
    (fact,) = made.facts
    for said_there in (
        *("axis: evaluation zero-shot", "seed 1", "1,000 bootstrap samples"),
        *("10,000 random pairs", "candidates fr 1,234, kn 1,234", "identity axis-0123"),
        "generations en gen-en, fr gen-fr, kn gen-kn",
    ):
        assert said_there in fact
    assert "(1,000 samples, seed 1)" in made.legend
    assert "Evaluation: zero-shot." in made.legend
    assert made.legend.endswith("A bare cosine shows nothing: read it beside that of random pairs.")
    differing = document([reported(), reported(encoder="labse", seed=2)])
    assert "(samples and seed as said of each encoder)" in differing.legend


def test_senses_without_a_vector_are_counted() -> None:
    some = pair("en", "fr").model_copy(update={"left_out": 1_500})
    assert "Senses without a vector under axis, left out: en 1,500." in (
        document([reported(some)]).notes
    )


def test_records_are_all_figures_that_exist() -> None:
    made = document([reported(pair("en", "fr", mrr=None))])
    rows = [dict(zip(made.header, record, strict=True)) for record in made.records]
    # All and distinct lack one, and so does each part.
    assert len(rows) == 2 * (len(LISTED) - 1) + 2 * 7
    assert {row["stratum"] for row in rows} == {"all", "distinct", "pos=noun", "pos=verb"}
    (one,) = [row for row in rows if (row["stratum"], row["metric"]) == ("distinct", "auc")]
    assert [one[name] for name in made.header[:9]] == [
        *("axis", "en", "fr", "distinct", "auc"),
        *(0.5, 0.4, 0.6, 40),
    ]
    assert [one[name] for name in made.header[9:]] == [
        *("weakly aligned", 1_234, "zero-shot", 1, 1_000, 10_000),
        *("axis-0123", "gen-en", "gen-fr"),
    ]


def test_charts_show_what_the_verdict_rests_on() -> None:
    lacking = reported(pair("en", "kn", auc=None), encoder="labse")
    cosine, auc, found = document([reported(), lacking]).charts
    assert [series.name for series in cosine.series] == [
        "translations, axis",
        "random pairs, axis",
        "translations, labse",
        "random pairs, labse",
    ]
    assert auc.places == ("en→fr", "en→kn")
    # labse has no report of the first pair, and no AUC of the second.
    assert auc.series[1].figures == (None, None)
    assert [value for value, _ in auc.lines] == [0.9, 0.55]
    assert [value for value, _ in found.lines] == [0.3]
    assert [series.name for series in document([reported()]).charts[2].series] == [
        "cosine",
        "CSLS",
    ]


def test_everything_is_every_kind() -> None:
    assert Wanted(True, tuple(KINDS)) == EVERYTHING
