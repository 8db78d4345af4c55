"""Ids, figures, log lines and headers of every request."""

import re
from time import perf_counter
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import logs, metrics
from api.draining import Draining

_ID = re.compile(rb"[!-~]{1,128}")
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
]


class Observing:
    """Gives a request its id and tells of it when it has been answered."""

    def __init__(self, app: ASGIApp, draining: Draining) -> None:
        self._app = app
        self._draining = draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        written = request_id(scope["headers"])
        # Also the state of requests whose server keeps none.
        state = scope.setdefault("state", {})
        named = logs.REQUEST_ID.set(written.decode())
        status, size = 500, 0

        async def tell(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ())]
                # Only a plot may be in a frame, and says so itself.
                given = {name for name, _ in headers}
                headers += [header for header in _HEADERS if header[0] not in given]
                headers.append((b"x-request-id", written))
                if self._draining.begun:
                    headers.append((b"connection", b"close"))
                message = {**message, "headers": headers}
            else:
                size += len(message.get("body", b""))
            await send(message)

        metrics.IN_FLIGHT.inc()
        try:
            await self._app(scope, receive, tell)
        finally:
            metrics.IN_FLIGHT.dec()
            seconds = perf_counter() - began
            route = getattr(scope.get("route"), "path", None) or metrics.UNMATCHED
            metrics.answered(scope["method"], route, status, seconds)
            logs.answered(scope["method"], route, status, seconds, size, state.get("key"))
            logs.REQUEST_ID.reset(named)


def request_id(headers: list[tuple[bytes, bytes]]) -> bytes:
    """The id that a request came with, if it is up to 128 visible characters, or a new one.

    >>> request_id([(b"x-request-id", b"42")])
    b'42'
    """
    for name, value in headers:
        if name == b"x-request-id" and _ID.fullmatch(value):
            return value
    return uuid4().hex.encode()
