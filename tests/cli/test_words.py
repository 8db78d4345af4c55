"""``lexicon words export``."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from indexer.service import LexiconService
from lexicon.entries import digest
from lexicon.formats import wide
from tests.cli.terminal import as_json, output, refusal, usage_error
from tests.conftest import TINY

EXPORT = ("words", "export", "--layout", "wide")


def test_tsv_is_one_concept_a_line_by_field_and_key(tiny: LexiconService) -> None:
    assert output(*EXPORT, "--format", "tsv").splitlines() == [
        "concept\tpos\tfield\tgloss\ten\tfr\thi\tkn",
        "bank.noun.1\tnoun\tlandscape\tland beside a river\tbank|shore\trive\t\tದಡ",
        "bank.noun.2\tnoun\tmoney\thouse that keeps money\tbank\tbanque\t\tಬ್ಯಾಂಕ್",
        "run.verb.1\tverb\tmotion\tto move fast on foot\trun\tcourir\t\tಓಡು",
        "water.noun.1\tnoun\twater\tclear liquid\twater\teau\t\tನೀರು|ಜಲ",
    ]


def test_tsv_in_the_wide_layout_is_the_default(tiny: LexiconService) -> None:
    assert output("words", "export") == output(*EXPORT, "--format", "tsv")


def test_csv_says_the_same(tiny: LexiconService) -> None:
    rows = list(csv.reader(StringIO(output(*EXPORT, "--format", "csv"))))
    assert rows == [line.split("\t") for line in output(*EXPORT).splitlines()]


@pytest.mark.parametrize("form", ["tsv", "csv"])
def test_an_export_is_read_back_as_it_was(tiny: LexiconService, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"words.{form}"
    file.write_text(output(*EXPORT, "--format", form), encoding="utf-8")
    assert digest(wide.read(file, form)) == digest(TINY)


def test_every_bundled_concept_is_exported_and_read_back(bundled: Path, tmp_path: Path) -> None:
    file = tmp_path / "words.tsv"
    file.write_text(output(*EXPORT), encoding="utf-8")
    assert len(list(wide.read(file))) == as_json("status")["store"]["concepts"]


@pytest.mark.parametrize("option", [("--layout", "long"), ("--format", "xlsx")])
def test_an_unknown_layout_or_format_names_the_known_ones(option: tuple[str, str]) -> None:
    said = usage_error("words", "export", *option)
    assert option[1] in said
    assert "wide" in said or "tsv" in said


def test_an_export_without_a_store_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXICON_HOME", str(tmp_path))
    assert refusal("words", "export").endswith("create it with: lexicon init")
