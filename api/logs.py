"""Structured logs: one line for each request and everything that libraries say, in one form.

Texts of questions and keys are in none of them: a request is told by its route's template, a key by
its prefix.
"""

import logging
import sys
from collections.abc import Callable
from contextlib import nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal, TextIO

import structlog
from pydantic_core import to_json
from structlog.typing import EventDict, Processor, WrappedLogger

Format = Literal["json", "console"]

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Of the request that is being answered; worker threads have it as well."""

requests = logging.getLogger("lexicon.requests")

_write: Callable[[EventDict], None] | None = None
"""Renders and writes a line. Going the whole way of a library's line takes five times as long."""


def answered(
    method: str, route: str, status: int, seconds: float, size: int, key: str | None
) -> None:
    """Tell of a request that has been answered; ``key`` is the prefix of the one it came with."""
    fields: dict[str, object] = {
        "method": method,
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 2),
        "bytes": size,
    }
    if key is not None:
        fields["key"] = key
    if _write is None:
        requests.info("request", extra=fields)
    else:
        _write(fields)


def _request_id(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    if (held := REQUEST_ID.get()) is not None:
        event.setdefault("request_id", held)
    return event


def configure(form: Format, stream: TextIO | None = None) -> None:
    """Let every logger of the process write to ``stream``, standard error unless told
    otherwise."""
    global _write
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _request_id,
    ]
    # uvicorn passes its message once more, with colours in it.
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        _without_colours,
    ]
    if form == "json":
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_json)]
    else:
        last.append(structlog.dev.ConsoleRenderer(colors=stream.isatty(), pad_event_to=0))
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last)
    )
    renderer, own = last[-1], requests.name

    def write(fields: EventDict) -> None:
        stamp = datetime.now(UTC).isoformat(timespec="microseconds")
        event = {"event": "request", "level": "info", "logger": own, **fields}
        event["timestamp"] = f"{stamp[:-6]}Z"
        line = str(renderer(None, "info", _request_id(None, "info", event)))
        with handler.lock or nullcontext():
            stream.write(f"{line}\n")
            stream.flush()

    _write = write
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for library in ("uvicorn", "uvicorn.error"):
        logging.getLogger(library).handlers = []
        logging.getLogger(library).propagate = True
    # What it tries before it finds the build for this processor.
    logging.getLogger("faiss.loader").setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def _json(event: object, **_: object) -> str:
    return to_json(event, fallback=str).decode()


def _without_colours(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    event.pop("color_message", None)
    return event
