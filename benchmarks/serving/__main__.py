"""Requests per second and what each costs: the service, a bare endpoint, and txtai's API.

    python -m benchmarks.serving [--seconds 5] [--rounds 5] [--home FOLDER] [--json FILE]
                                 [--document]

Each server runs one process on loopback and is asked by wrk, in alternating rounds. Known words:
every word of the source language in turn, in random order, so that no round asks for one twice
before all were asked; nobody caches results. The service reads the stored vector of a known word;
txtai's API encodes every query, and says nothing but words and scores. The bare endpoint has a
dict from word to vector and runs one raw FAISS search: exact, and of the service's own kind.
Unseen text: pairs of words, each asked once. All vectors are MiniLM's, 384 dimensions.

The peers live in an environment of their own: make bench-peers.
"""

import argparse
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from benchmarks.results import SEED, show
from benchmarks.serving import words

ROOT = Path(__file__).parent.parent.parent
HERE = Path(__file__).parent
PEERS = ROOT / ".bench-peers" / "bin" / "python"
PATIENCE = 120.0
CONNECTIONS = (8, 1, 32)
"""The first is what the targets are about."""


@dataclass(frozen=True)
class Server:
    """How a server is started, what says that it is ready, and how it is asked for a text."""

    name: str
    command: tuple[str, ...]
    ready: str
    asked: str
    home: str | None = None


@dataclass(frozen=True)
class Round:
    """What wrk saw, and what the server's process spent meanwhile."""

    requests: int
    seconds: float
    failed: int
    p50_ms: float
    p99_ms: float
    cpu_us: float
    rss_mib: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def servers(home: Path, peers: Path, parts: Sequence[str]) -> list[Server]:
    """Those asked for; each command gets its port appended or inserted for ``{port}``."""
    here, folder = str(HERE), str(home)
    lexicon = "import sys; sys.argv[0] = 'lexicon'; from cli.main import run; run()"
    every = [
        Server(
            "lexicon",
            (sys.executable, "-c", lexicon, "serve", "--port", "{port}"),
            "/readyz",
            f"/v1/translations?q={{}}&source={words.SOURCE}&target={words.TARGET}",
            folder,
        ),
        Server(
            "bare, exact",
            (str(peers), f"{here}/floor.py", folder, "{port}", "flat"),
            "/openapi.json",
            "/search?q={}&k=10",
        ),
        Server(
            "bare, same kind",
            (str(peers), f"{here}/floor.py", folder, "{port}", "rabitq"),
            "/openapi.json",
            "/search?q={}&k=10",
        ),
        Server(
            "txtai",
            (str(peers), f"{here}/peer.py", "serve", folder, "{port}"),
            "/count",
            "/search?query={}&limit=10",
        ),
    ]
    return [server for server in every if server.name in parts]


@contextmanager
def running(server: Server, log: Path) -> Iterator[tuple[int, int]]:
    """Process id and port of a server that answers; it is ended by its id."""
    port = free_port()
    command = [part.replace("{port}", str(port)) for part in server.command]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    if server.home:
        chosen = words.settings(Path(server.home))
        environment |= {"LEXICON_HOME": str(chosen.home), "LEXICON_ENCODER": chosen.encoder}
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        _await(f"http://127.0.0.1:{port}{server.ready}", process, server.name, log)
        yield process.pid, port
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(url: str, process: subprocess.Popen[bytes], name: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{name} did not start; its log: {log}")


def spent(pid: int) -> float:
    """CPU seconds of a process and the children that it has waited for or still has."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0
    for one in (pid, *_children(pid)):
        try:
            after = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except OSError:
            continue
        total += int(after[11]) + int(after[12])
    return total / ticks


def _children(pid: int) -> list[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [int(one) for one in found] + [more for one in found for more in _children(int(one))]


def resident(pid: int) -> float:
    """MiB of memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def asked(pid: int, port: int, paths: Path, seconds: float, connections: int, at: int) -> Round:
    """One round of wrk over the paths of a file, from the one numbered ``at``."""
    before = spent(pid)
    said = subprocess.run(
        [
            *("wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "30s"),
            *("-s", str(HERE / "paths.lua"), f"http://127.0.0.1:{port}", "--"),
            *(str(paths), str(at)),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    used = spent(pid) - before
    figures = next(line for line in said.splitlines() if line.startswith("figures "))
    requests, duration, failed, p50, p99, _most = (int(one) for one in figures.split()[1:])
    return Round(
        requests,
        duration / 1e6,
        failed,
        p50 / 1e3,
        p99 / 1e3,
        used * 1e6 / max(requests, 1),
        resident(pid),
    )


def write_paths(home: Path, server: Server, kind: str, texts: Sequence[str]) -> Path:
    path = home / f"{server.name.replace(', ', '_').replace(' ', '_')}.{kind}.txt"
    path.write_text("".join(server.asked.format(quote(text)) + "\n" for text in texts))
    return path


def phrases(known: Sequence[str], count: int, seed: int = SEED) -> list[str]:
    """Texts of two words, each another one."""
    draw = random.Random(seed)
    return [f"{one} {other}" for one, other in (draw.sample(known, 2) for _ in range(count))]


def measured(
    chosen: Sequence[Server],
    files: dict[str, Path],
    arguments: argparse.Namespace,
    connections: int,
    log: Path,
) -> dict[str, list[Round]]:
    """Rounds of each server, in turn; a server runs only while it is asked."""
    found: dict[str, list[Round]] = {server.name: [] for server in chosen}
    place = 0
    for turn in range(arguments.rounds):
        for server in chosen if turn % 2 == 0 else reversed(chosen):
            with running(server, log) as (pid, port):
                paths = files[server.name]
                warm = arguments.warm if connections == CONNECTIONS[0] else arguments.warm / 2
                place += asked(pid, port, paths, warm, CONNECTIONS[0], place).requests + 100
                result = asked(pid, port, paths, arguments.seconds, connections, place)
                place += result.requests + 100
                if result.failed:
                    raise SystemExit(f"{result.failed} requests of {server.name} failed: {log}")
                found[server.name].append(result)
    return found


def median(rounds: Sequence[Round], name: str) -> float:
    return statistics.median(float(getattr(one, name)) for one in rounds)


def row(kind: str, connections: int, name: str, found: dict[str, list[Round]]) -> tuple[str, ...]:
    rounds, own = found[name], found["lexicon"]
    rates = sorted(one.rate for one in rounds)
    rate, cost = median(rounds, "rate"), median(rounds, "cpu_us")
    return (
        kind,
        str(connections),
        name,
        f"{rate:,.0f}",
        f"{rates[0]:,.0f}–{rates[-1]:,.0f}",
        f"{median(rounds, 'p50_ms'):.2f}",
        f"{median(rounds, 'p99_ms'):.2f}",
        f"{cost:,.0f}",
        f"{median(rounds, 'rss_mib'):,.0f}",
        f"{median(own, 'rate') / rate:.2f}",
        f"{median(own, 'cpu_us') / cost:.2f}",
    )


def prepare_peers(home: Path, peers: Path, names: Sequence[str]) -> None:
    """What the other servers read."""
    words.write_floor(home)
    if "txtai" in names and not (home / "txtai.yml").is_file():
        subprocess.run(
            [str(peers), str(HERE / "peer.py"), "index", str(home), str(words.minilm())],
            check=True,
            env=os.environ | {"HF_HUB_OFFLINE": "1"},
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm", type=float, default=30, help="seconds before each round")
    parser.add_argument("--words", type=int, default=20_000, help="per language")
    parser.add_argument("--home", type=Path, help="kept, so that words are encoded once")
    parser.add_argument("--peers", type=Path, default=PEERS, help="Python of the peers")
    parser.add_argument("--connections", type=int, nargs="+", default=CONNECTIONS)
    parser.add_argument("--only", nargs="+", help="servers: lexicon and others")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--document", action="store_true", help="also write docs/benchmarks.md")
    arguments = parser.parse_args()
    # Leaves through the blocks that end the servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory() as folder:
        home = (arguments.home or Path(folder)).absolute()
        home.mkdir(parents=True, exist_ok=True)
        words.prepare(home, arguments.words)
        names = arguments.only or ["lexicon", "bare, exact", "bare, same kind", "txtai"]
        prepare_peers(home, arguments.peers, names)
        log = home / "servers.log"
        chosen = servers(home, arguments.peers, names)
        known = json.loads((home / "words.json").read_text(encoding="utf-8"))[words.SOURCE]
        random.Random(SEED).shuffle(known)
        load = [os.getloadavg()[0]]
        table, figures = [], []
        for connections in arguments.connections:
            files = {one.name: write_paths(home, one, "known", known) for one in chosen}
            found = measured(chosen, files, arguments, connections, log)
            new = phrases(known, words.PHRASES, SEED + connections)
            encoding = [one for one in chosen if one.name in ("lexicon", "txtai")]
            files = {one.name: write_paths(home, one, "unseen", new) for one in encoding}
            unseen = measured(encoding, files, arguments, connections, log)
            for kind, some in (("known word", found), ("unseen text", unseen)):
                table += [row(kind, connections, name, some) for name in some]
                figures += [
                    {"kind": kind, "connections": connections, "server": name}
                    | {"rounds": [asdict(one) | {"rate": one.rate} for one in rounds]}
                    for name, rounds in some.items()
                ]
            load.append(os.getloadavg()[0])
    show(
        "serving",
        f"Searches over HTTP, {arguments.words:,} words per language, 384 dimensions, one worker, "
        f"median of {arguments.rounds} rounds of {arguments.seconds:g} s, no results cached "
        f"(load {load[0]:.1f} before, {load[-1]:.1f} after)",
        (
            *("asked", "connections", "server", "requests/s", "min–max", "p50 ms", "p99 ms"),
            *("CPU µs/request", "RSS MiB", "ours ÷ its requests/s", "ours ÷ its CPU"),
        ),
        table,
        figures,
        ("semantic-lexicon", "faiss-cpu", "numpy", "fastapi", "uvicorn", "torch"),
        arguments.json,
        arguments.document,
    )


if __name__ == "__main__":
    main()
