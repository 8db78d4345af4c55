"""How ``lexicon report`` writes: a terminal of any width, files, stored reports, Table 1."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from cli.report_output import show
from indexer.alignment.verdict import Verdict
from indexer.build import build
from indexer.reports.documents.alignment import Wanted, document
from indexer.reports.report import AlignmentReport
from indexer.reports.stored import store
from indexer.service import LexiconService
from lexicon.entries import checked
from tests.cli.terminal import invoke, output, refusal, usage_error
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.reports.formats.reported import pair, reported
from tests.indexer.worlds import register

VERDICTS: tuple[Verdict, ...] = ("aligned", "weakly aligned", "no alignment beyond anisotropy")


@pytest.fixture
def stored(tiny: LexiconService) -> LexiconService:
    """The tiny lexicon with three reports: 1 and 3 the same, 2 with another verdict."""
    for auc in (1.0, 0.6, 1.0):
        some = [pair("en", "fr", auc=auc), pair("en", "kn", auc=0.4, p_at_1=0.01)]
        store(tiny, reported(*some).model_copy(update={"identity": identity(tiny)}))
    return tiny


def identity(service: LexiconService) -> str:
    return service.encoder(None).spec.identity


def lines(report: AlignmentReport, width: int, wanted: Wanted | None = None) -> list[str]:
    """What a terminal of that width shows."""
    stream = StringIO()
    show(document([report], wanted), Console(file=stream, width=width, markup=False))
    return stream.getvalue().splitlines()


class TestTerminal:
    @pytest.mark.parametrize("width", [80, 100, 200])
    def test_every_pair_is_one_line_with_its_whole_verdict(self, width: int) -> None:
        codes = ["en", "fr", "hi"]
        some = [pair(codes[place], "kn", verdict) for place, verdict in enumerate(VERDICTS)]
        shown = lines(reported(*some), width)
        assert max(map(len, shown)) <= width
        for code, verdict in zip(codes, VERDICTS, strict=True):
            (distinct, _) = [line for line in shown if line.startswith(f"{code}→kn ")]
            assert distinct.rstrip().endswith(f"0.500 [0.400, 0.600]  {verdict}") or (
                width == 200 and distinct.rstrip().endswith(verdict)
            )
            assert "…" not in distinct

    def test_narrow_ones_name_what_they_leave_out(self) -> None:
        wide, narrow = (" ".join(lines(reported(), width)) for width in (250, 80))
        assert "Not shown for want of room" not in wide
        (left_out,) = [part for part in narrow.split(". ") if "Not shown" in part]
        assert "whitened AUC" in left_out
        assert "CSLS P@1" in left_out
        # A cosine without that of random pairs would mislead.
        assert ("cosine" in left_out) == ("random" in left_out)

    def test_what_only_words_can_give_way_to_is_folded_at_words(self) -> None:
        shown = lines(reported(pair("en", "kn", VERDICTS[2])), 60)
        assert max(map(len, shown)) <= 60
        text = " ".join(" ".join(shown).split())
        for word in VERDICTS[2].split():
            assert word in text
        assert "0.500 [0.400, 0.600]" in text

    def test_it_says_what_figures_rest_on(self) -> None:
        text = " ".join(" ".join(lines(reported(), 100)).split())
        for said in (
            "alignment under axis, evaluation: zero-shot",
            "95% intervals by a bootstrap over groups of concepts that share a form (1,000",
            "A bare cosine shows nothing",
            "Verdicts rest on the figures without identical spellings and without names.",
            "candidates fr 1,234, kn 1,234",
            "generations en gen-en",
        ):
            assert said in text

    def test_all_metrics_and_parts_fit_too(self) -> None:
        shown = lines(reported(), 80, Wanted(all_metrics=True, by=("pos",)))
        assert max(map(len, shown)) <= 80
        assert len([line for line in shown if line.startswith("target isotropy")]) == 2
        assert len([line for line in shown if line.startswith("noun ")]) == 2


class TestFormats:
    @pytest.mark.parametrize(
        ("form", "begins"),
        [
            ("table", "alignment under axis, evaluation: zero-shot"),
            ("json", '{"encoder":"axis"'),
            ("csv", "encoder,source,target,stratum"),
            ("markdown", "# Alignment under axis"),
            ("latex", "% alignment under axis"),
            ("html", "<!doctype html>"),
        ],
    )
    def test_each_is_printed_and_written(
        self, stored: LexiconService, tmp_path: Path, form: str, begins: str
    ) -> None:
        printed = output("report", "show", "1", "--format", form)
        assert printed.startswith(begins)
        assert printed.endswith("\n")
        out = tmp_path / f"report.{form}"
        out.write_text("before")
        assert output("report", "show", "1", "--format", form, "--out", out) == ""
        written = out.read_text(encoding="utf-8")
        assert written.startswith(begins)
        if form == "table":
            # A file has a width of its own, and no spaces at the ends of lines.
            assert max(map(len, written.splitlines())) <= 100
            assert not [line for line in written.splitlines() if line != line.rstrip()]
        else:
            assert written == printed
        assert [path.name for path in tmp_path.iterdir() if "report" in path.name] == [out.name]

    def test_a_page_has_everything_unasked(self, stored: LexiconService) -> None:
        page = output("report", "show", "1", "--format", "html")
        assert 'id="en-fr-pos"' in page
        assert 'id="metric-cka"' in page
        text = output("report", "show", "1", "--format", "markdown")
        assert "[^cka]" not in text
        assert "noun" not in text

    def test_all_metrics_and_parts_are_asked_for(self, stored: LexiconService) -> None:
        text = output(
            *("report", "show", "1", "--format", "markdown", "--all-metrics"),
            *("--by", "pos", "--by", "tokens"),
        )
        assert "| CKA[^cka] |" in text
        assert "| noun |" in text
        assert "- axis has no figures by tokens of the source word." in text

    def test_reports_stand_side_by_side(self, stored: LexiconService) -> None:
        made = json.loads(output("report", "show", "1", "2", "1", "--format", "json"))
        assert [one["run"] for one in made] == [1, 2]
        text = output("report", "show", "1", "2", "--format", "markdown", "--pair", "en-fr")
        found = [line.split(" | ") for line in text.splitlines() if line.startswith("| en→fr")]
        assert [cells[1] for cells in found] == ["axis (run 1)", "axis (run 2)"] * 2
        assert [cells[-1] for cells in found[:2]] == ["aligned |", "undecided |"]


class TestFresh:
    """Reports that are made, of the few words of the tiny lexicon."""

    def test_samples_and_seed_are_said_as_they_are(self, tiny: LexiconService) -> None:
        made = json.loads(
            output(
                *("report", "--pair", "en-kn", "--format", "json"),
                *("--samples", "60", "--seed", "7"),
            )
        )
        assert (made["samples"], made["seed"]) == (100, 7)
        usual = json.loads(output("report", "--pair", "en-kn", "--format", "json"))
        assert (usual["samples"], usual["seed"]) == (1_000, 20_260)

    def test_several_encoders_are_scored_and_kept(
        self, tiny: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = register(monkeypatch, AxisEncoder(name="other", model_id="tests/other"))
        build(tiny.sessions, tiny.generations, other)
        done = output("report", "-e", "axis", "-e", "other", "-e", "axis", "--format", "json")
        assert [one["encoder"] for one in json.loads(done)] == ["axis", "other"]
        kept = json.loads(output("report", "list", "--format", "json"))
        assert [one["encoder"] for one in kept] == ["other", "axis"]
        said = invoke("report", "-e", "axis", "-e", "nothing")
        assert "unknown encoder 'nothing'" in str(said.exception)
        assert len(json.loads(output("report", "list", "--format", "json"))) == 2

    def test_table1_has_the_study_beside_ours(
        self, tiny: LexiconService, axis: AxisEncoder
    ) -> None:
        assert refusal("report", "--table1").startswith(
            "no encoder has an index of en, fr, hi and kn; build one with: lexicon index build"
        )
        hindi = {"en": "water", "fr": "eau", "hi": "पानी", "kn": "ನೀರು|ಜಲ"}
        fill(
            tiny.sessions,
            [checked("water.noun.1", "noun", "water", "clear liquid", hindi), *TINY[1:]],
        )
        build(tiny.sessions, tiny.generations, axis)
        rows = list(
            csv.DictReader(StringIO(output("report", "--table1", "--format", "csv", "-e", "axis")))
        )
        (first,) = [row for row in rows if (row["target"], row["encoder"]) == ("fr", "axis")]
        # water 1, bank .7071 twice, run 1.
        assert float(first["cosine"]) == pytest.approx((2 + 2 * 0.5**0.5) / 4, abs=1e-3)
        assert [row["published"] for row in rows if row["model"] == "LaBSE"] == [
            *("0.9", "0.89", "0.85", "0.82")
        ]
        # It is no report, so it is not kept.
        assert json.loads(output("report", "list", "--format", "json")) == []


class TestKept:
    def test_the_list_names_each_run(self, stored: LexiconService) -> None:
        rows = output("report", "list").splitlines()
        assert [row.split()[0] for row in rows[2:]] == ["3", "2", "1"]
        assert rows[2].split()[1:3] == ["axis", "zero-shot"]
        assert rows[2].rstrip().endswith("en-fr, en-kn")
        made = list(csv.DictReader(StringIO(output("report", "list", "--format", "csv"))))
        assert [(row["run"], row["pairs"]) for row in made] == [
            (str(run), "en-fr en-kn") for run in (3, 2, 1)
        ]
        found = json.loads(output("report", "list", "--format", "json"))
        assert found[0]["identity"] == identity(stored)

    def test_many_pairs_are_counted(self, tiny: LexiconService) -> None:
        some = [pair("en", code) for code in ("fr", "hi", "kn")] + [pair("fr", "en")]
        store(tiny, reported(*some).model_copy(update={"identity": identity(tiny)}))
        assert output("report", "list").splitlines()[-1].rstrip().endswith("4 pairs")

    def test_without_a_report_the_list_says_how_to_make_one(self, tiny: LexiconService) -> None:
        result = invoke("report", "list")
        assert result.stderr == ("note: no report is stored yet; make one with: lexicon report\n")
        assert json.loads(output("report", "list", "--format", "json")) == []

    def test_an_old_report_says_that_there_is_a_newer_one(self, stored: LexiconService) -> None:
        assert invoke("report", "show", "1").stderr == (
            "note: there is a newer report of 'axis' than run 1\n"
        )
        assert invoke("report", "show", "3").stderr == ""

    def test_pairs_are_shown_in_the_order_asked_for(self, stored: LexiconService) -> None:
        made = json.loads(
            output(*("report", "show", "1", "--format", "json"), *("--pair", "en-kn"))
        )
        assert [(one["source"], one["target"]) for one in made["pairs"]] == [("en", "kn")]


class TestRefusals:
    def test_a_run_that_is_not_there_names_those_that_are(self, stored: LexiconService) -> None:
        assert refusal("report", "show", "9") == (
            "there is no report 9; stored: 3, 2, 1; see: lexicon report list"
        )

    @pytest.mark.parametrize("number", ["one", "1.5", "-1", "0", "9" * 30])
    def test_a_run_is_a_number(self, tiny: LexiconService, number: str) -> None:
        assert "RUN" in usage_error("report", "show", "--", number)

    def test_a_pair_that_a_report_has_not(self, stored: LexiconService) -> None:
        assert refusal("report", "show", "1", "--pair", "kn-en") == (
            "report 1 has no pair 'kn-en'; it has: en-fr, en-kn"
        )

    @pytest.mark.parametrize("command", [("report",), ("report", "show", "1")])
    def test_a_file_that_cannot_be_written_is_refused_before_any_work(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
    ) -> None:
        # There is no store, which would be the next thing to be said.
        monkeypatch.setenv("LEXICON_HOME", str(tmp_path / "nowhere"))
        missing = tmp_path / "missing" / "report.md"
        assert refusal(*command, "--out", missing) == (
            f"there is no folder {missing.parent}; make it, or name another file"
        )
        assert refusal(*command, "--out", tmp_path) == f"{tmp_path} is a folder; name a file in it"
        long = tmp_path / ("a" * 300)
        assert refusal(*command, "--out", long / "b").endswith("File name too long")
        assert not (tmp_path / "nowhere").exists()

    def test_a_file_that_turns_out_not_to_be_writable(
        self, stored: LexiconService, tmp_path: Path
    ) -> None:
        out = tmp_path / ("a" * 250)
        said = refusal("report", "show", "3", "--format", "json", "--out", out)
        assert said == (
            f"{out} cannot be written (File name too long); make room there, or name a file in a "
            "folder that can be written"
        )

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--format", "xml"], "xml"),
            (["show", "1", "--format", "xml"], "xml"),
            (["--by", "size"], "size"),
            (["--samples", "0"], "--samples"),
            (["--samples", "1000000"], "--samples"),
            (["--seed", "-1"], "--seed"),
            (["--table1", "--pair", "en-fr"], "--table1"),
            (["--table1", "--all-metrics"], "--table1"),
            (["--table1", "--by", "pos"], "--table1"),
            (["--encoder", "axis", "list"], "--encoder"),
            (["--all-metrics", "show", "1"], "--all-metrics"),
        ],
    )
    def test_wrong_use_is_named(
        self, tiny: LexiconService, arguments: list[str], said: str
    ) -> None:
        assert said in usage_error("report", *arguments)
