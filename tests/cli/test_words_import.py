"""``lexicon words import``: what it says, where rejected lines go, and which options exclude."""

import csv
import gzip
from pathlib import Path

import pytest

from indexer.service import LexiconService
from lexicon import queries
from tests.cli.terminal import as_json, invoke, output, refusal, usage_error

TABLE = """concept\tpos\tfield\tgloss\ten\tfr
tea.noun.1\tnoun\tfood\thot drink\ttea\tthé
milk.noun.1\tnoun\tfood\twhite drink\tmilk\tlait
ice.noun.1\tnoun\tfood\tfrozen water\tice\tglace
"""
SPOILT = """concept\tpos\tfield\tgloss\ten\tfr
tea.noun.1\tnoun\tfood\thot drink\ttea\tчай
milk.noun.1\tnoun\tfood\twhite drink\tmilk\tмолоко
ragged\trow
bell.noun.1\tnoun\tfood\ta\x07bell\tbell\tcloche
ice.noun.1\tnoun\tfood\tfrozen water\tice\tglace
water.noun.1\tnoun\tfood\ta drink\twater\teau
"""
BELL = "holds the character U+0007, which is not text; remove it"
GUESSED = "because its vocabulary does not have them; all are found by their spelling"
REMEDY = "write it in Latn, or import with --any-script"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "x.tsv"
    file.write_text(TABLE, encoding="utf-8")
    return file


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    file = tmp_path / "spoilt.tsv"
    file.write_text(SPOILT, encoding="utf-8")
    return file


def said(*arguments: str | Path) -> list[str]:
    """What an import that succeeds says on standard error, without its progress bars."""
    result = invoke("words", "import", *arguments)
    assert result.exception is None, result.exception
    assert result.stdout == ""
    return [line for line in result.stderr.splitlines() if "━" not in line and line]


def concepts() -> int:
    found = as_json("status")["store"]["concepts"]
    assert isinstance(found, int)
    return found


def test_the_counts_and_what_is_left_to_be_done_are_notes(
    tiny: LexiconService, table: Path
) -> None:
    assert said(table) == [
        "x.tsv: 3 added, 0 updated, 0 unchanged, 0 rejected",
        f"note: axis: 6 forms have a guessed vector, {GUESSED}",
    ]
    assert said(table) == ["x.tsv: 0 added, 0 updated, 3 unchanged, 0 rejected"]
    assert concepts() == 7


def test_replace_says_what_is_retired(tiny: LexiconService, table: Path) -> None:
    said(table)
    table.write_text(TABLE.rpartition("ice.noun.1")[0].replace("hot drink", "a drink"))
    assert said(table, "--replace")[0] == (
        "x.tsv: 0 added, 1 updated, 1 unchanged, 1 retired, 0 rejected"
    )
    assert said(table, "--replace") == [
        "x.tsv: 0 added, 0 updated, 2 unchanged, 0 retired, 0 rejected"
    ]


def test_a_dry_run_says_so_and_changes_nothing(tiny: LexiconService, table: Path) -> None:
    dry = "x.tsv: 3 added, 0 updated, 0 unchanged, 0 rejected (dry run: nothing was changed)"
    assert said(table, "--dry-run") == [dry]
    assert concepts() == 4
    assert said(table, "--dry-run", "--new-language", "de") == [dry]
    with tiny.sessions() as session:
        assert "de" not in queries.languages(session)


def test_rejected_lines_go_to_a_file_beside_the_import(tiny: LexiconService, spoilt: Path) -> None:
    rejects = spoilt.with_name("spoilt.tsv.rejects.tsv")
    found = said(spoilt)
    assert found[0] == "spoilt.tsv: 1 added, 0 updated, 0 unchanged, 5 rejected"
    assert found[1:5] == [
        f"  rejected lines: {rejects}, such as",
        f"  line 2: fr form 'чай' is written in Cyrl, not Latn; {REMEDY} (2 like this)",
        "  line 4: 2 columns, not 6 (1 like this)",
        f"  line 5: gloss 'a\\x07bell' {BELL} (1 like this)",
    ]
    with rejects.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows[0] == ["line", "reason", "text"]
    assert [row[0] for row in rows[1:]] == ["2", "3", "4", "5", "7"]
    assert all(len(row) == 3 for row in rows)
    assert rows[1][1:] == [
        f"fr form 'чай' is written in Cyrl, not Latn; {REMEDY}",
        "tea.noun.1 | tea | чай",
    ]
    assert rows[3][1:] == ["2 columns, not 6", "ragged row"]
    assert rows[4][2] == "bell.noun.1 noun food a\\x07bell bell cloche"
    assert rows[5][1:] == [
        "concept 'water.noun.1' belongs to the source 'tiny'; give it another key",
        "water.noun.1",
    ]


def test_rejected_lines_go_where_they_are_told(
    tiny: LexiconService, spoilt: Path, tmp_path: Path
) -> None:
    wanted = tmp_path / "no.tsv"
    assert f"  rejected lines: {wanted}, such as" in said(spoilt, "--rejects", wanted)
    assert wanted.read_text(encoding="utf-8").count("\n") == 6
    assert not spoilt.with_name("spoilt.tsv.rejects.tsv").exists()


def test_a_place_that_cannot_be_written_is_named_and_the_rest_is_imported(
    tiny: LexiconService, spoilt: Path, tmp_path: Path
) -> None:
    wanted = tmp_path / "missing" / "no.tsv"
    result = invoke("words", "import", spoilt, "--rejects", wanted)
    assert str(result.exception) == (
        f"the rejected lines cannot be written to {wanted} (No such file or directory); "
        "the others were imported; name another file with --rejects"
    )
    assert "spoilt.tsv: 1 added" in result.stderr
    assert concepts() == 5


def test_any_script_takes_what_is_rejected_otherwise(tiny: LexiconService, spoilt: Path) -> None:
    assert said(spoilt, "--any-script")[0] == (
        "spoilt.tsv: 3 added, 0 updated, 0 unchanged, 3 rejected"
    )


def test_several_files_are_imported_one_by_one(
    tiny: LexiconService, table: Path, tmp_path: Path
) -> None:
    packed = tmp_path / "y.tsv.gz"
    packed.write_bytes(gzip.compress(TABLE.replace(".noun.1", ".noun.2").encode()))
    lines = said(table, packed, "--licence", "CC0-1.0", "--version", "2")
    assert lines[:2] == [
        "x.tsv: 3 added, 0 updated, 0 unchanged, 0 rejected",
        "y.tsv.gz: 3 added, 0 updated, 0 unchanged, 0 rejected",
    ]
    assert len(lines) == 3
    rows = [
        (row["source"], row["licence"], row["version"], row["concepts"], row["senses"])
        for row in as_json("words", "sources")
    ]
    assert rows == [
        ("tiny", "CC0-1.0", "1", 4, 14),
        ("x", "CC0-1.0", "2", 3, 6),
        ("y", "CC0-1.0", "2", 3, 6),
    ]


def test_pairs_need_their_languages(tiny: LexiconService, tmp_path: Path) -> None:
    file = tmp_path / "en-fr.txt"
    file.write_text("water flotte\nice glace\nbank banque\n", encoding="utf-8")
    assert refusal("words", "import", file) == (
        "a dictionary of word pairs does not name its languages; add --from and --to"
    )
    lines = said(file, "--from", "en", "--to", "fr", "--pos", "noun")
    assert lines[0] == "en-fr.txt: 2 added, 0 updated, 1 unchanged, 0 rejected"
    assert '"fr": ["eau", "flotte"]' in output("words", "show", "water", "--format", "json")


def test_a_new_language_is_added(tiny: LexiconService, table: Path) -> None:
    table.write_text(TABLE.replace("\tfr\n", "\tde\n"), encoding="utf-8")
    assert refusal("words", "import", table) == "unknown language 'de'; known: en, fr, hi, kn"
    assert said(table, "--new-language", "de")[0].startswith("x.tsv: 3 added")
    assert as_json("status")["store"]["forms"]["de"] == 3


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--from", "en"], "give both --from and --to, or neither"),
        (["--to", "fr"], "give both --from and --to, or neither"),
        (
            ["--from", "en", "--to", "fr"],
            "the format tsv names its languages; leave --from and --to out",
        ),
        (
            ["--as", "muse", "--from", "en", "--to", "en"],
            "--from and --to are both 'en'; choose two languages",
        ),
        (
            ["--as", "muse", "--from", "en", "--to", "xx"],
            "unknown language 'xx'; known: en, fr, hi, kn",
        ),
        (["--source", " "], "empty source name ' '; give at least one letter"),
    ],
)
def test_options_that_exclude_each_other_are_refused(
    tiny: LexiconService, table: Path, options: list[str], reason: str
) -> None:
    assert refusal("words", "import", table, *options) == reason
    assert concepts() == 4


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--rejects", "no.tsv"], "--rejects no.tsv"),
        (["--replace", "--source", "mine"], "--replace --source mine"),
    ],
)
def test_options_for_one_file_are_refused_for_two(
    tiny: LexiconService, table: Path, options: list[str], named: str
) -> None:
    assert refusal("words", "import", table, table, *options) == (
        f"{named} fits one file, not 2; import them one by one"
    )
    assert concepts() == 4


def test_two_files_may_share_a_source_when_nothing_is_replaced(
    tiny: LexiconService, table: Path, tmp_path: Path
) -> None:
    other = tmp_path / "y.tsv"
    other.write_text(TABLE.replace(".noun.1", ".noun.2"), encoding="utf-8")
    said(table, other, "--source", "mine")
    rows = {row["source"]: row["concepts"] for row in as_json("words", "sources")}
    assert rows == {"mine": 6, "tiny": 4}


def test_an_unknown_format_names_the_known_ones(table: Path) -> None:
    told = usage_error("words", "import", table, "--as", "xlsx")
    for form in ("tsv", "csv", "jsonl", "muse", "wiktextract", "wn-lmf"):
        assert form in told


def test_a_file_that_is_not_there_or_empty_is_refused(tiny: LexiconService, tmp_path: Path) -> None:
    missing, empty = tmp_path / "no.tsv", tmp_path / "empty.tsv"
    empty.write_bytes(b"")
    assert refusal("words", "import", missing) == (
        f"{missing} cannot be read: No such file or directory"
    )
    assert refusal("words", "import", empty) == f"{empty} is empty; nothing was imported"
    assert refusal("words", "import", tmp_path) == f"{tmp_path} cannot be read: Is a directory"


def test_a_failure_in_the_second_file_keeps_the_first(
    tiny: LexiconService, table: Path, tmp_path: Path
) -> None:
    missing = tmp_path / "no.tsv"
    result = invoke("words", "import", table, missing)
    assert str(result.exception) == f"{missing} cannot be read: No such file or directory"
    assert "x.tsv: 3 added" in result.stderr
    assert concepts() == 7


@pytest.mark.parametrize("form", ["tsv", "csv", "jsonl", "wn-lmf"])
def test_an_export_to_a_file_is_imported_as_unchanged(
    tiny: LexiconService, tmp_path: Path, form: str
) -> None:
    file = tmp_path / f"words.{form}"
    assert output("words", "export", "--as", form, "--source", "tiny", "--out", file) == ""
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("words")] == [file.name]
    lines = said(file, "--source", "tiny", "--licence", "CC0-1.0", "--version", "1", "--replace")
    assert lines == [f"{file.name}: 0 added, 0 updated, 4 unchanged, 0 retired, 0 rejected"]
