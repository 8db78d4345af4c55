"""Typing commands in tests."""

import csv
import json
import os
import subprocess
import sys
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from cli.main import app
from lexicon.errors import LexiconError

PROGRAM = Path(sys.executable).with_name("lexicon")


def invoke(*arguments: str | Path) -> Result:
    """What ``lexicon`` with these arguments does, in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def output(*arguments: str | Path) -> str:
    """Standard output of a command that succeeds."""
    result = invoke(*arguments)
    assert result.exception is None, result.exception
    return result.stdout


def as_json(*arguments: str | Path) -> Any:
    return json.loads(output(*arguments, "--format", "json"))


def as_csv(*arguments: str | Path) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(output(*arguments, "--format", "csv"))))


def refusal(*arguments: str | Path) -> str:
    """The one line that a refused command says; nothing else is written."""
    result = invoke(*arguments)
    assert isinstance(result.exception, LexiconError), result.exception
    assert (result.stdout, result.stderr) == ("", "")
    assert "\n" not in str(result.exception)
    return str(result.exception)


def usage_error(*arguments: str | Path) -> str:
    """What a command used wrongly says on standard error."""
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    return result.stderr


def installed(
    *arguments: str | Path, home: Path, encoder: str = "embedded"
) -> subprocess.CompletedProcess[str]:
    """What the installed command does, in a process of its own."""
    return subprocess.run(
        [PROGRAM, *arguments],
        env={**os.environ, "LEXICON_HOME": str(home), "LEXICON_ENCODER": encoder},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def contents(folder: Path) -> dict[str, str]:
    """The digest of every file of a folder, but for locks, which readers write to as well."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith((".lock", "-shm"))
    }
