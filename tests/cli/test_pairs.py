"""``lexicon pairs import``, ``export`` and ``list``."""

import csv
import gzip
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.pairs import app, dataset_of, split_of
from lexicon import store
from lexicon.errors import LexiconError
from lexicon.languages import SEED
from lexicon.models import Language
from lexicon.settings import Settings
from lexicon.store import Sessions

ROWS = (
    'id\tlabel\tpremise\thypothesis\n0\tneutral\tIt "rains.\tIt pours.\n1\t-\tWe sing.\tWe hum.\n'
)
XNLI = (
    "language\tgold_label\tsentence1\tsentence2\tpairID\n"
    "en\tneutral\tIt rains.\tIt pours.\t1\n"
    "de\tneutral\tEs regnet.\tEs gießt.\t1\n"
    "fr\tentailment\tIl pleut.\tIl y a de l'eau.\t1\n"
)


@pytest.fixture(autouse=True)
def home(settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store that knows the four languages."""
    with store.writing(sessions) as session:
        session.add_all(Language(**vars(seed)) for seed in SEED)
    monkeypatch.setenv("LEXICON_HOME", str(settings.home))
    return settings.home


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def succeeded(*arguments: str | Path) -> Result:
    result = invoke(*arguments)
    assert result.exception is None, result.exception
    return result


def said(*arguments: str | Path) -> list[str]:
    """The lines about files that a successful import says on standard error."""
    result = succeeded("import", *arguments)
    assert result.stdout == ""
    return [line for line in result.stderr.splitlines() if ": " in line]


def refusal(*arguments: str | Path) -> str:
    result = invoke(*arguments)
    assert isinstance(result.exception, LexiconError), result.exception
    assert "\n" not in str(result.exception)
    return str(result.exception)


def listed(*arguments: str) -> list[dict[str, Any]]:
    return list(json.loads(succeeded("list", "--format", "json", *arguments).stdout))


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "small_dev.tsv"
    path.write_text(ROWS, encoding="utf-8")
    return path


@pytest.fixture
def xnli(tmp_path: Path) -> Path:
    path = tmp_path / "xnli.test.tsv.gz"
    path.write_bytes(gzip.compress(XNLI.encode()))
    return path


def test_each_file_is_one_line_and_again_changes_nothing(plain: Path, xnli: Path) -> None:
    counts = "{} added, 0 updated, {} unchanged, 0 rejected{}"
    assert said(plain, "--language", "en") == [f"small_dev.tsv: {counts.format(2, 0, '')}"]
    assert said(xnli) == [f"xnli.test.tsv.gz: {counts.format(2, 0, ', 1 skipped')}"]
    assert said(xnli, plain, "-l", "en") == [
        f"xnli.test.tsv.gz: {counts.format(0, 1, ', 2 skipped')}",
        f"small_dev.tsv: {counts.format(0, 2, '')}",
    ]


def test_data_set_and_split_come_from_the_name_or_the_options(plain: Path, xnli: Path) -> None:
    succeeded("import", plain, "-l", "en")
    succeeded("import", xnli, "--dataset", "xnli", "--split", "final")
    places = [(row["dataset"], row["split"], row["premise_language"]) for row in listed()]
    assert places == [
        ("small_dev", "dev", "en"),
        ("small_dev", "dev", "en"),
        ("xnli", "final", "en"),
        ("xnli", "final", "fr"),
    ]


@pytest.mark.parametrize(
    ("name", "dataset", "split"),
    [
        ("xnli.dev.tsv", "xnli.dev", "dev"),
        ("multinli.train.fr.tsv.gz", "multinli.train.fr", "train"),
        ("train-00000-of-00001.parquet", "train-00000-of-00001", "train"),
        ("xnli_train9k_fr.tsv", "xnli_train9k_fr", "train"),
        ("snli_1.0_test.jsonl", "snli_1.0_test", "test"),
        ("Validation.JSON", "Validation", "validation"),
        ("contest_latest.txt", "contest_latest", "test"),
        (".gz", ".gz", "test"),
    ],
)
def test_what_a_name_says(name: str, dataset: str, split: str) -> None:
    assert (dataset_of(Path(name)), split_of(Path(name))) == (dataset, split)


def test_labels_languages_and_format_may_be_given(tmp_path: Path) -> None:
    path = tmp_path / "pairs.json"
    path.write_text('[{"premise": "ನೀರು", "hypothesis": "water", "label": 0}]', encoding="utf-8")
    order = ("--labels", "contradiction,neutral,entailment", "--as", "indicxnli")
    said(path, "-l", "kn", "--hypothesis-language", "en", *order)
    [row] = listed()
    languages = (row["premise_language"], row["hypothesis_language"])
    assert (row["label"], *languages) == ("contradiction", "kn", "en")


def test_rejects_are_written_beside_the_file_only_when_there_are_any(plain: Path) -> None:
    assert len(said(plain, "-l", "en")) == 1
    beside = plain.with_name("small_dev.tsv.rejects.tsv")
    assert not beside.exists()
    plain.write_text(ROWS + "2\tmaybe\ta\x0cb\tc\n3\n", encoding="utf-8")
    summary, where, first, second = said(plain, "-l", "en")
    assert summary.endswith("0 added, 0 updated, 2 unchanged, 2 rejected")
    assert where == f"  rejected lines: {beside}, such as"
    assert first.endswith("(1 like this)")
    assert second == "  line 5: 1 columns, not 4 (1 like this)"
    assert beside.read_text(encoding="utf-8").splitlines() == [
        "line\treason\ttext",
        "4\tunknown NLI label 'maybe'; known: entailment, neutral, contradiction\t2 maybe a b c",
        "5\t1 columns, not 4\t3",
    ]


def test_rejects_go_where_they_are_told_to(plain: Path, tmp_path: Path) -> None:
    plain.write_text(ROWS + "3\n", encoding="utf-8")
    there = tmp_path / "there.tsv"
    assert said(plain, "-l", "en", "--rejects", there)[1] == (f"  rejected lines: {there}, such as")
    assert there.read_text(encoding="utf-8").splitlines()[1] == "4\t1 columns, not 4\t3"
    assert "is one file for 2" in refusal("import", plain, plain, "--rejects", there)
    nowhere = tmp_path / "no" / "where.tsv"
    assert "the others were imported" in refusal("import", plain, "-l", "en", "--rejects", nowhere)


def test_lone_surrogates_can_be_written_as_rejects(tmp_path: Path) -> None:
    path = tmp_path / "pairs.json"
    path.write_text('[{"premise": "\\ud800", "hypothesis": "b", "label": 0}]')
    assert len(said(path, "-l", "en")) == 3
    assert "\\ud800" in path.with_name("pairs.json.rejects.tsv").read_text(encoding="utf-8")


def test_replace_retires_and_says_so(plain: Path) -> None:
    said(plain, "-l", "en")
    plain.write_text("".join(ROWS.splitlines(keepends=True)[:2]), encoding="utf-8")
    [line] = said(plain, "-l", "en", "--replace", "--dry-run")
    assert line == (
        "small_dev.tsv: 0 added, 0 updated, 1 unchanged, 1 retired, 0 rejected "
        "(dry run: nothing was changed)"
    )
    assert len(listed()) == 2
    assert said(plain, "-l", "en", "--replace")[0].endswith("1 retired, 0 rejected")
    assert [row["key"] for row in listed()] == ["0"]


def test_replace_with_files_that_would_remove_each_other_is_refused(
    plain: Path, xnli: Path
) -> None:
    names = ("--dataset", "d", "--split", "dev", "--replace")
    assert "2 files for d/dev" in refusal("import", plain, xnli, "-l", "en", *names)
    assert listed() == []


def test_progress_is_of_bytes(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, int, int]] = []
    monkeypatch.setattr("cli.output.Bars.advance", lambda _bars, *told_: told.append(told_))
    said(plain, "-l", "en")
    assert told[-1] == ("small_dev.tsv", len(ROWS), len(ROWS))


def test_what_cannot_be_imported_is_refused_in_one_line(plain: Path, tmp_path: Path) -> None:
    assert "--language" in refusal("import", plain)
    assert "unknown language 'de'" in refusal("import", plain, "-l", "de")
    assert "unknown format 'csv'" in refusal("import", plain, "--as", "csv")
    assert "cannot be read" in refusal("import", tmp_path / "absent.tsv")
    plain.write_text("hello\n")
    assert "is of no known format" in refusal("import", plain)


def test_an_export_is_read_again_and_written_the_same(
    plain: Path, xnli: Path, tmp_path: Path
) -> None:
    said(plain, "-l", "en")
    said(xnli, "--dataset", "xnli")
    content = succeeded("export", "--dataset", "small_dev").stdout
    assert content.splitlines()[1:] == [
        '0\tneutral\ten\ten\tIt "rains.\tIt pours.',
        "1\t-\ten\ten\tWe sing.\tWe hum.",
    ]
    out = tmp_path / "out.tsv"
    succeeded("export", "--dataset", "xnli", "--split", "test", "--out", out)
    assert said(out, "--dataset", "xnli") == [
        "out.tsv: 0 added, 0 updated, 2 unchanged, 0 rejected"
    ]
    before = out.read_bytes()
    said(out, "--dataset", "copy")
    succeeded("export", "--dataset", "copy", "--out", out)
    assert out.read_bytes() == before
    french = succeeded("export", "--dataset", "copy", "--language", "fr").stdout
    assert len(french.splitlines()) == 2


def test_an_export_is_of_one_data_set_and_split(plain: Path, xnli: Path, tmp_path: Path) -> None:
    assert refusal("export").startswith("no pair is like that")
    said(plain, xnli, "-l", "en")
    assert "(small_dev/dev, xnli.test/test); choose one" in refusal("export")
    nowhere = tmp_path / "no" / "where.tsv"
    assert "cannot be written" in refusal("export", "--split", "dev", "--out", nowhere)


def test_pairs_are_listed_as_table_json_and_csv(plain: Path) -> None:
    assert "No pair is like that." in succeeded("list").stdout
    said(plain, "-l", "en")
    table = succeeded("list").stdout
    assert 'It "rains.' in table
    assert "–" in table
    assert [row["key"] for row in listed("--limit", "1")] == ["0"]
    [last] = listed("--after", str(listed("--limit", "1")[0]["id"]))
    assert (last["key"], last["label"]) == ("1", None)
    assert listed("--label", "-") == [last]
    rows = list(csv.DictReader(StringIO(succeeded("list", "--format", "csv").stdout)))
    assert [row["premise"] for row in rows] == ['It "rains.', "We sing."]
    assert invoke("list", "--limit", "0").exit_code == 2
    assert "unknown NLI label" in refusal("list", "--label", "x")


def test_without_a_store_it_is_said_how_to_make_one(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXICON_HOME", str(tmp_path / "none"))
    for command in (("import", plain), ("export",), ("list",)):
        assert refusal(*command).endswith("create it with: lexicon init")
