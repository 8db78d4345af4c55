"""uvicorn's HTTP protocol, for clients that mean no good.

What is refused here never becomes a request: its head is too large, too slow, or no HTTP.
"""

import asyncio
from typing import Any
from uuid import uuid4

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

from api import logs, metrics
from api.errors import answer
from api.refusals import HeadersTooLarge, MalformedRequest, RefusedRequest, RequestLineTooLong

MAX_TARGET = 16_384
"""Bytes of a path with its query."""

MAX_HEADERS = 100
MAX_HEADERS_SIZE = 65_536

STALL = 30.0
"""Seconds that a client may leave an answer unread."""


class GuardedProtocol(HttpToolsProtocol):
    """Closes connections whose head is not complete within ``head_seconds``."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        head_seconds: float = 10.0,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._head_seconds = head_seconds
        self._refusal: RefusedRequest | None = None
        self._in_head = False
        self._number = self._size = self._fed = 0
        self._late: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_there()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head:
            # A header without an end is never handed over, so what was fed is counted as well.
            self._fed += len(data)
            if self._fed > MAX_TARGET + MAX_HEADERS_SIZE:
                self._refuse(HeadersTooLarge(MAX_HEADERS, MAX_HEADERS_SIZE))
                return
        if self._in_head or self._is_idle():
            self._expect_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._number = self._size = self._fed = 0

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MAX_TARGET:
            self._refusal = RequestLineTooLong(MAX_TARGET)
            raise self._refusal

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._number += 1
        self._size += len(name) + len(value)
        if self._number > MAX_HEADERS or self._size > MAX_HEADERS_SIZE:
            self._refusal = HeadersTooLarge(MAX_HEADERS, MAX_HEADERS_SIZE)
            raise self._refusal

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_is_there()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(self._refusal or MalformedRequest())

    def _unsupported_upgrade_warning(self) -> None:
        pass  # a stranger's choice, and the request is answered without it

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(STALL, self.transport.abort)

    def resume_writing(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
        super().resume_writing()

    def _is_idle(self) -> bool:
        """Whether no request is being answered."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _expect_head(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self._head_seconds, self.transport.close)

    def _head_is_there(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _refuse(self, error: RefusedRequest) -> None:
        """Answer in place of the app, unless that is answering another request, and hang up."""
        if self._is_idle():
            named = uuid4().hex
            token = logs.REQUEST_ID.set(named)
            try:
                response = answer(error)
                metrics.answered("other", metrics.UNMATCHED, error.status, 0.0)
                logs.answered(
                    "-", metrics.UNMATCHED, error.status, 0.0, len(response.body), key=None
                )
            finally:
                logs.REQUEST_ID.reset(token)
            lines = [STATUS_LINE[error.status]]
            for name, value in (
                *self.server_state.default_headers,
                *response.raw_headers,
                (b"x-request-id", named.encode()),
            ):
                lines += [name, b": ", value, b"\r\n"]
            self.transport.write(b"".join((*lines, b"\r\n", response.body)))
        self.transport.close()
