"""Servers on this machine: one inside of the tests' process, and commands of their own."""

import http.client
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from api.server import Server, server
from lexicon.settings import Settings
from tests.cli.terminal import PROGRAM

PATIENCE = 60.0


@contextmanager
def inside(app: FastAPI, settings: Settings) -> Iterator[tuple[int, Server]]:
    """A server in a thread, and its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = server(app, settings)
        thread = threading.Thread(target=made.run, args=([listener],))
        thread.start()
        try:
            yield listener.getsockname()[1], made
        finally:
            made.handle_exit(signal.SIGTERM, None)
            thread.join(PATIENCE)
    assert not thread.is_alive()


@contextmanager
def command(home: Path, *options: str, **settings: str) -> Iterator[tuple[int, Any]]:
    """``lexicon serve`` on a free port, and its process."""
    with subprocess.Popen(
        [PROGRAM, "serve", "--port", "0", *options],
        env={**os.environ, "LEXICON_HOME": str(home), **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            assert line.startswith("listening on http://127.0.0.1:"), line
            yield int(line.rpartition(":")[2]), process
        finally:
            if process.poll() is None:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(PATIENCE)
            process.kill()


def raw(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """Everything that is answered to these bytes until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        with suppress(ConnectionError):
            for part in parts:
                client.sendall(part)
                time.sleep(pause)
        found = b""
        with suppress(ConnectionError):
            while some := client.recv(65_536):
                found += some
        return found


def get(port: int, path: str) -> tuple[int, bytes]:
    """Status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
