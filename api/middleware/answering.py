"""An answer in time, whatever happens."""

import asyncio
import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import answer
from api.metrics import UNMATCHED
from api.refusals import Crowded, InternalError, TimedOut

log = logging.getLogger("lexicon.api")


class Answering:
    """Answers 503 when a route has not begun to answer in time, and 500 when it fails.

    A thread cannot be stopped, so a route that is late runs to its end, where nobody listens; it
    counts as being answered until then.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        started = False
        late: asyncio.Task[None] | None = None

        async def in_time(message: Message) -> None:
            nonlocal started
            if late is None:
                started = True
                await send(message)

        def expire() -> None:
            nonlocal late
            if not started:
                late = loop.create_task(answer(TimedOut(self._seconds))(scope, receive, send))

        timer = loop.call_later(self._seconds, expire)
        try:
            await self._app(scope, receive, in_time)
        except Exception as error:
            if started:
                # Nothing else can tell that the answer is not whole: the connection breaks off.
                raise
            route = getattr(scope.get("route"), "path", UNMATCHED)
            log.error("unexpected error on %s", route, exc_info=error)
            await answer(InternalError())(scope, receive, in_time)
        finally:
            timer.cancel()
            if late is not None:
                await late


class Crowding:
    """Refuses requests beyond ``most`` at once."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNCROWDED:
            await self._app(scope, receive, send)
            return
        if self._running >= self._most:
            await answer(Crowded(f"{self._most} requests are being answered"))(scope, receive, send)
            return
        self._running += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._running -= 1


UNCROWDED = frozenset({"/livez", "/readyz", "/metrics"})
"""Whoever watches a crowded service must be able to see it."""
