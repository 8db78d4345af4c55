"""``lexicon serve`` as an operator sees it: a process with workers, their memory and their ends."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.loading.wire import Address

LEXICON = str(Path(sys.executable).with_name("lexicon"))
HOST = "127.0.0.1"
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still live."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except FileNotFoundError:
        pass
    return sorted(found)


def tree(pid: int) -> list[int]:
    """The process, its children and theirs.

    >>> tree(os.getpid())[0] == os.getpid()
    True
    """
    found = [pid]
    for child in children(pid):
        found += tree(child)
    return found


def resident(pids: Iterable[int]) -> int:
    """Bytes of memory that the processes hold together; pages they share count for each."""
    total = 0
    for pid in pids:
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def processor_seconds(pid: int, ended: bool = False) -> float:
    """Seconds of a core that a process has used, with its children that have ``ended`` or not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, stat.rpartition(")")[2].split()[11 : 15 if ended else 13])) / TICKS


def busy_seconds() -> float:
    """Seconds of a core that the whole machine has been busy."""
    columns = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    user, nice, system, _idle, _waiting, *interrupts = map(int, columns)
    return (user + nice + system + sum(interrupts)) / TICKS


def lives(pid: int) -> bool:
    """Whether the process is there and has not ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def peers(pid: int, port: int) -> set[int]:
    """Ports at the other ends of the TCP connections that a process has at ``port``."""
    sockets = set()
    found = set()
    try:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                if named := re.fullmatch(r"socket:\[(\d+)\]", str(descriptor.readlink())):
                    sockets.add(named[1])
        lines = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    except (FileNotFoundError, ProcessLookupError):
        return set()
    for line in lines:
        columns = line.split()
        here, there = (int(end.rpartition(":")[2], 16) for end in columns[1:3])
        if columns[9] in sockets and here == port:
            found.add(there)
    return found - {0}


def complaints(lines: Iterable[str]) -> list[str]:
    """Errors of a log, and what is no log.

    >>> complaints(['{"event": "request", "level": "info"}', "Traceback (most recent call last):"])
    ['Traceback (most recent call last):']
    """
    found = []
    for line in lines:
        try:
            said = json.loads(line)
        except ValueError:
            if not line.startswith("listening on "):
                found.append(line)
            continue
        killed = said["event"] == "worker died" and said.get("code") == -signal.SIGKILL
        if said["level"] in ("error", "critical") and not killed:
            found.append(line)
    return found


class Server:
    """A running ``lexicon serve``."""

    def __init__(self, environment: dict[str, str], workers: int, log: Path) -> None:
        self.workers = workers
        self.log = log
        self._environment = environment
        self.process = self._started()
        self.pid = self.process.pid
        self._known: set[int] = set()
        try:
            self.address: Address = (HOST, self._port())
        except BaseException:
            self.kill()
            raise

    def _started(self) -> subprocess.Popen[bytes]:
        command = [LEXICON, "serve", "--port", "0", "--workers", str(self.workers)]
        command += ["--log-format", "json"]
        with self.log.open("wb") as log:
            return subprocess.Popen(
                command, env=self._environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def _port(self) -> int:
        for _ in range(600):
            if named := re.search(r"listening on http://127\.0\.0\.1:(\d+)", self.said()):
                return int(named[1])
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit(f"lexicon serve does not listen: {self.said()[-2_000:]}")

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def complaints(self) -> list[str]:
        """What the log has to say besides requests; that a worker was killed, it may say."""
        return complaints(self.said().splitlines())

    def serving(self) -> list[int]:
        """The processes that answer: the workers, or the only process there is."""
        if self.workers == 1:
            return [self.pid]
        holding = []
        for pid in tree(self.pid)[1:]:
            # Python's own helper of multiprocessing is a child, too.
            command = Path(f"/proc/{pid}/cmdline")
            try:
                if b"resource_tracker" not in command.read_bytes() and lives(pid):
                    holding.append(pid)
            except (FileNotFoundError, ProcessLookupError):
                continue
        return holding

    def clients(self, pid: int) -> set[int]:
        """The clients' ports of the connections that one of its processes holds."""
        return peers(pid, self.address[1])

    def kill_worker(self, place: int = 0) -> tuple[int, set[int]]:
        """SIGKILL one; returns its pid and the clients' ports of the connections that it held."""
        pid = self.serving()[place]
        # It must not accept another between the look and the end.
        os.kill(pid, signal.SIGSTOP)
        held = self.clients(pid)
        os.kill(pid, signal.SIGKILL)
        return pid, held

    def terminate(self) -> None:
        self._known.update(tree(self.pid))
        os.kill(self.pid, signal.SIGTERM)

    def left(self) -> list[int]:
        """Processes that outlive the one that was told to end."""
        return [pid for pid in sorted(self._known) if lives(pid)]

    def kill(self) -> None:
        """End every process of the tree, by its id."""
        mine = tree(self.pid) if self.process.poll() is None else []
        for pid in {*mine, *self.left()}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def served(
    environments: list[dict[str, str]], workers: int, folder: Path, name: str
) -> Iterator[list[Server]]:
    """A server for each environment; none is left afterwards."""
    servers: list[Server] = []
    try:
        for number, environment in enumerate(environments):
            servers.append(Server(environment, workers, folder / f"{name}-{number}.log"))
        yield servers
    finally:
        for server in servers:
            server.kill()


def wait_until_ready(server: Server) -> None:
    """Return when ``/readyz`` says so. Without an event loop: the caller may have one."""
    for _ in range(600):
        asked = HTTPConnection(*server.address, timeout=30)
        try:
            asked.request("GET", "/readyz")
            if asked.getresponse().status == 200:
                return
        except OSError:
            # It does not listen yet.
            pass
        finally:
            asked.close()
        time.sleep(0.1)
    raise SystemExit(f"the service does not become ready: {server.said()[-2_000:]}")
