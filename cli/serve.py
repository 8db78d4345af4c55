"""``lexicon serve``: the HTTP service."""

import socket
from typing import Annotated

import typer

BACKLOG = 2_048


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65_535, help="0 takes any free.")
    ] = 8000,
) -> None:
    """Answer over HTTP until interrupted; documentation at /docs."""
    import uvicorn

    from lexicon.errors import AddressUnusable
    from lexicon.settings import load_settings
    from lexicon.store import open_store

    # Both are checked here, where they can be explained; uvicorn would print a traceback.
    open_store(load_settings())
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise AddressUnusable(host, port, error) from error
    with listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(BACKLOG)
        except OSError as error:
            raise AddressUnusable(host, port, error) from error
        name = f"[{host}]" if ":" in host else host
        typer.echo(f"listening on http://{name}:{listener.getsockname()[1]}", err=True)
        config = uvicorn.Config(
            "api.app:create_app", factory=True, log_level="info", backlog=BACKLOG
        )
        uvicorn.Server(config).run(sockets=[listener])
