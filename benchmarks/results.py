"""How benchmarks show what they measured: a table, JSON, and a section of docs/benchmarks.md."""

import json
import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

SEED = 20261121
"""What benchmarks draw with, where they do not say another."""

DOCUMENT = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def machine() -> str:
    """Processor, cores and system in a line."""
    model = platform.processor() or platform.machine()
    try:
        found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
        model = found[1] if found else model
    except OSError:
        pass
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def versions(*packages: str) -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def show(
    name: str,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    figures: Any,
    packages: Sequence[str],
    json_file: Path | None,
    document: bool,
    *,
    seed: int = SEED,
) -> None:
    """Print the table; write ``figures`` to ``json_file``, and the table into the document's
    section ``name``, if asked to."""
    table = Table(*columns, title=title)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
    used = versions(*packages)
    facts = {
        "machine": machine(),
        "versions": used,
        "seed": seed,
        "date": f"{datetime.now(UTC):%F}",
    }
    if json_file:
        json_file.write_text(json.dumps({**facts, "figures": figures}, indent=2) + "\n")
    if document:
        packed = ", ".join(f"{package} {number}" for package, number in used.items())
        lines = [
            f"## {title}",
            "",
            f"{facts['date']}, {facts['machine']}; {packed}.",
            "",
            "| " + " | ".join(columns) + " |",
            "|" + "---|" * len(columns),
            *("| " + " | ".join(row) + " |" for row in rows),
        ]
        _replace(name, "\n".join(lines))


def _replace(name: str, section: str) -> None:
    """Put the section between its marks, or at the end."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    block = f"{begin}\n{section}\n{end}\n"
    text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.is_file() else _HEAD
    if begin in text:
        before, _, rest = text.partition(begin)
        after = rest.partition(f"{end}\n")[2]
        text = before + block + after
    else:
        text = f"{text.rstrip()}\n\n{block}"
    DOCUMENT.write_text(text, encoding="utf-8")


_HEAD = """# Benchmarks

Tables written by the scripts under `benchmarks/` with `--document`. The ratio to the peer or the
floor in the same run is the result; absolute figures are those of one machine on one day. Nothing
here was measured on a GPU.
"""
