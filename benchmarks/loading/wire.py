"""A client of HTTP/1.1 that costs little: requests are bytes made beforehand."""

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from httptools import HttpParserError, HttpResponseParser

Address = tuple[str, int]

RENEWED = 500
"""Requests after which a connection gives way to another, on average; balancers do the same, and a
worker that came later would otherwise get nothing to do."""

IDLE = 2.0
"""Seconds after which an unused connection is closed: before the service closes it."""

PATIENCE = 60.0
"""Seconds after which an answer is given up."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    retry_after: bool
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Broken(Exception):
    """The connection ended before the answer did; ``port`` is this end's, and ``sent`` when the
    request was sent."""

    def __init__(self, port: int, sent: float) -> None:
        super().__init__(f"the connection from port {port} ended before the answer did")
        self.port = port
        self.sent = sent


def request(
    method: str, path: str, body: object = None, key: str | None = None, host: str = "load"
) -> bytes:
    """A whole request.

    >>> request("GET", "/livez")
    b'GET /livez HTTP/1.1\\r\\nHost: load\\r\\n\\r\\n'
    """
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    if key is not None:
        lines.append(f"Authorization: Bearer {key}")
    content = b""
    if body is not None:
        content = json.dumps(body, ensure_ascii=False).encode()
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + content


class Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self.port = 0
        self.left = RENEWED
        self.open = True
        self._parser = HttpResponseParser(self)
        self._answer: asyncio.Future[Reply] | None = None
        self._sent = 0.0
        self._retry_after = False
        self._body: list[bytes] = []

    async def ask(self, payload: bytes) -> Reply:
        """Raises :class:`Broken`, or TimeoutError where the answer does not come."""
        self.left -= 1
        self._sent = time.monotonic()
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(payload)
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._answer
        except (asyncio.CancelledError, TimeoutError):
            self.close()
            raise
        finally:
            self._answer = None

    def close(self) -> None:
        self.open = False
        self._transport.close()

    # What the event loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is one without being of the class.
        self._transport = cast(asyncio.Transport, transport)
        self.port = transport.get_extra_info("sockname")[1]

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Broken(self.port, self._sent))

    # What the parser tells

    def on_message_begin(self) -> None:
        self._retry_after = False
        self._body = []

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"retry-after":
            self._retry_after = True

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        if not self._parser.should_keep_alive():
            self.open = False
            self._transport.close()
        if self._answer is not None and not self._answer.done():
            status = self._parser.get_status_code()
            self._answer.set_result(Reply(status, self._retry_after, b"".join(self._body)))


async def connect(address: Address) -> Connection:
    loop = asyncio.get_running_loop()
    return (await loop.create_connection(Connection, *address))[1]


async def fresh(address: Address, payload: bytes) -> Reply:
    """The answer on a connection of its own."""
    connection = await connect(address)
    try:
        return await connection.ask(payload)
    finally:
        connection.close()


@dataclass
class Pool:
    """Connections to all addresses in turn, of which so many are used at once; others wait."""

    addresses: Sequence[Address]
    most: int
    draw: random.Random
    _idle: list[tuple[float, Connection]] = field(default_factory=list)
    _busy: int = 0
    _turn: int = 0
    _waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    async def ask(self, payload: bytes) -> Reply:
        """Raises :class:`Broken`, ConnectionError or TimeoutError."""
        while self._busy >= self.most:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn
        with self._slot():
            connection = self._kept() or await self._connected()
            try:
                return await connection.ask(payload)
            finally:
                if connection.open and connection.left > 0:
                    now = asyncio.get_running_loop().time()
                    self._idle.append((now, connection))
                else:
                    connection.close()

    def close(self) -> None:
        for _, connection in self._idle:
            connection.close()
        self._idle.clear()

    @contextmanager
    def _slot(self) -> Iterator[None]:
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            while self._waiting:
                turn = self._waiting.popleft()
                if not turn.done():
                    turn.set_result(None)
                    break

    def _kept(self) -> Connection | None:
        """The connection that was used last, if it is young enough; older ones are closed."""
        now = asyncio.get_running_loop().time()
        while self._idle and now - self._idle[0][0] > IDLE:
            self._idle.pop(0)[1].close()
        while self._idle:
            connection = self._idle.pop()[1]
            if connection.open:
                return connection
        return None

    async def _connected(self) -> Connection:
        address = self.addresses[self._turn % len(self.addresses)]
        self._turn += 1
        connection = await connect(address)
        connection.left = round(self.draw.uniform(0.5, 1.5) * RENEWED)
        return connection
