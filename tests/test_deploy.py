"""What runs the service elsewhere: the unit, the container file and the compose file.

No container engine is needed, and none has run them here: linters read them, and what they name in
this repository is looked up.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent


def said(*command: str | Path) -> str:
    """What a linter says, which is nothing."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def test_the_container_file_passes_its_linter() -> None:
    assert said(BIN / "hadolint", DEPLOY / "Containerfile") == ""


def test_the_compose_file_is_one() -> None:
    schema = ("--builtin-schema", "vendor.compose-spec")
    said(BIN / "check-jsonschema", *schema, DEPLOY / "compose.yaml")


def test_the_unit_is_one(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    here = f"{BIN}/"
    unit = read("semantic-lexicon.service").replace("/opt/semantic-lexicon/bin/", here)
    file = tmp_path / "semantic-lexicon.service"
    file.write_text(unit, encoding="utf-8")
    assert here in unit
    said(analyze, "verify", file)


def wheel() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, Any] = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    return found


def test_the_image_is_made_of_all_that_the_package_is_made_of() -> None:
    copied = {
        name
        for line in re.findall(r"^COPY (?!--)(.*)$", read("Containerfile"), re.M)
        for name in line.split()[:-1]
    }
    needed = {*wheel()["packages"], *wheel()["force-include"], "pyproject.toml", "constraints.txt"}
    assert needed <= copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
    allowed = set(re.findall(r"^!(.*)$", read("Containerfile.dockerignore"), re.M))
    assert allowed == copied


@pytest.mark.parametrize(
    "command",
    [
        *re.findall(r"/bin/lexicon (.*)", read("semantic-lexicon.service")),
        *(
            " ".join(re.findall(r'"([^"]*)"', line)[1:])
            for line in re.findall(
                r'\["lexicon",.*\]', read("Containerfile") + read("compose.yaml")
            )
        ),
    ],
)
def test_what_they_run_is_a_command_with_these_options(command: str) -> None:
    verb, *options = command.split()
    shown = CliRunner().invoke(app, [verb, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    for option in options:
        if option.startswith("--"):
            assert option in shown.output


def test_no_address_but_this_machine_is_published() -> None:
    ports = re.findall(r'- "(.*):8000"', read("compose.yaml"))
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
