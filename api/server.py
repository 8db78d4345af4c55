"""One process that serves, from its start to the last answer."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api import logs
from api.app import create_app
from api.draining import Draining
from api.protocol import GuardedProtocol
from lexicon.settings import Settings

BACKLOG = 2_048
KEEP_ALIVE = 75
"""Seconds: longer than balancers keep a connection, so that they are the ones to close it."""

SETTLE = 0.25
"""Seconds between the signal and the end of the last connections, at least: what has been sent by
then is read, and answered with the word that the connection ends."""

LINGER = 5.0
"""Seconds that threads are given when there is nobody left to answer."""


class Server(uvicorn.Server):
    """Ends in two steps: first it says so, then it takes no more."""

    def __init__(self, config: uvicorn.Config, draining: Draining, delay: float) -> None:
        super().__init__(config)
        self._draining = draining
        self._delay = delay
        self._closes: float | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Unlike uvicorn, which kills itself with the signal in the end: being told to stop and
        # stopping is no failure.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._closes is None:
            self._draining.begun = True
            self._closes = time.monotonic() + max(self._delay, SETTLE)
        elif sig == signal.SIGINT:
            # The second Ctrl-C means it.
            self.force_exit = True

    async def on_tick(self, counter: int) -> bool:
        if self._closes is not None and time.monotonic() >= self._closes:
            self._draining.closed = True
            self.should_exit = True
        return await super().on_tick(counter)


def server(app: FastAPI, settings: Settings) -> Server:
    """A server of ``app`` with the limits of ``settings``."""
    config = uvicorn.Config(
        app,
        http=partial(GuardedProtocol, head_seconds=settings.header_seconds),  # type: ignore[arg-type]
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=settings.grace_seconds,  # type: ignore[arg-type]
    )
    return Server(config, app.state.draining, settings.drain_seconds)


def serve(settings: Settings, listener: socket.socket, form: logs.Format) -> None:
    """Answer on ``listener`` until told to stop by SIGTERM or SIGINT."""
    logs.configure(form)
    server(create_app(settings), settings).run(sockets=[listener])
    threading.Thread(target=_last, args=(LINGER,), daemon=True).start()


def _last(seconds: float) -> None:
    # A thread that is still at work would keep the interpreter from ending, once it wants to.
    threading.main_thread().join()
    time.sleep(seconds)
    os._exit(0)
