"""``lexicon serve``: a busy port, and a server that answers until it is told to stop."""

import gc
import http.client
import json
import os
import signal
import socket
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from api.supervisor import Supervisor
from indexer.service import LexiconService
from tests.cli.terminal import PROGRAM, installed, invoke, refusal, usage_error

ROUNDS = 1_000


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ends a process that does not end by itself is not for that of the tests."""
    monkeypatch.setattr("api.server.LINGER", 86_400)


@pytest.fixture(autouse=True)
def waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What serving says to libraries is not said to other tests."""
    monkeypatch.setenv("OMP_WAIT_POLICY", "-")
    monkeypatch.delenv("OMP_WAIT_POLICY")


@pytest.fixture(autouse=True)
def plain_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logging stays as it is."""
    monkeypatch.setattr("api.logs.configure", lambda *_: None)


@pytest.fixture
def busy() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_busy_port_is_named_with_another_to_try(tiny: LexiconService, busy: int) -> None:
    assert refusal("serve", "--port", str(busy)) == (
        f"cannot listen on 127.0.0.1:{busy} (Address already in use); "
        f"choose another port: lexicon serve --port {busy + 1 if busy < 65_535 else 8000}"
    )


def test_the_installed_command_says_a_busy_port_in_one_line(bundled_home: Path, busy: int) -> None:
    done = installed("serve", "--port", str(busy), home=bundled_home)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"lexicon: cannot listen on 127.0.0.1:{busy} (")
    assert done.stderr.count("\n") == 1


def test_an_address_of_another_machine_is_named(tiny: LexiconService) -> None:
    said = refusal("serve", "--host", "192.0.2.1", "--port", "0")
    assert said.startswith("cannot listen on 192.0.2.1:0 (")


def test_a_host_that_nobody_knows_is_named(
    tiny: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    said = refusal("serve", "--host", "nowhere", "--port", "80")
    assert said.startswith("cannot listen on nowhere:80 (Name or service not known); ")


def test_open_writes_are_for_this_machine(
    tiny: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXICON_WRITES", "open")
    said = refusal("serve", "--host", "0.0.0.0", "--port", "0")
    assert said.startswith("other machines can reach 0.0.0.0, and without keys")
    assert said.endswith("or listen on this machine only: lexicon serve --host 127.0.0.1")


def test_several_workers_have_a_supervisor(
    tiny: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    monkeypatch.setattr(Supervisor, "run", lambda self: begun.append(self._number))
    invoke("serve", "--port", "0", "--workers", "3")
    assert begun == [3]


@pytest.mark.parametrize(("chosen", "expected"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_threads_of_a_model_sleep_while_they_wait_unless_it_is_said_otherwise(
    tiny: LexiconService, monkeypatch: pytest.MonkeyPatch, chosen: str | None, expected: str
) -> None:
    if chosen:
        monkeypatch.setenv("OMP_WAIT_POLICY", chosen)
    monkeypatch.setattr(Supervisor, "run", lambda self: None)
    invoke("serve", "--port", "0", "--workers", "2")
    assert os.environ["OMP_WAIT_POLICY"] == expected


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_a_usage_error(port: str) -> None:
    assert "--port" in usage_error("serve", f"--port={port}")


def test_a_refused_address_leaves_no_socket_behind(tiny: LexiconService, busy: int) -> None:
    refusal("serve", "--port", str(busy))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


def test_the_line_names_the_port_that_was_taken(
    tiny: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []

    def run(_server: uvicorn.Server, sockets: list[socket.socket]) -> None:
        for listener in sockets:
            taken.append(listener.getsockname()[1])
            listener.close()

    monkeypatch.setattr(uvicorn.Server, "run", run)
    result = invoke("serve", "--port", "0")
    assert result.stderr == f"listening on http://127.0.0.1:{taken[0]}\n"
    assert result.stdout == ""


def get(server: subprocess.Popen[str], port: int, path: str) -> tuple[int, bytes]:
    """Status and body, as soon as the server accepts connections."""
    for _ in range(ROUNDS):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except ConnectionRefusedError:
            with pytest.raises(subprocess.TimeoutExpired):
                server.wait(timeout=0.02)
        finally:
            connection.close()
    raise AssertionError(f"nothing answers on port {port}")


def test_a_server_answers_until_it_is_told_to_stop(bundled_home: Path) -> None:
    with subprocess.Popen(
        [PROGRAM, "serve", "--port", "0"],
        env={**os.environ, "LEXICON_HOME": str(bundled_home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as server:
        try:
            assert server.stderr is not None
            line = server.stderr.readline()
            assert line.startswith("listening on http://127.0.0.1:")
            port = int(line.rpartition(":")[2])
            assert get(server, port, "/livez") == (200, b'{"status":"alive"}')
            status, body = get(server, port, "/v1/translations?q=eau&source=fr&target=en&k=1")
            assert status == 200
            assert json.loads(body)["results"][0]["lemma"] == "water"
            server.send_signal(signal.SIGTERM)
            _, rest = server.communicate(timeout=60)
        finally:
            server.kill()
    assert "Traceback" not in rest
    assert "Finished server process" in rest
