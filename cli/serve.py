"""``lexicon serve``: the HTTP service."""

import socket
from enum import StrEnum
from ipaddress import ip_address
from pkgutil import resolve_name
from typing import Annotated

import typer

BACKLOG = 2_048


class LogFormat(StrEnum):
    CONSOLE = "console"
    JSON = "json"


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65_535, help="0 takes any free.")
    ] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=128, help="Processes that answer.")
    ] = 1,
    log_format: Annotated[
        LogFormat, typer.Option("--log-format", help="For people, or a JSON object a line.")
    ] = LogFormat.CONSOLE,
) -> None:
    """Answer over HTTP until interrupted; documentation at /docs."""
    from lexicon.errors import AddressUnguarded, AddressUnusable
    from lexicon.settings import load_settings
    from lexicon.store import close, open_store

    # All are checked here, where they can be explained; uvicorn would print a traceback.
    settings = load_settings()
    close(open_store(settings))
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise AddressUnusable(host, port, error) from error
    with listener:
        if settings.writes == "open" and not ip_address(address[0]).is_loopback:
            raise AddressUnguarded(host)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(BACKLOG)
        except OSError as error:
            raise AddressUnusable(host, port, error) from error
        name = f"[{host}]" if ":" in host else host
        typer.echo(f"listening on http://{name}:{listener.getsockname()[1]}", err=True)
        # By its name: the terminal and HTTP are two edges, and neither is built on the other.
        resolve_name("api.supervisor:run")(settings, listener, workers, log_format.value)
