"""Wrong input on the command line: one line says what is wrong and what to do; nothing is lost."""

import os
import shutil
import sqlite3
import zipfile
from pathlib import Path

import pytest

from indexer.service import LexiconService
from lexicon.errors import LexiconError
from lexicon.store import SCHEMA_REVISION
from tests.cli.terminal import installed, invoke, output, refusal, usage_error
from tests.lexicon.snapshot import everything

WORDS = "concept\tpos\tfield\tgloss\ten\tfr\nice.noun.1\tnoun\tf\tg\tice\tglace\nbad\n"
SENTENCES = "id\tlabel\tpremise\thypothesis\n1\tneutral\ta\tb\n2\tbad\tc\td\n"
COMMANDS: dict[str, tuple[str, ...]] = {"words": (), "pairs": ("--language", "en")}
NO_UTF_8 = "\udcff"
"""What a byte that is no UTF-8 becomes in an argument."""


def written(folder: Path, group: str, name: str = "file.tsv") -> Path:
    path = folder / name
    path.write_text(WORDS if group == "words" else SENTENCES, encoding="utf-8")
    return path


@pytest.fixture(params=sorted(COMMANDS))
def group(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def only_line(*arguments: str | Path) -> str:
    """The one line that a refused command says; progress bars may stand before it."""
    result = invoke(*arguments)
    assert isinstance(result.exception, LexiconError), result.exception
    assert result.stdout == ""
    assert all("━" in line for line in result.stderr.splitlines())
    assert "\n" not in str(result.exception)
    return str(result.exception)


def refused(tiny: LexiconService, group: str, *arguments: str | Path) -> str:
    """Why an import is refused; the store is as it was."""
    before = everything(tiny.sessions)
    why = only_line(group, "import", *arguments, *COMMANDS[group])
    assert everything(tiny.sessions) == before
    return why


def test_rejects_never_replace_what_is_imported(
    tiny: LexiconService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    file = written(tmp_path, group)
    link = tmp_path / "link.tsv"
    link.symlink_to(file)
    monkeypatch.chdir(tmp_path)
    before = file.read_bytes()
    for rejects in (file, link, Path("file.tsv"), Path("sub") / ".." / "file.tsv"):
        why = refused(tiny, group, file, "--rejects", rejects)
        assert why == f"--rejects {rejects} is a file to import; name another for its rejects"
    assert file.read_bytes() == before


def test_rejects_may_go_to_a_link_to_itself_as_little_as_to_a_folder(
    tiny: LexiconService, tmp_path: Path, group: str
) -> None:
    file = written(tmp_path, group)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for rejects, why in (
        (loop, "Too many levels of symbolic links"),
        (tmp_path, "Is a directory"),
        (tmp_path / "none" / "file.tsv", "No such file or directory"),
    ):
        result = invoke(group, "import", file, "--rejects", rejects, *COMMANDS[group])
        assert str(result.exception) == (
            f"the rejected lines cannot be written to {rejects} ({why}); the others were imported; "
            "name another file with --rejects"
        )


@pytest.mark.parametrize(
    ("group", "option"),
    [
        *(("words", option) for option in ("--licence", "--version", "--source")),
        *(("pairs", option) for option in ("--licence", "--version", "--dataset", "--split")),
    ],
)
def test_what_is_no_text_is_refused(
    tiny: LexiconService, tmp_path: Path, group: str, option: str
) -> None:
    why = refused(tiny, group, written(tmp_path, group), option, f"a{NO_UTF_8}")
    assert why.endswith("holds the character U+DCFF, which is not text; remove it")


@pytest.mark.parametrize("name", ["words.zip", "words.xlsx"])
def test_an_archive_or_a_spreadsheet_is_called_by_its_name(
    tiny: LexiconService, tmp_path: Path, group: str, name: str
) -> None:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(written(tmp_path, group), "file.tsv")
    forms = {"words": ("tsv", "csv", "jsonl"), "pairs": ("plain", "xnli", "huggingface")}
    for form in ((), *(("--as", form) for form in forms[group])):
        why = refused(tiny, group, path, *form)
        assert why == f"{path} is a ZIP archive or a spreadsheet; unpack it, or save it as CSV"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe", b"\0" * 300, os.urandom(4_000)])
def test_what_is_no_list_is_refused_with_its_name(
    tiny: LexiconService, tmp_path: Path, group: str, content: bytes
) -> None:
    path = tmp_path / "list.bin"
    path.write_bytes(content)
    assert refused(tiny, group, path).startswith(str(path))
    assert list(tmp_path.glob("*.rejects.tsv")) == []


def test_a_missing_file_or_a_folder_is_named(
    tiny: LexiconService, tmp_path: Path, group: str
) -> None:
    missing = tmp_path / "missing.tsv"
    assert refused(tiny, group, missing) == f"{missing} cannot be read: No such file or directory"
    assert refused(tiny, group, tmp_path) == f"{tmp_path} cannot be read: Is a directory"


def test_huge_limits_are_none(tiny: LexiconService, tmp_path: Path) -> None:
    output("pairs", "import", written(tmp_path, "pairs"), "--language", "en")
    every = output("words", "find", "--limit", "1000", "-f", "csv")
    assert output("words", "find", "--limit", "9" * 30, "-f", "csv") == every
    listed = output("pairs", "list", "-f", "csv")
    assert output("pairs", "list", "--limit", "9" * 30, "-f", "csv") == listed
    assert output("pairs", "list", "--after", "9" * 30, "-f", "csv").count("\n") == 1
    assert refusal("search", "water", "--from", "en", "--to", "fr", "-k", "9" * 30) == (
        f"k={'9' * 30} is not between 1 and 1,000"
    )
    for arguments in (("find", "--limit", "0"), ("find", "--limit", "-1")):
        assert "greater than or equal to 1" in usage_error("words", *arguments)
    assert "greater than or equal to 0" in usage_error("pairs", "list", "--after", "-5")


def test_the_remedy_for_an_unknown_key_is_a_command_that_works(tiny: LexiconService) -> None:
    why = refusal("words", "remove", "water.noun.9")
    assert why.endswith("; find keys with: lexicon words find --prefix water")
    assert "water.noun.1" in output(*why.partition("lexicon ")[2].split())


def test_a_megabyte_in_a_header_is_not_printed(tiny: LexiconService, tmp_path: Path) -> None:
    path = written(tmp_path, "words")
    path.write_text(WORDS.replace("\tfr\n", f"\t{'x' * 1_000_000}\n", 1), encoding="utf-8")
    assert refused(tiny, "words", path) == (f"unknown language {'x' * 40!r}; known: en, fr, hi, kn")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--from", "en"), "give both --from and --to, or neither"),
        (("--to", "en"), "give both --from and --to, or neither"),
        (("--from", "en", "--to", "en"), "--from and --to are both 'en'; choose two languages"),
        (("--from", "en", "--to", "xx"), "unknown language 'xx'; known: en, fr, hi, kn"),
        ((), "a dictionary of word pairs does not name its languages; add --from and --to"),
    ],
)
def test_word_pairs_need_two_languages(
    tiny: LexiconService, tmp_path: Path, arguments: tuple[str, ...], why: str
) -> None:
    path = tmp_path / "pairs.txt"
    path.write_text("ice glace\nsnow neige\n", encoding="utf-8")
    assert refused(tiny, "words", path, *arguments) == why


@pytest.mark.parametrize("target", ["none/words.tsv", "folder", "words.tsv/below.tsv"])
def test_an_export_that_cannot_be_written_leaves_nothing(
    tiny: LexiconService, tmp_path: Path, target: str, group: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "words.tsv").write_text("mine", encoding="utf-8")
    file = written(tmp_path, "pairs")
    output("pairs", "import", file, "--language", "en", "--rejects", os.devnull)
    before = sorted(tmp_path.rglob("*"))
    why = only_line(group, "export", "--out", tmp_path / target)
    assert why.startswith(f"{tmp_path / target} cannot be written")
    assert sorted(tmp_path.rglob("*")) == before


SAID = {
    "missing": "no lexicon store at sqlite:///{home}/lexicon.sqlite3; create it with: lexicon init",
    "newer": "the store is at schema revision 9999, which is newer than this version's {known}; "
    "upgrade the semantic-lexicon package",
    "no database": "the store at sqlite:///{home}/lexicon.sqlite3 cannot be read "
    "(file is not a database); check LEXICON_HOME and LEXICON_DATABASE_URL",
    "down": "the store at postgresql+psycopg://me:***@127.0.0.1:1/words cannot be read "
    '(connection failed: connection to server at "127.0.0.1", port 1 failed: Connection refused); '
    "check LEXICON_HOME and LEXICON_DATABASE_URL",
    "no url": "LEXICON_DATABASE_URL='postgresql+psycopg://me:***@h:port/words' is not a database "
    "URL; write one such as postgresql+psycopg://user@host/name",
}


@pytest.mark.parametrize("state", sorted(SAID))
def test_a_store_that_cannot_be_opened_is_one_line(
    tiny_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    """Of the installed command; no password is printed."""
    home = tmp_path / "home"
    if state != "missing":
        shutil.copytree(tiny_home, home)
    if state == "newer":
        connection = sqlite3.connect(home / "lexicon.sqlite3")
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
        connection.close()
    elif state == "no database":
        (home / "lexicon.sqlite3").write_bytes(b"no database" * 1_000)
    elif state in ("down", "no url"):
        place = {"down": "127.0.0.1:1", "no url": "h:port"}[state]
        url = f"postgresql+psycopg://me:secret@{place}/words"
        monkeypatch.setenv("LEXICON_DATABASE_URL", url)
    for arguments in (
        ("words", "import", written(tmp_path, "words")),
        ("words", "export"),
        ("pairs", "list"),
    ):
        said = installed(*arguments, home=home)
        assert (said.returncode, said.stdout) == (1, "")
        assert said.stderr == f"lexicon: {SAID[state].format(home=home, known=SCHEMA_REVISION)}\n"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions are POSIX")
def test_a_file_without_permission_is_named(tiny_home: Path, tmp_path: Path, group: str) -> None:
    file = written(tmp_path, group)
    file.chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("root reads everything")
    home = tmp_path / "home"
    shutil.copytree(tiny_home, home)
    said = installed(group, "import", file, *COMMANDS[group], home=home)
    assert said.returncode != 0
    assert file.name in said.stderr
    assert "Traceback" not in said.stderr
