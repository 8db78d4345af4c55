"""``lexicon backup`` and ``lexicon restore``: one line of summary, or one line of refusal."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from cli import backup
from lexicon.errors import BackupDamaged, BackupRefused, LexiconError
from lexicon.settings import Settings
from tests.lexicon import whole

app = typer.Typer()
app.command()(backup.backup)
app.command()(backup.restore)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The home that commands work on: rows in every table, and an index."""
    settings = Settings(home=tmp_path / "home")
    whole.fill(settings)
    monkeypatch.setenv("LEXICON_HOME", str(settings.home))
    return settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lexicon.tar.gz"


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def said(*arguments: str | Path) -> str:
    """The last line on standard error of a command that succeeds; nothing goes to the output."""
    result = invoke(*arguments)
    assert result.exception is None, result.exception
    assert result.stdout == ""
    return result.stderr.splitlines()[-1]


def refusal(kind: type[LexiconError], *arguments: str | Path) -> str:
    result = invoke(*arguments)
    assert isinstance(result.exception, kind), result.exception
    assert "\n" not in str(result.exception)
    return str(result.exception)


def test_there_and_back(
    home: Settings, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = len(whole.rows())
    line = said("backup", file)
    assert line == (
        f"backup  {file}: {rows} rows, 1 indices, {file.stat().st_size:,} bytes, "
        f"schema revision {whole.manifest(file)['revision']}"
    )
    monkeypatch.setenv("LEXICON_HOME", str(tmp_path / "new"))
    assert said("restore", file) == (
        f"restore {tmp_path / 'new'}: {rows} rows, 1 indices from {file}"
    )
    assert whole.content(Settings(home=tmp_path / "new")) == whole.content(home)


def test_the_bars_say_what_is_being_done(home: Settings, file: Path) -> None:
    assert "rows" in invoke("backup", file).stderr
    shown = invoke("restore", file, "--replace").stderr
    assert all(name in shown for name in ("check", "rows", "indices"))


def test_options_are_named_in_the_refusal_that_they_answer(home: Settings, file: Path) -> None:
    file.touch()
    assert "--overwrite" in refusal(BackupRefused, "backup", file)
    said("backup", file, "--overwrite")
    assert "--replace" in refusal(BackupRefused, "restore", file)
    said("restore", file, "--replace")


def test_an_index_that_is_left_out_is_named(home: Settings, file: Path) -> None:
    (home.indices / "axis-01" / "en" / "live").write_text("gone 00\n")
    result = invoke("backup", file)
    assert (
        "note: axis-01/en/live names no index that is there; build it with: lexicon index build\n"
        in result.stderr
    )
    assert " 0 indices, " in result.stderr


def test_damage_is_one_line(home: Settings, file: Path) -> None:
    file.write_bytes(b"\n" * 100)
    assert "is damaged or no backup" in refusal(BackupDamaged, "restore", file, "--replace")
    assert len(whole.content(home)["sense"]) == 2


def test_a_file_must_be_named(home: Settings) -> None:
    for verb in ("backup", "restore"):
        assert invoke(verb).exit_code == 2
