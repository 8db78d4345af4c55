"""The command as a whole: help, version, and how errors and closed pipes end it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer

from cli import main
from indexer.service import LexiconService
from lexicon.errors import StoreUnavailable
from tests.cli.terminal import PROGRAM, installed, invoke, output


def commands(command: Any, name: str = "lexicon") -> Iterator[tuple[str, Any]]:
    """The command and all that are below it, by what is typed."""
    yield name, command
    for child, below in getattr(command, "commands", {}).items():
        yield from commands(below, f"{name} {child}")


EVERY = dict(commands(typer.main.get_command(main.app)))


def test_the_commands_are_those_of_the_contract() -> None:
    assert set(EVERY) == {
        "lexicon",
        "lexicon init",
        "lexicon search",
        "lexicon similarity",
        "lexicon report",
        "lexicon report list",
        "lexicon report show",
        "lexicon report compare",
        "lexicon report outliers",
        "lexicon plot",
        "lexicon plot word",
        "lexicon plot pairs",
        "lexicon plot map",
        "lexicon plot layers",
        "lexicon plot distributions",
        "lexicon nli",
        "lexicon nli classify",
        "lexicon nli predict",
        "lexicon nli evaluate",
        "lexicon nli train",
        "lexicon status",
        "lexicon doctor",
        "lexicon serve",
        "lexicon backup",
        "lexicon restore",
        "lexicon words",
        "lexicon words add",
        "lexicon words edit",
        "lexicon words remove",
        "lexicon words show",
        "lexicon words find",
        "lexicon words import",
        "lexicon words export",
        "lexicon words sources",
        "lexicon pairs",
        "lexicon pairs import",
        "lexicon pairs export",
        "lexicon pairs list",
        "lexicon index",
        "lexicon index build",
        "lexicon index list",
        "lexicon index verify",
        "lexicon index prune",
        "lexicon index rollback",
        "lexicon vectors",
        "lexicon vectors export",
        "lexicon models",
        "lexicon models pull",
        "lexicon models list",
        "lexicon models verify",
        "lexicon models path",
        "lexicon models remove",
        "lexicon keys",
        "lexicon keys create",
        "lexicon keys list",
        "lexicon keys revoke",
    }


@pytest.mark.parametrize("name", list(EVERY))
def test_every_command_and_every_parameter_has_help(name: str) -> None:
    assert EVERY[name].help
    for parameter in EVERY[name].params:
        assert getattr(parameter, "help", None), f"{name} {parameter.name}"


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("name", list(EVERY))
def test_every_command_prints_its_help(name: str, flag: str) -> None:
    said = " ".join(output(*name.split()[1:], flag).split())
    assert said.startswith(f"Usage: {name} ")
    assert (EVERY[name].help or "").splitlines()[0] in said


def test_version_is_that_of_the_distribution() -> None:
    assert output("--version") == f"{version('semantic-lexicon')}\n"


def test_without_a_command_the_help_is_shown_as_a_usage_error() -> None:
    result = invoke()
    assert result.exit_code == 2
    assert "Usage: lexicon [OPTIONS] COMMAND" in result.output


def test_an_unknown_command_is_named() -> None:
    result = invoke("translate")
    assert result.exit_code == 2
    assert "No such command 'translate'" in result.stderr


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    """The exit code of the entry point."""
    monkeypatch.setattr(sys, "argv", ["lexicon", *arguments])
    with pytest.raises(SystemExit) as ended:
        main.run()
    return ended.value.code


def test_an_error_is_one_line_and_exit_code_one(
    tiny: LexiconService, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "search", "water", "--from", "en", "--to", "xx") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "lexicon: unknown language 'xx'; known: en, fr, hi, kn\n"


def test_an_error_that_came_of_an_interruption_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped() -> None:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            try:
                raise OSError("another command is already in progress")
            except OSError as error:
                raise StoreUnavailable("the store failed") from error

    monkeypatch.setattr(main, "app", stopped)
    assert run(monkeypatch) == 130
    assert capsys.readouterr().err == "Aborted.\n"


def test_success_is_exit_code_zero(
    tiny: LexiconService, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "search", "water", "--from", "en", "--to", "kn") == 0
    assert "ನೀರು" in capsys.readouterr().out


def test_the_installed_command_answers(bundled_home: Path) -> None:
    done = installed("search", "water", "--from", "en", "--to", "kn", home=bundled_home)
    assert done.stderr == ""
    assert "ನೀರು" in done.stdout


def test_the_installed_command_says_errors_in_one_line(tmp_path: Path) -> None:
    done = installed("status", home=tmp_path / "nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"lexicon: no lexicon store at sqlite:///{tmp_path}/nowhere/lexicon.sqlite3; "
        "create it with: lexicon init\n"
    )
    assert not (tmp_path / "nowhere").exists()


def test_the_installed_command_exits_with_two_when_used_wrongly(tmp_path: Path) -> None:
    done = installed("search", "--from", "en", "--to", "kn", home=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def with_a_closed_reader(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return subprocess.run(
            [PROGRAM, *arguments],
            # Buffered, as outside of a test: the pipe then breaks only when Python ends.
            env={**os.environ, "LEXICON_HOME": str(home), "PYTHONUNBUFFERED": ""},
            stdout=writer,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)


@pytest.mark.parametrize("form", ["table", "json"])
def test_a_closed_reader_sees_no_traceback(bundled_home: Path, form: str) -> None:
    search = ("search", "water", "--from", "en", "--to", "kn", "--format", form)
    assert with_a_closed_reader(bundled_home, *search).stderr == ""


def test_a_reader_that_has_had_enough_is_told_nothing(bundled_home: Path) -> None:
    done = with_a_closed_reader(bundled_home, "words", "export")
    assert done.stderr == ""


def test_bad_settings_name_the_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEXICON_HOME", "~nobody-of-that-name/words")
    assert run(monkeypatch, "status") == 1
    said = capsys.readouterr().err
    assert said.startswith("lexicon: LEXICON_HOME='~nobody-of-that-name/words' ")
    assert said.count("\n") == 1


def test_a_database_that_is_none_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEXICON_DATABASE_URL", "somewhere")
    assert run(monkeypatch, "status") == 1
    assert capsys.readouterr().err == (
        "lexicon: LEXICON_DATABASE_URL='somewhere' is not a database URL; "
        "write one such as postgresql+psycopg://user@host/name\n"
    )
