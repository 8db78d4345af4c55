"""HEAD wherever GET is."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Heads:
    """Answers HEAD as GET is answered, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # A scope of its own: the server looks at the method again, to know whether a body comes.
        as_get = {**scope, "method": "GET"}
        try:
            await self._app(as_get, receive, headed)
        finally:
            if "route" in as_get:
                scope["route"] = as_get["route"]
