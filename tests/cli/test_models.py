"""``lexicon models`` against a hub on the loopback address."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.models import app
from lexicon.errors import InvalidInput, ModelMissing
from tests.indexer.checkpoints.hub_server import WEIGHTS, Hub, commit_of, serving

CSV = ("list", "--format", "csv")

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEXICON_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving(monkeypatch) as made:
        yield made


def invoke(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


def test_listing_before_anything_was_pulled() -> None:
    rows = json.loads(invoke("list", "--format", "json").stdout)
    assert [row["name"] for row in rows][:3] == ["labse", "bloom-560m", "bloom-1b7"]
    assert {row["state"] for row in rows} == {"missing"}
    assert "sentence-transformers/LaBSE" in invoke("list").stdout


def test_pulling_listing_and_removing(hub: Hub, home: Path) -> None:
    result = invoke("pull", "labse")
    assert result.exit_code == 0
    assert f"of sentence-transformers/LaBSE at {commit_of(1)}" in result.stderr
    assert result.stdout == ""
    assert "already here at commit" in invoke("pull", "labse", "--revision", "main").stderr
    (home / "models" / "own").mkdir()
    rows = {row["name"]: row for row in csv.DictReader(StringIO(invoke(*CSV).stdout))}
    assert (rows["labse"]["state"], rows["labse"]["commit"]) == ("pulled", commit_of(1))
    assert rows["labse"]["folder"] == str(home / "models" / "labse")
    assert (rows["own"]["state"], rows["own"]["repo"]) == ("by hand", "")
    assert "pulled" in invoke("list").stdout
    assert invoke("path", "labse").stdout == f"{home / 'models' / 'labse'}\n"
    assert invoke("remove", "labse", typed="n\n").exit_code == 1
    assert invoke("path", "labse").exit_code == 0
    assert "removed labse" in invoke("remove", "labse", "--yes").stderr
    assert isinstance(invoke("path", "labse").exception, ModelMissing)


def test_verifying(hub: Hub, home: Path) -> None:
    assert "no models are on this machine" in invoke("verify").stderr
    invoke("pull", "labse")
    result = invoke("verify")
    assert (result.exit_code, result.stdout) == (0, "")
    (home / "models" / "labse" / WEIGHTS).write_bytes(b"x")
    for arguments in (["verify"], ["verify", "labse"]):
        result = invoke(*arguments)
        assert (result.exit_code, result.stdout) == (
            1,
            "labse: model.safetensors: 1 bytes instead of 8,192\n",
        )
        assert "lexicon models pull labse" in result.stderr


def test_names_that_are_none_or_not_here() -> None:
    assert isinstance(invoke("path", "nope").exception, InvalidInput)
    assert isinstance(invoke("verify", "labse").exception, ModelMissing)
    assert isinstance(invoke("remove", "labse", "--yes").exception, ModelMissing)


def test_nothing_heavy_is_imported() -> None:
    script = (
        "import sys, cli.models, indexer.checkpoints.hub\n"
        "heavy = {'torch', 'transformers', 'huggingface_hub', 'sentence_transformers'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
