"""Starting, ending and replacing processes."""

import http.client
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from api import supervisor
from api.server import Server
from api.supervisor import Supervisor
from lexicon.errors import WorkersFail
from lexicon.settings import Settings
from tests.api.around import small
from tests.api.loopback import PATIENCE, command, get, inside, raw

pytestmark = pytest.mark.usefixtures("plain_logs")
SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
DIE = (sys.executable, "-c", "raise SystemExit(7)")


def until(true: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_is_being_answered_is_finished_and_nothing_else_begun(tmp_path: Path) -> None:
    app = small()
    with inside(app, Settings(home=tmp_path)) as (port, server):
        one, other = (http.client.HTTPConnection("127.0.0.1", port, timeout=60) for _ in "ab")
        one.request("GET", "/held")
        assert app.state.gate.inside.wait(PATIENCE)
        server.handle_exit(signal.SIGTERM, None)
        until(lambda: app.state.draining.closed)
        app.state.gate.open.set()
        answer = one.getresponse()
        assert (answer.status, answer.read()) == (200, b'"done"')
        assert answer.headers["connection"] == "close"
        with pytest.raises(OSError):
            other.request("GET", "/echo")
        one.close()
        other.close()


def test_an_end_that_is_announced_still_answers(tmp_path: Path) -> None:
    app = small()
    with inside(app, Settings(home=tmp_path, drain_seconds=60)) as (port, server):
        server.handle_exit(signal.SIGTERM, None)
        status, _ = get(port, "/echo")
        assert status == 200
        assert app.state.draining.begun
        assert not server.should_exit
        server.handle_exit(signal.SIGINT, None)
        assert server.force_exit
        server._closes = 0.0
    assert app.state.draining.closed


def test_signals_are_taken_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from uvicorn import Config

    before = signal.getsignal(signal.SIGTERM)
    app = small()
    server = Server(Config(app, log_config=None), app.state.draining, 0)
    with server.capture_signals():
        signal.raise_signal(signal.SIGTERM)
    assert app.state.draining.begun
    assert signal.getsignal(signal.SIGTERM) is before


def supervised(settings: Settings, run: tuple[str, ...], listener: socket.socket) -> Supervisor:
    made = Supervisor(settings, listener, 2, "json")
    made.command = run
    return made


def test_a_dead_worker_is_replaced_and_all_end_together(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = supervised(settings, SLEEP, listener)
        seen: list[set[int]] = []

        def pids() -> set[int]:
            return {worker.process.pid for worker in made._workers}

        def watch() -> None:
            until(lambda: len(pids()) == 2)
            seen.append(pids())
            os.kill(min(seen[0]), signal.SIGKILL)
            until(lambda: len(pids()) == 2 and pids() != seen[0])
            seen.append(pids())
            made._end()

        watcher = threading.Thread(target=watch)
        watcher.start()
        made.run()
        watcher.join()
    assert len(seen[0] & seen[1]) == 1
    assert all(worker.process.returncode == -signal.SIGTERM for worker in made._workers)


def test_workers_that_never_last_are_given_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "TRIES", 2)
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(WorkersFail, match="2 workers ended one after another, the last with code 7"),
    ):
        supervised(settings, DIE, listener).run()


def test_a_worker_that_does_not_end_is_killed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LINGER", 0.0)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1); time.sleep(60)"
    short = settings.model_copy(update={"grace_seconds": 0.3})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = supervised(short, (sys.executable, "-c", deaf), listener)
        threading.Timer(1.0, made._end).start()
        made.run()
    assert {worker.process.returncode for worker in made._workers} <= {-9, -15}


def figure(text: bytes, name: bytes) -> float:
    return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))


def test_two_workers_answer_as_one(bundled_home: Path) -> None:
    options = ("--workers", "2", "--log-format", "json")
    with command(bundled_home, *options, LEXICON_HEADER_SECONDS="1") as (port, process):
        until(lambda: get(port, "/readyz")[0] == 200)
        assert raw(port, b"GET /livez HTTP/1.1\r\nHost: a\r\n") == b""
        flood = b"".join(b"x-%d: 1\r\n" % number for number in range(200))
        answer = raw(port, b"GET /livez HTTP/1.1\r\n" + flood + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 431 ")
        for _ in range(20):
            assert get(port, "/livez")[0] == 200
        started = b'lexicon_http_requests_total{method="GET",route="/livez",status="200"}'
        assert figure(get(port, "/metrics")[1], started) == 20
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        first, second = children.read_text().split()
        os.kill(int(first), signal.SIGKILL)
        for _ in range(10):
            assert get(port, "/livez")[0] == 200
        assert figure(get(port, "/metrics")[1], started) == 30
        until(lambda: len({*children.read_text().split()} - {first, second}) == 1)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
    lines = [json.loads(line) for line in said.splitlines()]
    assert {"worker started", "worker died", "request"} <= {line["event"] for line in lines}
    with pytest.raises(ConnectionRefusedError):
        get(port, "/livez")
