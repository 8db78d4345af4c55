"""A small app inside of what surrounds every route."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from anyio import to_thread
from fastapi import FastAPI, Query, Request
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from pydantic import BaseModel

from api import errors
from api.draining import Draining
from api.middleware.stack import surround
from lexicon.settings import Settings


class Body(BaseModel):
    items: list[Any] = []


class Gate:
    """Holds a route until it is opened."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.inside = threading.Event()

    def wait(self) -> None:
        self.inside.set()
        assert self.open.wait(30)


def small(**changes: Any) -> FastAPI:
    """Routes ``/echo``, ``/items``, ``/held``, ``/broken``, ``/torn`` and ``/things/{name}``."""
    app = FastAPI(redirect_slashes=False)
    app.state.draining = Draining()
    app.state.gate = Gate()
    errors.install(app)
    surround(app, Settings(home=Path("/nonexistent"), **changes))

    @app.get("/echo")
    async def echo(request: Request, q: Annotated[str, Query()] = "") -> dict[str, Any]:
        return {"q": q, "method": request.method}

    @app.post("/items")
    async def items(body: Body) -> int:
        return len(body.items)

    @app.get("/held")
    def held() -> str:
        app.state.gate.wait()
        return "done"

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("the secret cause")

    @app.get("/torn")
    async def torn() -> StreamingResponse:
        async def parts() -> Any:
            yield b"begun"
            await asyncio.sleep(0)
            raise RuntimeError("in the middle")

        return StreamingResponse(parts())

    @app.get("/things/{name}")
    async def thing(name: str) -> str:
        return await to_thread.run_sync(str, name)

    @app.delete("/things/{name}")
    async def without(name: str) -> str:
        return name

    return app


@contextmanager
def client(app: FastAPI) -> Iterator[TestClient]:
    """One event loop for all requests."""
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened
