"""Bodies: read whole within a limit of size and time, and looked at before a route is."""

import asyncio
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import answer
from api.middleware.texts import fault_of_json
from api.refusals import (
    BodyTooLarge,
    BodyTooSlow,
    Crowded,
    RefusedRequest,
    UnreadableBody,
    UnsupportedType,
)

LINGER = 4
"""Of a body that is too large, as many times the limit are read and dropped before the answer:
a client that is cut off while it sends does not see why."""

_WITH_JSON = ("POST", "PUT", "PATCH")


class Bodies:
    """Hands on requests whose body is complete. A client that sends slowly holds neither a thread
    nor the place of another request."""

    def __init__(self, app: ASGIApp, most: int, seconds: float, at_once: int) -> None:
        self._app = app
        self._most = most
        self._seconds = seconds
        self._at_once = at_once
        self._reading = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not has_body(scope["headers"]):
            await self._app(scope, receive, send)
            return
        try:
            body = await self._whole(scope, receive)
            require_readable(scope, body)
        except RefusedRequest as refused:
            await answer(refused)(scope, receive, send)
            return
        except ConnectionError:
            return
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)

    async def _whole(self, scope: Scope, receive: Receive) -> bytes:
        if self._reading >= self._at_once:
            raise Crowded(f"{self._at_once} bodies are being read")
        declared = next(
            (int(value) for name, value in scope["headers"] if name == b"content-length"), 0
        )
        if declared > self._most * LINGER:
            raise BodyTooLarge(self._most)
        self._reading += 1
        try:
            async with asyncio.timeout(self._seconds):
                return await self._read(receive)
        except TimeoutError:
            raise BodyTooSlow(self._seconds) from None
        finally:
            self._reading -= 1

    async def _read(self, receive: Receive) -> bytes:
        chunks: list[bytes] = []
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionError
            chunk = message.get("body", b"")
            size += len(chunk)
            more = message.get("more_body", False)
            if size <= self._most:
                chunks.append(chunk)
            elif size > self._most * LINGER:
                break
            else:
                chunks.clear()
        if size > self._most:
            raise BodyTooLarge(self._most)
        return b"".join(chunks)


def has_body(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """Whether a body follows.

    >>> has_body([(b"content-length", b"0")]), has_body([(b"transfer-encoding", b"chunked")])
    (False, True)
    """
    for name, value in headers:
        if name == b"transfer-encoding" or (name == b"content-length" and value != b"0"):
            return True
    return False


def require_readable(scope: Scope, body: bytes) -> None:
    """Raise unless a body is JSON as far as can be told without reading it."""
    if not body or scope["method"] not in _WITH_JSON:
        return
    headers = dict(scope["headers"])
    given = headers.get(b"content-type", b"").decode("latin-1")
    kind, _, parameters = given.partition(";")
    kind = kind.strip().lower()
    if not (kind == "application/json" or (kind[:12] == "application/" and kind[-5:] == "+json")):
        raise UnsupportedType("content-type", kind)
    charset = parameters.strip().lower().replace('"', "")
    if charset.startswith("charset=") and charset not in ("charset=utf-8", "charset=utf8"):
        raise UnsupportedType("content-type", given)
    coding = headers.get(b"content-encoding", b"identity").decode("latin-1")
    if coding.lower() != "identity":
        raise UnsupportedType("content-encoding", coding)
    if fault := fault_of_json(body):
        raise UnreadableBody(fault)
