"""Pages of other origins, where the settings name them."""

from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, X-Request-ID"),
    (b"access-control-max-age", b"600"),
]
_EXPOSED = (b"access-control-expose-headers", b"X-Request-ID, Retry-After")
_VARY = (b"vary", b"Origin")


class Origins:
    """Lets pages of ``allowed`` origins read answers; other pages see no difference."""

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self._app = app
        self._allowed = frozenset(origin.encode() for origin in allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        added = [_VARY]
        if origin in self._allowed:
            added += [(b"access-control-allow-origin", origin), _EXPOSED]
            if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
                start = {"type": "http.response.start", "status": 204}
                await send({**start, "headers": [*added, *_PREFLIGHT]})
                await send({"type": "http.response.body"})
                return

        async def with_origin(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *added]}
            await send(message)

        await self._app(scope, receive, with_origin)
