"""Paths and queries that can be read, of requests that may still be begun."""

from starlette.types import ASGIApp, Receive, Scope, Send

from api.draining import Draining
from api.errors import answer
from api.middleware.answering import UNCROWDED
from api.middleware.texts import fault_of_target, quoted
from api.refusals import QueryTooLong, ShuttingDown, UnreadableTarget


class Targets:
    """Refuses what no route is to see."""

    def __init__(self, app: ASGIApp, draining: Draining, most: int) -> None:
        self._app = app
        self._draining = draining
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            query: bytes = scope["query_string"]
            path: bytes = scope.get("raw_path") or scope["path"].encode(errors="replace")
            if self._draining.closed and scope["path"] not in UNCROWDED:
                await answer(ShuttingDown())(scope, receive, send)
                return
            if len(query) > self._most:
                await answer(QueryTooLong(len(query), self._most))(scope, receive, send)
                return
            if fault := fault_of_target(path, query):
                await answer(UnreadableTarget(fault))(scope, receive, send)
                return
            scope["query_string"] = quoted(query)
        await self._app(scope, receive, send)
