"""HTTP as bytes on a socket: no library that repairs what is sent, or hides what comes back."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

READ = 65_536


@dataclass(frozen=True)
class Attack:
    """Bytes to send, one part after the other with a pause between them, and what then: wait for
    ``answers`` of them, end one's own side first, or leave the connection open unfinished."""

    kind: str
    parts: tuple[bytes, ...]
    pause: float = 0.0
    answers: int = 1
    then: Literal["read", "end", "stay"] = "read"
    head: bool = False

    @property
    def sent(self) -> bytes:
        return b"".join(self.parts)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


@dataclass
class Exchange:
    """What came back. ``closed``: by the server; ``reset``: without a farewell."""

    answers: list[Answer] = field(default_factory=list)
    rest: bytes = b""
    closed: bool = False
    reset: bool = False
    seconds: float = 0.0


def request(
    method: str | bytes,
    target: str | bytes,
    headers: Sequence[tuple[str | bytes, str | bytes]] = (),
    body: bytes | None = None,
    keep: bool = False,
) -> bytes:
    """A request as it is written, whatever is in it.

    >>> request("GET", "/livez", keep=True)
    b'GET /livez HTTP/1.1\\r\\nHost: lexicon\\r\\n\\r\\n'
    """
    lines = [_bytes(method) + b" " + _bytes(target) + b" HTTP/1.1", b"Host: lexicon"]
    lines += [_bytes(name) + b": " + _bytes(value) for name, value in headers]
    if not keep:
        lines.append(b"Connection: close")
    if body is not None:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text


async def send(address: tuple[str, int], attack: Attack, patience: float) -> Exchange:
    """Send an attack on a connection of its own, and read what comes back for so many seconds."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    found = Exchange()
    reader, writer = await asyncio.open_connection(*address)
    try:
        async with asyncio.timeout(patience):
            await asyncio.gather(_write(writer, attack), _read(reader, attack, found))
    except TimeoutError:
        pass
    except (ConnectionError, asyncio.IncompleteReadError):
        found.closed = found.reset = True
    finally:
        writer.transport.abort()
    found.seconds = loop.time() - begun
    return found


async def _write(writer: asyncio.StreamWriter, attack: Attack) -> None:
    try:
        for part in attack.parts:
            writer.write(part)
            await writer.drain()
            if attack.pause:
                await asyncio.sleep(attack.pause)
        if attack.then == "end":
            writer.write_eof()
    except (ConnectionError, OSError):
        # The server has heard enough; what it said is still to be read.
        pass


async def _read(reader: asyncio.StreamReader, attack: Attack, found: Exchange) -> None:
    held = b""
    while len(found.answers) < attack.answers:
        more = await reader.read(READ)
        held += more
        while (one := parsed(held, attack.head, ended=not more)) is not None:
            answer, held = one
            if answer.status >= 200:
                found.answers.append(answer)
        found.rest = held
        if not more:
            found.closed = True
            return


def parsed(held: bytes, head: bool, ended: bool) -> tuple[Answer, bytes] | None:
    """The first answer in ``held`` and what is behind it; None until it is whole.

    >>> parsed(b"HTTP/1.1 204 No Content\\r\\n\\r\\n", False, False)[0].status
    204
    """
    top, found, rest = held.partition(b"\r\n\r\n")
    if not found or not top.startswith(b"HTTP/1."):
        return None
    first, *lines = top.decode("latin-1").split("\r\n")
    status = int(first.split(" ")[1])
    headers = tuple(
        (name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)
    )
    fields = dict(headers)
    if head or status < 200 or status in (204, 304):
        return Answer(status, headers, b""), rest
    if fields.get("transfer-encoding", "") == "chunked":
        body, whole, rest = _chunks(rest)
        return (Answer(status, headers, body), rest) if whole else None
    if "content-length" in fields:
        size = int(fields["content-length"])
        return (Answer(status, headers, rest[:size]), rest[size:]) if len(rest) >= size else None
    return (Answer(status, headers, rest), b"") if ended else None


def _chunks(held: bytes) -> tuple[bytes, bool, bytes]:
    body = b""
    while True:
        line, found, held = held.partition(b"\r\n")
        if not found:
            return body, False, b""
        size = int(line, 16)
        if len(held) < size + 2:
            return body, False, b""
        body, held = body + held[:size], held[size + 2 :]
        if size == 0:
            return body, True, held
