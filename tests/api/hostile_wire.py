"""Requests that are too large, too slow, too many, or hardly HTTP."""

import json

from tests.api.attacker import JSON, Attacker, Headers
from tests.api.raw import Attack, request

_UPGRADE = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: "


def doubled(self: Attacker) -> Attack:
    """Headers twice, and such as must not be there together."""
    length = self.draw.choice(("0", "2", "3", "-1", "+2", "2, 2", "0x2", " 2", "2 ", "", "9" * 30))
    pairs: tuple[Headers, ...] = (
        [("Content-Length", "2"), ("Content-Length", length)],
        [("Content-Length", length)],
        [("Content-Length", "2"), ("Transfer-Encoding", "chunked")],
        [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "identity")],
        [("Transfer-Encoding", "xchunked")],
        [("Transfer-Encoding", "chunked, gzip")],
        [("Transfer-Encoding ", "chunked")],
        [("Transfer-Encoding", "\x0bchunked")],
        [("Host", "other"), ("Host", "another")],
        [JSON, ("Content-Type", "text/plain")],
        [("Authorization", "Bearer a"), ("Authorization", "Bearer b")],
        [("X-Request-ID", "a"), ("X-Request-ID", "b")],
    )
    operation = self.operation(body=True)
    sent = request(operation.method, operation.path, self.draw.choice(pairs)) + b"{}"
    return Attack("doubled headers", (sent,), then=self.draw.choice(("read", "end")))


def nested(self: Attacker) -> Attack:
    operation = self.operation(body=True)
    depth = self.draw.choice((100, 1_000, 10_000, 50_000))
    opening, closing = self.draw.choice((("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")))
    inner = opening * depth + "1" + closing * depth * self.draw.randrange(2)
    body = self.sample.body(operation)
    if isinstance(body, dict) and body and self.draw.random() < 0.5:
        name = self.draw.choice(list(body))
        inner = json.dumps({**body, name: "mark"}).replace('"mark"', inner)
    return Attack("nested", (self.asked(operation, inner.encode()),))


def large(self: Attacker) -> Attack:
    """Bodies beyond every limit, declared and not."""
    operation = self.operation(body=True)
    size = self.large * self.draw.choice((1, 2))
    target, kind = self.target(operation), self.draw.randrange(6)
    if kind == 0:
        body = b'{"a":"' + b"x" * size + b'"}'
        return Attack("large body", (self.asked(operation, body, target=target),))
    if kind == 1:
        given: Headers = [JSON, ("Content-Length", str(10 ** self.draw.randrange(9, 25)))]
        return Attack(
            "large declared", (request(operation.method, target, given) + b"{",), then="end"
        )
    chunked: Headers = [JSON, ("Transfer-Encoding", "chunked")]
    top = request(operation.method, target, chunked)
    if kind == 2:
        piece = b"10000\r\n" + b" " * 65_536 + b"\r\n"
        return Attack("large chunked", (top, *[piece] * (size // 65_536), b"0\r\n\r\n"))
    if kind == 3:
        sizes = (b"ffffffffffffffff", b"-1", b"g", b"", b"7fffffffffffffff", b"0x10", b"1" * 40)
        return Attack("chunk sizes", (top, self.draw.choice(sizes) + b"\r\n{}\r\n"))
    if kind == 4:
        piece = b"2;" + b"x=y;" * 3_000 + b"\r\n{}\r\n"
        return Attack("chunk extensions", (top, piece, b"0\r\n\r\n"))
    trailers = b"".join(b"X-%d: 1\r\n" % number for number in range(2_000))
    return Attack("trailers", (top, b"2\r\n{}\r\n0\r\n" + trailers + b"\r\n"))


def slow(self: Attacker) -> Attack:
    """A byte now and then, and connections on which nothing more comes."""
    operation = self.operation(body=True)
    whole = self.asked(operation)
    if self.draw.random() < 0.5:
        parts = tuple(whole[at : at + 1] for at in range(min(30, len(whole) - 1)))
        return Attack("slow headers", parts, self.slow, then="stay")
    top, _, body = whole.partition(b"\r\n\r\n")
    parts = (top + b"\r\n\r\n", *(body[at : at + 1] for at in range(min(20, len(body) - 1))))
    return Attack("slow body", parts, self.slow, then="stay")


def flood(self: Attacker) -> Attack:
    """More headers than anybody needs, or larger ones."""
    count = self.draw.choice((150, 1_000, 5_000))
    size = self.draw.choice((10_000, 100_000, 500_000))
    given: Headers = self.draw.choice(
        (
            [(f"X-{number}", "1") for number in range(count)],
            [("X-Same", "1")] * count,
            [("X-Large", "a" * size)],
            [("a" * size, "1")],
            [("Cookie", "a=b; " * (size // 5))],
            [("Authorization", "Bearer " + "a" * size)],
        )
    )
    return Attack("header flood", (self.asked(self.operation(), headers=given),))


def protocols(self: Attacker) -> Attack:
    """What is no HTTP/1.1, or hardly."""
    noise = self.draw.randbytes(self.draw.choice((1, 20, 2_000)))
    sent = self.draw.choice(
        (
            b"GET /livez\r\n\r\n",
            b"GET /\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + noise,
            b"GET /livez HTTP/1.0\r\n\r\n",
            b"GET /livez HTTP/0.9\r\n\r\n",
            b"GET /livez HTTP/2.0\r\n\r\n",
            b"GET /livez HTTP/1.1\r\n\r\n",
            b"GET /livez HTTP/1.9\r\nHost: x\r\n\r\n",
            b"GET /livez HTTP/9999.1\r\nHost: x\r\n\r\n",
            b"GET /livez http/1.1\r\nHost: x\r\n\r\n",
            b"GET  /livez  HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /livez HTTP/1.1\nHost: x\nConnection: close\n\n",
            b"\r\n\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            b" GET /livez HTTP/1.1\r\nHost: x\r\n\r\n",
            b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n",
            b"HELO lexicon\r\n",
            b"*1\r\n$4\r\nPING\r\n",
            b"\x00" * 100,
            b"\r\n" * 5_000,
            _UPGRADE + b"h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n\r\n",
            _UPGRADE + b"websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n\r\n",
            noise,
            noise + b"\r\n\r\n",
        )
    )
    return Attack("protocols", (sent,), then="end")


def pipelined(self: Attacker) -> Attack:
    """Several requests at once, the last of them hidden, hostile or never finished."""
    count = self.draw.choice((2, 10, 60))
    first = request("GET", "/livez", keep=True) * count
    operation = self.operation(writes=True)
    hidden = request(operation.method, self.target(operation), (), b"{}")
    both: Headers = [("Content-Length", str(len(hidden))), ("Transfer-Encoding", "chunked")]
    smuggled = request("POST", "/v1/nli", both, keep=True) + b"0\r\n\r\n" + hidden
    other = self.asked(self.operation())
    last = self.draw.choice((hidden, smuggled, b"GET /li", b"\x00" * 30, other))
    return Attack("pipelined", (first + last,), answers=count + 1)


def preflight(self: Attacker) -> Attack:
    operation = self.operation()
    given: Headers = [
        ("Origin", self.draw.choice(("https://evil.example", "null", "http://127.0.0.1", "*"))),
        ("Access-Control-Request-Method", operation.method),
        (
            "Access-Control-Request-Headers",
            "authorization, content-type, x-" + self.draw.choice("abc"),
        ),
        ("Access-Control-Request-Private-Network", "true"),
    ]
    method = self.draw.choice(("OPTIONS", "OPTIONS", operation.method))
    return Attack("preflight", (request(method, self.target(operation), given),))
