"""What the documents say exists, and what exists is said."""

import doctest
import importlib
import pkgutil
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from api.app import create_app
from cli.main import app
from indexer.alignment.cka import MOST
from indexer.alignment.figures import METRICS
from indexer.alignment.groups import BLOCKS
from indexer.alignment.resampling import SAMPLES
from indexer.alignment.sample import RANDOM_PAIRS
from indexer.alignment.scoring import DELTA
from indexer.alignment.strata import MOST_FIELDS
from indexer.alignment.verdict import ALIGNED_AUC, ALIGNED_P_AT_1, NO_AUC
from indexer.csls import LEAST_MARGIN, MARGIN_NEIGHBOURHOOD, NEIGHBOURHOOD
from indexer.reports.states import FORMS
from lexicon.settings import Settings

ROOT = Path(__file__).parent.parent
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
METRICS_PAGE = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")


def commands() -> dict[str, str | None]:
    """Help text by full command name."""
    found: dict[str, str | None] = {}
    top: Any = get_command(app)
    for name, command in top.commands.items():
        group = {f"{name} {sub}": item for sub, item in getattr(command, "commands", {}).items()}
        if getattr(command, "invoke_without_command", False):
            group[name] = command
        for full, item in (group or {name: command}).items():
            found[f"lexicon {full}"] = item.help
    return found


def test_every_command_is_in_the_reference_and_has_help() -> None:
    for name, text in commands().items():
        assert f"### `{name}" in REFERENCE, name
        assert text, name


def test_every_command_of_the_reference_exists() -> None:
    headings = re.findall(r"^### `(lexicon(?: [a-z]+)+)", REFERENCE, flags=re.MULTILINE)
    assert sorted(headings) == sorted(commands())


def test_every_metric_has_its_formula() -> None:
    blocks = METRICS_PAGE.split("\n\n")
    cells = [
        line.split(" | ")[0]
        for block in blocks
        if block.startswith("| figure |")
        for line in block.splitlines()[2:]
    ]
    prefixed = [block for block in blocks if block.startswith("- `centred_")]
    documented = re.findall(r"`([a-z0-9_]+)`", "\n".join((*cells, *prefixed)))
    assert sorted(documented) == sorted(METRICS)


def test_the_numbers_of_the_metrics_page_are_those_of_the_code() -> None:
    for said in (
        f"{RANDOM_PAIRS:,} pairs of forms",
        f"drawn with replacement, {SAMPLES:,} times",
        f"dealt into {BLOCKS} blocks",
        f"δ = {DELTA}",
        f"m below {LEAST_MARGIN} counts as {LEAST_MARGIN}",
        f"mean cosine of a form to its {NEIGHBOURHOOD} nearest",
        f"mean cosine to the {MARGIN_NEIGHBOURHOOD} nearest",
        f"of more than {MOST:,} concepts, {MOST:,} are drawn",
        f"lower bound of AUC ≥ {ALIGNED_AUC:.2f} and lower bound of P@1 ≥ {ALIGNED_P_AT_1:.2f}",
        f"upper bound of AUC ≤ {NO_AUC:.2f}",
        f"the {MOST_FIELDS} largest",
        f"over at most {FORMS} forms",
    ):
        assert said.lower() in " ".join(METRICS_PAGE.lower().split()), said


def test_every_setting_is_in_the_reference() -> None:
    for name in Settings.model_fields:
        assert f"`LEXICON_{name.upper()}`" in REFERENCE


def test_every_route_is_documented(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")
    for path in create_app(Settings(home=tmp_path)).openapi()["paths"]:
        assert f"{path}`" in page or f"{path} " in page or f"{path}?" in page, path


def test_the_readme_names_only_files_and_verbs_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for verb in re.findall(r"\bmake ([a-z]+)", readme):
        assert f"\n{verb}:" in makefile, verb
    for target in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (ROOT / target).exists(), target


def examples() -> list[tuple[str, str]]:
    """Commands of the README with what it says they print."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```\n(.*?)```", readme, flags=re.DOTALL)
    parts = "".join(blocks).split("$ lexicon ")[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2].strip()) for part in parts]


@pytest.mark.parametrize(("command", "said"), examples())
def test_the_readme_shows_real_output(
    command: str, said: str, bundled_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXICON_HOME", str(bundled_home))
    monkeypatch.setenv("COLUMNS", "100")
    done = CliRunner().invoke(app, shlex.split(command))
    assert done.exit_code == 0
    printed = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    assert printed.strip() == said


def modules() -> list[str]:
    found = []
    for room in ("lexicon", "indexer", "nli", "api", "cli"):
        package = importlib.import_module(room)
        found += [
            module.name
            for module in pkgutil.walk_packages(package.__path__, f"{room}.")
            if not module.name.endswith("__main__")
        ]
    return found


@pytest.mark.parametrize("name", modules())
def test_the_examples_of_docstrings_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
