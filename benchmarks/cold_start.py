"""How long a command takes from nothing to its answer, beside Python importing numpy.

    make bench          or: python benchmarks/cold_start.py [--runs 7] [--json FILE]

Commands and floor run in turn, so that a busy machine slows both; the ratio is what lasts.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

LEXICON = str(Path(sys.executable).with_name("lexicon"))
FLOOR = [sys.executable, "-c", "import numpy"]
COMMANDS = {
    "search, known word": [LEXICON, "search", "water", "--from", "en", "--to", "kn"],
    "search, unseen word": [LEXICON, "search", "waterproofing", "--from", "en", "--to", "kn"],
    "similarity": [LEXICON, "similarity", "water", "ನೀರು", "--from", "en", "--to", "kn"],
    "init, repeated": [LEXICON, "init"],
}


def seconds(command: list[str], home: str) -> float:
    started = time.perf_counter()
    subprocess.run(
        command, check=True, capture_output=True, env={**os.environ, "LEXICON_HOME": home}
    )
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=Path, help="also write the figures there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        figures = {"init, empty home": [(seconds([LEXICON, "init"], home), seconds(FLOOR, home))]}
        for name, command in COMMANDS.items():
            seconds(command, home)
            figures[name] = [
                (seconds(command, home), seconds(FLOOR, home)) for _ in range(arguments.runs)
            ]
    table = Table("command", "median s", "min–max s", "× import numpy", "runs", title="cold start")
    result = {}
    for name, pairs in figures.items():
        taken = [ours for ours, _ in pairs]
        ratio = statistics.median(ours / floor for ours, floor in pairs)
        table.add_row(
            name,
            f"{statistics.median(taken):.2f}",
            f"{min(taken):.2f}–{max(taken):.2f}",
            f"{ratio:.1f}",
            str(len(pairs)),
        )
        result[name] = {"seconds": taken, "ratio_to_import_numpy": ratio}
    Console().print(table)
    if arguments.json:
        facts = {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "python": platform.python_version(),
            "version": version("semantic-lexicon"),
            "figures": result,
        }
        arguments.json.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
