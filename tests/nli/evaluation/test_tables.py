"""What people and papers read: tables, their cells, and the picture."""

from pathlib import Path

import pytest

from indexer.plots import canvas
from indexer.plots.canvas import Ruler
from indexer.plots.picture import Wanted, save
from lexicon.errors import InvalidInput
from lexicon.models import NLI_LABELS
from nli.evaluation import tables
from nli.evaluation.bars import accuracy_bars
from nli.evaluation.results import Comparison, Evaluation, LabelScores, Report, Transfer
from nli.evaluation.study import PUBLISHED
from nli.evaluation.tables import Table

LABELS = [
    LabelScores(
        label=label,
        gold=40,
        predicted=50,
        precision=0.5,
        precision_interval=(0.4, 0.6),
        recall=0.625,
        recall_interval=(0.5, 0.75),
        f1=0.5556,
        f1_interval=(0.5, 0.6),
    )
    for label in NLI_LABELS
]
TRANSFER = Transfer(
    efficiency=0.9, interval=(0.85, 0.95), english_accuracy=0.8, english_pairs=120, paired=True
)


def evaluation(
    model: str = "one-1",
    language: str = "fr",
    accuracy: float = 0.72,
    dataset: str = "xnli",
    transfer: Transfer | None = TRANSFER,
) -> Evaluation:
    return Evaluation(
        dataset=dataset,
        split="test",
        premise_language=language,
        hypothesis_language=language,
        model=model,
        pairs=5010,
        premises=1670,
        unpredicted=0,
        unlabelled=0,
        truncated=5,
        truncated_share=0.001,
        accuracy=accuracy,
        accuracy_interval=(accuracy - 0.01, accuracy + 0.02),
        macro_f1=0.71,
        macro_f1_interval=(0.7, 0.72),
        calibration_error=0.05,
        calibration_error_interval=(0.04, 0.06),
        labels=LABELS,
        confusion=[[25, 10, 5], [15, 25, 0], [10, 5, 25]],
        transfer=transfer,
    )


COMPARISON = Comparison(
    dataset="xnli",
    split="test",
    premise_language="fr",
    hypothesis_language="kn",
    first="one-1",
    second="two-2",
    pairs=100,
    first_accuracy=0.7,
    second_accuracy=0.6,
    first_only=15,
    second_only=5,
    p=0.04139,
    exact=True,
)


def all_tables(report: Report) -> list[Table]:
    return list(tables.tables(report))


class TestTables:
    def test_scores_stand_with_their_intervals(self) -> None:
        scores, labels = all_tables(Report(evaluations=[evaluation()]))
        assert scores.rows == (
            (
                "xnli/test fr",
                "one-1",
                "5,010",
                "72.00 (71.00–74.00)",
                "71.00 (70.00–72.00)",
                "5.00 (4.00–6.00)",
                "0.10",
                "90.00 (85.00–95.00)",
            ),
        )
        assert labels.rows[1][2:] == (
            "neutral",
            "40",
            "50.00 (40.00–60.00)",
            "62.50 (50.00–75.00)",
            "55.56 (50.00–60.00)",
            "15",
            "25",
            "0",
        )

    def test_english_is_no_share_of_itself(self) -> None:
        [scores, _] = all_tables(Report(evaluations=[evaluation(transfer=None)]))
        assert scores.rows[0][-1] == "–"
        nothing = TRANSFER.model_copy(update={"efficiency": None, "interval": None})
        [scores, _] = all_tables(Report(evaluations=[evaluation(transfer=nothing)]))
        assert scores.rows[0][-1] == "–"

    def test_a_terminal_has_tables_for_each_model(self) -> None:
        report = Report(evaluations=[evaluation(), evaluation("two-2")], published=list(PUBLISHED))
        found = list(tables.brief(report))
        assert [table.title.partition(":")[0] for table in found] == [
            "one-1",
            "one-1",
            "two-2",
            "two-2",
            "The study's Tables 2 and 3 beside ours",
        ]
        assert "model" not in found[0].columns
        assert found[1].rows[0] == (
            "xnli/test fr", "entailment", "40", "50.00", "62.50", "55.56", "25", "10", "5",
        )  # fmt: skip

    def test_a_comparison_says_who_is_who(self) -> None:
        report = Report(evaluations=[], comparisons=[COMPARISON])
        [table] = all_tables(report)
        assert list(tables.brief(report)) == [table]
        assert table.title == "McNemar's test of one-1 (1) and two-2 (2)"
        assert table.rows == (
            ("xnli/test fr→kn", "100", "70.00", "60.00", "15", "5", "0.0414", "exact"),
        )

    def test_the_study_stands_before_ours_language_by_language(self) -> None:
        report = Report(evaluations=[evaluation(), evaluation(language="hi")],
                        published=list(PUBLISHED))  # fmt: skip
        table = all_tables(report)[-1]
        assert [row[:3] for row in table.rows] == [
            ("fr", "study", "XLM-R"),
            ("fr", "study", "BLOOM-560M"),
            ("fr", "study", "BLOOM-1.7B"),
            ("fr", "ours", "one-1"),
            ("kn", "study", "XLM-R"),
            ("kn", "study", "BLOOM-560M"),
            ("kn", "study", "BLOOM-1.7B"),
        ]
        assert [row[5:] for row in table.rows[:2]] == [("74.83", "74.81"), ("72.27", "–")]
        assert [row[5:] for row in table.rows[4:]] == [
            ("68.80", "68.62"),
            ("59.08", "–"),
            ("61.54", "–"),
        ]


class TestText:
    TABLE = Table("50% of a_b", ("x", ">y"), (("fr→kn", "1–2"), ("a|b", "\\~^{}$#&")))

    def test_markdown(self) -> None:
        assert tables.markdown(self.TABLE).splitlines() == [
            "**50% of a\\_b**",
            "",
            "| x | y |",
            "|---|--:|",
            "| fr→kn | 1–2 |",
            "| a\\|b | \\\\\\~^\\{\\}$\\#& |",
        ]

    def test_latex(self) -> None:
        lines = tables.latex(self.TABLE).splitlines()
        assert lines[2] == r"\caption{50\% of a\_b}"
        assert lines[7] == r"fr$\rightarrow$kn & 1--2 \\"
        assert lines[8] == (
            r"a\textbar{}b & \textbackslash{}\textasciitilde{}\textasciicircum{}\{\}\$\#\& \\"
        )
        assert [line for line in lines if line.startswith((r"\top", r"\mid", r"\bot"))] == [
            r"\toprule",
            r"\midrule",
            r"\bottomrule",
        ]

    def test_csv_has_a_column_for_each_figure(self) -> None:
        row = tables.flat(evaluation())
        assert row["accuracy"] == 0.72
        assert (row["macro_f1_low"], row["macro_f1_high"]) == (0.7, 0.72)
        assert row["contradiction_recall_high"] == 0.75
        assert row["neutral_as_entailment"] == 15
        assert (row["transfer_efficiency"], row["transfer_efficiency_low"]) == (0.9, 0.85)
        without = tables.flat(evaluation(transfer=None))
        assert list(without) == list(row)
        assert without["english_accuracy"] is None
        assert tables.flat(COMPARISON)["first_only"] == 15


class TestPicture:
    REPORT = Report(
        evaluations=[
            evaluation(model, language, accuracy)
            for language, accuracy in (("en", 0.83), ("fr", 0.72), ("kn", 0.34))
            for model in ("one-1", "two-2")
        ],
        published=list(PUBLISHED),
    )

    def test_there_is_a_bar_for_each_model_and_figure_of_the_study(self) -> None:
        bars = accuracy_bars(self.REPORT)
        assert [(bar.languages, bar.series) for bar in bars.bars][:4] == [
            ("en", "one-1"),
            ("en", "two-2"),
            ("fr", "one-1"),
            ("fr", "two-2"),
        ]
        assert [bar.accuracy for bar in bars.bars if bar.languages == "kn"] == [
            0.34, 0.34, 0.688, 0.5908, 0.6154,
        ]  # fmt: skip
        assert bars.title == "Accuracy on xnli/test by language and model"
        assert len(bars.notes) == 3

    def test_it_is_drawn(self, tmp_path: Path) -> None:
        from PIL import Image

        file = tmp_path / "bars.png"
        save(accuracy_bars(self.REPORT), Wanted(file))
        with Image.open(file) as picture:
            assert picture.width > 1_000
            colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 24) or []}
        # Two of ours and three of the study's.
        for look in ("#004488", "#bb5566", "#44aa99", "#ddaa33", "#882255"):
            assert tuple(bytes.fromhex(look[1:])) in colours

    def test_its_words_and_numbers_are_written(self) -> None:
        other = evaluation(dataset="indicxnli", language="kn", accuracy=0.5)
        report = Report(evaluations=[evaluation(), other])
        bars = accuracy_bars(report)
        assert bars.title == "Accuracy by language and model"
        with canvas.style(["DejaVu Sans"]):
            ruler = Ruler()
            figure = canvas.sheet(ruler, bars.body(ruler, 6.0), bars.title, bars.notes)
            written = canvas.texts_of(figure)
        for text in ("72.0", "50.0", "guessing", "fr\nxnli/test", "kn\nindicxnli/test", "one-1"):
            assert text in written
        assert set(bars.words()) >= {"kn", "indicxnli/test", "one-1"}

    def test_too_many_bars_are_refused(self) -> None:
        many = [evaluation(f"model-{number}") for number in range(40)]
        bars = accuracy_bars(Report(evaluations=many))
        with canvas.style(["DejaVu Sans"]), pytest.raises(InvalidInput, match="40 bars cannot be"):
            bars.body(Ruler(), 6.0)

    def test_a_browser_gets_the_same_figures(self) -> None:
        drawn = accuracy_bars(self.REPORT).interactive()
        assert [trace["name"] for trace in drawn.data][:3] == ["one-1", "two-2", "XLM-R (study)"]
        first, _, theirs, *_ = drawn.data
        assert first["y"] == pytest.approx([83, 72, 34])
        assert first["error_y"]["array"] == pytest.approx([2, 2, 2])
        assert theirs["error_y"]["array"] == [0, 0]
        assert drawn.table is not None
        assert drawn.table.rows[2] == (
            "xnli/test fr", "one-1", "5,010", "72.00", "71.00–74.00",
        )  # fmt: skip
        assert drawn.table.rows[4][2:] == ("–", "74.83", "–")
